// How a server connection comes to be: connect, TLS, login.
#include "pooler/server/server_connection.h"
#include "protocol/crypto.h"

namespace pooler {

using protocol::BackendType;

void ServerConnection::connect(const Address& address, LoginRequest request, TlsPlan tls,
                               ScramKeyCache& keys) {
    address_ = address;
    tls_plan_ = std::move(tls);
    if (tls_plan_.context) tls_request_ = std::make_unique<TlsRequest>(*io_, socket_, tls_plan_);
    login_.emplace(std::move(request), keys);
    const int error =
        socket_.connect(io_->loop, reinterpret_cast<const sockaddr*>(&address.storage), address.length);
    if (error != 0) on_connected(error);
}

void ServerConnection::on_connected(int error) {
    if (error != 0)
        return fail_login({"", std::string{"connect failed: "} + uv_strerror(uv_translate_sys_error(error))});
    if (!tls_request_) return start_login();
    on_tls_step(tls_request_->start());
}

void ServerConnection::on_tls_step(TlsRequest::Step step) {
    switch (step) {
        case TlsRequest::Step::kWait: return;
        case TlsRequest::Step::kPlain: tls_request_.reset(); return start_login();
        case TlsRequest::Step::kFailed: break;
    }
    fail_login({"", tls_request_->error()});
}

void ServerConnection::on_secured(std::string_view error) {
    if (!error.empty()) return fail_login({"", "TLS handshake failed: " + std::string{error}});
    tls_request_.reset();
    start_login();
}

void ServerConnection::start_login() {
    if (const auto* secured = socket_.secured()) {
        const auto end_point = secured->channel_binding();
        if (end_point) login_->bind_to(*end_point);
        if (secured->peer_verified()) login_->allow_cleartext();
    }
    std::string packet;
    if (is_local(address_)) login_->allow_cleartext();
    login_->start(packet);
    static_cast<void>(socket_.send(packet));  // a failure shows as a read error
}

bool ServerConnection::on_login_message(protocol::FrameHeader header, std::string_view body) {
    if (body.size() !=
        header.body_bytes()) {  // only what is_control() names may be part of a login, all of it whole
        if (header.type == static_cast<char>(BackendType::kNoticeResponse)) return false;
        fail_login({"", "unexpected message during server login"});
        return false;
    }
    std::string reply;
    const auto step = login_->on_message(static_cast<BackendType>(header.type), body, reply);
    on_login_step(step, reply);
    protocol::wipe(reply);  // may hold a password
    return false;
}

/// The server waits for our answer meanwhile; it has nothing to say before.
void ServerConnection::on_keys(const std::optional<protocol::ScramKeys>& keys) {
    derivation_.reset();
    std::string reply;
    const auto step = login_->on_keys(keys, reply);
    on_login_step(step, reply);
}

void ServerConnection::on_login_step(ServerLogin::Step step, std::string_view reply) {
    if (step == ServerLogin::Step::kDeriveKeys) {
        KeysWaiter& waiter = *this;
        derivation_ = std::make_shared<DeriveKeysCall>(waiter, login_->derivation());
        if (io_->blocking.submit(derivation_)) return;
        return fail_login({"", "too many logins at once"});
    }
    if (!reply.empty()) static_cast<void>(socket_.send(reply));
    if (step == ServerLogin::Step::kFailed) fail_login(login_->failure());
    if (step == ServerLogin::Step::kReady) {
        backend_key_ = login_->backend_key();
        for (const auto& [name, value] : login_->parameters())
            if (const auto index = tracked_->index_of(name)) parameters_.set(*index, value, tracked_->size());
        own_done_ = true;  // the pool decides what comes first
    }
}

void ServerConnection::fail_login(const LoginFailure& failure) {
    if (state_ == ServerState::kClosed) return;
    host_->on_login_failed(*this, failure);
}

}  // namespace pooler
