// EXPLAIN ROUTE: where a text would run now, by what all workers share.
#include <algorithm>

#include "conf/endpoint.h"
#include "pooler/console/show_health.h"
#include "pooler/process/process.h"
#include "pooler/route/route_explain.h"

namespace pooler {

namespace {

using Answer = ConsoleResult<std::vector<ExplainRow>>;

tl::unexpected<ConsoleError> error(std::string message) {
    return tl::make_unexpected(ConsoleError{std::move(message)});
}

/// Without a name: the only database with replicas, or the only one.
ConsoleResult<conf::Database> find_asked(const conf::Configuration& configuration, const std::string& name) {
    if (!name.empty()) {
        auto found = configuration.find_database(name);
        if (!found || name == kConsoleDatabase) return error("no such database: " + name);
        return *std::move(found);
    }
    std::vector<const conf::Database*> candidates;
    for (const auto& [key, database] : configuration.databases)
        if (!database.replicas.empty()) candidates.push_back(&database);
    if (candidates.empty())
        for (const auto& [key, database] : configuration.databases) candidates.push_back(&database);
    if (candidates.size() == 1) return *candidates.front();
    return error("which database? write EXPLAIN ROUTE 'sql' FOR database");
}

/// The writes that count for reads of this user; without a user, those of all users.
ConsoleResult<WriteClock::View> writes_of(PoolRegistry& pools, const conf::Configuration& configuration,
                                          const conf::Database& database, const std::string& user) {
    const auto scope = database.read_after_write.value_or(conf::ReadAfterWrite::kUser);
    if (scope == conf::ReadAfterWrite::kSession) return WriteClock::View{};  // a session that wrote nothing
    if (scope != conf::ReadAfterWrite::kUser || user.empty())
        return pools.databases.of(database.name).writes.view();
    const auto pool = pools.find(database.name, configuration.pool_user(database, user));
    if (!pool)
        return error("user '" + user + "' has no pool for database '" + database.name +
                     "' yet; leave AS out to count the writes of all users");
    return pool->writes.view();
}

/// What the pools of a replica have found out in common.
ExplainedReplica explained(PoolRegistry& pools, const conf::Database& database, std::size_t index,
                           Clock::time_point now) {
    ExplainedReplica replica;
    replica.target = conf::replica_target(index);
    replica.weight = static_cast<unsigned>(database.replicas[index].weight);
    if (database.locality)
        replica.distance =
            conf::locality_distance(*database.locality, database.replicas[index].locality.value_or(""));
    const ReplicaState& state = pools.replicas.of(database.name + "/" + replica.target);
    replica.measured = state.measured();
    replica.usable = !state.banned(now);
    for (const auto& pool : pools.all())
        if (pool->database == database.name && pool->target == replica.target && pool->failing &&
            pool->servers.used() == 0)
            replica.usable = false;
    return replica;
}

Dialect dialect_of(const PoolRegistry& pools, const std::string& database) {
    const auto all = pools.all();
    const bool cockroach = std::any_of(all.begin(), all.end(), [&database](const auto& pool) {
        const auto welcome = pool->welcome();
        return pool->database == database && welcome && welcome->cockroach;
    });
    return cockroach ? Dialect::kCockroach : Dialect::kPostgres;
}

std::vector<RouteLine> lines_for(const SqlScript& script, PoolRegistry& pools,
                                 const conf::Configuration& configuration, const conf::Database& database,
                                 const WriteClock::View& writes) {
    if (database.replicas.empty()) return {{"primary", 100, "no replicas"}};
    const DatabaseUsage& usage = pools.databases.of(database.name);
    if (usage.on_secondary || usage.switching)
        return {{usage.on_secondary ? "secondary" : "primary", 100, name_of(RouteReason::kUnavailable)}};
    const auto now = Clock::now();
    std::vector<ExplainedReplica> replicas;
    for (std::size_t i = 0; i < database.replicas.size(); ++i)
        replicas.push_back(explained(pools, database, i, now));
    ExplainedRoute route;
    route.rule = {database.replica_kind.value_or(conf::ReplicaKind::kStreaming),
                  database.read_after_write.value_or(conf::ReadAfterWrite::kUser),
                  configuration.replica_staleness(database), configuration.replica_max_lag(database)};
    route.primary_reads = database.primary_reads.value_or(0);
    route.writes = writes;
    route.replicas = replicas;
    return explain_route(script, route, now);
}

Answer explain(const Command& command, const conf::Configuration& configuration, PoolRegistry& pools) {
    const auto database = find_asked(configuration, command.database);
    if (!database) return tl::make_unexpected(database.error());
    const auto writes = writes_of(pools, configuration, *database, command.user);
    if (!writes) return tl::make_unexpected(writes.error());
    const SqlScript script = classify(command.value, dialect_of(pools, database->name));
    std::vector<ExplainRow> rows;
    for (const RouteLine& line : lines_for(script, pools, configuration, *database, *writes))
        rows.push_back({database->name, std::string{class_word(script)}, line.target, line.share,
                        std::string{line.reason}});
    return rows;
}

}  // namespace

void Process::execute_explain(std::uint64_t session, const Command& command) {
    const Answer rows = explain(command, *configuration_, shared_.pools);
    answer(session, rows ? answer_rows(show_explained(*rows)) : answer_error(rows.error()));
}

}  // namespace pooler
