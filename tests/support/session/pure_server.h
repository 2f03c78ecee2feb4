// A server connection without its socket: what pooler/server/server_connection does with the ledger, the
// variables, the statement table and the status of a transaction, for messages handed in one by one. What it
// sends stands in `to_server`, until somebody takes it. Owned by a test; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pooler/server/ledger.h"
#include "pooler/server/parameters.h"
#include "pooler/server/server_statements.h"
#include "pooler/server/statement.h"
#include "pooler/server/variable_tracker.h"
#include "pooler/sql/statement_cache.h"
#include "protocol/message_type.h"

namespace support {

class PureSession;

/// What the sessions and servers of a worker share.
struct PureWorker {
    pooler::Dialect dialect = pooler::Dialect::kPostgres;
    std::size_t max_prepared_statements = 100;
    pooler::StatementTable statements;
    pooler::StatementClassCache classes;
    pooler::VariableCache variables;
    pooler::TrackedNames tracked{{}};
    std::uint64_t last_sequence = 0;
    std::uint64_t next_sequence() { return ++last_sequence; }
    [[nodiscard]] bool cockroach() const { return dialect == pooler::Dialect::kCockroach; }
};

class PureServer {
 public:
    explicit PureServer(PureWorker& worker);

    /// One whole message of the server. False: it fits nothing, both sides are closed.
    [[nodiscard]] bool on_message(std::string_view message);
    /// After the last message of a read: the session goes on, or the connection is cleaned up.
    void on_turn_end();

    void link(PureSession& session);
    /// The session has no use for it. False: it cannot be made fit for another, and is to be closed.
    [[nodiscard]] bool give_back();
    void run_own(std::string_view sql);

    /// Fit for another session, but for its variables.
    [[nodiscard]] bool reusable() const;
    [[nodiscard]] bool free() const { return session_ == nullptr && !lost_ && !cleaning_; }
    [[nodiscard]] bool lost() const { return lost_; }
    [[nodiscard]] protocol::TransactionStatus status() const { return status_; }

    pooler::Ledger ledger;
    pooler::ServerStatements statements;
    pooler::VariableTracker variables;
    std::uint64_t tainted_for = 0;  ///< the session that may have set something unseen; 0: none
    std::uint64_t tainted_at = 0;   ///< the request that did
    std::string to_server;

 private:
    void on_error(std::string_view body, const pooler::Verdict& verdict, bool& forward);
    void on_tag(std::string_view body, const pooler::Verdict& verdict);
    void on_ready(std::string_view body, const pooler::Verdict& verdict);
    void on_description(protocol::BackendType type, std::string_view body, const pooler::Verdict& verdict);
    void emit_answers();
    void start_cleaning();
    void go_on_cleaning();

    PureWorker* worker_;
    PureSession* session_ = nullptr;
    protocol::TransactionStatus status_ = protocol::TransactionStatus::kIdle;
    std::string described_parameters_;
    bool parameters_described_ = false;
    bool own_running_ = false;
    bool own_done_ = false;
    bool own_failed_ = false;
    bool cleaning_ = false;
    bool rollback_sent_ = false;
    bool lost_ = false;
};

/// The reply to a request that the pooler answers itself.
void encode_own_answer(std::string& out, pooler::Request request, protocol::TransactionStatus status);

}  // namespace support
