// A server comes back, and what happens to it before its next client; or it leaves for good.
#include <algorithm>
#include <utility>

#include "pooler/pool/inquirer.h"
#include "pooler/pool/opening.h"
#include "pooler/pool/pool.h"

namespace pooler {

namespace {

constexpr std::string_view kLifetimeOver = "server lifetime over";

}  // namespace

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
    if (now - server.created < server.lifetime) return false;
    // Spread out, so that a pool whose servers are of one age is not emptied at once.
    const int size = std::max(environment_->configuration().pool_size(database_, shared_->user), 1);
    return now - last_lifetime_close_ >= server.lifetime / size;
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

}  // namespace pooler
