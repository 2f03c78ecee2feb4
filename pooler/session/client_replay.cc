// Transactions that are run again: what the client sends while it has a server is kept, what it is shown is
// remembered, and when a server refuses the transaction for a conflict or is lost, all of it goes to another
// server, through the same handlers, with the session put back to where it was. The decisions are the
// Replayer's (pooler/replay); here they are carried out. The client is not read meanwhile.
//
// Transaction pooling only: elsewhere the state of a server is not known.
#include <algorithm>

#include "pooler/session/client_session.h"
#include "pooler/session/replay_desk.h"
#include "protocol/extended_query.h"
#include "protocol/message_type.h"
#include "protocol/simple_query.h"

namespace pooler {

using protocol::FrontendType;

namespace {

/// Before a pool that could not connect is asked again.
constexpr std::chrono::milliseconds kPoolRetry{100};

/// At the clock, once the time may be up.
constexpr std::chrono::milliseconds kLookAgain{10};

/// How long others wait for a transaction all of which was sent again.
constexpr std::chrono::seconds kTurn{1};

constexpr std::string_view kDefaultIsolation = "default_transaction_isolation";
constexpr std::string_view kDefaultReadOnly = "default_transaction_read_only";
constexpr std::string_view kForcedRestart = "force_savepoint_restart";

bool is_copy(std::string_view message) {
    const auto type = message.empty() ? FrontendType::kSync : static_cast<FrontendType>(message.front());
    return type == FrontendType::kCopyData || type == FrontendType::kCopyDone ||
           type == FrontendType::kCopyFail;
}

bool runs_statement(protocol::FrameHeader header) {
    return header.type == static_cast<char>(FrontendType::kQuery) ||
           header.type == static_cast<char>(FrontendType::kBind) ||
           header.type == static_cast<char>(FrontendType::kFunctionCall);
}

}  // namespace

// --- a window begins and ends

/// A server was linked, or is kept behind the end of a transaction.
void ClientSession::open_replay() {
    const auto& configuration = environment_->configuration();
    const bool wanted = source_ == pool_ && followed_ && tracking_ &&
                        pool_->mode() == conf::PoolMode::kTransaction &&
                        configuration.transaction_replay(pool_->database(), user());
    if (!wanted) {
        close_replay();
        return;
    }
    if (!replay_) {
        replay_ = environment_->replays().take();
        replay_->stats = &environment_->replays().stats(database_name());
    }
    ClientReplay& replay = *replay_;
    const bool begins = block_.state() == LocalBlock::State::kDeferred;
    StatementFacts said;
    if (begins && (server_->cockroach || server_->in_recovery))
        said = facts_of(classified(block_.text()), block_.text(), dialect());
    replay.machine.open(replay_limits(), traits_of(*server_), begins, said);
    replay.looks_up = !server_->cockroach && configuration.commit_resolution(pool_->database(), user()) ==
                                                 conf::CommitResolution::kXid;
    replay.begin_restart = said.restart;
    replay.savepoint.end();
    replay.begin_text.clear();
    if (begins) replay.begin_text.assign(block_.text());
    replay.parameters = parameters_;
    replay.had_names = names_ != nullptr;
    replay.has_facts = false;
    replay.unit_end = 0;
    replay.ends = 0;
    replay.error_seen = false;
    replay.reported = 0;
    replay.cancelled_unit = 0;
    if (names_) names_->mark();
    if (pins_ != 0) replay.machine.give_up_protection(Unfit::kPinned);
    if (server_->cockroach && variables_.get(kForcedRestart) != nullptr)
        replay.machine.give_up_protection(Unfit::kOwnRestart);
    server_->whole_notices = true;
}

ServerTraits ClientSession::traits_of(const ServerConnection& server) const {
    ServerTraits traits;
    traits.cockroach = server.cockroach;
    if (!server.cockroach) {
        traits.in_recovery = server.in_recovery && variables_.get(kDefaultReadOnly) == nullptr;
        return traits;
    }
    traits.commit_error_certain = server.commit_proof == CommitProof::kAlways;
    traits.certain_if_serializable = server.commit_proof == CommitProof::kIfSerializable;
    const VariableValue* own = variables_.get(kDefaultIsolation);
    traits.serializable =
        own == nullptr ? server.serializable : own->text == "serializable" || own->text == "'serializable'";
    return traits;
}

/// In a transaction that will be run again if the server goes away now, or ends with another error.
bool ClientSession::hides_loss() const {
    if (routed()) return route_->transaction || !route_->bytes.empty();
    if (!replay_ || wants_no_replay()) return false;
    const Replayer& machine = replay_->machine;
    if (machine.state() != Replayer::State::kRecording && machine.state() != Replayer::State::kFeeding)
        return false;
    return machine.window().is_transaction() && machine.rules_loss() == Ruling::kReplay;
}

void ClientSession::close_replay() {
    if (!replay_) return;
    if (looking_up()) stop_lookup();
    if (server_ != nullptr) server_->whole_notices = false;
    environment_->replays().leave_turns(*replay_, database_name());
    if (replay_->started) --replay_->stats->running;
    environment_->replays().give_back(std::move(replay_));
}

ReplayLimits ClientSession::replay_limits() const {
    const auto& settings = environment_->configuration().settings;
    return {settings.replay_max_bytes, static_cast<unsigned>(settings.replay_attempts),
            settings.replay_timeout};
}

bool ClientSession::replay_may_end() const {
    return replaying() &&
           !(replay_->machine.state() == Replayer::State::kFeeding && replay_->machine.caught_up());
}

// --- what the client sends

/// In front of a handler. A step: the message has to wait.
std::optional<ClientSession::Step> ClientSession::on_replay_request(protocol::FrameHeader header,
                                                                    std::string_view message) {
    replay_->unit_end = 0;
    replay_->has_facts = false;
    if (runs_statement(header) && !read_facts(header, message)) return Step{Step::Kind::kMore};
    if (replaying())
        if (auto step = hold_at_gate(header, false)) return step;
    if (!server_->cockroach) return replay_->looks_up ? hold_for_xid(header, message) : std::nullopt;
    const bool releases = releases_savepoint(header, message);
    if (releases)
        if (auto step = hold_at_gate(header, true)) return step;
    open_savepoint(header, message);
    if (releases) release_savepoint();
    return std::nullopt;
}

/// While it is run again.
std::optional<ClientSession::Step> ClientSession::hold_at_gate(protocol::FrameHeader header, bool releases) {
    if (replay_->machine.state() != Replayer::State::kFeeding) return std::nullopt;
    const auto type = static_cast<FrontendType>(header.type);
    const StatementFacts* facts = replay_->has_facts ? &replay_->facts : nullptr;
    switch (replay_->machine.gate(type, facts, releases)) {
        case Replayer::Gate::kGo: return std::nullopt;
        case Replayer::Gate::kWait: break;
        case Replayer::Gate::kFlush:
            io().to_server.own([](std::string& out) { protocol::encode_flush(out); });
            break;
    }
    hold_ = Hold::kForReplay;
    return Step{Step::Kind::kHold};
}

/// What the message runs, if it runs a statement. False: more of it is needed.
bool ClientSession::read_facts(protocol::FrameHeader header, std::string_view message) {
    ClientReplay& replay = *replay_;
    const auto type = static_cast<FrontendType>(header.type);
    const bool whole = message.size() >= header.total_bytes();
    const std::string_view body = message.substr(protocol::kHeaderBytes);
    const auto keep = [&replay](const StatementFacts& facts, std::string_view text) {
        replay.facts = facts;
        replay.has_facts = true;
        if (facts.begins && replay.machine.window().empty()) replay.begin_text.assign(text);
    };
    if (type == FrontendType::kQuery) {
        if (!whole && header.total_bytes() <= kMaxReadBytes) return false;
        if (whole)
            if (const auto text = protocol::decode_query(body))
                keep(odd_encoding_ ? facts_of_unread() : facts_of(classified(*text), *text, dialect()),
                     *text);
    } else if (type == FrontendType::kBind) {
        const auto names = protocol::peek_bind_names(body, header.body_bytes());
        if (!names || !*names) return names.has_value() ? whole : true;
        const StatementRef statement = names_ ? names_->statement((*names)->statement) : nullptr;
        if (!statement) return true;  // the server refuses it
        keep(odd_encoding_
                 ? facts_of_unread()
                 : environment_->replays().facts_of(statement, dialect(), environment_->statement_classes()),
             statement->query);
    }
    const bool unread =
        type == FrontendType::kFunctionCall || (type == FrontendType::kQuery && !replay.has_facts);
    if (unread) {
        replay.facts = facts_of_unread();
        replay.has_facts = true;
    }
    return true;
}

/// A request of the client's was recorded in the ledger: it will be answered.
void ClientSession::note_replay_record(Request request) {
    const bool query = request == Request::kQuery || request == Request::kFunctionCall;
    if (query || request == Request::kSync) {
        replay_->unit_end = io().last_sequence;
        replay_->unit_query = query;
    }
}

/// The handler is done with a message, or with a part of its body: it is on its way.
void ClientSession::note_replay_bytes(bool message, std::string_view bytes) {
    ClientReplay& replay = *replay_;
    const Unfit before = replay.machine.window().unfit();
    if (message) {
        if (!is_copy(bytes)) replay.machine.on_message();  // its Query or batch is the unit
        if (replay.has_facts) replay.machine.on_statement(replay.facts);
        if (replay.unit_end != 0) replay.machine.end_unit(replay.unit_end, replay.unit_query);
        replay.has_facts = false;
        replay.unit_end = 0;
    }
    replay.machine.on_bytes(bytes);
    count_unfit(before);
}

void ClientSession::count_unfit(Unfit before) {
    const Unfit now = replay_->machine.window().unfit();
    if (now == before || now == Unfit::kNone) return;
    // A statement alone needs no protection that it could lose.
    if (replay_->machine.window().is_transaction())
        ++replay_->stats->unprotected[static_cast<std::size_t>(now)];
}

// --- what the client gets

/// The read at hand ended all that was under way, with no transaction open and nothing that could be an
/// error.
bool ClientSession::answered_plainly() const {
    return ready_seen_ && !replay_->error_seen && server_->ledger().empty() && !server_->mid_reply() &&
           server_->transaction_status() == protocol::TransactionStatus::kIdle && block_.none();
}

void ClientSession::filter_replies(OutBatch& batch) {
    Replayer& machine = replay_->machine;
    const bool plain = answered_plainly();
    replay_->error_seen = false;
    if (plain && machine.on_plain_end()) {
        mid_reply_ = false;
        return account_ends(std::exchange(replay_->ends, 0));
    }
    const bool held = machine.busy() && !machine.caught_up();
    const Unfit before = machine.window().unfit();
    bool all = true;
    batch.cut([&](std::string_view piece) {
        const Replayer::Passed passed = machine.on_server(piece);
        all = all && passed.to == piece.size();
        return std::pair{passed.from, passed.to};
    });
    count_unfit(before);
    replay_->stats->unknown += machine.take_unknown();
    // Of a message that is held back the client has what it had.
    if (all && !(held && !machine.caught_up())) mid_reply_ = server_->mid_reply();
    const unsigned ends = std::exchange(replay_->ends, 0);
    if (!machine.busy() || machine.caught_up()) account_ends(ends);
    if (machine.busy() && machine.state() != Replayer::State::kFeeding && hold_ == Hold::kNone)
        hold_ = Hold::kForReplay;
}

/// Replies of ours to requests that no server answers.
void ClientSession::deliver(std::string_view replies) {
    if (!replay_) {
        if (route_) route_->note_delivery();
        static_cast<void>(socket_.send(replies));
        return;
    }
    const Replayer::Passed passed = replay_->machine.on_server(replies);
    const unsigned ends = std::exchange(replay_->ends, 0);
    if (!replaying()) account_ends(ends);
    if (passed.from < passed.to)
        static_cast<void>(socket_.send(replies.substr(passed.from, passed.to - passed.from)));
}

// --- the transaction has failed

/// The replies of a read have been looked at. True: they are a matter of the replay alone.
bool ClientSession::replay_turn() {
    switch (replay_->machine.state()) {
        case Replayer::State::kRecording: settle_replay(); return false;
        case Replayer::State::kOff:
        case Replayer::State::kFeeding: return false;
        case Replayer::State::kRestarting: return true;
        case Replayer::State::kGivenUp: give_up_replay(); return true;
        case Replayer::State::kFailed: break;
    }
    if (replay_->machine.trigger() == Trigger::kLost) {  // it said that it closes, and may take its time
        ServerConnection& server = *server_;
        pool_->retire(server, "the server ends the connection");  // calls on_server_lost()
        return true;
    }
    if (!replay_->machine.awaits_ready()) restart_replay();
    return true;
}

void ClientSession::restart_replay() {
    if (replay_->machine.caught_up()) keep_failed_state();
    note_replay_start();
    const bool cancelled = wants_no_replay();
    replay_->machine.leave_server(IoContext::now());
    if (cancelled) replay_->machine.cancel();
    if (replay_->machine.state() == Replayer::State::kGivenUp) return give_up_replay();
    if (replay_->machine.trigger() == Trigger::kRecovery && server_ != nullptr) server_->close_needed = true;
    const bool back = leads_back();
    if (!back) leave_server_of_replay();
    go_back_to_begin();
    if (back)
        go_back_to_savepoint();
    else
        schedule_replay();
}

void ClientSession::note_replay_start() {
    ClientReplay& replay = *replay_;
    if (replay.started) return;
    replay.started = true;
    replay.since = IoContext::now();
    ++replay.stats->started;
    ++replay.stats->running;
    ++replay.stats->by_trigger[static_cast<std::size_t>(replay.machine.trigger())];
}

/// What the session is like now is what it is like if the client has to be told of the failure.
void ClientSession::keep_failed_state() {
    ClientReplay& replay = *replay_;
    replay.body_left_then = body_left_;
    replay.parameters_then = parameters_;
    replay.variables_then.reset();
    if (cockroach_ && server_ != nullptr && server_->variables().known())
        replay.variables_then = server_->variables().state().variables;
    replay.names_then.reset();
    if (!names_) return;
    replay.names_then = *names_;
    // What was sent behind the failed request counts as skipped.
    if (server_ != nullptr)
        replay.names_then->on_failed({server_->ledger().settled() + 1, io().last_sequence});
}

/// The session is what it was when the transaction began.
void ClientSession::go_back_to_begin() {
    ClientReplay& replay = *replay_;
    if (names_ && replay.had_names)
        names_->rewind();
    else
        names_.reset();
    notes_.reset();
    if (portals_) portals_->clear();
    parameters_ = replay.parameters;
    pins_ = announced_pins_ = 0;
    pin_check_due_ = restore_due_ = begin_failed_ = false;
    state_step_ = StateStep::kNone;
    body_left_ = 0;
    body_forwarded_ = false;
    ready_seen_ = false;
    in_transaction_ = true;
    if (replay.machine.begins())
        block_.begin(replay.begin_text);
    else
        block_.end();
}

void ClientSession::schedule_replay() {
    ClientReplay& replay = *replay_;
    hold_ = Hold::kForReplay;
    replay.fed = false;
    ++replay.stats->attempts;
    const auto delay = replay.machine.delay(environment_->random_bits());
    if (delay.count() == 0) return on_replay_turn();
    replay.timer.open<&ClientSession::on_replay_turn>(io().loop, this);
    replay.timer.start(delay);
}

/// Has waited as long as it has to; asks for its turn, as often as it takes, and for a server.
void ClientSession::on_replay_turn() {
    if (!replay_ || replay_->machine.state() != Replayer::State::kRestarting) return;
    if (!environment_->replays().ask_for_turn(*this, *replay_, database_name())) return wait_for_turn();
    replay_->timer.stop();
    on_replay_timer();
}

/// Nobody else looks at the clock for a session without a server.
void ClientSession::wait_for_turn() {
    const auto left = replay_->machine.deadline() - IoContext::now();
    replay_->timer.open<&ClientSession::on_turn_timer>(io().loop, this);
    replay_->timer.start(std::max(kLookAgain, std::chrono::duration_cast<std::chrono::milliseconds>(left)),
                         kLookAgain);
}

void ClientSession::on_turn_timer() { check_replay_clock(IoContext::now()); }

void ClientSession::on_replay_timer() {
    if (replay_->machine.state() != Replayer::State::kRestarting || waiting()) return;
    hold_ = Hold::kForServer;
    pool_->wait(*this);
}

/// No server could be had; there may be one before the time is up.
void ClientSession::retry_pool() {
    hold_ = Hold::kForReplay;
    replay_->timer.open<&ClientSession::on_replay_timer>(io().loop, this);
    replay_->timer.start(kPoolRetry);
}

// --- it is run again

/// The log goes through the handlers, as far as it may.
void ClientSession::feed_replay() {
    Replayer& machine = replay_->machine;
    if (machine.state() == Replayer::State::kRestarting) machine.begin_feeding();
    feed_some();
    if (state_ == SessionState::kClosed || server_ == nullptr) return;
    if (machine.state() == Replayer::State::kGivenUp) return give_up_replay();
    if (hold_ != Hold::kNone && hold_ != Hold::kForReplay) return;
    if (machine.rest().empty()) note_fed();
    if (machine.finish()) return end_feeding();
    hold_ = Hold::kForReplay;
    if (server_->ledger().empty()) {  // no answer will come
        machine.on_quiet();
        if (machine.state() == Replayer::State::kGivenUp) give_up_replay();
    } else if (machine.rest().empty() && machine.gate_at_end() == Replayer::Gate::kFlush) {
        io().to_server.clear();
        io().to_server.own([](std::string& out) { protocol::encode_flush(out); });
        send_to_server();
    }
}

void ClientSession::feed_some() {
    for (;;) {
        hold_ = Hold::kNone;
        const std::string_view rest = replay_->machine.rest();
        if (rest.empty()) return;
        static_cast<void>(consume_requests(rest));
        if (state_ == SessionState::kClosed || server_ == nullptr) return;
        const bool fed = replay_->machine.rest().size() < rest.size();
        const bool answered = hold_ == Hold::kForReplay && fed && server_->ledger().empty();  // by ourselves
        if (!answered && (hold_ != Hold::kForOutcome || !answers_due())) return;
        if (!answered) answer_alone();
    }
}

/// Replies have come while the transaction is run again.
void ClientSession::replay_progress() {
    if (hold_ == Hold::kForReplay || hold_ == Hold::kNone) feed_replay();
}

/// Everything was sent again, and all the client has was compared; what comes now goes its usual way.
void ClientSession::end_feeding() {
    settle_replay();
    resume();
}

/// What had failed is answered, and the client has noticed nothing.
void ClientSession::settle_replay() {
    ClientReplay& replay = *replay_;
    if (!replay.started || !replay.machine.settled()) return;
    note_replay_success();
    replay.machine.settle();
    replay.started = false;
    replay.names_then.reset();
    environment_->replays().leave_turns(replay, database_name());
}

void ClientSession::note_replay_success() {
    ClientReplay& replay = *replay_;
    const auto took = std::chrono::duration_cast<Microseconds>(IoContext::now() - replay.since);
    ++replay.stats->succeeded;
    --replay.stats->running;
    replay.started = false;
    replay.stats->needed.add(replay.machine.attempts_of_replay());
    replay.stats->time += static_cast<std::uint64_t>(took.count());
    log_replay("succeeded");
}

/// All of it was sent again; its last statement may wait for a lock, and others shall not wait for that.
void ClientSession::note_fed() {
    if (replay_->fed) return;
    replay_->fed = true;
    replay_->turn_until = IoContext::now() + kTurn;
}

void ClientSession::check_replay_turn(Clock::time_point now) {
    if (replay_ && replay_->started && replay_->fed && now >= replay_->turn_until)
        environment_->replays().leave_turns(*replay_, database_name());
}

}  // namespace pooler
