#include "pooler/health/probe.h"

#include <algorithm>
#include <utility>

namespace pooler {

Probe::Probe(ProbeContext context, ProbeOwner& owner, ProbeRequest request)
    : context_{context}, owner_{&owner}, request_{std::move(request)} {
    timer_.open<&Probe::on_timer>(context_.io.loop, this);
}

/// The connection dies after the I/O callbacks: this may be one of them.
Probe::~Probe() {
    if (!server_) return;
    server_->close();
    context_.io.bury(std::move(server_));
}

void Probe::start() {
    deadline_ = IoContext::now() + request_.timeout;
    timer_.start(request_.timeout);
    if (is_unix(request_.host)) {
        const auto address = unix_address(request_.host, request_.port);
        if (!address) return fail("", "the path of the Unix socket is too long");
        return connect_to(*address);
    }
    ResolveWaiter& waiter = *this;
    if (const auto known = context_.resolver.resolve(request_.host, request_.port, waiter))
        on_resolved(*known);
}

void Probe::on_resolved(const Resolved& answer) {
    if (answer.addresses.empty()) return fail("", "DNS lookup failed: " + answer.error);
    connect_to(answer.addresses.front());
}

void Probe::connect_to(const Address& address) {
    stage_ = ProbeStage::kConnect;
    result_.address = address.to_text();
    ServerHost& host = *this;
    server_ = std::make_unique<ServerConnection>(context_.io, host, context_.tracked, 0);
    server_->connect(address, request_.login, request_.tls, context_.keys);
}

void Probe::on_login_done(ServerConnection& server) {
    stage_ = ProbeStage::kQuery;
    server.enter(ServerState::kTested);
    for (const auto& [name, value] : server.login().parameters())
        if (name == "crdb_version") result_.cockroach = true;
    server.ledger().query_ends_skip(result_.cockroach);
    server.variables().begin(!result_.cockroach);
    server.forget_login();
    ask_next();
}

void Probe::ask_next() {
    if (result_.cockroach && !node_asked_) {
        node_asked_ = true;
        return server_->ask("SHOW node_id");
    }
    if (asked_ == request_.queries.size()) return finish();
    asked_at_ = IoContext::now();
    server_->ask(request_.queries[asked_++]);
}

void Probe::on_own_query_done(ServerConnection& server, bool ok) {
    const OwnResult& said = server.own_result();
    if (asked_ == 0) {  // versions without the variable are no failure
        if (ok && !said.row.empty() && said.row.front()) result_.node = *said.row.front();
        return ask_next();
    }
    if (!ok) return fail(said.sqlstate, said.message);
    result_.latency = std::chrono::duration_cast<Microseconds>(IoContext::now() - asked_at_);
    result_.rows.push_back(said.row);
    ask_next();
}

void Probe::on_login_failed(ServerConnection& /*server*/, const LoginFailure& failure) {
    if (!failure.sqlstate.empty()) stage_ = ProbeStage::kLogin;
    fail(failure.sqlstate, failure.message);
}

void Probe::on_lost(ServerConnection& server, std::string_view reason) {
    fail(server.shutting_down ? "57P01" : "", std::string{reason});
}

/// Runs out, or the result is ready to be told.
void Probe::on_timer() {
    if (!done_) fail("", "no answer in time", true);
    // Whoever hears it may destroy this.
    owner_->on_probe_done(*this, std::move(result_));
}

void Probe::fail(std::string sqlstate, std::string message, bool timeout) {
    if (done_) return;
    result_.failure = ProbeFailure{stage_, std::move(sqlstate), std::move(message), timeout};
    finish();
}

/// Told from the timer: never from inside start(), nor while the connection is at work.
void Probe::finish() {
    if (std::exchange(done_, true)) return;
    ResolveWaiter& waiter = *this;
    Resolver::forget(waiter);
    if (server_) server_->close();
    timer_.start(std::chrono::milliseconds{0});
}

}  // namespace pooler
