// The parts of a report that describe the process and its configuration rather than one worker.
#include <set>

#include "pooler/console/show_pools.h"
#include "pooler/process/process.h"

namespace pooler {

namespace {

std::optional<std::string> host_text(const conf::Database& database) {
    if (database.hosts.empty()) return std::nullopt;
    std::string text;
    for (const std::string& host : database.hosts) text += (text.empty() ? "" : ",") + host;
    return text;
}

DatabaseRow database_row(const conf::Configuration& configuration, const conf::Database& database,
                         const DatabaseUsage& usage) {
    DatabaseRow row;
    const std::string user = database.user.value_or("");
    row.name = database.name;
    row.host = host_text(database);
    row.port = static_cast<std::uint16_t>(database.port);
    row.database = database.dbname;
    row.force_user = database.user;
    row.pool_size = database.pool_size.value_or(configuration.settings.default_pool_size);
    row.min_pool_size = database.min_pool_size.value_or(configuration.settings.min_pool_size);
    row.reserve_pool_size = database.reserve_pool_size.value_or(configuration.settings.reserve_pool_size);
    row.server_lifetime =
        std::chrono::duration_cast<std::chrono::seconds>(configuration.server_lifetime(database));
    if (database.pool_mode) row.pool_mode = conf::to_word(*database.pool_mode);
    if (database.hosts.size() > 1)
        row.load_balance_hosts = conf::to_word(configuration.load_balance_hosts(database));
    row.max_connections = configuration.max_db_connections(database);
    row.current_connections = static_cast<std::uint64_t>(usage.servers.used());
    row.max_client_connections = configuration.max_db_client_connections(database);
    row.current_client_connections = static_cast<std::uint64_t>(usage.clients.used());
    row.paused = usage.paused;
    row.disabled = usage.disabled;
    return row;
}

UserRow user_row(const conf::Configuration& configuration, const std::string& name, const UserUsage& usage) {
    UserRow row;
    row.name = name;
    if (const conf::User* user = configuration.find_user(name)) {
        row.pool_size = user->pool_size;
        row.reserve_pool_size = user->reserve_pool_size;
        if (user->pool_mode) row.pool_mode = conf::to_word(*user->pool_mode);
    }
    row.max_user_connections = configuration.max_user_connections(name);
    row.current_connections = static_cast<std::uint64_t>(usage.servers.used());
    row.max_user_client_connections = configuration.max_user_client_connections(name);
    row.current_client_connections = static_cast<std::uint64_t>(usage.clients.used());
    return row;
}

void complete_peers(const conf::Configuration& configuration, Report& report) {
    Report configured;
    for (const auto& [id, peer] : configuration.peers) {
        report.peers.push_back({.peer_id = id,
                                .host = peer.host,
                                .port = static_cast<std::uint16_t>(peer.port),
                                .pool_size = configuration.peer_pool_size(peer)});
        configured.peer_pools.emplace_back().peer_id = id;  // also those nothing is forwarded to now
    }
    merge(report, std::move(configured));
}

/// What logins said about a host of a database, the latest word of all its pools.
HostFacts facts_of(const PoolRegistry& pools, const std::string& database, const std::string& target,
                   const std::string& host) {
    HostFacts latest;
    for (const auto& pool : pools.all()) {
        if (pool->database != database || pool->target != target) continue;
        const auto facts = pool->host_facts();
        const auto found = facts.find(host);
        if (found != facts.end() && found->second.last_check > latest.last_check) latest = found->second;
    }
    return latest;
}

EndpointRow endpoint_row(const conf::Database& database, const std::string& host, const HostFacts& facts) {
    EndpointRow row;
    row.database = database.name;
    row.role = "primary";
    row.host = host;
    row.port = static_cast<std::uint16_t>(database.port);
    row.active = true;
    if (facts.last_check == WallTime{}) return row;  // nobody has tried it
    row.state = facts.last_error.empty() ? "up" : "down";
    row.latency = facts.latency;
    row.last_error = facts.last_error;
    row.changed = facts.changed;
    row.consecutive_failures = facts.consecutive_failures;
    row.last_check = facts.last_check;
    return row;
}

/// Reads tell more of a replica than log-ins, and the lag probe what it shows.
EndpointRow replica_row(const conf::Configuration& configuration, PoolRegistry& pools,
                        const conf::Database& database, std::size_t index) {
    const auto at = conf::database_at(database, database.replicas[index], conf::replica_target(index));
    const auto now = Clock::now();
    const std::string host = configuration.hosts(at).front();
    EndpointRow row = endpoint_row(at, host, facts_of(pools, database.name, at.target, host));
    row.role = "replica";
    const ReplicaState& state = pools.replicas.of(database.name + "/" + at.target);
    if (state.banned(now)) row.state = "down";
    if (const auto latency = state.latency.load(std::memory_order_relaxed); latency > 0)
        row.latency = Microseconds{latency};
    if (database.replica_kind == conf::ReplicaKind::kFollower)
        row.lag = std::chrono::duration_cast<Microseconds>(configuration.replica_staleness(database));
    else if (state.is_measured())
        row.lag = std::max(Microseconds{0}, std::chrono::duration_cast<Microseconds>(now - state.measured()));
    return row;
}

/// Endpoints of all databases that are configured or in use. Workers have counted their connections.
void complete_endpoints(const conf::Configuration& configuration, PoolRegistry& pools, Report& report) {
    std::set<std::string> names;
    for (const auto& [name, database] : configuration.databases) names.insert(name);
    for (const auto& pool : pools.all()) names.insert(pool->database);
    Report own;
    for (const std::string& name : names) {
        const auto database = configuration.find_database(name);
        if (!database) continue;
        for (const std::string& host : configuration.hosts(*database))
            own.endpoints.push_back(endpoint_row(*database, host, facts_of(pools, name, "", host)));
        for (std::size_t i = 0; i < database->replicas.size(); ++i)
            own.endpoints.push_back(replica_row(configuration, pools, *database, i));
        own.failovers.push_back({.database = name, .last_failover = {}, .last_failback = {}});
    }
    merge(report, std::move(own));
}

}  // namespace

void Process::complete(Report& report, const ReportSections& sections) const {
    const auto& configuration = *configuration_;
    auto& usages = const_cast<ProcessShared&>(shared_).pools;
    if (sections.pools) {
        Report own;
        own.pools.push_back(console_pool_row(consoles_open_.size()));
        merge(report, std::move(own));
    }
    if (sections.databases) {
        const auto lifetime =
            std::chrono::duration_cast<std::chrono::seconds>(configuration.settings.server_lifetime);
        report.databases.push_back(
            console_database_row(static_cast<std::uint16_t>(configuration.settings.listen_port), lifetime));
        const auto& console = usages.databases.of(std::string{kConsoleDatabase});
        report.databases.back().max_client_connections = configuration.settings.max_db_client_connections;
        report.databases.back().current_client_connections =
            static_cast<std::uint64_t>(console.clients.used());
        std::set<std::string> names;
        for (const auto& [name, database] : configuration.databases) names.insert(name);
        for (const auto& pool : usages.all()) names.insert(pool->database);
        for (const std::string& name : names)
            if (const auto database = configuration.find_database(name))
                report.databases.push_back(database_row(configuration, *database, usages.databases.of(name)));
    }
    if (sections.users) {
        std::set<std::string> names{std::string{kConsoleDatabase}};
        for (const auto& [name, secret] : configuration.userlist.secrets) names.insert(name);
        for (const auto& [name, user] : configuration.users) names.insert(name);
        for (const auto* usage : usages.users.all()) names.insert(usage->name);
        for (const std::string& name : names)
            report.users.push_back(user_row(configuration, name, usages.users.of(name)));
    }
    if (sections.endpoints) complete_endpoints(configuration, usages, report);
    complete_health(report, sections);
    if (sections.peers) complete_peers(configuration, report);
    if (sections.memory) {
        report.memory.push_back(
            memory_row("db_cache", sizeof(conf::Database), configuration.databases.size()));
        report.memory.push_back(memory_row("user_cache", sizeof(conf::User), usages.users.all().size()));
        report.memory.push_back(memory_row("peer_cache", sizeof(conf::Peer), configuration.peers.size()));
    }
}

}  // namespace pooler
