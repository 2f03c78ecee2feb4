#include "pooler/console/stats_history.h"

#include <limits>
#include <utility>

namespace pooler {
namespace {

std::uint64_t growth(std::uint64_t now, std::uint64_t before) { return now > before ? now - before : 0; }

StatCounters growth(const StatCounters& now, const StatCounters& before) {
    StatCounters grown;
    grown.server_assignment_count = growth(now.server_assignment_count, before.server_assignment_count);
    grown.xact_count = growth(now.xact_count, before.xact_count);
    grown.query_count = growth(now.query_count, before.query_count);
    grown.received_bytes = growth(now.received_bytes, before.received_bytes);
    grown.sent_bytes = growth(now.sent_bytes, before.sent_bytes);
    grown.xact_time_us = growth(now.xact_time_us, before.xact_time_us);
    grown.query_time_us = growth(now.query_time_us, before.query_time_us);
    grown.wait_time_us = growth(now.wait_time_us, before.wait_time_us);
    grown.client_parse_count = growth(now.client_parse_count, before.client_parse_count);
    grown.server_parse_count = growth(now.server_parse_count, before.server_parse_count);
    grown.bind_count = growth(now.bind_count, before.bind_count);
    return grown;
}

/// A database that is not in `before` began at zero.
StatTotals growth(const StatTotals& now, const StatTotals& before) {
    StatTotals grown;
    for (const auto& [database, counters] : now) {
        const auto base = before.find(database);
        grown[database] = growth(counters, base == before.end() ? StatCounters{} : base->second);
    }
    return grown;
}

std::uint64_t per_second(std::uint64_t count, Microseconds span) {
    if (span.count() <= 0) return 0;
    const auto us = static_cast<std::uint64_t>(span.count());
    constexpr std::uint64_t kUsPerSecond = 1'000'000;
    const bool fits = count <= std::numeric_limits<std::uint64_t>::max() / kUsPerSecond;
    return fits ? count * kUsPerSecond / us : count / us * kUsPerSecond;
}

std::uint64_t each(std::uint64_t time_us, std::uint64_t count) { return count == 0 ? 0 : time_us / count; }

StatCounters average(const StatCounters& grown, SteadyTime from, SteadyTime to) {
    const auto span = std::chrono::duration_cast<Microseconds>(to - from);
    StatCounters result;
    result.server_assignment_count = per_second(grown.server_assignment_count, span);
    result.xact_count = per_second(grown.xact_count, span);
    result.query_count = per_second(grown.query_count, span);
    result.received_bytes = per_second(grown.received_bytes, span);
    result.sent_bytes = per_second(grown.sent_bytes, span);
    result.xact_time_us = each(grown.xact_time_us, grown.xact_count);
    result.query_time_us = each(grown.query_time_us, grown.query_count);
    result.wait_time_us = each(grown.wait_time_us, grown.server_assignment_count);
    result.client_parse_count = per_second(grown.client_parse_count, span);
    result.server_parse_count = per_second(grown.server_parse_count, span);
    result.bind_count = per_second(grown.bind_count, span);
    return result;
}

}  // namespace

void StatsHistory::end_period(SteadyTime now, StatTotals totals) {
    last_period_ = average(overall(growth(totals, current_.totals)), current_.taken, now);
    previous_ = std::move(current_);
    current_ = {now, std::move(totals)};
}

StatTotals StatsHistory::averages(const StatTotals& totals, SteadyTime now) const {
    StatTotals result = growth(totals, previous_.totals);
    for (auto& [database, counters] : result) counters = average(counters, previous_.taken, now);
    return result;
}

StatCounters StatsHistory::overall_average(const StatTotals& totals, SteadyTime now) const {
    return average(overall(growth(totals, previous_.totals)), previous_.taken, now);
}

StatCounters overall(const StatTotals& totals) {
    StatCounters sum;
    for (const auto& [database, counters] : totals) sum += counters;
    return sum;
}

std::string stats_line(const StatCounters& average) {
    const auto text = [](std::uint64_t value) { return std::to_string(value); };
    return "stats: " + text(average.xact_count) + " xacts/s, " + text(average.query_count) + " queries/s, " +
           text(average.client_parse_count) + " client parses/s, " + text(average.server_parse_count) +
           " server parses/s, " + text(average.bind_count) + " binds/s, in " + text(average.received_bytes) +
           " B/s, out " + text(average.sent_bytes) + " B/s, xact " + text(average.xact_time_us) +
           " us, query " + text(average.query_time_us) + " us, wait " + text(average.wait_time_us) + " us";
}

}  // namespace pooler
