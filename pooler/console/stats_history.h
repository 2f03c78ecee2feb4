// Averages of the running totals, as PgBouncer computes them: when shown, over the span from the start of the
// previous stats_period to now; before the first period is over, since the start. Owned by the thread that
// answers the console and writes the statistics line; ends with it. Pure: time and totals come from the
// caller.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "pooler/console/report.h"

namespace pooler {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Per database name.
using StatTotals = std::map<std::string, StatCounters>;

class StatsHistory {
 public:
    explicit StatsHistory(SteadyTime start) : previous_{start, {}}, current_{start, {}} {}

    /// A stats_period is over: its totals become the base of the next averages.
    void end_period(SteadyTime now, StatTotals totals);

    /// Counts and bytes per second; *_time_us per transaction, query and server assignment. A database whose
    /// pools were killed since counts as zero rather than as a negative number.
    [[nodiscard]] StatTotals averages(const StatTotals& totals, SteadyTime now) const;

    /// The same over all databases together.
    [[nodiscard]] StatCounters overall_average(const StatTotals& totals, SteadyTime now) const;

    /// Over exactly the period that ended last, all databases together; zero before that.
    [[nodiscard]] StatCounters last_period() const { return last_period_; }

 private:
    struct Snapshot {
        SteadyTime taken;
        StatTotals totals;
    };

    Snapshot previous_;  ///< start of the previous period; of the process before the second one
    Snapshot current_;   ///< start of the period that runs
    StatCounters last_period_;
};

/// The sum over all databases.
[[nodiscard]] StatCounters overall(const StatTotals& totals);

/// The line of log_stats and of systemd's STATUS, from last_period(): `stats: 1 xacts/s, ...`.
[[nodiscard]] std::string stats_line(const StatCounters& average);

}  // namespace pooler
