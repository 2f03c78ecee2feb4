// How a request or a transaction on a replica ends: its server goes back, or is lost.
//
// A read-only transaction whose replica goes away after its client was shown something of it cannot go on
// elsewhere: another server might show another state of the data. Its client gets 40001, which says that
// nothing has happened and that the same may be tried again, and the transaction is a failed one until its
// ROLLBACK.
#include "pooler/session/client_session.h"
#include "protocol/error_notice.h"
#include "protocol/session_status.h"
#include "protocol/sqlstate.h"

namespace pooler {

namespace {

constexpr std::string_view kLostText =
    "restart transaction: the connection to a replica was lost in a read-only transaction";

}  // namespace

// --- lost

/// The connection is gone: the read is repeated, unless the client has seen part of the answer.
bool ClientSession::on_replica_lost() {
    if (!routed()) return false;
    route_->replica->state->fail(IoContext::now());
    if (route_->bytes.empty()) return route_->transaction && !mid_reply_ && end_lost_transaction();
    server_ = nullptr;
    repeat_on_primary();
    return true;
}

/// The client is told where it waits for an answer, else with its next request. False: it was over before.
bool ClientSession::end_lost_transaction() {
    RoutedUnit& unit = *route_;
    const Ledger& ledger = server_->ledger();
    const bool over = ledger.empty() && server_->transaction_status() == protocol::TransactionStatus::kIdle;
    std::string reply;
    if (!over) tell_parameters_again(reply);
    const bool told = !over && tell_lost_requests(reply);
    if (!ledger.empty() && names_) names_->on_failed({ledger.head()->sequence, io().last_sequence});
    if (over && server_->variables().known()) keep_variables(server_->variables().state().variables);
    server_ = nullptr;
    notes_.reset();
    if (portals_) portals_->clear();
    begin_failed_ = pin_check_due_ = restore_due_ = false;
    pins_ = 0;
    body_forwarded_ = false;
    hold_ = Hold::kNone;
    if (!over) {
        block_.begin(unit.begin_text.empty() ? std::string_view{"BEGIN"} : std::string_view{unit.begin_text});
        block_.fail();
        if (!told) refusal_ = Refusal::kLost;
    }
    end_route(std::nullopt);
    if (told && refusal_ == Refusal::kNone) request_over();
    if (!reply.empty()) static_cast<void>(socket_.send(reply));
    resume();
    return true;
}

/// Every Query and every batch that is under way fails. False: none is.
bool ClientSession::tell_lost_requests(std::string& reply) {
    const Ledger& ledger = server_->ledger();
    const auto tell = [&reply] {
        protocol::encode_error(reply, "ERROR", protocol::sqlstate::kSerializationFailure, kLostText);
    };
    bool failed = false;  // the batch at hand
    bool told = false;
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        const Entry& entry = ledger[i];
        if (entry.delivery == Delivery::kSwallow || entry.request == Request::kCopyEnd) continue;
        if (!failed) tell();
        told = true;
        failed = entry.request != Request::kQuery && entry.request != Request::kSync &&
                 entry.request != Request::kFunctionCall;
        if (!failed) encode_ready_for_query(reply, protocol::TransactionStatus::kFailed);
    }
    if (!failed && (ledger.skipping() || ledger.batch_open())) {
        tell();
        failed = told = true;
    }
    if (failed) refusal_ = Refusal::kSkipping;
    return told;
}

/// What the transaction had set, and the client was told of, is undone.
void ClientSession::tell_parameters_again(std::string& reply) {
    const TrackedNames& names = environment_->tracked();
    const auto welcome = pool_->welcome();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string* before = route_->parameters.get(i);
        const std::string* now = parameters_.get(i);
        if (before == nullptr && welcome) before = welcome->tracked.get(i);
        if (now == nullptr || before == nullptr || *before == *now) continue;
        protocol::encode_parameter_status(reply, names.name(i), *before);
    }
    parameters_ = route_->parameters;
}

// --- the end

/// The replica's server goes back; what a read-only transaction has set comes along.
void ClientSession::part_with_replica() {
    RoutedUnit& unit = *route_;
    if (restore_due_) return restore();
    const VariableTracker& there = server_->variables();
    if (there.known() && !(there.state().variables == unit.variables))
        keep_variables(there.state().variables);
    if (pins_ != 0 || pin_check_due_ || !there.known()) server_->discard_needed = true;
    if (server_->tainted_for() == id_) server_->taint(kTaintedForAll);
    if (!unit.transaction) end_route(routed_time());
    release_server(false);
}

/// Until the last of its answer was read; nullopt: the replica was not asked anything.
std::optional<Microseconds> ClientSession::routed_time() const {
    const auto took = server_->last_reply - route_->since;
    return took.count() < 0 ? std::nullopt : std::optional{std::chrono::duration_cast<Microseconds>(took)};
}

/// The client's variables are those of its server; on a replica some are not its own.
void ClientSession::keep_variables(const Variables& there) {
    Variables now = there;
    if (routed())
        for (const Variable& variable : variables_.list())
            if (is_replica_variable(variable.name) && now.get(variable.name) == nullptr)
                now.set(variable.name, variable.value);
    variables_ = now;
}

void ClientSession::keep_routed_variables() {
    if (variables_.empty()) return route_->variables.clear();
    route_->variables = variables_;
    for (const Variable& variable : variables_.list())
        if (is_replica_variable(variable.name)) route_->variables.erase(variable.name);
}

/// Nothing of this session runs on the replica, or is about to.
void ClientSession::end_route(std::optional<Microseconds> took) {
    RoutedUnit& unit = *route_;
    if (server_ == nullptr) source_ = pool_;
    if (!unit.replica) return;
    if (unit.state != RoutedUnit::State::kRepeat) unit.state = RoutedUnit::State::kIdle;
    std::exchange(unit.replica, nullptr)->end(took);
    unit.variables.clear();
    if (unit.bytes.capacity() > 4096) std::string{}.swap(unit.bytes);
}

/// What waited for the replica's answer goes on: with its transaction, or elsewhere.
void ClientSession::go_on_behind_route() {
    hold_ = Hold::kNone;
    if (ready_to_release()) {
        if (end_at_boundary_) return fail("57P01", "terminating connection due to administrator command");
        part_with_server();
        if (server_ != nullptr) return;  // a statement of ours runs first
    }
    resume();
}

}  // namespace pooler
