// What reading an SQL text costs: once when it is new, and found again in the cache.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "pooler/sql/statement.h"
#include "pooler/sql/statement_cache.h"

namespace {

constexpr std::string_view kPoint = "SELECT abalance FROM pgbench_accounts WHERE aid = $1;";
constexpr std::string_view kBegin = "BEGIN";
constexpr std::string_view kReport =
    "WITH recent AS (SELECT id, customer_id, total FROM orders WHERE placed > now() - interval '30 days')\n"
    "SELECT c.name, count(*) AS n, sum(r.total)::numeric(12, 2) AS total, max(length(c.name))\n"
    "  FROM recent r JOIN customers c ON c.id = r.customer_id\n"
    " WHERE c.country IN ('de', 'at', 'ch') AND lower(c.email) LIKE '%@example.com'\n"
    " GROUP BY c.name HAVING sum(r.total) > 100 ORDER BY total DESC NULLS LAST LIMIT 50";

void run(benchmark::State& state, std::string_view text, bool read_only) {
    for (auto _ : state) {
        const pooler::SqlScript script = pooler::classify(text);
        if (script.read_only() != read_only) return state.SkipWithError("classified wrongly");
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void classify_begin(benchmark::State& state) { run(state, kBegin, false); }
BENCHMARK(classify_begin);

void classify_point_query(benchmark::State& state) { run(state, kPoint, true); }
BENCHMARK(classify_point_query);

void classify_report(benchmark::State& state) { run(state, kReport, true); }
BENCHMARK(classify_report);

// One long string constant, as a bulk of data is.
void classify_long_string(benchmark::State& state) {
    run(state, "INSERT INTO t VALUES ('" + std::string(64 << 10, 'x') + "')", false);
}
BENCHMARK(classify_long_string);

// The same query with another number each time, as pgbench's simple protocol sends it.
void classify_other_numbers(benchmark::State& state) {
    pooler::StatementClassCache cache;
    std::vector<std::string> texts;
    for (int i = 0; i < 1024; ++i)
        texts.push_back("SELECT abalance FROM pgbench_accounts WHERE aid = " + std::to_string(i * 97) + ";");
    std::size_t at = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(&cache.classify(texts[at++ % texts.size()], pooler::Dialect::kPostgres));
    if (cache.counters().misses > 2) state.SkipWithError("read again");
}
BENCHMARK(classify_other_numbers);

// Among `range` other texts.
void classify_cached(benchmark::State& state) {
    pooler::StatementClassCache cache;
    const auto text = [](std::int64_t i) { return std::string{kPoint} + " -- " + std::to_string(i); };
    for (std::int64_t i = 0; i < state.range(0); ++i)  // what comes for the second time is kept
        for (const std::string& one : {text(i), std::string{"other"}, text(i)})
            (void)cache.classify(one, pooler::Dialect::kPostgres);
    const std::string wanted[] = {text(0), text(state.range(0) / 2)};
    const auto misses = cache.counters().misses;
    std::size_t at = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(&cache.classify(wanted[at++ % 2], pooler::Dialect::kPostgres));
    if (cache.counters().misses != misses) state.SkipWithError("read again");
}
BENCHMARK(classify_cached)->Arg(1)->Arg(1000);

}  // namespace
