#include "pooler/console/show.h"

#include "pooler/console/columns.h"
#include "pooler/console/show_config.h"
#include "pooler/console/show_health.h"
#include "pooler/console/show_lists.h"
#include "pooler/console/show_pools.h"
#include "pooler/console/show_sockets.h"

namespace pooler {
namespace {

ResultSet show_version(std::string_view weir_version) {
    ResultSet set(columns::kVersion);
    set.row().text(version_text(weir_version));
    return set;
}

}  // namespace

ResultSet show_variable(const Command& command) {
    ResultSet set(columns_of(command));
    for (const SessionVariable& variable : kSessionVariables) {
        if (variable.name == command.key) set.row().text(variable.value);
    }
    return set;
}

std::string version_text(std::string_view weir_version) {
    return "PgBouncer " + std::string(kEmulatedVersion) + " (weir " + std::string(weir_version) + ")";
}

StatsView stats_view(const Report& report, const StatsHistory& history, SteadyTime now) {
    StatsView view;
    view.totals = stats_by_database(report);
    view.averages = history.averages(view.totals, now);
    view.overall_average = history.overall_average(view.totals, now);
    return view;
}

ResultSet show(const Command& command, const ShowInput& input) {
    const Report& report = input.report;
    switch (command.show) {
        case Show::kActiveSockets: return show_sockets(report, SocketFilter::kActive);
        case Show::kClients: return show_clients(report);
        case Show::kConfig: return show_config(input.settings);
        case Show::kDatabases: return show_databases(report);
        case Show::kDnsHosts: return show_dns_hosts(report);
        case Show::kDnsZones: return show_dns_zones(report);
        case Show::kEndpoints: return show_endpoints(report);
        case Show::kEvents: return show_events(report);
        case Show::kHandovers: return show_handovers(report);
        case Show::kLists: return show_lists(report);
        case Show::kMem: return show_mem(report);
        case Show::kNodes: return show_nodes(report);
        case Show::kPeerPools: return show_peer_pools(report);
        case Show::kPeers: return show_peers(report);
        case Show::kPools: return show_pools(report);
        case Show::kPrefixes: return show_prefixes(report);
        case Show::kReplays: return show_replays(report);
        case Show::kRoutes: return show_routes(report);
        case Show::kServers: return show_servers(report);
        case Show::kSockets: return show_sockets(report, SocketFilter::kAll);
        case Show::kState: return show_state(input.mode);
        case Show::kStats: return show_stats(input.stats);
        case Show::kStatsAverages: return show_stats_averages(input.stats);
        case Show::kStatsTotals: return show_stats_totals(input.stats);
        case Show::kTotals: return show_totals(input.stats);
        case Show::kUsers: return show_users(report);
        case Show::kVariable: return show_variable(command);
        case Show::kVersion: return show_version(input.weir_version);
        case Show::kFds:
        case Show::kHelp: break;
    }
    return ResultSet({});
}

}  // namespace pooler
