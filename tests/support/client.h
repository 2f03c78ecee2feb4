// A libpq client with a deadline on every step. Not thread-safe, but each thread may have its own:
// the try_ functions never touch the test framework.
#pragma once

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/eventually.h"

namespace support {

/// NULL is given as kNull.
using Row = std::vector<std::string>;
using Rows = std::vector<Row>;
inline constexpr const char* kNull = "(null)";

/// What came back for one request, its results put together.
struct Outcome {
    bool ok = false;
    std::string sqlstate;  ///< of the first error; empty if the connection broke without one
    std::string message;
    std::string tag;  ///< of the last command
    std::vector<std::string> columns;
    Rows rows;
};

/// Where and as whom to connect; to_conninfo() is what libpq takes. An empty field is left out.
struct Login {
    std::string host;  ///< address, or the folder of a Unix socket
    std::uint16_t port = 0;
    std::string user;
    std::string database;
    std::string password;
    std::string extra;  ///< more conninfo, e.g. "application_name=a options='-c x=y'"

    [[nodiscard]] std::string conninfo() const;
    [[nodiscard]] Login with_user(std::string name, std::string secret = "") const;
    [[nodiscard]] Login with_database(std::string name) const;
    [[nodiscard]] Login with(std::string more) const;
};

class Client {
 public:
    /// Not connected when the login failed: see connected() and error().
    explicit Client(const std::string& conninfo);
    explicit Client(const Login& login) : Client(login.conninfo()) {}

    /// Fails the test if the login fails.
    [[nodiscard]] static Client connect(const Login& login);

    [[nodiscard]] bool connected() const;
    [[nodiscard]] std::string error() const;

    /// Simple query; any number of statements. Never fails the test.
    Outcome try_query(const std::string& sql);
    /// Extended query with text parameters, unnamed statement.
    Outcome try_params(const std::string& sql, const std::vector<std::string>& values);
    Outcome try_prepare(const std::string& name, const std::string& sql);
    Outcome try_prepared(const std::string& name, const std::vector<std::string>& values);
    /// Sends a simple query; its answer comes from wait().
    [[nodiscard]] bool send(const std::string& sql);
    Outcome wait(Clock::duration deadline = kDeadline);

    /// These fail the test on any error.
    Outcome query(const std::string& sql);
    /// First column of the only row.
    std::string value(const std::string& sql);
    void prepare(const std::string& name, const std::string& sql);
    Outcome prepared(const std::string& name, const std::vector<std::string>& values);

    /// COPY ... FROM STDIN of the text; COPY ... TO STDOUT into Outcome::message.
    Outcome copy_in(const std::string& sql, const std::string& text);
    Outcome copy_out(const std::string& sql);

    /// Sends a CancelRequest and waits until the peer has closed that connection.
    [[nodiscard]] bool cancel();
    /// Value of the last ParameterStatus of that name; empty if there was none.
    [[nodiscard]] std::string parameter(const std::string& name) const;
    [[nodiscard]] PGTransactionStatusType transaction_status() const {
        return PQtransactionStatus(pg_.get());
    }
    /// Texts of the notices so far.
    [[nodiscard]] const std::vector<std::string>& notices() const { return *notices_; }
    [[nodiscard]] PGconn* raw() const { return pg_.get(); }
    void close() { pg_.reset(); }

 private:
    struct Finish {
        void operator()(PGconn* pg) const { PQfinish(pg); }
    };
    [[nodiscard]] bool flush(Clock::time_point end);
    [[nodiscard]] bool result_ready(Clock::time_point end);
    [[nodiscard]] Outcome broken() const;

    std::unique_ptr<std::vector<std::string>> notices_;
    std::unique_ptr<PGconn, Finish> pg_;
};

}  // namespace support
