// Cancel requests of a client, and servers that are lost before they were used: the two ways in which a wait
// for a server ends otherwise than it should.
#include "pooler/session/client_session.h"
#include "protocol/error_notice.h"
#include "protocol/session_status.h"
#include "protocol/sqlstate.h"

namespace pooler {

using protocol::FrontendType;

namespace {

/// Servers in a row that may turn out to be dead at checkout before the client hears of it.
constexpr std::uint8_t kMaxLostLinks = 5;

}  // namespace

void ClientSession::on_cancel_request(CancelTicket ticket) {
    if (console_ != nullptr) return console_->on_cancel();
    if (looking_up()) return;  // it is over, one way or the other
    if (replay_may_end()) return cancel_replay();
    if (hold_ == Hold::kForServer || hold_ == Hold::kForState) return cancel_waiting();
    // Only for a statement of the client that is running; a Parse of ours is one if the client waits for it.
    if (!works_for_client()) return;
    if (replay_ && replay_->machine.window().oldest() != nullptr)
        replay_->cancelled_unit = replay_->machine.window().oldest()->sequence;
    environment_->forward_cancel(*source_, *server_, std::move(ticket));
}

/// The server works on a statement of the client's, or on what must come right before it.
bool ClientSession::works_for_client() const {
    return server_ != nullptr && (server_->ledger().owes_client() || hold_ == Hold::kForShape);
}

/// What runs there may be cancelled, since nobody waits for it any more. Not with another Query or batch
/// behind it: a BEGIN that fails would let what follows run, and commit, outside of its transaction.
bool ClientSession::may_interrupt() const {
    return works_for_client() && !server_->ledger().in_copy() && server_->ledger().one_unit();
}

/// Its request has not been sent to a server yet: no server hears of the cancel.
void ClientSession::cancel_waiting() {
    refusal_ = Refusal::kCancelled;
    if (hold_ == Hold::kForServer) {
        source_->stop_waiting(*this);
        if (route_) end_route(std::nullopt);
    } else if (pool_->mode() == conf::PoolMode::kSession) {
        return;  // it keeps its server: answered when the server's state is set
    } else {
        release_server(false);
    }
    resume();
}

/// A request behind a cancel: answered as a server does that was interrupted while it ran the first of them.
/// Source: PostgreSQL docs, "Message Flow", Extended Query: after an error all is discarded up to the Sync.
ClientSession::Step ClientSession::refuse(protocol::FrameHeader header) {
    const auto type = static_cast<FrontendType>(header.type);
    std::string reply;
    if (refusal_ == Refusal::kCancelled) {
        if (!block_.none()) block_.fail();
        return fail_request(header, protocol::sqlstate::kQueryCanceled,
                            "canceling statement due to user request");
    }
    if (type != FrontendType::kSync) return {Step::Kind::kDrop};
    refusal_ = Refusal::kNone;
    say_ready(reply);
    return {Step::Kind::kDrop};
}

/// Answers a request that no server gets with an error, and skips what belongs to it.
ClientSession::Step ClientSession::fail_request(protocol::FrameHeader header, std::string_view sqlstate,
                                                std::string_view text) {
    const auto type = static_cast<FrontendType>(header.type);
    std::string reply;
    protocol::encode_error(reply, "ERROR", sqlstate, text);
    const bool whole =
        type == FrontendType::kQuery || type == FrontendType::kFunctionCall || type == FrontendType::kSync;
    refusal_ = whole ? Refusal::kNone : Refusal::kSkipping;
    if (whole)
        say_ready(reply);
    else
        static_cast<void>(socket_.send(reply));
    return {Step::Kind::kDrop};
}

/// What the client waited for has been answered without a server.
void ClientSession::request_over() {
    ready_seen_ = true;
    if (names_ && server_ == nullptr) names_->on_settled(io().last_sequence);  // nobody owes anything
    account_end_of_query();
    on_ready(block_.status());
}

/// The server is lost, but nothing of the client's was sent to it: another one will do. False if that cannot
/// be.
bool ClientSession::take_another_server() {
    if (state_ != SessionState::kReady || handed_ || lost_links_ >= kMaxLostLinks) return false;
    if (!server_->ledger().empty() && hold_ != Hold::kForState) return false;
    ++lost_links_;
    ++pool_->stats.lost_links;
    server_ = nullptr;
    if (hold_ == Hold::kNone) return true;  // the rest of its message will ask for a server
    hold_ = Hold::kForServer;
    pool_->wait(*this);
    return true;
}

}  // namespace pooler
