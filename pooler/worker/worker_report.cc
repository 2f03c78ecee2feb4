// What SHOW and the metrics see of one worker, copied on its thread.
#include <algorithm>
#include <map>
#include <tuple>

#include "conf/enums.h"
#include "pooler/console/show_pools.h"
#include "pooler/worker/worker.h"
#include "tls/connection.h"

namespace pooler {

namespace {

SocketEnd end_of(const std::optional<Address>& address, int listen_port) {
    SocketEnd end;
    if (!address) return end;
    end.unix_socket = address->is_unix();
    end.address = address->host();
    end.port = end.unix_socket ? static_cast<std::uint16_t>(listen_port) : address->port();
    return end;
}

std::uint64_t identity(const void* object) { return reinterpret_cast<std::uintptr_t>(object); }

WallTime wall(Clock::time_point steady) {
    const auto ago = std::chrono::duration_cast<std::chrono::system_clock::duration>(Clock::now() - steady);
    return std::chrono::system_clock::now() - ago;
}

ClientRowState row_state(const ClientSession& session) {
    switch (session.state()) {
        case SessionState::kStartup:
        case SessionState::kAuth: return ClientRowState::kLogin;
        case SessionState::kCancel: return ClientRowState::kWaitingCancelReq;
        case SessionState::kWelcome: return ClientRowState::kWaiting;
        case SessionState::kReady:
            if (session.waiting()) return ClientRowState::kWaiting;
            return session.server() != nullptr ? ClientRowState::kActive : ClientRowState::kIdle;
        case SessionState::kConsole:
        case SessionState::kClosed: break;
    }
    return ClientRowState::kActive;
}

ServerRowState row_state(ServerConnection& server) {
    switch (server.state()) {
        case ServerState::kLogin: return ServerRowState::kLogin;
        case ServerState::kIdle:
            return server.cancels_in_flight > 0 ? ServerRowState::kBeingCanceled : ServerRowState::kIdle;
        case ServerState::kUsed: return ServerRowState::kUsed;
        case ServerState::kActive: return ServerRowState::kActive;
        case ServerState::kCleaning:
            // Nothing runs there any more, only the end of the cancels is awaited.
            if (server.cancels_in_flight > 0 && server.ledger().empty())
                return ServerRowState::kBeingCanceled;
            break;
        case ServerState::kTested:
        case ServerState::kClosed: break;
    }
    return ServerRowState::kTested;
}

std::string application_name(const ParameterSet& parameters, const TrackedNames& tracked) {
    const auto index = tracked.index_of("application_name");
    const std::string* value = index ? parameters.get(*index) : nullptr;
    return value == nullptr ? std::string{} : *value;
}

Microseconds since(Clock::time_point start) {
    return std::chrono::duration_cast<Microseconds>(Clock::now() - start);
}

ClientRow client_row(const ClientSession& session, const TrackedNames& tracked, int listen_port,
                     unsigned worker) {
    ClientRow row;
    row.state = row_state(session);
    row.pin_reason = describe(session.pins());
    SocketRow& socket = row.socket;
    if (!session.user().empty()) socket.user = session.user();
    if (!session.database_name().empty()) socket.database = session.database_name();
    const int descriptor = session.socket().descriptor();
    socket.remote = end_of(peer_address(descriptor), listen_port);
    socket.local = end_of(local_address(descriptor), listen_port);
    if (session.over_unix_socket()) {
        socket.remote = socket.local;
        if (const auto peer = peer_credentials(descriptor))
            socket.remote_pid = static_cast<std::uint32_t>(peer->pid);
    }
    if (const auto* secured = session.socket().secured()) socket.tls = secured->description();
    socket.connect_time = session.connect_time();
    socket.request_time = wall(session.last_request());
    if (session.query_running()) socket.wait = since(session.query_start());
    socket.address = identity(&session);
    socket.link = identity(session.server());
    socket.application_name = application_name(session.parameters(), tracked);
    socket.prepared_statements = session.prepared_statements();
    socket.id = session.id();
    socket.worker = worker;
    socket.buffers.recv_pos = static_cast<std::int64_t>(session.input_bytes());
    socket.buffers.pkt_remain = static_cast<std::int64_t>(session.body_left());
    socket.buffers.send_remain = static_cast<std::int64_t>(session.socket().backlog_bytes());
    return row;
}

/// "primary", "replica" or "secondary".
std::string role_of(std::string_view target) {
    return target.empty() ? "primary" : std::string{target.substr(0, target.find(':'))};
}

ServerRow server_row(ServerConnection& server, const Pool& pool, const TrackedNames& tracked, int listen_port,
                     unsigned worker) {
    ServerRow row;
    row.state = row_state(server);
    row.endpoint = server.endpoint;
    row.endpoint_role = role_of(pool.database().target);
    row.pin_reason = describe(server.pins);
    SocketRow& socket = row.socket;
    socket.user = pool.shared().user;
    socket.database = pool.shared().database;
    socket.remote = end_of(server.address(), listen_port);
    socket.local = end_of(local_address(server.socket().descriptor()), listen_port);
    if (const auto* secured = server.socket().secured()) socket.tls = secured->description();
    socket.connect_time = server.connect_time;
    socket.request_time = server.request_time;
    socket.close_needed = server.close_needed || server.generation != pool.shared().generation;
    socket.address = identity(&server);
    if (server.user() != nullptr) socket.link = identity(server.user()->identity());
    if (server.backend_key().size() >= 4)
        socket.remote_pid = protocol::read_uint32(server.backend_key().data());
    socket.application_name = application_name(server.parameters(), tracked);
    socket.prepared_statements = server.statement_count();
    socket.id = server.id();
    socket.worker = worker;
    socket.buffers.pkt_remain = static_cast<std::int64_t>(server.body_left());
    socket.buffers.send_remain = static_cast<std::int64_t>(server.socket().backlog_bytes());
    return row;
}

/// The connection by which a cancel goes on: a server's of its pool, or nobody's if it leads to a peer.
ServerRow cancel_row(const CancelView& cancel, int listen_port, unsigned worker) {
    ServerRow row;
    row.state = cancel.connected ? ServerRowState::kActiveCancel : ServerRowState::kLogin;
    SocketRow& socket = row.socket;
    if (cancel.pool != nullptr) {
        socket.user = cancel.pool->shared().user;
        socket.database = cancel.pool->shared().database;
        row.endpoint_role = role_of(cancel.pool->database().target);
    }
    const int descriptor = cancel.connection->socket().descriptor();
    socket.remote = end_of(peer_address(descriptor), listen_port);
    socket.local = end_of(local_address(descriptor), listen_port);
    row.endpoint = socket.remote.address;
    if (const auto* secured = cancel.connection->socket().secured()) socket.tls = secured->description();
    socket.connect_time = socket.request_time = wall(cancel.connection->started());
    socket.address = identity(cancel.connection);
    socket.id = cancel.connection->id();
    socket.worker = worker;
    return row;
}

void count_server(PoolRow& row, ServerRowState state) {
    switch (state) {
        case ServerRowState::kLogin: ++row.sv_login; return;
        case ServerRowState::kActive: ++row.sv_active; return;
        case ServerRowState::kIdle: ++row.sv_idle; return;
        case ServerRowState::kUsed: ++row.sv_used; return;
        case ServerRowState::kTested: ++row.sv_tested; return;
        case ServerRowState::kActiveCancel: ++row.sv_active_cancel; return;
        case ServerRowState::kBeingCanceled: ++row.sv_being_canceled; return;
    }
}

StatCounters counters(const PoolStats& stats) {
    StatCounters sums;
    sums.server_assignment_count = stats.assignments;
    sums.xact_count = stats.transactions;
    sums.query_count = stats.queries;
    sums.received_bytes = stats.received;
    sums.sent_bytes = stats.sent;
    sums.xact_time_us = stats.latency.transaction.sum_us();
    sums.query_time_us = stats.latency.query.sum_us();
    sums.wait_time_us = stats.latency.wait.sum_us();
    sums.client_parse_count = stats.client_parses;
    sums.server_parse_count = stats.server_parses;
    sums.bind_count = stats.binds;
    return sums;
}

PoolRow pool_row(Pool& pool, const conf::Configuration& configuration, const CancelRouter& cancels) {
    PoolRow row;
    row.database = pool.shared().name();
    row.user = pool.shared().user;
    const std::size_t waiting = pool.waiters().size();
    row.cl_active = pool.clients - std::min(waiting, pool.clients);
    row.cl_waiting = waiting;
    cancels.report(pool, row);
    for (const auto& server : pool.servers()) count_server(row, row_state(*server));
    if (waiting > 0) row.max_wait = since(pool.waiters().front().waiting_since);
    row.pool_mode = conf::to_word(pool.mode());
    if (pool.database().hosts.size() > 1)
        row.load_balance_hosts = conf::to_word(configuration.load_balance_hosts(pool.database()));
    row.stats = counters(pool.stats);
    row.prefixes = {pool.stats.prefix_waits, pool.stats.state_changes, pool.stats.state_resets,
                    pool.stats.restores,     pool.stats.pin_checks,    pool.stats.pins,
                    pool.stats.refused_pins};
    row.events = {pool.stats.lost_links,        pool.stats.shape_checks,   pool.stats.deferred_begins,
                  pool.stats.unreachable,       pool.stats.login_refusals, pool.stats.server_violations,
                  pool.stats.client_violations, pool.stats.refused_waits,  pool.stats.refused_bytes};
    row.latency = pool.stats.latency;
    row.arrivals = pool.stats.arrivals;
    row.longest_missed_wait = pool.stats.longest_missed_wait;
    return row;
}

ReplayRow replay_row(const std::string& database, const ReplayStats& stats) {
    const auto by = [&stats](Trigger trigger) { return stats.by_trigger[static_cast<std::size_t>(trigger)]; };
    const auto ended = [&stats](GiveUp reason) { return stats.given_up[static_cast<std::size_t>(reason)]; };
    ReplayRow row;
    row.database = database;
    row.started = stats.started;
    row.succeeded = stats.succeeded;
    row.mismatched = ended(GiveUp::kMismatch);
    row.refused = stats.lost;
    row.over_limit = ended(GiveUp::kAttempts) + ended(GiveUp::kTimeout);
    row.running = stats.running;
    row.by_serialization = by(Trigger::kSerialization);
    row.by_deadlock = by(Trigger::kDeadlock);
    row.by_loss = by(Trigger::kLost);
    row.by_recovery = by(Trigger::kRecovery);
    row.cancelled = ended(GiveUp::kCancelled);
    row.ambiguous = stats.ambiguous;
    row.unknown = stats.unknown;
    row.found_committed = stats.found_committed;
    row.found_aborted = stats.found_aborted;
    for (const std::uint64_t count : stats.unprotected) row.unprotected += count;
    row.attempts = stats.attempts;
    row.by_savepoint = stats.by_savepoint;
    row.needed = stats.needed;
    row.time = Microseconds{static_cast<std::int64_t>(stats.time.sum_us())};
    row.durations = stats.time;
    for (std::size_t i = 1; i < kGiveUps; ++i)
        row.given_up[std::string{name_of(static_cast<GiveUp>(i))}] = stats.given_up[i];
    for (std::size_t i = 1; i < kUnfitReasons; ++i)
        row.unprotected_reasons[std::string{name_of(static_cast<Unfit>(i))}] = stats.unprotected[i];
    return row;
}

}  // namespace

void Worker::report_clients(Report& report) {
    for (const ClientSession* session : sessions_.all()) {
        report.clients.push_back(
            client_row(*session, *tracked_, configuration_->settings.listen_port, index_));
        const auto cancel = cancel_requests_.find(session->id());
        if (cancel != cancel_requests_.end() && cancel->second->forwarded)
            report.clients.back().state = ClientRowState::kActiveCancelReq;
    }
}

void Worker::report_servers(Report& report) const {
    const int port = configuration_->settings.listen_port;
    for (const auto& item : pools_)
        for (const auto& server : item.second->servers())
            report.servers.push_back(server_row(*server, *item.second, *tracked_, port, index_));
    for (const CancelView& cancel : cancels_->running())
        report.servers.push_back(cancel_row(cancel, port, index_));
}

/// By database, those that were replayed in or could be.
void Worker::report_replays(Report& report) {
    std::map<std::string, ReplayRow> rows;
    for (const auto& [database, stats] : replays_.all_stats()) rows[database] = replay_row(database, stats);
    for (const ClientSession* session : sessions_.all())
        if (session->replay_log_bytes() > 0)
            rows[session->database_name()].log_bytes += session->replay_log_bytes();
    for (auto& [database, row] : rows) report.replays.push_back(std::move(row));
}

/// How many connections there are to each address of each database.
void Worker::report_endpoints(Report& report) const {
    std::map<std::tuple<std::string, std::string, int>, EndpointRow> rows;
    for (const auto& [shared, pool] : pools_) {
        if (shared->removed) continue;
        for (const auto& server : pool->servers()) {
            if (server->state() == ServerState::kLogin) continue;
            EndpointRow& row = rows[{shared->name(), server->endpoint, pool->database().port}];
            row.database = shared->database;
            row.role = role_of(pool->database().target);
            row.host = server->endpoint;
            row.port = static_cast<std::uint16_t>(pool->database().port);
            ++row.connections;
            row.outstanding += server->ledger().size();
        }
    }
    for (auto& [key, row] : rows) report.endpoints.push_back(std::move(row));
}

void Worker::report_routes(Report& report) const {
    for (const auto& item : pools_) {
        const SharedPool* const shared = item.first;
        const ReplicaSet* set = item.second->replicas();
        if (set == nullptr || shared->removed) continue;
        const auto add = [&](const std::string& target, std::string_view taken_for, std::string_view reason,
                             std::uint64_t requests) {
            if (requests > 0)
                report.routes.push_back({shared->database, shared->user, std::string{taken_for}, target,
                                         std::string{reason}, requests});
        };
        for (std::size_t i = 0; i < kRouteReasons; ++i) {
            const auto reason = static_cast<RouteReason>(i);
            add("primary", class_of(reason), name_of(reason), set->counts[i]);
            if (!to_replica(reason)) continue;
            for (const auto& replica : set->all())
                add(replica->pool->shared().target, class_of(reason), name_of(reason), replica->counts[i]);
        }
        add("primary", class_of(RouteReason::kRead), "refused as a write", set->misses);
    }
}

/// Objects of this worker under the names PgBouncer's allocators have. Free ones are not kept.
void Worker::report_memory(Report& report) const {
    std::size_t servers = 0;
    for (const auto& [shared, pool] : pools_) servers += pool->servers().size();
    report.memory.push_back(memory_row("pool_cache", sizeof(Pool), pools_.size()));
    report.memory.push_back(memory_row("server_cache", sizeof(ServerConnection), servers));
    report.memory.push_back(memory_row("client_cache", sizeof(ClientSession), sessions_.size()));
    report.memory.push_back(memory_row("iobuf_cache", IoContext::kBlockBytes, 1));
    report.memory.push_back(
        memory_row("server_prepared_statement_cache", sizeof(Statement), statements_.size()));
}

/// The commands of the consoles on this worker, as the traffic of their pool.
PoolRow Worker::console_row() const {
    PoolRow row = console_pool_row(0);
    row.stats = console_stats_;
    return row;
}

Report Worker::report(const ReportSections& sections) {
    Report report;
    if (sections.pools) report.pools.push_back(console_row());
    if (sections.clients) report_clients(report);
    if (sections.servers) report_servers(report);
    if (sections.pools)
        for (const auto& [shared, pool] : pools_)
            if (!shared->removed) report.pools.push_back(pool_row(*pool, *configuration_, *cancels_));
    if (sections.dns)
        for (const DnsHost& host : resolver_->hosts()) {
            DnsHostRow row{.hostname = host.name, .ttl = host.left, .addresses = {}};
            for (const Address& address : host.addresses) row.addresses.push_back(address.host());
            report.dns_hosts.push_back(std::move(row));
        }
    if (sections.dns)
        for (const DnsZone& zone : resolver_->zones())
            report.dns_zones.push_back(
                {.zone_name = zone.name, .serial = zone.serial, .host_count = zone.hosts});
    if (sections.peers) cancels_->report(report);
    if (sections.memory) report_memory(report);
    if (sections.worker_counts) report.worker_counts = {io_.tls.clients, io_.tls.servers};
    if (sections.endpoints) report_endpoints(report);
    if (sections.replays) report_replays(report);
    if (sections.routes) report_routes(report);
    if (sections.lists) {
        for (const ClientSession* session : sessions_.all()) {
            const bool ready =
                session->state() == SessionState::kReady || session->state() == SessionState::kConsole;
            ++(ready ? report.lists.used_clients : report.lists.login_clients);
        }
        for (const auto& [shared, pool] : pools_) {
            report.lists.used_servers += pool->servers().size();
        }
        report.lists.dns_pending = resolver_->counts().waiters;
        report.lists.dns_queries = resolver_->counts().queries;
    }
    return report;
}

PoolerLoad Worker::load() {
    PoolerLoad load;
    load.client_sockets = sessions_.size();
    for (const ClientSession* session : sessions_.all())
        if ((session->input_bytes() > 0 && !session->waiting()) || session->socket().backlog_bytes() > 0)
            ++load.full_buffers;
    load.buffers_empty = load.full_buffers == 0;
    for (const auto& [shared, pool] : pools_) {
        if (pool->servers().empty()) continue;
        DatabaseLoad& database = load.databases[shared->database];
        load.servers += pool->servers().size();
        for (const auto& server : pool->servers()) {
            const ServerState state = server->state();
            if (state == ServerState::kActive || state == ServerState::kTested ||
                state == ServerState::kCleaning)
                ++database.busy_servers;
            if (server->close_needed || server->generation != shared->generation) ++database.closing_servers;
        }
    }
    return load;
}

}  // namespace pooler
