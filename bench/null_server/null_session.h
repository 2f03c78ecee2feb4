// One connection of the null server as a pure machine: bytes in, replies out, no socket. Answers like a
// PostgreSQL 15 server in kind (right message sequences, status bytes, reported variables) but runs nothing.
// Not done: row limits of Execute, COPY, function calls; every login is trusted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/null_server/statement.h"
#include "bench/wire.h"

namespace bench {

class NullSession {
 public:
    /// `id` becomes the process id of BackendKeyData.
    explicit NullSession(std::uint32_t id) : id_(id) {}

    /// Handles the complete messages at the front of `bytes`, appends the replies to `out` and gives the
    /// number of bytes used. Stops early when a large result is due (large_megabytes() > 0): the owner sends
    /// `out`, then the rows, calls end_large_result() and feeds the rest.
    [[nodiscard]] std::size_t feed(std::string_view bytes, std::string& out);

    /// Size of the result that is due, in MB; 0 if none is.
    [[nodiscard]] std::uint32_t large_megabytes() const { return large_megabytes_; }
    void end_large_result(std::uint64_t rows, std::string& out);

    /// The peer said goodbye, or broke the protocol: send what is in `out`, then close.
    [[nodiscard]] bool finished() const { return finished_; }
    [[nodiscard]] std::uint64_t queries() const { return queries_; }

 private:
    using StatementRef = std::shared_ptr<const Statement>;
    struct Portal {
        StatementRef statement;
        bool binary = false;
    };

    [[nodiscard]] std::size_t feed_startup(std::string_view bytes, std::string& out);
    void log_in(BodyReader& parameters, std::string& out);
    void on_message(char tag, std::string_view body, std::string& out);
    void on_query(std::string_view body, std::string& out);
    void continue_query(std::string& out);
    void on_parse(std::string_view body, std::string& out);
    void on_bind(std::string_view body, std::string& out);
    void on_describe(std::string_view body, std::string& out);
    void on_execute(std::string_view body, std::string& out);
    void on_close(std::string_view body, std::string& out);

    /// False: the transaction has failed and this statement may not run in it; the error is in `out`.
    [[nodiscard]] bool allowed(const Statement& statement, std::string& out);
    void run(const Statement& statement, bool binary, std::string& out);
    void set_variable(const std::string& name, const std::string& value);
    /// An empty name means all of them, here and below.
    void reset_variables(std::string_view name);
    void drop_statement(const std::string& name);
    [[nodiscard]] std::string_view value_of(std::string_view name) const;
    void ready(std::string& out);
    void error(std::string_view sqlstate, std::string_view text, std::string& out);
    void break_off(std::string_view text, std::string& out);

    std::uint32_t id_;
    bool logged_in_ = false;
    bool finished_ = false;
    bool skip_to_sync_ = false;
    char status_ = 'I';
    std::uint32_t large_megabytes_ = 0;
    std::uint64_t queries_ = 0;
    std::vector<Statement> rest_of_query_;  ///< of a simple Query that a large result interrupted, last first
    bool in_query_ = false;                 ///< end_large_result() must finish a simple Query

    std::map<std::string, std::string, std::less<>> startup_;    ///< parameters of the start-up packet
    std::map<std::string, std::string, std::less<>> variables_;  ///< set since
    std::string status_reports_;  ///< ParameterStatus messages that go out before the next ReadyForQuery
    std::map<std::string, StatementRef, std::less<>> statements_;
    std::map<std::string, Portal, std::less<>> portals_;
};

}  // namespace bench
