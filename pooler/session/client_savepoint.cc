// Restarts by savepoint, on CockroachDB: SAVEPOINT cockroach_restart goes to the server behind a deferred
// BEGIN, in the unit of the client's first statement; RELEASE in front of its COMMIT, in the unit of that. So
// neither costs a round trip, and what follows does not run if one of them fails. A transaction that is
// refused goes back to the savepoint, on the same connection, and keeps its place among those that want the
// same rows.
//
// Source: CockroachDB docs, "Advanced Client-side Transaction Retries".
#include "pooler/session/batch_ahead.h"
#include "pooler/session/client_session.h"
#include "pooler/session/replay_desk.h"
#include "protocol/message_type.h"

namespace pooler {

using protocol::FrontendType;
using protocol::TransactionStatus;

/// A server was linked for a transaction whose BEGIN goes first.
void ClientSession::begin_savepoint() {
    ClientReplay& replay = *replay_;
    replay.release_failed = false;
    replay.savepoint_first = replay.savepoint_last = 0;
    if (replaying())
        replay.savepoint.begin_again(wants_savepoint());
    else
        replay.savepoint.begin(wants_savepoint());
}

bool ClientSession::wants_savepoint() const {
    const Replayer& machine = replay_->machine;
    if (!server_->cockroach || !machine.begins() || block_.state() != LocalBlock::State::kDeferred ||
        machine.window().unfit() != Unfit::kNone || !machine.commit_error_proves())
        return false;
    const IsolationSaid said = machine.window().isolation();
    return replay_->begin_restart == RestartPlace::kFront &&
           (said == IsolationSaid::kSerializable ||
            (said == IsolationSaid::kNothing && traits_of(*server_).serializable));
}

/// Nothing is unanswered but what stands in this batch, and what is answered has not failed.
bool ClientSession::batch_is_all() const {
    const bool answered = server_->ledger().settled() + 1 >= batch_start_ && !server_->ledger().skipping();
    const bool begins_here = begin_last_ > server_->ledger().settled();
    return answered && (begins_here || server_->transaction_status() == TransactionStatus::kInTransaction);
}

/// In front of a message of the client's.
void ClientSession::open_savepoint(protocol::FrameHeader header, std::string_view message) {
    ClientReplay& replay = *replay_;
    if (!replay.savepoint.due()) return;
    std::optional<StatementFacts> facts;
    if (header.type == static_cast<char>(FrontendType::kParse)) {
        if (message.size() < header.total_bytes()) return;
        const auto parse = protocol::decode_parse(message.substr(protocol::kHeaderBytes));
        if (parse && !odd_encoding_) facts = facts_of(classified(parse->query), parse->query, dialect());
    } else if (replay.has_facts) {
        facts = replay.facts;
    }
    if (!facts || facts->nothing) return;
    if (replay.savepoint.goes_in_front(facts->restart, batch_is_all()) &&
        !ride_along(RestartSavepoint::kOpenText))
        replay.savepoint.end();
}

/// Whether this message brings the COMMIT that the savepoint is released for. In the extended protocol it
/// must have come whole: a bound COMMIT need not be executed.
bool ClientSession::releases_savepoint(protocol::FrameHeader header, std::string_view message) {
    ClientReplay& replay = *replay_;
    if (!replay.has_facts || !replay.facts.ends || !replay.facts.commits) return false;
    const Replayer& machine = replay.machine;
    const TransactionWindow::Unit* unit = machine.window().oldest();
    const bool alone = unit == nullptr || (!unit->closed() && unit->statements == 0);
    bool certain = alone && machine.begins() && batch_is_all() && machine.commit_error_proves();
    if (header.type == static_cast<char>(FrontendType::kBind)) {
        const auto names =
            protocol::peek_bind_names(message.substr(protocol::kHeaderBytes), header.body_bytes());
        const bool whole = message.size() >= header.total_bytes();
        certain = certain && whole && names && *names && executed_next(io().ahead, (*names)->portal);
        if (!certain) replay.savepoint.commits_plainly();
    }
    return replay.savepoint.releases(replay.facts, certain);
}

void ClientSession::release_savepoint() {
    if (!ride_along(RestartSavepoint::kReleaseText)) return replay_->savepoint.commits_plainly();
    replay_->savepoint.release();
    replay_->machine.on_release();
}

/// In front of the client's message and in its unit. False: not now, nothing is sent.
bool ClientSession::ride_along(std::string_view text) {
    const auto statement = environment_->statements().intern(text, protocol::kNoTypes);
    const std::uint64_t first = io().last_sequence + 1;
    if (!prepare_on_server(statement)) return false;
    if (!record(Request::kBind, Delivery::kSwallow)) return false;
    static_cast<void>(record(Request::kExecute, Delivery::kSwallow));
    static_cast<void>(record(Request::kClose, Delivery::kSwallow));
    replay_->savepoint_first = first;
    replay_->savepoint_last = io().last_sequence;
    io().to_server.own([&statement](std::string& out) {
        protocol::encode_bind(out, {}, statement->server_name, {});
        protocol::encode_execute(out, {});
        protocol::encode_close(out, protocol::kPortalKind, {});
    });
    return true;
}

/// True: one of ours has failed. Behind a RELEASE the client, who asked for COMMIT, has no transaction.
bool ClientSession::note_failed_savepoint(const FailedRange& range) {
    ClientReplay& replay = *replay_;
    if (replay.savepoint_first == 0 || range.first < replay.savepoint_first ||
        range.first > replay.savepoint_last)
        return false;
    if (replay.savepoint.released()) {
        replay.release_failed = true;
        server_->show_next(TransactionStatus::kIdle);
    }
    return true;
}

/// COMMIT is on its way behind a RELEASE: what comes behind it must not meet a transaction that has failed.
bool ClientSession::release_undecided() const {
    if (!replay_ || !replay_->savepoint.released() || batch_start_ <= replay_->savepoint_last) return false;
    return replay_->release_failed || server_->ledger().settled() + 1 < batch_start_;
}

/// A RELEASE has failed, and the client was told: what is left on the server is undone there. True: it is
/// gone.
bool ClientSession::end_failed_release() {
    if (!replay_ || !replay_->release_failed || replaying() || !ready_seen_ || !server_->ledger().empty())
        return false;
    release_server(false);
    if (hold_ != Hold::kNone) resume();
    return true;
}

// --- back to it

/// The server has refused the transaction, and has nothing that the transaction did not have at its BEGIN.
bool ClientSession::leads_back() const {
    const Replayer& machine = replay_->machine;
    if (server_ == nullptr || machine.trigger() == Trigger::kLost ||
        !replay_->savepoint.leads_back(machine.attempts()))
        return false;
    Ledger& ledger = server_->ledger();
    const bool quiet = ledger.empty() && !ledger.batch_open() && !ledger.skipping() && !ledger.in_copy();
    return quiet && server_->transaction_status() == TransactionStatus::kFailed &&
           server_->cancels_in_flight == 0 && server_->tainted_for() == 0 && server_->variables().known() &&
           !server_->close_needed;
}

/// The session is what it was at BEGIN, but for its server.
void ClientSession::go_back_to_savepoint() {
    ClientReplay& replay = *replay_;
    // CockroachDB does not undo SET; and who has to wait for its turn must hold no locks meanwhile.
    if (!server_->fits(wanted()) || !environment_->replays().ask_for_turn(*this, replay, database_name())) {
        leave_server_of_replay();
        return schedule_replay();
    }
    hold_ = Hold::kForReplay;
    replay.fed = false;
    ++replay.stats->attempts;
    replay.going_back = true;
    server_->run_own_query(RestartSavepoint::kBackText);
}

void ClientSession::on_back_at_savepoint(const OwnResult& result) {
    ClientReplay& replay = *replay_;
    replay.going_back = false;
    const bool back =
        result.sqlstate.empty() && server_->transaction_status() == TransactionStatus::kInTransaction;
    if (!back) return begin_elsewhere();
    ++replay.stats->by_savepoint;
    replay.savepoint.back();
    replay.release_failed = false;
    block_.send();
    batch_start_ = io().last_sequence + 1;
    begin_first_ = begin_last_ = 0;
    resume();
}

/// The same attempt, with a BEGIN.
void ClientSession::begin_elsewhere() {
    replay_->going_back = false;
    hold_ = Hold::kForReplay;
    leave_server_of_replay();
    go_back_to_begin();
    on_replay_timer();
}

}  // namespace pooler
