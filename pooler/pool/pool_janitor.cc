// What the periodic sweep does to one pool: deadlines, lifetimes, sizes.
#include <algorithm>

#include "pooler/pool/opening.h"
#include "pooler/pool/pool.h"

namespace pooler {

namespace {

/// A client that left in the middle may cost its server this long, then the server is closed instead.
constexpr std::chrono::seconds kMaxCleaning{10};

}  // namespace

void Pool::run_janitor(Clock::time_point now) {
    sweep_logins(now);
    sweep_users(now);
    sweep_free(used_, now);
    sweep_free(idle_, now);
    sweep_surplus();
    even_out(now);
    waiters_.for_each([now](Waiter& waiter) { waiter.on_wait_check(now); });
    watch_for_missed_waits();
    publish();
    keep_minimum();
    if (!waiters_.empty()) schedule_serve();
}

void Pool::sweep_logins(Clock::time_point now) {
    const auto timeout = environment_->configuration().settings.server_connect_timeout;
    std::vector<ServerConnection*> late;
    for (const auto& server : all_) {
        const auto age = now - server->state_since;
        const bool login_late =
            server->state() == ServerState::kLogin && timeout.count() > 0 && age >= timeout;
        const bool test_late =
            server->state() == ServerState::kTested && timeout.count() > 0 && age >= timeout;
        const bool cleaning_late = server->state() == ServerState::kCleaning && age >= kMaxCleaning;
        if (login_late || test_late || cleaning_late) late.push_back(server.get());
    }
    for (ServerConnection* server : late) {
        if (server->state() == ServerState::kLogin)
            on_login_failed(*server, {"", "connect timeout"});
        else if (server->state() == ServerState::kTested)
            retire(*server, "reset or check query timed out");
        else
            retire(*server, "client disconnect while server was not ready");
    }
}

void Pool::sweep_users(Clock::time_point now) {
    std::vector<ServerConnection*> linked;
    for (const auto& server : all_)
        if (server->user() != nullptr) linked.push_back(server.get());
    const bool fast_close =
        environment_->configuration().settings.server_fast_close && mode_ == conf::PoolMode::kSession;
    const bool leaving = shared_->database_use.switching;
    for (ServerConnection* server : linked) {  // buried, if at all, after this turn
        std::string_view stale;
        if (server->reusable() && leaving)  // kept by a pin or a session: it would not become free
            stale = "the target changes";
        else if (server->reusable() && fast_close)
            stale = stale_reason(*server, now);
        if (!stale.empty())
            retire(*server, stale);
        else if (server->user() != nullptr)
            server->user()->check_deadlines(now);
    }
}

void Pool::sweep_free(IntrusiveList<ServerConnection>& list, Clock::time_point now) {
    const auto& settings = environment_->configuration().settings;
    const int minimum = environment_->configuration().min_pool_size(database_, shared_->user);
    list.for_each([&](ServerConnection& server) {
        const auto idle = now - server.last_used;
        if (const auto stale = stale_reason(server, now); !stale.empty()) return retire(server, stale);
        if (settings.server_idle_timeout.count() > 0 && idle >= settings.server_idle_timeout &&
            shared_->servers.used() > minimum)
            return retire(server, "server idle timeout");
        const bool check_due = !settings.server_check_query.empty() && idle >= settings.server_check_delay;
        if (server.state() == ServerState::kIdle && check_due) {
            server.enter(ServerState::kUsed);
            used_.push_back(server);
        }
    });
}

/// pool_size was lowered while servers are idle.
void Pool::sweep_surplus() {
    const auto& configuration = environment_->configuration();
    const int size = configuration.pool_size(database_, shared_->user);
    if (size == 0) return;
    const int most = size + configuration.reserve_pool_size(database_, shared_->user);
    while (shared_->servers.used() > most && !(idle_.empty() && used_.empty()))
        retire(idle_.empty() ? used_.front() : idle_.front(), "too many servers in the pool");
}

/// After a node has returned: connections of those with more than their share end when they are free, slowly,
/// and new ones are opened as they are needed.
void Pool::even_out(Clock::time_point now) {
    ServerConnection* chosen = nullptr;
    for (const auto& server : all_) {
        const bool free = server->state() == ServerState::kIdle || server->state() == ServerState::kUsed;
        const bool soon_free = server->state() == ServerState::kActive && mode_ != conf::PoolMode::kSession;
        if (server->node.empty() || server->close_needed || !(free || soon_free)) continue;
        if (chosen != nullptr || !shared_->database_use.nodes.give_up_one(server->node, now)) continue;
        chosen = server.get();
    }
    if (chosen == nullptr) return;
    chosen->close_needed = true;
    if (chosen->state() != ServerState::kActive) retire(*chosen, "connections are spread over the nodes");
}

void Pool::keep_minimum() {
    const int minimum = environment_->configuration().min_pool_size(database_, shared_->user);
    if (shared_->servers.used() >= minimum) return;
    if (clients > 0 || database_.user) static_cast<void>(open_one());
}

}  // namespace pooler
