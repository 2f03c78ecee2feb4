#include "pooler/pool/pool.h"

#include <algorithm>
#include <utility>

#include "pooler/pool/opening.h"

namespace pooler {

namespace {

/// A server that was at work so short a time ago is taken without a look whether it still lives.
constexpr std::chrono::microseconds kTrustedIdle{200};

}  // namespace

Pool::Pool(PoolEnvironment& environment, std::shared_ptr<SharedPool> shared, conf::Database database)
    : environment_{&environment},
      shared_{std::move(shared)},
      database_{std::move(database)},
      mode_{environment.configuration().pool_mode(database_, shared_->user)},
      refused_(shared_->slots.size()) {}

Pool::~Pool() {
    close_all("shutting down");
    openings_.clear();
}

bool Pool::paused() const {
    return environment_->globally_paused() || shared_->database_use.paused || shared_->database_use.switching;
}

ServerConnection* Pool::try_take(const WantedState& wanted) {
    // Whoever waits anywhere was first: taking a server past the queues would starve the clients of other
    // workers.
    if (!waiters_.empty() || shared_->waiting.load(std::memory_order_relaxed) > 0 || paused()) return nullptr;
    ServerConnection* server = pick(wanted);
    if (server == nullptr) return nullptr;
    stats.latency.wait += 0;
    publish();
    return server;
}

/// A fitting state chooses the server; else the most recently used one, or the longest idle with
/// server_round_robin.
ServerConnection* Pool::pick(const WantedState& wanted) {
    const auto now = IoContext::now();
    const bool round_robin = environment_->configuration().settings.server_round_robin;
    while (!idle_.empty()) {
        ServerConnection* chosen = round_robin ? &idle_.front() : &idle_.back();
        if (!chosen->fits(wanted))
            idle_.for_each([&](ServerConnection& other) {
                if (other.fits(wanted)) chosen = &other;
            });
        const std::string_view stale = stale_reason(*chosen, now);
        if (!stale.empty()) {
            retire(*chosen, stale);
            continue;
        }
        if (now - chosen->last_used > kTrustedIdle && chosen->lost_while_idle()) {
            ++stats.lost_links;
            retire(*chosen, "server conn crashed?");
            continue;
        }
        static_cast<ListHook<ServerListTag>&>(*chosen).unlink();
        return chosen;
    }
    return nullptr;
}

void Pool::wait(Waiter& waiter) {
    waiter.waiting_since = IoContext::now();
    waiters_.push_back(waiter);
    refused_.assign(refused_.size(), false);
    publish();
    schedule_serve();
}

void Pool::stop_waiting(Waiter& waiter) {
    static_cast<ListHook<WaiterTag>&>(waiter).unlink();
    publish();
}

/// First come, first served. Runs after the I/O callbacks, outside any session's walk.
void Pool::serve() {
    welcome_waiters();
    offer_elsewhere();
    while (!waiters_.empty() && !paused()) {
        Waiter* first = nullptr;
        waiters_.for_each([&first](Waiter& waiter) {
            if (first == nullptr && !waiter.welcome_only) first = &waiter;
        });
        ServerConnection* server = first == nullptr ? nullptr : pick(first->wanted());
        if (server == nullptr) break;
        static_cast<ListHook<WaiterTag>&>(*first).unlink();
        const auto waited = IoContext::now() - first->waiting_since;
        stats.latency.wait +=
            static_cast<std::uint64_t>(std::chrono::duration_cast<Microseconds>(waited).count());
        if (server->from_elsewhere) note_missed_wait(*first, server->last_used);
        first->on_server(*server);  // may queue again, or give the server back
    }
    publish();
    if (waiters_.empty()) return offer_elsewhere();  // what a worker that asked meanwhile was refused
    if (paused() || check_one_used()) return;
    fail_without_secret();
    want_elsewhere();
    if (wants_in_flight_ == 0) static_cast<void>(open_one());
}

void Pool::welcome_waiters() {
    const auto known = welcome();
    if (!known) return;
    waiters_.for_each([](Waiter& waiter) {
        if (!waiter.welcome_only) return;
        static_cast<ListHook<WaiterTag>&>(waiter).unlink();
        waiter.on_welcome();
    });
}

void Pool::fail_waiters(const PoolError& error) {
    // A waiter that fails may close its session, never another waiter.
    waiters_.for_each([&error](Waiter& waiter) {
        static_cast<ListHook<WaiterTag>&>(waiter).unlink();
        waiter.on_wait_failed(error);
    });
    publish();
}

namespace {

PoolError cached_error(const std::string& reason) {
    return {"08P01", "server login has been failing, cached error: " + reason + " (server_login_retry)"};
}

}  // namespace

std::optional<PoolError> Pool::hopeless(bool patient) const {
    if (auto error = refused()) return error;
    if (!shared_->failing || has_servers()) return std::nullopt;
    if ((patient || shared_->database_use.watched) && is_outage(shared_->last_failure())) return std::nullopt;
    return cached_error(shared_->last_failure().message);
}

std::optional<PoolError> Pool::refused() const {
    if (has_servers()) return std::nullopt;
    const auto failure = held_back(IoContext::now());
    if (!failure) return std::nullopt;
    return cached_error(failure->message);
}

void Pool::leave_node(const std::string& node) {
    std::vector<ServerConnection*> free;
    for (const auto& server : all_) {
        if (server->node != node) continue;
        server->close_needed = true;
        if (server->state() == ServerState::kIdle || server->state() == ServerState::kUsed)
            free.push_back(server.get());
    }
    for (ServerConnection* server : free) retire(*server, "its node is leaving");
}

void Pool::leave_host(const std::string& host, bool dead, std::string_view reason) {
    std::vector<ServerConnection*> ending;
    for (const auto& server : all_) {
        if (server->endpoint != host) continue;
        server->close_needed = true;
        const ServerState state = server->state();
        const bool free = state == ServerState::kIdle || state == ServerState::kUsed;
        const bool ours = state == ServerState::kTested || state == ServerState::kCleaning;
        if (free || (dead && ours)) ending.push_back(server.get());
    }
    for (ServerConnection* server : ending) retire(*server, reason);
}

void Pool::renew_logins(const std::string& host, Clock::time_point begun) {
    std::vector<ServerConnection*> late;
    for (const auto& server : all_)
        if (server->endpoint == host && server->state() == ServerState::kLogin && server->created < begun)
            late.push_back(server.get());
    for (ServerConnection* server : late) retire(*server, "its log-in was begun before the server came back");
}

void Pool::on_lost(ServerConnection& server, std::string_view reason) {
    const bool free = server.state() == ServerState::kIdle || server.state() == ServerState::kUsed;
    if (free && !server.node.empty() && !server.shutting_down &&
        shared_->database_use.nodes.hung_up(server.node, IoContext::now()))
        environment_->node_leaves(shared_->database, server.node, "it closes idle connections");
    if (shared_->database_use.watched) environment_->report_trouble(database_, server.endpoint, reason);
    retire(server, reason);
}

std::unique_ptr<ServerConnection> Pool::release_ownership(ServerConnection& server) {
    std::erase_if(openings_, [&server](const auto& opening) { return &opening->server() == &server; });
    const auto found =
        std::find_if(all_.begin(), all_.end(), [&](const auto& item) { return item.get() == &server; });
    std::unique_ptr<ServerConnection> owned = std::move(*found);
    all_.erase(found);
    return owned;
}

std::size_t Pool::busy_servers() const { return all_.size() - logins_ - idle_.size() - used_.size(); }

void Pool::close_free_servers(std::string_view reason) {
    std::vector<ServerConnection*> free;
    for (const auto& server : all_)
        if (server->state() == ServerState::kIdle || server->state() == ServerState::kUsed ||
            server->state() == ServerState::kLogin)
            free.push_back(server.get());
    for (ServerConnection* server : free) retire(*server, reason);
}

void Pool::close_all(std::string_view reason) {
    while (!all_.empty()) retire(*all_.back(), reason);
}

void Pool::leave_target(bool now, std::string_view reason) {
    if (now) return close_all(reason);
    for (const auto& server : all_) server->close_needed = true;
    close_free_servers(reason);
    sweep_users(IoContext::now());
}

void Pool::reconfigure(conf::Database database) {
    const bool elsewhere = database.dbname != database_.dbname || database.hosts != database_.hosts ||
                           database.port != database_.port || database.user != database_.user ||
                           database.connect_query != database_.connect_query ||
                           database.login_options != database_.login_options ||
                           database.replica_kind != database_.replica_kind;
    if (elsewhere)
        for (const auto& server : all_) server->close_needed = true;
    database_ = std::move(database);
    mode_ = environment_->configuration().pool_mode(database_, shared_->user);
    if (!waiters_.empty()) schedule_serve();
}

/// Writes that began before there were replicas were not counted: what runs now counts from now on.
void Pool::set_replicas(std::unique_ptr<ReplicaSet> replicas, bool counted) {
    const bool first = !replicas_ && replicas;
    replicas_ = std::move(replicas);
    if (!first || counted) return;
    shared_->writes.touch(IoContext::now());
    shared_->database_use.writes.touch(IoContext::now());
    for (const auto& server : all_)
        if (server->state() == ServerState::kActive || server->state() == ServerState::kCleaning)
            begin_write(*server);
}

void Pool::begin_write(ServerConnection& server) {
    if (std::exchange(server.writing, true)) return;
    shared_->writes.begin();
    shared_->database_use.writes.begin();
}

void Pool::end_write(ServerConnection& server) {
    if (!std::exchange(server.writing, false)) return;
    const auto now = IoContext::now();
    shared_->writes.end(now);
    shared_->database_use.writes.end(now);
}

void Pool::schedule_serve() { environment_->schedule_serve(*this); }

}  // namespace pooler
