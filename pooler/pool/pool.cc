#include "pooler/pool/pool.h"

#include <algorithm>
#include <utility>

#include "pooler/pool/opening.h"

namespace pooler {

namespace {

constexpr std::string_view kLifetimeOver = "server lifetime over";

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

// --- return

void Pool::give_back(ServerConnection& server, bool session_over, bool message_cut_off) {
    if (server.state() == ServerState::kClosed) return;
    if (server.reusable()) return settle(server, session_over);
    // What ends anyway is not cleaned first: where its server is gone that would take a while, and a place in
    // the pool.
    if (server.close_needed || !server.start_cleaning(message_cut_off))
        retire(server, "client disconnect while server was not ready");
}

void Pool::on_cleaned(ServerConnection& server) { settle(server, true); }

/// The server is clean. What comes before the next client: nothing, a reset, or the end.
void Pool::settle(ServerConnection& server, bool session_over) {
    end_write(server);
    server.last_used = IoContext::now();
    server.from_elsewhere = false;
    const std::string_view stale = stale_reason(server, server.last_used);
    if (!stale.empty()) return retire(server, stale);
    // Known when the session left it, but not after what was then still on its way.
    const bool unclear = server.discard_needed || !server.variables().known();
    if (unclear && server.state() != ServerState::kTested) {
        if (!start_discard(server)) retire(server, "its last client left session state behind");
        return;
    }
    const auto& settings = environment_->configuration().settings;
    const bool wants_reset =
        settings.server_reset_query_always || (session_over && mode_ == conf::PoolMode::kSession);
    if (wants_reset && !settings.server_reset_query.empty() && server.state() != ServerState::kTested) {
        server.enter(ServerState::kTested);
        server.run_own_query(settings.server_reset_query);
        return;
    }
    const bool always_checked =
        settings.server_check_delay.count() == 0 && !settings.server_check_query.empty();
    if (always_checked && server.state() != ServerState::kTested) return run_check(server);
    make_idle(server);
}

/// Clears what a pinned session left behind. False where that cannot be done for certain: on CockroachDB,
/// whose DISCARD ALL kept temporary tables in some versions and failed in others, and where connect_query
/// would have to run again.
bool Pool::start_discard(ServerConnection& server) {
    if (server.cockroach || (database_.connect_query && !database_.connect_query->empty())) return false;
    server.discard_needed = false;
    server.enter(ServerState::kTested);
    server.run_own_query("DISCARD ALL");
    return true;
}

void Pool::make_idle(ServerConnection& server) {
    server.enter(ServerState::kIdle);
    if (paused()) return retire(server, "pause mode");
    if (server.cancels_in_flight > 0) return;  // not for anybody until the cancel can no longer hit
    if (answers_next(server)) return;
    idle_.push_back(server);
    publish();
    schedule_serve();
}

void Pool::on_cancel_done(std::uint64_t server_id, bool timed_out) {
    for (const auto& server : all_) {
        if (server->id() != server_id) continue;
        if (server->cancels_in_flight > 0) --server->cancels_in_flight;
        // The end of the cancel connection proves nothing if we gave up on it, or if the server closes first
        // and cancels later, as CockroachDB does; a statement that ended with 57014 does.
        if (timed_out || server->cockroach) server->cancel_unproven = true;
        if (server->state() == ServerState::kCleaning) return server->go_on_cleaning();
        if (server->cancels_in_flight == 0 && server->state() == ServerState::kIdle &&
            !static_cast<ListHook<ServerListTag>&>(*server).linked()) {
            server->last_used = IoContext::now();
            make_idle(*server);
        }
        return;
    }
}

void Pool::on_own_query_done(ServerConnection& server, bool ok) {
    if (Inquirer* who = std::exchange(server.inquirer, nullptr)) return on_inquired(server, *who);
    if (server.node_query_running) return on_node_known(server, ok);
    if (std::exchange(server.run_asked, false)) {
        if (ok) server.run = ServerRun::read(server.own_result().row, IoContext::now());
        server.last_used = IoContext::now();
        return server.reusable() ? go_to_work(server) : retire(server, "it was not to be asked");
    }
    if (std::exchange(server.isolation_asked, false)) {
        const auto& row = server.own_result().row;
        server.serializable = ok && row.size() == 1 && row.front() == "serializable";
        server.last_used = IoContext::now();
        return server.reusable() ? go_to_work(server) : retire(server, "it was not to be asked");
    }
    if (server.connect_query_running) {  // errors of connect_query are told and ignored, as PgBouncer does
        server.connect_query_running = false;
        if (!ok)
            environment_->log_server(server, *shared_, "connect_query failed: " + server.own_result().message,
                                     true);
        server.last_used = IoContext::now();
        if (!server.reusable()) return retire(server, "connect_query left a transaction open");
        return make_idle(server);
    }
    if (!ok || !server.reusable()) return retire(server, "reset or check query failed");
    check_running_ = false;
    server.last_used = IoContext::now();
    make_idle(server);
}

/// An idle server that nobody used for server_check_delay is checked before its next use, and only then.
bool Pool::check_one_used() {
    if (used_.empty() || check_running_) return check_running_;
    ServerConnection& server = used_.back();
    static_cast<ListHook<ServerListTag>&>(server).unlink();
    if (environment_->configuration().settings.server_check_query.empty()) {
        make_idle(server);
        return true;
    }
    check_running_ = true;
    run_check(server);
    return true;
}

void Pool::run_check(ServerConnection& server) {
    const std::string& query = environment_->configuration().settings.server_check_query;
    server.enter(ServerState::kTested);
    server.run_own_query(query == "<empty>" ? ";" : query);
}

std::string_view Pool::stale_reason(const ServerConnection& server, Clock::time_point now) const {
    if (shared_->removed) return "database removed";
    if (server.close_needed || server.generation != shared_->generation)
        return "database configuration changed";
    if (server.cancel_unproven && !server.cancel_hit()) return "a cancel may still hit it";
    if (outlived(server, now)) return kLifetimeOver;
    return {};
}

bool Pool::outlived(const ServerConnection& server, Clock::time_point now) const {
    const auto lifetime = environment_->configuration().server_lifetime(database_);
    if (lifetime.count() == 0)  // one use
        return server.state() == ServerState::kActive || server.state() == ServerState::kCleaning;
    // Spread out, so that a pool whose servers are of one age is not emptied at once.
    const int size = std::max(environment_->configuration().pool_size(database_, shared_->user), 1);
    return now - server.created >= server.lifetime && now - last_lifetime_close_ >= server.lifetime / size;
}

/// What the end of this connection says about its node.
void Pool::note_departure(ServerConnection& server) {
    if (server.node.empty()) return;
    Nodes& nodes = shared_->database_use.nodes;
    const auto now = IoContext::now();
    nodes.closed(server.node, now);
    if (server.shutting_down && nodes.leaving(server.node, "it is shutting down", now))
        environment_->node_leaves(shared_->database, server.node, "it is shutting down");
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

void Pool::retire(ServerConnection& server, std::string_view reason) {
    if (server.state() == ServerState::kClosed) return;
    if (reason == kLifetimeOver) last_lifetime_close_ = IoContext::now();
    if (environment_->configuration().settings.log_disconnections) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(IoContext::now() - server.created);
        environment_->log_server(
            server, *shared_,
            "closing because: " + std::string{reason} + " (age=" + std::to_string(age.count()) + "s)", false);
    }
    if (server.state() == ServerState::kLogin || server.node_query_running) --logins_;
    if (server.state() == ServerState::kTested) {
        if (!server.connect_query_running && !server.node_query_running && server.inquirer == nullptr)
            check_running_ = false;
    }
    if (server.violated) ++stats.server_violations;
    static_cast<ListHook<ServerListTag>&>(server).unlink();
    ServerUser* user = server.user();
    Inquirer* inquirer = std::exchange(server.inquirer, nullptr);
    end_write(server);
    note_departure(server);
    server.close();
    environment_->io().bury(release_ownership(server));
    release_budget();
    publish();
    if (!waiters_.empty()) schedule_serve();
    wake_elsewhere();
    tell_inquirers(inquirer);
    if (user != nullptr) user->on_server_lost(reason);
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
