#include "pooler/console/show_stats.h"

#include <array>
#include <string>
#include <string_view>

#include "pooler/console/columns.h"

namespace pooler {
namespace {

/// The eleven counters in the order of all four tables, with their names in SHOW TOTALS.
struct CounterRow {
    std::string_view total_name;
    std::uint64_t StatCounters::*member;
};

constexpr std::array kCounters{
    CounterRow{"server_assignment_count", &StatCounters::server_assignment_count},
    CounterRow{"xact_count", &StatCounters::xact_count},
    CounterRow{"query_count", &StatCounters::query_count},
    CounterRow{"client_bytes", &StatCounters::received_bytes},
    CounterRow{"server_bytes", &StatCounters::sent_bytes},
    CounterRow{"xact_time", &StatCounters::xact_time_us},
    CounterRow{"query_time", &StatCounters::query_time_us},
    CounterRow{"wait_time", &StatCounters::wait_time_us},
    CounterRow{"ps_client_parse_count", &StatCounters::client_parse_count},
    CounterRow{"ps_server_parse_count", &StatCounters::server_parse_count},
    CounterRow{"ps_bind_count", &StatCounters::bind_count},
};

void add_counters(ResultSet& set, const StatCounters& counters) {
    for (const CounterRow& row : kCounters) set.integer(counters.*row.member);
}

StatCounters of(const StatTotals& totals, const std::string& database) {
    const auto found = totals.find(database);
    return found == totals.end() ? StatCounters{} : found->second;
}

void add_totals(ResultSet& set, std::string_view prefix, const StatCounters& counters) {
    for (const CounterRow& row : kCounters) {
        set.row().text(std::string(prefix) + std::string(row.total_name)).integer(counters.*row.member);
    }
}

}  // namespace

ResultSet show_stats(const StatsView& stats) {
    ResultSet set(columns::kStats);
    for (const auto& [database, totals] : stats.totals) {
        set.row().text(database);
        add_counters(set, totals);
        add_counters(set, of(stats.averages, database));
    }
    return set;
}

ResultSet show_stats_totals(const StatsView& stats) {
    ResultSet set(columns::kStatsTotals);
    for (const auto& [database, totals] : stats.totals) {
        set.row().text(database);
        add_counters(set, totals);
    }
    return set;
}

ResultSet show_stats_averages(const StatsView& stats) {
    ResultSet set(columns::kStatsAverages);
    for (const auto& [database, totals] : stats.totals) {
        set.row().text(database);
        add_counters(set, of(stats.averages, database));
    }
    return set;
}

ResultSet show_totals(const StatsView& stats) {
    ResultSet set(columns::kTotals);
    add_totals(set, "total_", overall(stats.totals));
    add_totals(set, "avg_", stats.overall_average);
    return set;
}

}  // namespace pooler
