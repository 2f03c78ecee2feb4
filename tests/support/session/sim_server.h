// One session of a database server, as far as a pooler can tell: the main loop of the protocol with its error
// rules, prepared statements, portals, variables and COPY. It reads whole messages and writes replies; of SQL
// it knows some thirty forms, split at blanks and semicolons. Written from PostgreSQL's documentation
// ("Message Flow", "SET", "PREPARE"), not from the pooler. Owned by a test; one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/message_type.h"
#include "tests/support/session/sim_variables.h"

namespace support {

class SimServer {
 public:
    /// `cockroach`: the rules of CockroachDB for SET, and for a Query behind an error in a batch.
    SimServer(SimVariables::Values startup, bool cockroach)
        : variables_{std::move(startup), !cockroach}, cockroach_{cockroach} {}

    /// One whole message of a client.
    void on_message(std::string_view message, std::string& replies);

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool copying() const { return copying_; }

 private:
    struct Statement {
        std::string text;
        bool done = false;  ///< of a portal: it has run, and will not again unless it has rows
    };
    using Words = std::vector<std::string>;

    void on_extended(protocol::FrontendType type, std::string_view body, std::string& out);
    void parse(std::string_view body, std::string& out);
    void bind(std::string_view body, std::string& out);
    void describe(std::string_view body, std::string& out);
    void close(std::string_view body, std::string& out);
    void execute(std::string_view body, std::string& out);
    void query(std::string_view body, std::string& out);
    void sync(std::string& out);
    void read_copy(protocol::FrontendType type, std::string& out);
    void error(std::string& out, std::string_view code, std::string_view text);

    /// False: it failed, and the error is written.
    bool run(const std::string& statement, bool rows_described, std::string& out);
    bool run_block(const Words& words, std::string& out, bool& known);
    bool run_set(const Words& words, std::string& out, bool& known);
    bool run_rows(const Words& words, bool rows_described, std::string& out, bool& known);
    bool run_statements(const Words& words, std::string& out, bool& known);
    void end_block(bool commits);
    void fail();

    std::map<std::string, Statement> statements_;
    std::map<std::string, Statement> portals_;
    SimVariables variables_;
    bool cockroach_;
    bool block_ = false;
    bool failed_ = false;
    bool batch_failed_ = false;  ///< skips to the next Sync
    bool copying_ = false;
    bool copy_in_batch_ = false;
    std::size_t copied_ = 0;
};

}  // namespace support
