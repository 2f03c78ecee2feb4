#include "pooler/metrics/health_page.h"

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

using pooler::DatabaseRow;
using pooler::EndpointRow;
using pooler::Overall;
using pooler::Readiness;
using pooler::Snapshot;
using pooler::WallTime;
using namespace std::chrono_literals;

namespace {

EndpointRow endpoint(const std::string& database, const std::string& role, const std::string& host,
                     const std::string& state, bool active) {
    EndpointRow row;
    row.database = database;
    row.role = role;
    row.host = host;
    row.port = 26257;
    row.state = state;
    row.active = active;
    return row;
}

Snapshot snapshot(std::vector<EndpointRow> endpoints) {
    Snapshot made;
    made.process.readiness = Readiness::kReady;
    made.process.workers = 2;
    for (const EndpointRow& row : endpoints) {
        DatabaseRow database;
        database.name = row.database;
        made.report.databases.push_back(database);
    }
    made.report.endpoints = std::move(endpoints);
    return made;
}

Overall health_of(const Snapshot& of) { return health_page(of).health; }

}  // namespace

TEST_CASE("health page: healthy, degraded and down") {
    const auto up = endpoint("a", "primary", "n1", "up", true);
    const auto untried = endpoint("b", "primary", "n1", "unknown", true);
    const auto down = endpoint("c", "primary", "n1", "down", true);
    CHECK(health_of(snapshot({})) == Overall::kHealthy);
    CHECK(health_of(snapshot({up, untried})) == Overall::kHealthy);
    CHECK(health_of(snapshot({up, down})) == Overall::kDegraded);
    CHECK(health_of(snapshot({down})) == Overall::kDown);
    CHECK(health_of(snapshot({up, endpoint("a", "primary", "n2", "down", true)})) == Overall::kDegraded);
    CHECK(health_of(snapshot({up, endpoint("a", "replica", "r1", "down", true)})) == Overall::kDegraded);
    // A replica that answers serves no writes.
    CHECK(health_of(snapshot({down, endpoint("c", "replica", "r1", "up", true)})) == Overall::kDown);
    auto draining = up;
    draining.draining = true;
    CHECK(health_of(snapshot({draining})) == Overall::kDegraded);
    // On the secondary clients are served, but something has happened.
    const auto left = endpoint("a", "primary", "n1", "down", false);
    CHECK(health_of(snapshot({left, endpoint("a", "secondary", "s1", "up", true)})) == Overall::kDegraded);
    CHECK(health_of(snapshot({left, endpoint("a", "secondary", "s1", "down", true)})) == Overall::kDown);
}

TEST_CASE("health page: a pause, a silent worker and a shutdown degrade") {
    const auto up = endpoint("a", "primary", "n1", "up", true);
    auto paused = snapshot({up});
    paused.report.databases[0].paused = true;
    CHECK(health_of(paused) == Overall::kDegraded);
    auto silent = snapshot({up});
    silent.process.silent_workers = 1;
    CHECK(health_of(silent) == Overall::kDegraded);
    auto leaving = snapshot({up});
    leaving.process.readiness = Readiness::kShuttingDown;
    CHECK(health_of(leaving) == Overall::kDegraded);
}

TEST_CASE("health page: what is known of each endpoint, null for what is not") {
    auto full = endpoint("a", "replica", "2001:db8::1", "up", true);
    full.connections = 2;
    full.latency = 1500us;
    full.lag = 20ms;
    full.last_check = WallTime{1s};
    full.consecutive_failures = 3;
    full.last_error = "says \"no\"";
    full.node_id = "7";
    auto made = snapshot({endpoint("a", "primary", "n1", "unknown", true), full,
                          endpoint("a", "secondary", "s1", "up", false)});
    made.report.failovers = {{"a", WallTime{2s}, {}}};
    const auto page = nlohmann::json::parse(health_page(made).json);
    const auto& database = page["databases"][0];
    CHECK(database["active"] == nlohmann::json::array({"n1:26257"}));
    CHECK(database["last_failover"] == "1970-01-01T00:00:02.000Z");
    CHECK(database["last_failback"].is_null());
    const auto& replica = database["replicas"][0];
    CHECK(replica["address"] == "[2001:db8::1]:26257");
    CHECK(replica["connected"] == true);
    CHECK(replica["latency_us"] == 1500);
    CHECK(replica["lag_us"] == 20000);
    CHECK(replica["last_check"] == "1970-01-01T00:00:01.000Z");
    CHECK(replica["consecutive_failures"] == 3);
    CHECK(replica["last_error"] == "says \"no\"");
    CHECK(replica["node_id"] == "7");
    const auto& primary = database["primary"][0];
    CHECK(primary["connected"] == false);
    for (const char* key : {"latency_us", "lag_us", "last_check", "last_error", "node_id"})
        CHECK(primary[key].is_null());
    CHECK(database["secondary"][0]["active"] == false);
}
