#include "pooler/console/report.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace pooler {
namespace {

template <class RowType>
void append(std::vector<RowType>& into, std::vector<RowType>&& from) {
    into.insert(into.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// Adds each row of `from` to the row of `into` with the same key, or appends it. An index keeps this linear
/// in the number of rows: a process may have thousands of pools.
template <class RowType, class Key, class Add>
void merge_by_key(std::vector<RowType>& into, std::vector<RowType>&& from, Key key, Add add) {
    std::map<decltype(key(std::declval<const RowType&>())), std::size_t> index;
    for (std::size_t i = 0; i < into.size(); ++i) index.emplace(key(into[i]), i);
    for (RowType& row : from) {
        const auto [place, is_new] = index.emplace(key(row), into.size());
        if (is_new) {
            into.push_back(std::move(row));
        } else {
            add(into[place->second], row);
        }
    }
}

void add_pool(PoolRow& into, const PoolRow& row) {
    into.cl_active += row.cl_active;
    into.cl_waiting += row.cl_waiting;
    into.cl_active_cancel_req += row.cl_active_cancel_req;
    into.cl_waiting_cancel_req += row.cl_waiting_cancel_req;
    into.sv_active += row.sv_active;
    into.sv_active_cancel += row.sv_active_cancel;
    into.sv_being_canceled += row.sv_being_canceled;
    into.sv_idle += row.sv_idle;
    into.sv_used += row.sv_used;
    into.sv_tested += row.sv_tested;
    into.sv_login += row.sv_login;
    into.max_wait = std::max(into.max_wait, row.max_wait);
    into.stats += row.stats;
    into.prefixes += row.prefixes;
    into.events += row.events;
    into.latency += row.latency;
    into.arrivals += row.arrivals;
    into.longest_missed_wait = std::max(into.longest_missed_wait, row.longest_missed_wait);
}

void add_database(DatabaseRow& into, const DatabaseRow& row) {
    into.current_connections += row.current_connections;
    into.current_client_connections += row.current_client_connections;
    into.paused = into.paused || row.paused;
    into.disabled = into.disabled || row.disabled;
}

void add_user(UserRow& into, const UserRow& row) {
    into.current_connections += row.current_connections;
    into.current_client_connections += row.current_client_connections;
}

void add_peer_pool(PeerPoolRow& into, const PeerPoolRow& row) {
    into.cl_active_cancel_req += row.cl_active_cancel_req;
    into.cl_waiting_cancel_req += row.cl_waiting_cancel_req;
    into.sv_active_cancel += row.sv_active_cancel;
    into.sv_login += row.sv_login;
}

/// Each worker may have resolved the name on its own: the answer that stays valid longest is shown.
void add_dns_host(DnsHostRow& into, const DnsHostRow& row) {
    if (row.ttl > into.ttl) into = row;
}

/// The workers ask at different moments.
void add_dns_zone(DnsZoneRow& into, const DnsZoneRow& row) {
    into.serial = std::max(into.serial, row.serial);
    into.host_count = std::max(into.host_count, row.host_count);
}

void add_memory(MemRow& into, const MemRow& row) {
    into.used += row.used;
    into.free += row.free;
    into.total_bytes += row.total_bytes;
}

/// Connections are each worker's own; health is the process's, and the last change of it is the one to show.
void add_endpoint(EndpointRow& into, const EndpointRow& row) {
    const std::uint64_t connections = into.connections + row.connections;
    const std::uint64_t outstanding = into.outstanding + row.outstanding;
    if (into.changed < row.changed || into.last_check < row.last_check) into = row;
    into.connections = connections;
    into.outstanding = outstanding;
}

void add_failover(FailoverRow& into, const FailoverRow& row) {
    into.last_failover = std::max(into.last_failover, row.last_failover);
    into.last_failback = std::max(into.last_failback, row.last_failback);
}

void add_replay(ReplayRow& into, const ReplayRow& row) {
    into.started += row.started;
    into.succeeded += row.succeeded;
    into.mismatched += row.mismatched;
    into.refused += row.refused;
    into.over_limit += row.over_limit;
    into.running += row.running;
    into.log_bytes += row.log_bytes;
    into.by_serialization += row.by_serialization;
    into.by_deadlock += row.by_deadlock;
    into.by_loss += row.by_loss;
    into.cancelled += row.cancelled;
    into.ambiguous += row.ambiguous;
    into.unknown += row.unknown;
    into.found_committed += row.found_committed;
    into.found_aborted += row.found_aborted;
    into.unprotected += row.unprotected;
    into.attempts += row.attempts;
    into.by_recovery += row.by_recovery;
    into.by_savepoint += row.by_savepoint;
    into.needed += row.needed;
    into.time += row.time;
    into.durations += row.durations;
    for (const auto& [reason, count] : row.given_up) into.given_up[reason] += count;
    for (const auto& [reason, count] : row.unprotected_reasons) into.unprotected_reasons[reason] += count;
}

void add_lists(ListCounts& into, const ListCounts& counts) {
    into.free_clients += counts.free_clients;
    into.used_clients += counts.used_clients;
    into.login_clients += counts.login_clients;
    into.free_servers += counts.free_servers;
    into.used_servers += counts.used_servers;
    into.dns_queries += counts.dns_queries;
    into.dns_pending += counts.dns_pending;
}

}  // namespace

StatCounters& StatCounters::operator+=(const StatCounters& other) {
    server_assignment_count += other.server_assignment_count;
    xact_count += other.xact_count;
    query_count += other.query_count;
    received_bytes += other.received_bytes;
    sent_bytes += other.sent_bytes;
    xact_time_us += other.xact_time_us;
    query_time_us += other.query_time_us;
    wait_time_us += other.wait_time_us;
    client_parse_count += other.client_parse_count;
    server_parse_count += other.server_parse_count;
    bind_count += other.bind_count;
    return *this;
}

PoolEvents& PoolEvents::operator+=(const PoolEvents& other) {
    lost_links += other.lost_links;
    shape_checks += other.shape_checks;
    deferred_begins += other.deferred_begins;
    unreachable += other.unreachable;
    login_refusals += other.login_refusals;
    server_violations += other.server_violations;
    client_violations += other.client_violations;
    refused_waits += other.refused_waits;
    refused_bytes += other.refused_bytes;
    return *this;
}

MemRow memory_row(std::string name, std::size_t size_bytes, std::size_t used) {
    return {.name = std::move(name),
            .size_bytes = size_bytes,
            .used = used,
            .free = 0,
            .total_bytes = static_cast<std::uint64_t>(size_bytes) * used};
}

void merge(Report& into, Report&& from) {
    append(into.clients, std::move(from.clients));
    append(into.servers, std::move(from.servers));
    merge_by_key(
        into.pools, std::move(from.pools), [](const PoolRow& r) { return std::pair(r.database, r.user); },
        add_pool);
    merge_by_key(
        into.databases, std::move(from.databases), [](const DatabaseRow& r) { return r.name; }, add_database);
    merge_by_key(
        into.users, std::move(from.users), [](const UserRow& r) { return r.name; }, add_user);
    merge_by_key(
        into.peers, std::move(from.peers), [](const PeerRow& r) { return r.peer_id; },
        [](PeerRow&, const PeerRow&) {});
    merge_by_key(
        into.peer_pools, std::move(from.peer_pools), [](const PeerPoolRow& r) { return r.peer_id; },
        add_peer_pool);
    merge_by_key(
        into.dns_hosts, std::move(from.dns_hosts), [](const DnsHostRow& r) { return r.hostname; },
        add_dns_host);
    merge_by_key(
        into.dns_zones, std::move(from.dns_zones), [](const DnsZoneRow& r) { return r.zone_name; },
        add_dns_zone);
    add_lists(into.lists, from.lists);
    merge_by_key(
        into.memory, std::move(from.memory), [](const MemRow& r) { return r.name; }, add_memory);
    merge_by_key(
        into.endpoints, std::move(from.endpoints),
        [](const EndpointRow& r) { return std::tuple(r.database, r.role, r.host, r.port); }, add_endpoint);
    merge_by_key(
        into.failovers, std::move(from.failovers), [](const FailoverRow& r) { return r.database; },
        add_failover);
    into.worker_counts += from.worker_counts;
    merge_by_key(
        into.replays, std::move(from.replays), [](const ReplayRow& r) { return r.database; }, add_replay);
    merge_by_key(
        into.routes, std::move(from.routes),
        [](const RouteRow& r) {
            return std::tuple(r.database, r.user, r.statement_class, r.target, r.reason);
        },
        [](RouteRow& to, const RouteRow& row) { to.requests += row.requests; });
}

std::map<std::string, StatCounters> stats_by_database(const Report& report) {
    std::map<std::string, StatCounters> sums;
    for (const PoolRow& pool : report.pools) sums[pool.database] += pool.stats;
    return sums;
}

}  // namespace pooler
