// The ends of a replay that the client notices: other answers, limits, a cancel, and connections that were
// lost where nothing can be run again. The client gets the error it would have got, in the state it would
// have been in; what it had sent behind the failed request is looked at as if it came now.
#include "pooler/session/client_session.h"
#include "pooler/session/replay_desk.h"
#include "protocol/error_notice.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"
#include "protocol/sqlstate.h"

namespace pooler {

using protocol::FrontendType;

namespace {

constexpr std::string_view kLostText =
    "restart transaction: the server connection was lost before anything was committed";

constexpr std::string_view kAmbiguousText =
    "the server connection was lost with a commit under way: it is not known whether it took effect";

}  // namespace

/// The server, if there is one, goes back and is cleaned.
void ClientSession::leave_server_of_replay() {
    replay_->going_back = false;
    if (waiting()) pool_->stop_waiting(*this);
    if (server_ != nullptr) unlink_server(false);
}

void ClientSession::give_up_replay() {
    const Replayer::Outcome outcome = replay_->machine.outcome();
    log_replay(name_of(replay_->machine.given_up()));
    ++replay_->stats->given_up[static_cast<std::size_t>(replay_->machine.given_up())];
    // What runs there is of no use to anybody any more.
    if (may_interrupt()) environment_->forward_cancel(*pool_, *server_, nullptr);
    leave_server_of_replay();
    if (mid_reply_) return close("server connection lost in the middle of a message");
    if (!outcome.complete) return fail(protocol::sqlstate::kSerializationFailure, kLostText);
    return_to_failed_state(outcome);
    tell_outcome(outcome);
}

/// As the failure left the session; its transaction is no server's any more.
void ClientSession::return_to_failed_state(const Replayer::Outcome& outcome) {
    ClientReplay& replay = *replay_;
    const std::string begin_text{replay.begin_text};
    const bool partial = outcome.unstarted.empty() && replay.body_left_then > 0;
    go_back_to_begin();
    if (replay.names_then) {
        if (!names_) names_ = std::make_unique<PreparedNames>();
        *names_ = std::move(*replay.names_then);
    }
    if (cockroach_) parameters_ = replay.parameters_then;
    if (replay.variables_then) variables_ = *replay.variables_then;
    body_left_ = partial ? replay.body_left_then : 0;
    block_.end();
    if (!outcome.ends) {
        block_.begin(begin_text.empty() ? std::string_view{"BEGIN"} : std::string_view{begin_text});
        block_.fail();
    }
}

/// What the transaction had set, and the client may have been told of, is undone.
void ClientSession::tell_parameters(std::string& out) {
    const auto welcome = pool_->welcome();
    for (std::size_t i = 0; i < environment_->tracked().size(); ++i) {
        if ((replay_->reported >> i & 1U) == 0) continue;
        const std::string* now = parameters_.get(i);
        if (now == nullptr && welcome) now = welcome->tracked.get(i);
        if (now != nullptr) protocol::encode_parameter_status(out, environment_->tracked().name(i), *now);
    }
}

std::string ClientSession::replay_error(const Replayer::Outcome& outcome) const {
    std::string error;
    if (replay_->machine.given_up() == GiveUp::kCancelled)
        protocol::encode_error(error, "ERROR", protocol::sqlstate::kQueryCanceled,
                               "canceling statement due to user request");
    else if (!outcome.error.empty())
        error = outcome.error;
    else
        protocol::encode_error(error, "ERROR", protocol::sqlstate::kSerializationFailure, kLostText);
    return error;
}

void ClientSession::tell_outcome(const Replayer::Outcome& outcome) {
    std::string reply;
    tell_parameters(reply);
    const bool rolled_back = replay_->machine.given_up() == GiveUp::kNone;
    if (outcome.due) reply += replay_error(outcome);
    std::string kept{outcome.unstarted};
    // Of an unprotected transaction no log is kept.
    if (rolled_back && kept.empty()) protocol::encode_query(kept, "ROLLBACK");
    kept += inbox_.take();
    refusal_ = Refusal::kNone;
    if (!outcome.due && !rolled_back)
        refusal_ = replay_->machine.given_up() == GiveUp::kCancelled ? Refusal::kCancelled : Refusal::kLost;
    if (outcome.due && !outcome.closed) refusal_ = Refusal::kSkipping;
    const bool closed = outcome.due && outcome.closed;
    inbox_.keep(kept, io());
    close_replay();
    hold_ = Hold::kNone;
    if (closed)
        say_ready(reply);
    else
        static_cast<void>(socket_.send(reply));
    resume();
}

// --- loss

/// True: the replay goes on, or has told the client.
bool ClientSession::on_replay_lost() {
    ClientReplay& replay = *replay_;
    if (replay.going_back) {
        server_ = nullptr;
        begin_elsewhere();
        return true;
    }
    if (replay.machine.state() == Replayer::State::kRestarting) return end_loss(false);
    if (!replaying() && take_another_server()) return true;
    if (!replay.machine.same_failure()) keep_failed_state();
    if (!may_look_up()) return end_loss(false);
    begin_lookup();
    return true;
}

/// `aborted`: the transaction is known not to have been committed. True as above.
bool ClientSession::end_loss(bool aborted) {
    ClientReplay& replay = *replay_;
    const bool cancelled = wants_no_replay();
    const Ruling ruling = replay.machine.on_lost(IoContext::now(), aborted);
    server_ = nullptr;
    switch (ruling) {
        case Ruling::kPass: return false;
        case Ruling::kAmbiguous:
            ++replay.stats->ambiguous;
            log_replay("ambiguous");
            fail(protocol::sqlstate::kTransactionResolutionUnknown, kAmbiguousText);
            return true;
        case Ruling::kLost:
            ++replay.stats->lost;
            give_up_replay();
            return true;
        case Ruling::kRollback: give_up_replay(); return true;
        case Ruling::kReplay: break;
    }
    note_replay_start();
    if (cancelled) replay.machine.cancel();
    if (replay.machine.state() == Replayer::State::kGivenUp) {
        give_up_replay();
        return true;
    }
    go_back_to_begin();
    schedule_replay();
    return true;
}

/// The transaction was lost while its client did nothing: it hears of that with its next request.
ClientSession::Step ClientSession::refuse_lost(protocol::FrameHeader header, std::string_view message) {
    const auto type = static_cast<FrontendType>(header.type);
    if (type == FrontendType::kQuery && header.total_bytes() <= kMaxBlockText + protocol::kHeaderBytes) {
        if (message.size() < header.total_bytes()) return {Step::Kind::kMore};
        const auto text = protocol::decode_query(message.substr(protocol::kHeaderBytes));
        const BlockRequest request = text ? read_block_request(*text, dialect()) : BlockRequest{};
        if (request.verb == BlockRequest::Verb::kEnd && !request.commit) {  // nothing to tell: that is done
            refusal_ = Refusal::kNone;
            return on_request(header, message);
        }
    }
    return fail_request(header, protocol::sqlstate::kSerializationFailure, kLostText);
}

// --- will and time

void ClientSession::cancel_replay() {
    replay_->machine.cancel();
    if (replay_->machine.state() == Replayer::State::kGivenUp) give_up_replay();
}

/// What failed had been cancelled by the client, and the cancel did not come through.
bool ClientSession::wants_no_replay() const {
    const TransactionWindow::Unit* unit = replay_->machine.window().oldest();
    return replay_->cancelled_unit != 0 && unit != nullptr && unit->sequence == replay_->cancelled_unit;
}

void ClientSession::check_replay_clock(Clock::time_point now) {
    replay_->machine.on_clock(now);
    if (replay_->machine.state() == Replayer::State::kGivenUp) give_up_replay();
}

/// Never the text of a statement.
void ClientSession::log_replay(std::string_view outcome) {
    const ClientReplay& replay = *replay_;
    const auto took =
        replay.started
            ? std::chrono::duration_cast<std::chrono::milliseconds>(IoContext::now() - replay.since)
            : std::chrono::milliseconds{0};
    environment_->log_session(*this,
                              "transaction replay after " + std::string{name_of(replay.machine.trigger())} +
                                  ": " + std::string{outcome} +
                                  " (attempts=" + std::to_string(replay.machine.attempts_of_replay()) +
                                  " time=" + std::to_string(took.count()) + "ms)",
                              false);
}

}  // namespace pooler
