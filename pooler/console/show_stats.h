// SHOW STATS, STATS_TOTALS, STATS_AVERAGES and TOTALS. All numbers are numeric. Pure functions, any thread.
#pragma once

#include "pooler/console/result_set.h"
#include "pooler/console/stats_history.h"

namespace pooler {

/// What the four need: running totals per database, and their averages as StatsHistory computes them.
struct StatsView {
    StatTotals totals;
    StatTotals averages;
    StatCounters overall_average;
};

[[nodiscard]] ResultSet show_stats(const StatsView& stats);           ///< by database
[[nodiscard]] ResultSet show_stats_totals(const StatsView& stats);    ///< by database
[[nodiscard]] ResultSet show_stats_averages(const StatsView& stats);  ///< by database
[[nodiscard]] ResultSet show_totals(const StatsView& stats);          ///< 22 rows over all databases

}  // namespace pooler
