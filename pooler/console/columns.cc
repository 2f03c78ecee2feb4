#include "pooler/console/columns.h"

namespace pooler {
namespace {

/// One column per session variable, under its name.
constexpr auto kVariableColumns = [] {
    std::array<Column, kSessionVariables.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = Column{kSessionVariables[i].name, ColumnType::kText};
    return all;
}();

std::span<const Column> variable_column(std::string_view name) {
    for (const Column& column : kVariableColumns) {
        if (column.name == name) return {&column, 1};
    }
    return {};
}

}  // namespace

std::span<const Column> columns_of(const Command& command) {
    if (command.verb == Verb::kExplainRoute) return columns::kExplainRoute;
    if (command.verb != Verb::kShow) return {};
    switch (command.show) {
        case Show::kActiveSockets:
        case Show::kSockets: return columns::kSockets;
        case Show::kClients: return columns::kClients;
        case Show::kConfig: return columns::kConfig;
        case Show::kDatabases: return columns::kDatabases;
        case Show::kDnsHosts: return columns::kDnsHosts;
        case Show::kDnsZones: return columns::kDnsZones;
        case Show::kEndpoints: return columns::kEndpoints;
        case Show::kEvents: return columns::kEvents;
        case Show::kHandovers: return columns::kHandovers;
        case Show::kLists: return columns::kLists;
        case Show::kMem: return columns::kMem;
        case Show::kNodes: return columns::kNodes;
        case Show::kPeerPools: return columns::kPeerPools;
        case Show::kPeers: return columns::kPeers;
        case Show::kPools: return columns::kPools;
        case Show::kPrefixes: return columns::kPrefixes;
        case Show::kReplays: return columns::kReplays;
        case Show::kRoutes: return columns::kRoutes;
        case Show::kServers: return columns::kServers;
        case Show::kState: return columns::kState;
        case Show::kStats: return columns::kStats;
        case Show::kStatsAverages: return columns::kStatsAverages;
        case Show::kStatsTotals: return columns::kStatsTotals;
        case Show::kTotals: return columns::kTotals;
        case Show::kUsers: return columns::kUsers;
        case Show::kVariable: return variable_column(command.key);
        case Show::kVersion: return columns::kVersion;
        case Show::kFds:
        case Show::kHelp: break;
    }
    return {};
}

}  // namespace pooler
