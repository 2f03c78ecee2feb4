#include "pooler/pool/probe_line.h"

#include <utility>

#include "pooler/pool/pool.h"
#include "pooler/pool/tls_contexts.h"

namespace pooler {

namespace {

constexpr std::chrono::seconds kRetry{1};
constexpr std::chrono::seconds kTooLong{5};

}  // namespace

ProbeLine::~ProbeLine() {
    ResolveWaiter& waiter = *this;
    Resolver::forget(waiter);
    if (server_) server_->close();
}

bool ProbeLine::ask(std::string_view question) {
    const auto now = IoContext::now();
    if (asking_) {
        if (now - asked_at_ > kTooLong) drop();
        return false;
    }
    if (!ready_) {
        const bool pending = server_ != nullptr || resolving_;
        if (pending && now - tried_at_ > kTooLong) drop();
        if (!pending && now - tried_at_ > kRetry) open();
        return false;
    }
    asking_ = true;
    asked_at_ = now;
    server_->ask(question);
    return true;
}

void ProbeLine::open() {
    const auto& database = pool_->database();
    const auto hosts = environment_->configuration().hosts(database);
    tried_at_ = IoContext::now();
    if (hosts.empty()) return;
    const auto port = static_cast<std::uint16_t>(database.port);
    host_ = hosts[pool_->shared().next_host.load() % hosts.size()];
    if (is_unix(host_)) {
        if (const auto address = unix_address(host_, port)) connect_to(*address);
        return;
    }
    ResolveWaiter& waiter = *this;
    resolving_ = true;
    if (const auto known = environment_->resolver().resolve(host_, port, waiter)) on_resolved(*known);
}

void ProbeLine::on_resolved(const Resolved& answer) {
    resolving_ = false;
    if (!answer.addresses.empty()) connect_to(answer.addresses.front());
}

void ProbeLine::connect_to(const Address& address) {
    ServerHost& host = *this;
    server_ = std::make_unique<ServerConnection>(environment_->io(), host, environment_->tracked(),
                                                 environment_->next_id());
    server_->connect(address, pool_->login_request(),
                     environment_->tls().plan(pool_->database(), pool_->shared().user, host_),
                     environment_->key_cache());
}

void ProbeLine::on_login_done(ServerConnection& server) {
    server.enter(ServerState::kTested);
    bool cockroach = false;
    for (const auto& [name, value] : server.login().parameters())
        cockroach = cockroach || name == "crdb_version";
    server.ledger().query_ends_skip(cockroach);
    server.variables().begin(!cockroach);
    server.forget_login();
    ready_ = true;
}

void ProbeLine::on_login_failed(ServerConnection& /*server*/, const LoginFailure& /*failure*/) { drop(); }

void ProbeLine::on_lost(ServerConnection& /*server*/, std::string_view /*reason*/) { drop(); }

void ProbeLine::on_own_query_done(ServerConnection& server, bool ok) {
    asking_ = false;
    const auto& row = server.own_result().row;
    owner_->on_answer(*this, ok && !row.empty() ? row.front() : std::nullopt);
}

void ProbeLine::warn(std::string_view text) const {
    if (server_) environment_->log_server(*server_, pool_->shared(), text, true);
}

void ProbeLine::drop() {
    ResolveWaiter& waiter = *this;
    Resolver::forget(waiter);
    resolving_ = ready_ = false;
    if (server_) {
        server_->close();
        environment_->io().bury(std::move(server_));
    }
    if (std::exchange(asking_, false)) owner_->on_answer(*this, std::nullopt);
}

}  // namespace pooler
