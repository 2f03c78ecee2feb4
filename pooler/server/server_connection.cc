#include "pooler/server/server_connection.h"

#include <utility>

#include "pooler/seeded_bug.h"
#include "protocol/copy.h"
#include "protocol/extended_query.h"
#include "protocol/simple_query.h"

namespace pooler {

using protocol::BackendType;
using protocol::TransactionStatus;

ServerConnection::ServerConnection(IoContext& io, ServerHost& host, const TrackedNames& tracked,
                                   std::uint64_t id)
    : io_{&io}, host_{&host}, tracked_{&tracked}, id_{id}, socket_{*this} {
    created = last_used = last_reply = state_since = IoContext::now();
    connect_time = request_time = std::chrono::system_clock::now();
}

ServerConnection::~ServerConnection() {
    if (derivation_) derivation_->abandon();
}

void ServerConnection::close() {
    if (derivation_) derivation_->abandon();
    enter(ServerState::kClosed);
    user_ = nullptr;
    if (socket_.is_open() && login_ == std::nullopt) {
        std::string goodbye;
        protocol::encode_terminate(goodbye);
        static_cast<void>(socket_.send(goodbye));
    }
    socket_.close();
}

void ServerConnection::enter(ServerState state) {
    state_ = state;
    state_since = IoContext::now();
}

void ServerConnection::link(ServerUser& user) {
    user_ = &user;
    state_ = ServerState::kActive;
    rollback_sent_ = false;
    shown_next_.reset();
    whole_notices = false;
    request_time = std::chrono::system_clock::now();
    ledger_.begin(io_->last_sequence);
    variables_.forget_requests();
    tainted_at_ = 0;
    cancel_expected_ = false;
}

void ServerConnection::unlink() { user_ = nullptr; }

void ServerConnection::send(OutBatch& batch) {
    static_cast<void>(
        socket_.send(batch));  // a dead connection shows as readable, with the server's last words
}

void ServerConnection::run_own_query(std::string_view text) {
    own_running_ = true;
    keep_row_ = false;
    own_result_ = {};
    statements_.forget_unnamed();  // a simple Query destroys the unnamed statement
    static_cast<void>(ledger_.push({Request::kQuery, Delivery::kSwallow, io_->next_sequence()}));
    std::string message;
    protocol::encode_query(message, text);
    static_cast<void>(socket_.send(message));
}

void ServerConnection::ask(std::string_view text) {
    run_own_query(text);
    keep_row_ = true;
}

bool ServerConnection::start_cleaning(bool message_cut_off) {
    if (message_cut_off || socket_.backlog_bytes() > Socket::kHighBytes) return false;
    if (state_ != ServerState::kCleaning) cleaning_bytes_ = 0;
    enter(ServerState::kCleaning);
    socket_.read_on(true);
    std::string message;
    if (ledger_.in_copy()) {
        protocol::encode_copy_fail(message, "the client is gone");
        static_cast<void>(ledger_.push({Request::kCopyEnd, Delivery::kSwallow, io_->next_sequence()}));
    } else if (ledger_.batch_open() && !ledger_.skipping() && !seeded_bug(SeededBug::kAbandonedCommitted)) {
        // The Sync that follows would commit a batch that its client never finished: an error undoes it
        // first.
        protocol::encode_bind(message, {}, "no such statement: the client is gone", {});
        static_cast<void>(ledger_.push({Request::kBind, Delivery::kSwallow, io_->next_sequence()}));
    }
    protocol::encode_sync(message);
    static_cast<void>(ledger_.push({Request::kSync, Delivery::kSwallow, io_->next_sequence()}));
    return socket_.send(message);
}

bool ServerConnection::reusable() const {
    return status_ == TransactionStatus::kIdle && ledger_.empty() && !ledger_.batch_open() &&
           !ledger_.skipping() && !ledger_.in_copy() && !own_running_ && body_left_ == 0 && inbox_.empty() &&
           socket_.backlog_bytes() == 0 && !socket_.pending() && socket_.is_open();
}

bool ServerConnection::lost_while_idle() const {
    const auto waiting = socket_.peek();
    return waiting.status == Socket::ReadStatus::kClosed ||
           waiting.first == static_cast<char>(BackendType::kErrorResponse);
}

int ServerConnection::leave_worker() {
    static_cast<ListHook<ServerListTag>&>(*this).unlink();
    statements_.forget_sequences();
    ledger_.begin(0);
    return socket_.detach();
}

void ServerConnection::join_worker(IoContext& io, ServerHost& host, int descriptor) {
    io_ = &io;
    host_ = &host;
    socket_.rebind_tls(io);
    socket_.attach(io.loop, descriptor);
}

void ServerConnection::on_drained() {
    if (user_ != nullptr) user_->on_server_drained();
}

void ServerConnection::go_on_cleaning() {
    // A cancel under way could hit our ROLLBACK.
    if (state_ != ServerState::kCleaning || !ledger_.empty() || own_running_ || cancels_in_flight > 0) return;
    if (status_ == TransactionStatus::kIdle) return host_->on_cleaned(*this);
    if (rollback_sent_) return lose("ROLLBACK did not end the transaction");
    rollback_sent_ = true;
    run_own_query("ROLLBACK");
}

void ServerConnection::lose(std::string_view reason) {
    if (state_ == ServerState::kClosed) return;
    ServerUser* user = std::exchange(user_, nullptr);
    const std::string text{reason};
    host_->on_lost(*this, fatal_.empty() ? std::string_view{text} : std::string_view{fatal_});
    if (user != nullptr) user->on_server_lost(text);
}

}  // namespace pooler
