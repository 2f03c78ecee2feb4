#include "pooler/console/show_health.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "pooler/console/columns.h"

namespace pooler {

ResultSet show_endpoints(const Report& report) {
    ResultSet set(columns::kEndpoints);
    std::vector<EndpointRow> rows = report.endpoints;
    std::sort(rows.begin(), rows.end(), [](const EndpointRow& a, const EndpointRow& b) {
        return std::tie(a.database, a.role, a.host, a.port) < std::tie(b.database, b.role, b.host, b.port);
    });
    for (const EndpointRow& row : rows) {
        set.row().text(row.database).text(row.role).text(row.host).integer(row.port).text(row.state);
        set.text(row.node_id).integer(row.connections).integer(row.outstanding);
        set.integer(std::int64_t{row.latency.count()}).text(row.last_error);
        if (row.changed) {
            set.time(*row.changed);
        } else {
            set.null();
        }
        if (row.lag) {
            set.integer(std::int64_t{row.lag->count()});
        } else {
            set.null();
        }
        set.integer(row.active ? 1 : 0).integer(row.draining ? 1 : 0).integer(row.consecutive_failures);
    }
    return set;
}

ResultSet show_events(const Report& report) {
    ResultSet set(columns::kEvents);
    for (const EventRow& row : report.events)
        set.row().integer(row.number).time(row.at).text(row.kind).text(row.database).text(row.text);
    return set;
}

ResultSet show_nodes(const Report& report) {
    ResultSet set(columns::kNodes);
    std::vector<NodeRow> rows = report.nodes;
    std::sort(rows.begin(), rows.end(), [](const NodeRow& a, const NodeRow& b) {
        return std::tie(a.database, a.node) < std::tie(b.database, b.node);
    });
    for (const NodeRow& row : rows) {
        set.row().text(row.database).text(row.node).text(row.state).text(row.reason);
        set.integer(row.connections).integer(row.drains).time(row.changed);
    }
    return set;
}

ResultSet show_routes(const Report& report) {
    ResultSet set(columns::kRoutes);
    std::vector<RouteRow> rows = report.routes;
    std::sort(rows.begin(), rows.end(), [](const RouteRow& a, const RouteRow& b) {
        return std::tie(a.database, a.user, a.statement_class, a.target, a.reason) <
               std::tie(b.database, b.user, b.statement_class, b.target, b.reason);
    });
    for (const RouteRow& row : rows) {
        set.row().text(row.database).text(row.user).text(row.statement_class).text(row.target);
        set.text(row.reason).integer(row.requests);
    }
    return set;
}

ResultSet show_explained(const std::vector<ExplainRow>& rows) {
    ResultSet set(columns::kExplainRoute);
    for (const ExplainRow& row : rows) {
        set.row().text(row.database).text(row.statement_class).text(row.target);
        set.integer(row.share).text(row.reason);
    }
    return set;
}

ResultSet show_replays(const Report& report) {
    ResultSet set(columns::kReplays);
    std::vector<ReplayRow> rows = report.replays;
    std::sort(rows.begin(), rows.end(),
              [](const ReplayRow& a, const ReplayRow& b) { return a.database < b.database; });
    for (const ReplayRow& row : rows) {
        set.row().text(row.database).integer(row.started).integer(row.succeeded).integer(row.mismatched);
        set.integer(row.refused).integer(row.over_limit).integer(row.running).integer(row.log_bytes);
        set.integer(row.by_serialization)
            .integer(row.by_deadlock)
            .integer(row.by_loss)
            .integer(row.cancelled);
        set.integer(row.ambiguous).integer(row.unprotected).integer(row.attempts);
        set.integer(std::int64_t{row.time.count()}).integer(row.by_recovery).integer(row.by_savepoint);
        for (std::size_t i = 0; i < AttemptCounts::kBuckets; ++i) set.integer(row.needed.in_bucket(i));
        set.integer(row.durations.quantile_us(50)).integer(row.durations.quantile_us(99));
        set.integer(row.found_committed).integer(row.found_aborted).integer(row.unknown);
    }
    return set;
}

}  // namespace pooler
