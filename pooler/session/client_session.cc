#include "pooler/session/client_session.h"

#include <cstring>

#include "protocol/crypto.h"
#include "protocol/error_notice.h"
#include "protocol/session_status.h"

namespace pooler {

using protocol::TransactionStatus;

namespace {

std::uint64_t microseconds(Clock::duration span) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<Microseconds>(span).count());
}

bool expired(Clock::time_point now, Clock::time_point since, conf::Duration limit) {
    return limit.count() > 0 && now - since >= limit;
}

/// Passwords pass while a client logs in: none is left where it was read, which is the block, see
/// kInBlockBytes.
void wipe_read(IoContext& io, std::size_t bytes) { explicit_bzero(io.block.get(), bytes); }

}  // namespace

ClientSession::ClientSession(SessionEnvironment& environment, int descriptor, std::uint64_t id,
                             bool unix_socket)
    : environment_{&environment},
      socket_{*this},
      id_{id},
      unix_socket_{unix_socket},
      connect_time_{std::chrono::system_clock::now()},
      connected_at_{IoContext::now()},
      last_request_{connected_at_} {
    socket_.attach(io().loop, descriptor);
}

ClientSession::~ClientSession() = default;

void ClientSession::enter(SessionEvent event) {
    if (const auto to = next(state_, event)) state_ = *to;
}

// --- life

void ClientSession::fail(std::string_view sqlstate, std::string_view message) {
    if (state_ == SessionState::kClosed) return;
    if (!mid_reply_) {  // else it would be read as the rest of a row
        std::string packet;
        protocol::encode_error(packet, "FATAL", sqlstate, message);
        static_cast<void>(socket_.send(packet));
    }
    if (environment_->configuration().settings.log_pooler_errors)
        environment_->log_session(*this, std::string{"pooler error: "} + std::string{message}, true);
    close(message);
}

void ClientSession::fail_login(LoginFault why, std::string_view sqlstate, std::string_view message) {
    ++environment_->process().login_faults[static_cast<std::size_t>(why)];
    fail(sqlstate, message);
}

void ClientSession::close(std::string_view reason) {
    if (state_ == SessionState::kClosed) return;
    forget_waiting_bytes();
    if (logging_in()) inbox_.wipe();
    enter(SessionEvent::kClose);
    if (environment_->configuration().settings.log_disconnections) {
        const auto age =
            std::chrono::duration_cast<std::chrono::seconds>(IoContext::now() - connected_at_).count();
        environment_->log_session(
            *this, "closing because: " + std::string{reason} + " (age=" + std::to_string(age) + "s)", false);
    }
    if (pending_) pending_->forget();
    release_server(true);
    close_replay();
    leave_pool();
    if (has_key_) environment_->forget_key(key_);
    if (!client_left_) socket_.finish_sending();
    socket_.close();
    environment_->on_session_closed(*this);
}

void ClientSession::close_left(std::string_view reason) {
    client_left_ = true;
    close(reason);
}

void ClientSession::leave_pool() {
    if (pool_ != nullptr) {
        if (waiting()) source_->stop_waiting(*this);
        if (route_) end_route(std::nullopt);
        --pool_->clients;
        pool_ = source_ = nullptr;
    }
    if (login_usage_ != nullptr) login_usage_->clients.release();
    if (database_usage_ != nullptr) database_usage_->clients.release();
    login_usage_ = nullptr;
    database_usage_ = nullptr;
}

void ClientSession::release_server(bool session_over) {
    if (server_ == nullptr) return;
    close_replay();
    unlink_server(session_over);
}

void ClientSession::unlink_server(bool session_over) {
    const bool cancel = state_ == SessionState::kClosed && may_interrupt();
    ServerConnection& server = *std::exchange(server_, nullptr);
    const bool cut_off = body_left_ > 0 && body_forwarded_;
    mark_leftovers(server, session_over);
    // Nobody waits for what runs there any more.
    if (cancel) environment_->forward_cancel(*source_, server, nullptr);
    server.unlink();
    if (!server.socket().reading()) server.socket().read_on(true);
    source_->give_back(server, session_over, cut_off);
    if (route_) end_route(std::nullopt);
}

// --- bytes from the client

void ClientSession::on_readable() {
    if (hold_ != Hold::kNone || replaying() || state_ == SessionState::kWelcome ||
        state_ == SessionState::kCancel || socket_.backed_up()) {
        // A second readiness while it waits: look whether it left, and otherwise stop listening to it.
        if (socket_.peer_gone()) return close_left("client unexpected eof");
        return socket_.read_on(false);
    }
    if (!first_bytes_seen_ && begins_with_tls()) return start_tls();
    std::string_view data;
    const bool login = logging_in();
    const std::size_t before = inbox_.bytes();
    const auto result = inbox_.fill(socket_, io(), data);
    if (login && result.status != Socket::ReadStatus::kData) wipe_read(io(), before);
    if (result.status == Socket::ReadStatus::kBlocked) return;
    if (result.status == Socket::ReadStatus::kClosed)
        return close_left(result.error == 0 ? "client unexpected eof" : "client connection lost");
    last_request_ = IoContext::now();
    if (pool_ != nullptr) pool_->stats.received += result.bytes;
    if (login) inbox_.wipe();  // it is in front of the new bytes
    const std::size_t consumed = consume(data);
    const bool open = state_ != SessionState::kClosed;
    if (open) inbox_.keep(data.substr(consumed), io());
    if (login) wipe_read(io(), data.size());
    if (open) after_walk();
}

void ClientSession::after_walk() {
    if (state_ == SessionState::kReady && hold_ == Hold::kNone && at_rest()) socket_.read_on(false);
    if (hold_ == Hold::kForServer && !count_waiting_bytes()) return;
    // What it waits for may be an answer of ours, which no reply of the server will bring about.
    if (hold_ == Hold::kForOutcome && answers_due()) {
        answer_alone();
        return resume();
    }
    if (ready_to_release()) return on_turn_end();
    if (end_at_boundary_) end_at_boundary();
}

std::size_t ClientSession::consume(std::string_view data) {
    std::size_t at = 0;
    for (;;) {
        const SessionState before = state_;
        switch (state_) {
            case SessionState::kStartup: at += consume_startup(data.substr(at)); break;
            case SessionState::kAuth: at += consume_auth(data.substr(at)); break;
            case SessionState::kReady: at += consume_requests(data.substr(at)); break;
            case SessionState::kConsole: at += consume_console(data.substr(at)); break;
            case SessionState::kCancel:
            case SessionState::kWelcome:
            case SessionState::kClosed: return at;
        }
        if (state_ == before || at == data.size()) return at;
    }
}

/// What it waited for is there: goes on with the bytes that were kept.
void ClientSession::resume() {
    forget_waiting_bytes();
    hold_ = Hold::kNone;
    notified_ = false;
    if (replaying()) return feed_replay();
    read_again();
    const bool login = logging_in();
    std::string kept = inbox_.take();
    if (login) inbox_.wipe();  // a short text is copied when it is taken
    const std::size_t consumed = consume(kept);
    const bool open = state_ != SessionState::kClosed;
    if (open) inbox_.keep(std::string_view{kept}.substr(consumed), io());
    if (login) protocol::wipe(kept);
    if (open) after_walk();
}

void ClientSession::on_drained() {
    if (server_ != nullptr) server_->socket().read_on(true);
    read_again();
}

/// Reads the client again unless something still stands against it.
void ClientSession::read_again() {
    const bool server_full = server_ != nullptr && server_->socket().backed_up();
    if (hold_ == Hold::kNone && !replaying() && !server_full && !socket_.backed_up() && !at_rest())
        socket_.read_on(true);
}

void ClientSession::on_server_drained() {
    read_again();
    if (ready_to_release()) on_turn_end();
}

void ClientSession::suspend(bool on) {
    if (hold_ == Hold::kNone) socket_.read_on(!on || !at_rest());
}

/// SUSPEND waits for the rest of a message that has begun, which therefore is read.
bool ClientSession::at_rest() const { return environment_->process().suspended && inbox_.bytes() == 0; }

// --- what the server says

void ClientSession::on_replies(OutBatch& batch, std::size_t bytes_read) {
    pool_->stats.sent += bytes_read;
    if (routed() && route_->failed()) return batch.clear();
    if (replay_)
        filter_replies(batch);
    else
        mid_reply_ = server_->mid_reply();
    const bool open = server_->transaction_status() != TransactionStatus::kIdle;
    if (open && ready_seen_ && pool_->mode() == conf::PoolMode::kStatement) {
        batch.clear();
        return fail("transaction blocks not allowed in statement pooling mode");
    }
    if (batch.empty()) return;
    if (route_) route_->note_delivery();
    if (!socket_.send(batch)) return close("client connection lost");
    if (socket_.backed_up()) server_->socket().read_on(false);
}

void ClientSession::on_parameter(std::size_t index, std::string_view value, bool own) {
    if (!own) {
        parameters_.set(index, value, environment_->tracked().size());
        if (replay_ && index < 64) replay_->reported |= std::uint64_t{1} << index;
        if (environment_->tracked().name(index) == "client_encoding") note_encoding();
    } else if (hold_ == Hold::kForOwn) {
        // It was told of the reset; this is what it is reset to.
        const std::string& name = environment_->tracked().name(index);
        io().to_client.own([&](std::string& out) { protocol::encode_parameter_status(out, name, value); });
    }
}

void ClientSession::on_requests_failed(const FailedRange& range) {
    if (replay_) replay_->error_seen = true;
    if (names_) names_->on_failed(range);
    note_failed_begin(range);
    if (replay_ && begin_failed_)
        replay_->machine.on_begin_failed();
    else if (replay_ && !note_failed_savepoint(range))
        replay_->machine.on_skipped(range.first, range.last);
    if (portals_) portals_->on_failed(range.last);
}

void ClientSession::on_deallocate_all(std::uint64_t sequence) {
    if (names_) names_->on_deallocate_all(sequence);
}

void ClientSession::on_ready(TransactionStatus status) {
    ready_seen_ = true;
    if (routed() && route_->failed()) return;
    if (std::exchange(begin_failed_, false)) block_.fail();
    if (replay_ && server_ != nullptr && server_->transaction_status() == TransactionStatus::kIdle) {
        replay_->savepoint.end();
        replay_->commit.forget();
    }
    const bool open = status != TransactionStatus::kIdle || !block_.none();
    if (!in_transaction_ || open) return;
    if (replay_)
        ++replay_->ends;  // if it goes to the client
    else
        account_ends(1);
}

void ClientSession::account_ends(unsigned transactions) {
    if (transactions == 0) return;
    in_transaction_ = false;
    pool_->stats.transactions += transactions;
    pool_->stats.latency.transaction += microseconds(IoContext::now() - transaction_start_);
}

void ClientSession::account_end_of_query() {
    if (!query_running_) return;
    query_running_ = false;
    pool_->stats.latency.query += microseconds(IoContext::now() - query_start_);
}

bool ClientSession::ready_to_release() const {
    return server_ != nullptr && ready_seen_ && hold_ == Hold::kNone && !replaying() && body_left_ == 0 &&
           server_->reusable();
}

bool ClientSession::through_with_server() const {
    return ready_seen_ && hold_ == Hold::kNone && server_->ledger().empty() && pins_ == 0 &&
           !pin_check_due_ && !restore_due_ && body_left_ == 0 && pool_->mode() != conf::PoolMode::kSession;
}

void ClientSession::on_turn_end() {
    if (routed() && route_->failed()) return finish_failed_route();
    if (replay_ && replay_turn()) return;
    Ledger& ledger = server_->ledger();
    if (names_) names_->on_settled(ledger.settled());
    if (ready_seen_ && ledger.empty() && !replaying()) account_end_of_query();
    if (notes_) notes_->on_settled(ledger.settled());
    end_failed_begin();
    if (end_failed_release()) return;
    if (block_.state() == LocalBlock::State::kFailed &&
        server_->reusable()) {  // BEGIN has failed: the rest of the block is no server's
        release_server(false);
        if (hold_ != Hold::kNone) resume();
        return;
    }
    if (hold_ == Hold::kForOutcome) return resume();
    if (hold_ == Hold::kForShape && notes_->asked <= ledger.settled()) return resume();
    // The data of a COPY, or the Sync behind a text that was skipped, comes from the client.
    if (hold_ == Hold::kForRestore && (ledger.in_copy() || ledger.skipping())) return resume();
    const bool settled = ready_seen_ && ledger.empty();
    if (replaying() && !(settled && hold_ == Hold::kForRestore)) return replay_progress();
    if (!settled) return;
    if (server_->writing && server_->transaction_status() == TransactionStatus::kIdle) note_write_end();
    if (hold_ == Hold::kForRoute) return go_on_behind_route();
    if (hold_ == Hold::kForRestore) return restore();
    if (!ready_to_release()) return;
    if (end_at_boundary_) return fail("57P01", "terminating connection due to administrator command");
    if (pool_->mode() != conf::PoolMode::kSession) part_with_server();
}

void ClientSession::on_server_lost(std::string_view reason) {
    if (on_replica_lost()) return;
    if (replay_) {
        if (on_replay_lost()) return;
    } else if (take_another_server()) {
        return;
    }
    server_ = nullptr;
    fail(reason);
}

// --- waiting

void ClientSession::on_server(ServerConnection& server) {
    if (looking_up()) return on_witness(server);
    hold_ = Hold::kNone;
    forget_waiting_bytes();
    link(server);
    if (hold_ == Hold::kNone) resume();
}

void ClientSession::on_welcome() {
    const auto welcome = pool_->welcome();
    finish_login(*welcome);
    if (state_ == SessionState::kReady) resume();
}

void ClientSession::on_wait_failed(const PoolError& error) {
    if (looking_up()) return end_lookup(replay_->commit.on_nobody());
    if (replaying()) return retry_pool();
    if (routed()) return repeat_on_primary();
    if (state_ == SessionState::kWelcome)
        return fail_login(LoginFault::kServer, error.sqlstate, error.message);
    fail(error.sqlstate, error.message);
}

void ClientSession::on_wait_check(Clock::time_point now) {
    const auto& settings = environment_->configuration().settings;
    if (state_ == SessionState::kWelcome || looking_up()) return;  // deadlines of their own count
    if (environment_->process().refuse_waiters) return fail("server shutting down");
    if (replaying()) return check_replay_clock(now);
    if (out_of_patience(now)) return repeat_on_primary();
    if (expired(now, waiting_since, settings.query_wait_timeout)) return fail("query_wait_timeout");
    if (expired(now, waiting_since, settings.query_timeout)) return fail("query_timeout");
    const std::chrono::seconds notify{settings.query_wait_notify};
    if (notified_ || notify.count() == 0 || now - waiting_since < notify) return;
    notified_ = true;
    std::string notice;
    protocol::encode_notice(notice, "NOTICE", "00000",
                            "No server connection available in pool, client is queued until one is free");
    static_cast<void>(socket_.send(notice));
}

// --- deadlines, cancel, draining

void ClientSession::check_deadlines(Clock::time_point now) {
    const auto& configuration = environment_->configuration();
    const auto& settings = configuration.settings;
    if (state_ == SessionState::kStartup || state_ == SessionState::kAuth ||
        state_ == SessionState::kWelcome) {
        if (!expired(now, connected_at_, settings.client_login_timeout)) return;
        return fail_login(LoginFault::kTimeout, state_ == SessionState::kWelcome
                                                    ? "client_login_timeout (server down)"
                                                    : "client_login_timeout");
    }
    if (expired(now, socket_.stuck_since(now), settings.client_write_timeout) && server_ != nullptr)
        return close("client does not read its results");
    if (state_ != SessionState::kReady || pool_ == nullptr || looking_up()) return;
    check_replay_turn(now);
    if (replay_may_end()) return check_replay_clock(now);
    if (server_ == nullptr) {
        if (!block_.none()) return check_block_deadlines(now);
        if (!waiting() && expired(now, last_request_, configuration.client_idle_timeout(user())))
            fail("client_idle_timeout");
        return;
    }
    const std::string& pool_user = pool_->shared().user;
    const bool open = server_->transaction_status() != TransactionStatus::kIdle;
    const bool busy = !server_->ledger().empty();
    if (busy && expired(now, last_request_, configuration.query_timeout(pool_user)))
        return fail("query timeout");
    if (open && !busy && expired(now, server_->last_reply, configuration.idle_transaction_timeout(pool_user)))
        return fail("idle transaction timeout");
    if (in_transaction_ && expired(now, transaction_start_, configuration.transaction_timeout(pool_user)))
        return fail("transaction timeout");
}

/// A transaction that no server has: as if one had it.
void ClientSession::check_block_deadlines(Clock::time_point now) {
    const auto& configuration = environment_->configuration();
    const std::string& pool_user = pool_->shared().user;
    if (waiting()) return;  // what it waits for has limits of its own
    if (expired(now, last_request_, configuration.idle_transaction_timeout(pool_user)))
        return fail("idle transaction timeout");
    if (expired(now, transaction_start_, configuration.transaction_timeout(pool_user)))
        return fail("transaction timeout");
}

void ClientSession::end_at_boundary() {
    end_at_boundary_ = true;
    const bool boundary = server_ == nullptr ? !waiting() && !replaying() && !looking_up() &&
                                                   refusal_ == Refusal::kNone && block_.none()
                                             : ready_to_release();
    if (state_ == SessionState::kConsole || (state_ == SessionState::kReady && boundary))
        fail("57P01", "terminating connection due to administrator command");
}

void ClientSession::send_console(std::string_view bytes) {
    if (state_ == SessionState::kConsole && !socket_.send(bytes)) close("client connection lost");
}

}  // namespace pooler
