#include "pooler/health/own_line.h"

#include <utility>

namespace pooler {

void OwnLine::open(OwnLineTarget target) {
    close();
    target_ = std::move(target);
    stage_ = ProbeStage::kResolve;
    cockroach_ = false;
    address_.clear();
    if (is_unix(target_.host)) {
        const auto address = unix_address(target_.host, target_.port);
        if (!address) return owner_->on_line_failed(*this, "", "the path of the Unix socket is too long");
        return connect_to(*address);
    }
    ResolveWaiter& waiter = *this;
    if (const auto known = context_.resolver.resolve(target_.host, target_.port, waiter)) on_resolved(*known);
}

/// The connection dies after the I/O callbacks: this may be one of them.
void OwnLine::close() {
    ResolveWaiter& waiter = *this;
    Resolver::forget(waiter);
    if (!server_) return;
    server_->close();
    context_.io.bury(std::move(server_));
}

void OwnLine::on_resolved(const Resolved& answer) {
    if (answer.addresses.empty())
        return owner_->on_line_failed(*this, "", "DNS lookup failed: " + answer.error);
    connect_to(answer.addresses.front());
}

void OwnLine::connect_to(const Address& address) {
    stage_ = ProbeStage::kConnect;
    address_ = address.to_text();
    ServerHost& host = *this;
    server_ = std::make_unique<ServerConnection>(context_.io, host, context_.tracked, target_.id);
    server_->connect(address, std::move(target_.login), std::move(target_.tls), context_.keys);
}

void OwnLine::on_login_done(ServerConnection& server) {
    stage_ = ProbeStage::kQuery;
    server.enter(ServerState::kTested);
    for (const auto& [name, value] : server.login().parameters())
        cockroach_ = cockroach_ || name == "crdb_version";
    server.ledger().query_ends_skip(cockroach_);
    server.variables().begin(!cockroach_);
    server.forget_login();
    owner_->on_line_open(*this);
}

void OwnLine::on_login_failed(ServerConnection& /*server*/, const LoginFailure& failure) {
    if (!failure.sqlstate.empty()) stage_ = ProbeStage::kLogin;
    owner_->on_line_failed(*this, failure.sqlstate, failure.message);
}

void OwnLine::on_own_query_done(ServerConnection& server, bool ok) {
    owner_->on_line_answer(*this, ok, server.own_result());
}

void OwnLine::on_lost(ServerConnection& server, std::string_view reason) {
    owner_->on_line_failed(*this, server.shutting_down ? "57P01" : "", std::string{reason});
}

}  // namespace pooler
