#include "pooler/console/stats_history.h"

#include "tests/support/catch.h"

using namespace pooler;
using namespace std::chrono_literals;

namespace {

const SteadyTime kStart{1000s};

/// `n` queries of 20 us in `n` transactions of 30 us, `n` links that waited 40 us, and n bytes or counts of
/// the rest.
StatCounters work(std::uint64_t n) { return {n, n, n, n, 2 * n, 30 * n, 20 * n, 40 * n, n, n, n}; }

}  // namespace

TEST_CASE("stats history: before the first period averages run since the start") {
    const StatsHistory history(kStart);
    const StatTotals averages = history.averages({{"db", work(1000)}}, kStart + 10s);
    CHECK(averages.at("db") == StatCounters{100, 100, 100, 100, 200, 30, 20, 40, 100, 100, 100});
    CHECK(history.last_period() == StatCounters{});
}

TEST_CASE("stats history: the span begins with the previous period") {
    StatsHistory history(kStart);
    history.end_period(kStart + 60s, {{"db", work(600)}});
    CHECK(history.averages({{"db", work(750)}}, kStart + 75s).at("db").query_count == 10);  // 750 in 75 s
    history.end_period(kStart + 120s, {{"db", work(6600)}});
    // From the end of the first period: 6000 in one period, 300 in the 30 s since.
    CHECK(history.averages({{"db", work(6900)}}, kStart + 150s).at("db").query_count == 70);
    history.end_period(kStart + 180s, {{"db", work(6900)}});
    CHECK(history.averages({{"db", work(6900)}}, kStart + 180s).at("db").query_count == 5);
}

TEST_CASE("stats history: the log line's numbers are those of the last period alone") {
    StatsHistory history(kStart);
    history.end_period(kStart + 60s, {{"db", work(60)}, {"other", work(60)}});
    CHECK(history.last_period().query_count == 2);
    history.end_period(kStart + 120s, {{"db", work(660)}, {"other", work(60)}});
    CHECK(history.last_period().query_count == 10);
    CHECK(history.last_period().query_time_us == 20);
    CHECK(stats_line(history.last_period()) ==
          "stats: 10 xacts/s, 10 queries/s, 10 client parses/s, 10 server parses/s, 10 binds/s, in 10 B/s, "
          "out 20 B/s, "
          "xact 30 us, query 20 us, wait 40 us");
}

TEST_CASE("stats history: a killed database counts as zero, a new one from zero") {
    StatsHistory history(kStart);
    history.end_period(kStart + 60s, {{"killed", work(6000)}});
    history.end_period(kStart + 120s, {{"killed", work(9000)}});
    const StatTotals now{{"killed", work(10)}, {"fresh", work(600)}};
    CHECK(history.averages(now, kStart + 120s).at("killed").query_count == 0);
    CHECK(history.averages(now, kStart + 120s).at("fresh").query_count == 10);
    CHECK(history.overall_average(now, kStart + 120s).query_count == 10);
}

TEST_CASE("stats history: times are averaged over everything, not over the averages") {
    const StatsHistory history(kStart);
    StatCounters slow;
    slow.query_count = 1;
    slow.query_time_us = 1000;
    StatCounters fast;
    fast.query_count = 9;
    fast.query_time_us = 90;
    CHECK(history.overall_average({{"a", slow}, {"b", fast}}, kStart + 1s).query_time_us == 109);
}

TEST_CASE("stats history: nothing is divided by zero and large counts do not overflow") {
    const StatsHistory history(kStart);
    CHECK(history.averages({{"db", work(5)}}, kStart).at("db").query_count == 0);
    CHECK(history.averages({{"db", StatCounters{}}}, kStart + 1s).at("db").query_time_us == 0);
    StatCounters huge;
    huge.received_bytes = 4'000'000'000'000'000'000U;
    CHECK(history.averages({{"db", huge}}, kStart + 2s).at("db").received_bytes ==
          2'000'000'000'000'000'000U);
}
