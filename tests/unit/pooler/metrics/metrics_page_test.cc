#include "pooler/metrics/metrics_page.h"

#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/metrics_text.h"

using pooler::MetricsLimits;
using pooler::PoolRow;
using pooler::SeriesLimit;
using pooler::Snapshot;
using pooler::TextFormat;
using namespace std::chrono_literals;

namespace {

PoolRow pool(const std::string& database, const std::string& user, std::uint64_t queries) {
    PoolRow row;
    row.database = database;
    row.user = user;
    row.stats.query_count = queries;
    row.latency.query += 100;
    row.latency.wait += 0;
    return row;
}

/// Something of everything.
Snapshot full() {
    Snapshot made;
    made.process.version = "1.2";
    made.process.started = pooler::WallTime{5s};
    made.process.workers = 2;
    auto& report = made.report;
    report.pools = {pool("app", "u", 3)};
    report.pools[0].events = {1, 2, 3, 4, 5};
    report.databases.emplace_back().name = "app";
    auto& endpoint = report.endpoints.emplace_back();
    endpoint.database = "app";
    endpoint.role = "primary";
    endpoint.host = "2001:db8::1";
    endpoint.port = 26257;
    endpoint.state = "up";
    endpoint.lag = 20ms;
    endpoint.latency = 1500us;
    endpoint.last_check = pooler::WallTime{7s};
    report.failovers = {{"app", pooler::WallTime{6s}, {}}};
    report.routes = {{"app", "u", "read", "primary", "recent write", 1},
                     {"app", "v", "read", "primary", "recent write", 2}};
    auto& replay = report.replays.emplace_back();
    replay.database = "app";
    replay.by_serialization = 4;
    replay.durations += 5000;
    replay.given_up = {{"other answers", 1}};
    replay.unprotected_reasons = {{"DDL", 2}};
    report.memory = {pooler::memory_row("client_cache", 10, 3)};
    report.worker_counts.client_handshakes.done += 700;
    report.worker_counts.client_handshakes.failed = 2;
    return made;
}

support::MetricsText read(const Snapshot& snapshot, MetricsLimits& limits, bool open = false) {
    const auto text =
        metrics_page(snapshot, {}, limits, open ? TextFormat::kOpenMetrics : TextFormat::kPrometheus);
    auto metrics = support::read_metrics(text, open);
    for (const std::string& fault : metrics.faults) FAIL_CHECK(fault);
    return metrics;
}

}  // namespace

TEST_CASE("metrics page: well-formed in both formats, with the same samples") {
    MetricsLimits limits;
    const auto plain = read(full(), limits);
    const auto open = read(full(), limits, true);
    CHECK(plain.samples.size() == open.samples.size());
    for (const auto& [name, value] : plain.samples)
        if (!name.starts_with("weir_cpu_seconds") && !open.has(name)) FAIL_CHECK(name);
    for (const char* sample :
         {R"(weir_queries_total{database="app",user="u"})", R"(weir_lost_links_total{database="app")",
          R"(weir_server_connect_failures_total{database="app",user="u",reason="unreachable"})",
          R"(weir_endpoint_up{database="app",role="primary",endpoint="[2001:db8::1]:26257"})",
          R"(weir_endpoint_lag_seconds{database="app")", "weir_last_failover_timestamp_seconds{",
          R"(weir_routed_requests_total{database="app",class="read",target="primary",reason="recent_write"})",
          R"(weir_replays_total{database="app",reason="serialization"})",
          R"(weir_replays_given_up_total{database="app",reason="other_answers"})",
          R"(weir_unprotected_transactions_total{database="app",reason="DDL"})",
          R"(weir_replay_seconds_count{database="app"})", R"(weir_memory_bytes{kind="client_cache"})",
          R"(weir_tls_handshake_failures_total{side="client"})", R"(weir_build_info{version="1.2"})"}) {
        CAPTURE(sample);
        CHECK(plain.has(sample));
    }
    CHECK(plain.sum("weir_endpoint_lag_seconds") == 0.02);
    CHECK(plain.sum("weir_routed_requests_total") == 3);
    CHECK(plain.sum("weir_start_timestamp_seconds") == 5);
    CHECK(!plain.has("weir_last_failback_timestamp_seconds"));
    CHECK(!plain.has("weir_server_connect_seconds"));  // nothing has happened: no histogram
}

TEST_CASE("metrics page: every family is described in the documentation") {
    MetricsLimits limits;
    std::ifstream file{std::string{DOCS} + "/http.md"};
    const std::string docs{std::istreambuf_iterator<char>{file}, {}};
    for (const auto& [family, type] : read(full(), limits, true).types) {
        CAPTURE(family);
        CHECK(docs.find("`" + family + "`") != std::string::npos);
    }
}

TEST_CASE("metrics page: names that come to the same text are one series") {
    Snapshot made;
    made.report.pools = {pool("a\xff", "u", 1), pool("a\xfe", "u", 2)};
    MetricsLimits limits;
    CHECK(read(made, limits).sum("weir_queries_total{database=\"a\xef\xbf\xbd\"") == 3);
}

TEST_CASE("metrics page: beyond the limit names are summed, who has a name keeps it") {
    MetricsLimits limits{.pools = SeriesLimit{2}, .databases = SeriesLimit{2}};
    Snapshot made;
    made.report.pools = {pool("m", "u", 1), pool("n", "u", 2)};
    CHECK(read(made, limits).sum("weir_queries_total{database=\"m\"") == 1);
    made.report.pools.push_back(pool("a", "u", 4));
    made.report.pools.push_back(pool("z", "u", 8));
    const auto full_up = read(made, limits);
    CHECK(full_up.sum("weir_queries_total{database=\"m\"") == 1);
    CHECK(full_up.sum("weir_queries_total{database=\"n\"") == 2);
    CHECK(full_up.sum("weir_queries_total{database=\"other\",user=\"other\"") == 12);
    CHECK(full_up.sum("weir_query_seconds_count{database=\"other\"") == 2);
    made.report.pools.erase(made.report.pools.begin());  // m is gone: a takes its place
    CHECK(read(made, limits).sum("weir_queries_total{database=\"a\"") == 4);
    CHECK(read(made, limits).sum("weir_queries_total{database=\"other\"") == 8);
}
