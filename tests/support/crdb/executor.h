// Runs the statements of one session of a fake node: transaction states, savepoints with cockroach_restart,
// variables, prepared statements, rows. No sockets. Owned by its session; everything under the cluster's
// lock.
//
// States and what leads from one to the other:
//
//   Idle --BEGIN--> Open --error--> Failed --ROLLBACK TO--> Open
//    ^               |                |
//    |             RELEASE            |         (of cockroach_restart: commits; status byte stays T)
//    |               v                |
//    +--COMMIT-- CommitWait           |
//    +--COMMIT, ROLLBACK--------------+
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/crdb/evaluate.h"
#include "tests/support/crdb/result.h"
#include "tests/support/crdb/store.h"
#include "tests/support/crdb/variables.h"
#include "tests/support/eventually.h"

namespace support::crdb {

/// A table that shows the cluster itself.
struct VirtualTable {
    Columns columns;
    std::vector<Row> rows;
};

/// What a session needs from its cluster.
class SessionHost {
 public:
    [[nodiscard]] virtual Clock::time_point now() const = 0;
    [[nodiscard]] virtual Store& store() = 0;
    [[nodiscard]] virtual std::optional<VirtualTable> virtual_table(const std::string& name) = 0;
    /// How many of these were there to be ended.
    [[nodiscard]] virtual std::size_t cancel_queries(const std::vector<std::string>& ids) = 0;
    [[nodiscard]] virtual std::size_t cancel_sessions(const std::vector<std::string>& ids) = 0;

 protected:
    ~SessionHost() = default;
};

struct Plan {
    Columns columns;
    std::vector<std::uint32_t> parameters;  ///< types
};

struct Prepared {
    std::optional<Statement> statement;  ///< nullopt: the empty query
    Plan plan;
};

class Executor {
 public:
    Executor(SessionHost& host, Facts facts, Variables variables)
        : host_(host), facts_(std::move(facts)), variables_(std::move(variables)) {}
    ~Executor() { leave(); }
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Status byte of ReadyForQuery.
    [[nodiscard]] char status() const;
    [[nodiscard]] bool in_transaction() const { return state_ != State::kIdle; }
    /// CommitWait: only COMMIT or ROLLBACK is to come.
    [[nodiscard]] bool committed() const { return state_ == State::kCommitWait; }
    [[nodiscard]] Variables& variables() { return variables_; }
    [[nodiscard]] std::map<std::string, Prepared>& prepared() { return prepared_; }

    /// Columns and parameter types, or why the statement cannot be prepared.
    [[nodiscard]] tl::expected<Plan, Error> plan(const Statement& statement, bool extended);
    /// Does the statement. With `wait` in the result it is to be called again later, with the same `started`.
    [[nodiscard]] Result run(const Statement& statement, const Row& parameters, bool extended,
                             Clock::time_point started);
    /// The rows of a COPY, once all have come.
    [[nodiscard]] Result copy(const Statement& statement, const std::string& data);
    /// The statement under way, or the next one, fails with this; what it did in a transaction is undone with
    /// the transaction.
    void fail(const Error& error);
    /// COMMIT or RELEASE that does not happen: the transaction is gone or, for RELEASE, must restart.
    void fail_commit(bool release);
    /// Results have reached the client: from here the node cannot repeat the transaction by itself.
    void delivered();
    /// The connection has ended.
    void leave();

 private:
    enum class State : std::uint8_t { kIdle, kOpen, kFailed, kCommitWait };
    struct Savepoint {
        std::string name;
        bool restart = false;
        std::map<Transaction::Write, std::optional<Row>> writes;
    };
    struct Running {
        const Statement& statement;
        const Row& parameters;
        bool extended;
        Clock::time_point started;
    };

    [[nodiscard]] std::optional<Error> refused(const Statement& statement) const;
    [[nodiscard]] Result dispatch(const Running& running);

    // transactions
    Result begin(const Statement& statement);
    Result commit();
    Result rollback();
    Result savepoint(const Statement& statement);
    Result release(const Statement& statement);
    Result release_restart();
    Result rollback_to(const Statement& statement);
    Result set_transaction(const Statement& statement);
    Result end_with(const char* tag);
    /// autocommit_before_ddl: the open transaction is committed in front of DDL.
    [[nodiscard]] std::optional<Result> commit_before_ddl();
    [[nodiscard]] bool has_commit_before_ddl() const;
    [[nodiscard]] bool is_restart(const std::string& name) const;
    [[nodiscard]] const Savepoint* restart_savepoint() const;

    // session
    Result set(const std::string& name, const std::string& value);
    Result reset(const std::string& name);
    Result show(const Running& running);
    [[nodiscard]] tl::expected<std::string, Error> shown(const std::string& name) const;
    Result discard_all();
    Result prepare(const Statement& statement);
    Result execute(const Running& running);
    Result deallocate(const Statement& statement);
    Result cancel(const Running& running);
    void report(Result& result, const std::string& name) const;

    // rows
    [[nodiscard]] tl::expected<Columns, Error> table_columns(const std::string& name);
    [[nodiscard]] tl::expected<Columns, Error> target_columns(const Statement& statement,
                                                              const Columns& table) const;
    [[nodiscard]] std::optional<Error> check_insert(const Statement& statement, const Columns& table) const;
    [[nodiscard]] std::optional<Error> check_writable(const Statement& statement) const;
    [[nodiscard]] bool still_sleeping(const Running& running, Result& result) const;
    void refresh_facts();
    Result in_transaction_of(const Running& running, Columns columns);
    Result repeated(Transaction& txn, const Running& running);
    Result once(Transaction& txn, const Running& running);
    Result select(Transaction& txn, const Running& running);
    Result select_without_table(const Running& running);
    Result insert(Transaction& txn, const Running& running);
    Result change(Transaction& txn, const Running& running);
    Result define(Transaction& txn, const Statement& statement);
    [[nodiscard]] tl::expected<std::vector<Row>, Obstacle> matching(Transaction& txn, Table& table,
                                                                    const Running& running);
    [[nodiscard]] std::optional<Result> put(Transaction& txn, Table& table, Row row, bool upsert);
    [[nodiscard]] tl::expected<Row, Error> project(const Running& running, const Columns& table,
                                                   const Row& row);
    void apply_set_config(const Running& running, Result& result);
    [[nodiscard]] static Result blocked(const Obstacle& obstacle);

    SessionHost& host_;
    Facts facts_;
    Variables variables_;
    std::map<std::string, Prepared> prepared_;
    State state_ = State::kIdle;
    std::unique_ptr<Transaction> txn_;
    std::vector<Savepoint> savepoints_;
    bool ran_in_transaction_ = false;  ///< something besides BEGIN, SAVEPOINT, SET TRANSACTION
    bool delivered_ = false;
    bool must_restart_ = false;  ///< a 40001 came: only cockroach_restart leads back
};

/// "2026-11-21 09:57:26.980323+00:00", the time now.
[[nodiscard]] std::string wall_clock();

}  // namespace support::crdb
