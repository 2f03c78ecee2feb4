// A pool whose passwords are its clients' (auth_type = passthrough) and are not kept: how it gets its
// servers.
#include "pooler/pool/pool.h"
#include "protocol/crypto.h"

namespace pooler {

namespace {

const PoolError kNoSecret{
    "08006", "no server connection is left, and the password to open one is not kept: connect again"};

}  // namespace

bool Pool::lacks_secret() const {
    const auto& configuration = environment_->configuration();
    return configuration.settings.auth_type == conf::AuthType::kPassthrough && !shared_->captured_keys() &&
           !configuration.server_secret(database_, shared_->user);
}

bool Pool::wants_secret() const {
    if (!lacks_secret()) return false;
    const int servers = shared_->servers.used();
    const int size = environment_->configuration().pool_size(database_, shared_->user);
    if (servers == 0) return true;
    return size > 0 ? servers < size : shared_->waiting > 0;
}

void Pool::take_proved(std::unique_ptr<ServerConnection> server) {
    ServerConnection& taken = *server;
    const bool needed =
        shared_->servers.used() == 0 || shared_->waiting > 0 || !waiters_.empty() || lacks_secret();
    bool from_reserve = false;
    if (!needed || paused() || shared_->removed || !reserve_budget(IoContext::now(), from_reserve)) {
        taken.forget_login();
        taken.close();
        return environment_->io().bury(std::move(server));
    }
    ServerHost& host = *this;
    taken.change_host(host);
    prepare(taken);
    all_.push_back(std::move(server));
    ++logins_;
    if (environment_->configuration().settings.log_connections)
        environment_->log_server(taken, *shared_, "new connection to server", false);
    on_login_done(taken);
}

/// The keys that stood in for a password are no longer those of the server: neither is the password that was
/// proved.
void Pool::forget_refused_proof(const LoginFailure& failure) {
    const auto& configuration = environment_->configuration();
    if (configuration.settings.auth_type != conf::AuthType::kPassthrough || !failure.settled) return;
    if (configuration.server_secret(database_, shared_->user)) return;
    const bool refused = failure.sqlstate.empty() || is_refused_secret(failure);
    if (!refused) return;
    shared_->forget_proof();
    shared_->forget_captured_keys();
}

/// Nothing comes by waiting: only who logs in brings a password.
void Pool::fail_without_secret() {
    if (shared_->servers.used() > 0 || shared_->proving > 0 || !lacks_secret()) return;
    fail_waiters(kNoSecret);
}

}  // namespace pooler
