#include "pooler/pool/password_proof.h"

#include <utility>

#include "pooler/pool/tcp_settings.h"
#include "protocol/crypto.h"

namespace pooler {

PasswordProof::PasswordProof(PasswordProofOwner& owner, const Place& place, std::uint64_t id)
    : owner_{&owner}, place_{place} {
    ServerHost& host = *this;
    server_ = std::make_unique<ServerConnection>(*place.io, host, *place.tracked, id);
}

PasswordProof::~PasswordProof() {
    if (request_.secret) protocol::wipe(*request_.secret);
    if (server_) server_->close();
}

std::optional<LoginFailure> PasswordProof::start(const conf::Settings& settings, LoginRequest request,
                                                 TlsPlan tls, const std::string& host, int port) {
    request_ = std::move(request);
    tls_ = std::move(tls);
    tcp_ = tcp_options_of(settings);
    server_->endpoint = host;
    starting_ = true;
    const auto number = static_cast<std::uint16_t>(port);
    if (is_unix(host)) {
        const auto address = unix_address(host, number);
        if (!address) return LoginFailure{"", "the path of the Unix socket is too long"};
        connect_to(*address);
    } else {
        ResolveWaiter& waiter = *this;
        const auto known = place_.resolver->resolve(host, number, waiter);
        if (known) on_resolved(*known);
    }
    starting_ = false;
    return failed_;
}

void PasswordProof::on_resolved(const Resolved& answer) {
    if (failed_) return;
    if (answer.addresses.empty()) return finish({"", "DNS lookup failed: " + answer.error});
    connect_to(answer.addresses.front());
}

void PasswordProof::connect_to(const Address& address) {
    server_->connect(address, std::exchange(request_, {}), std::move(tls_), *place_.keys);
    if (failed_) return;
    if (!address.is_unix()) apply_tcp_options(server_->socket().descriptor(), tcp_);
}

void PasswordProof::check_deadline(Clock::time_point now, Microseconds limit) {
    if (limit.count() > 0 && now - server_->created >= limit) finish({"", "connect timeout"});
}

void PasswordProof::on_login_done(ServerConnection& /*server*/) { owner_->on_proof_done(*this, nullptr); }

void PasswordProof::on_login_failed(ServerConnection& /*server*/, const LoginFailure& failure) {
    finish(failure);
}

void PasswordProof::on_lost(ServerConnection& /*server*/, std::string_view reason) {
    finish({"", std::string{reason}});
}

void PasswordProof::finish(const LoginFailure& failure) {
    const LoginFailure said = failure;  // may be the server's own, which closes now
    server_->close();
    failed_ = said;
    if (!starting_) owner_->on_proof_done(*this, &said);
}

}  // namespace pooler
