// What the pages say about real traffic, and that others can read them.
#include <nlohmann/json.hpp>
#include <set>

#include "tests/integration/http/http_scene.h"
#include "tests/support/metrics_text.h"
#include "tests/support/process.h"

using namespace support;

namespace {

const std::string kOpenMetrics = "Accept: application/openmetrics-text;version=1.0.0\r\n";
const std::string kApp = R"({database="app",user="app")";

MetricsText metrics(const scene::HttpWeir& http, bool open = false) {
    const auto answer = http.get("/metrics", open ? kOpenMetrics : "");
    REQUIRE(answer.status == 200);
    auto read = read_metrics(answer.body, open);
    for (const std::string& fault : read.faults) FAIL_CHECK(fault);
    return read;
}

nlohmann::json health(const scene::HttpWeir& http) {
    return nlohmann::json::parse(http.get("/health").body, nullptr, false);
}

}  // namespace

TEST_CASE("http: metrics count what clients do, in both formats", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http{scene::before(Postgres::shared()).set("workers", "2")};
    auto client = Client::connect(http.weir.login());
    client.query("SELECT 1");
    const auto before = metrics(http);
    for (int i = 0; i < 5; ++i) client.query("SELECT 1");
    client.query("BEGIN");
    client.query("SELECT pg_sleep(0.001)");
    client.query("COMMIT");
    CHECK(eventually([&] {
        return metrics(http).sum("weir_queries_total" + kApp) - before.sum("weir_queries_total" + kApp) >= 7;
    }));
    const auto after = metrics(http);
    CHECK(after.sum("weir_transactions_total" + kApp) - before.sum("weir_transactions_total" + kApp) == 6);
    CHECK(after.sum("weir_deferred_begins_total" + kApp) - before.sum("weir_deferred_begins_total" + kApp) ==
          1);
    CHECK(after.sum("weir_query_seconds_count" + kApp) > before.sum("weir_query_seconds_count" + kApp));
    CHECK(after.sum("weir_query_seconds_sum" + kApp) > before.sum("weir_query_seconds_sum" + kApp));
    CHECK(after.sum("weir_wait_seconds_count" + kApp) == after.sum("weir_server_assignments_total" + kApp));
    CHECK(after.sum("weir_server_connect_seconds_count" + kApp) >= 1);
    CHECK(after.sum("weir_pool_clients" + kApp + ",state=\"active\"}") == 1);
    CHECK(after.sum("weir_pool_servers" + kApp) >= 1);
    CHECK(after.sum("weir_workers") == 2);
    CHECK(after.sum("weir_ready") == 1);
    CHECK(after.sum(R"(weir_endpoint_up{database="app")") == 1);
    for (const char* name : {"weir_lost_links_total", "weir_shape_checks_total", "weir_prefix_waits_total",
                             "weir_pins_total", "weir_server_handovers_total"})
        CHECK(after.has(name + kApp));

    const auto page = http.get("/metrics", kOpenMetrics);
    CHECK(page.headers.at("content-type") == "application/openmetrics-text; version=1.0.0; charset=utf-8");
    CHECK(http.get("/metrics").headers.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    const auto open = metrics(http, true);
    CHECK(open.types.at("weir_queries") == "counter");
    CHECK(open.sum("weir_queries_total" + kApp) >= after.sum("weir_queries_total" + kApp));
}

TEST_CASE("http: a pool that clients of two workers use is one row of SHOW POOLS and one sample a name",
          "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http{scene::before(Postgres::shared()).set("workers", "2")};
    std::vector<Client> clients;
    for (int i = 0; i < 8; ++i) clients.push_back(Client::connect(http.weir.login()));
    std::set<std::string> workers;
    for (const auto& row : http.weir.show("CLIENTS"))
        if (row.at("database") == "app") workers.insert(row.at("worker"));
    REQUIRE(workers.size() == 2);
    int rows = 0;
    for (const auto& row : http.weir.show("POOLS")) {
        if (row.at("database") != "app") continue;
        ++rows;
        CHECK(row.at("cl_active") == "8");
    }
    CHECK(rows == 1);
    const auto page = metrics(http);  // a sample that comes twice is a fault of the page
    CHECK(page.sum("weir_pool_clients" + kApp) == 8);
}

TEST_CASE("http: a name that a client invents cannot break the page", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    config.databases["*"] = "host=127.0.0.1 dbname=app port=" + std::to_string(Postgres::shared().port());
    scene::HttpWeir http{config};
    auto client = Client::connect(http.weir.login().with_database("odd\\\"\nname"));
    client.query("SELECT 1");
    WireClient raw(http.weir.port());
    CHECK(raw.send(wire::startup({{"user", "app"}, {"database", "bad\xff\xfe"}})));
    CHECK(eventually([&] {
        const auto read = metrics(http);
        return read.has(R"(weir_queries_total{database="odd\\\"\nname")");
    }));
}

TEST_CASE("http: clients that are not let in, and those that send no messages, are counted by the reason",
          "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http{scene::before(Postgres::shared()).set("max_db_client_connections", "1")};
    const auto failed = [&](const std::string& reason) {
        return metrics(http).sum("weir_login_failures_total{reason=\"" + reason + "\"}");
    };
    CHECK_FALSE(Client(http.weir.login().with_database("nothere")).connected());
    CHECK_FALSE(Client(http.weir.login("nobody")).connected());
    WireClient raw(http.weir.port());
    CHECK(raw.send(wire::int32(8) + wire::int32(0x00010000)));
    CHECK(raw.read_to_end().size() > 0);
    auto client = WireClient::logged_in(http.weir.login());
    CHECK_FALSE(Client(http.weir.login()).connected());
    for (const char* reason : {"database", "authentication", "protocol", "limit"}) {
        CAPTURE(reason);
        CHECK(failed(reason) == 1);
    }
    CHECK(failed("timeout") == 0);
    client.send(std::string(1, '\x01') + wire::int32(4));
    CHECK(eventually([&] {
        return metrics(http).sum("weir_protocol_violations_total" + kApp + ",side=\"client\"}") == 1;
    }));
}

TEST_CASE("http: promtool finds nothing wrong with the metrics", "[pg]") {
    REQUIRES_POSTGRES();
    if (find_program("promtool").empty()) {
        WARN("skipped: promtool is not installed (package prometheus)");
        return;
    }
    scene::HttpWeir http;
    auto client = Client::connect(http.weir.login());
    client.query("SELECT 1");
    Command command;
    command.argv = {"promtool", "check", "metrics"};
    command.input = http.get("/metrics").body;
    const Finished done = run(command);
    CHECK(done.status == 0);
    CHECK(done.output.empty());
}

TEST_CASE("http: health names the endpoints of each database", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    scene::HttpWeir http{config};
    auto client = Client::connect(http.weir.login());
    client.query("SELECT 1");
    REQUIRE(eventually([&] { return health(http)["status"] == "healthy"; }));
    const auto page = health(http);
    CHECK(page["complete"] == true);
    REQUIRE(page["databases"].size() == 1);
    const auto& database = page["databases"][0];
    CHECK(database["name"] == "app");
    CHECK(database["status"] == "healthy");
    const std::string address = "127.0.0.1:" + std::to_string(Postgres::shared().port());
    CHECK(database["active"] == nlohmann::json::array({address}));
    CHECK(database["last_failover"].is_null());
    REQUIRE(database["primary"].size() == 1);
    const auto& endpoint = database["primary"][0];
    CHECK(endpoint["address"] == address);
    CHECK(endpoint["connected"] == true);
    CHECK(endpoint["draining"] == false);
    CHECK(endpoint["consecutive_failures"] == 0);
    CHECK(endpoint["last_check"].is_string());
    CHECK(endpoint["latency_us"].is_number());

    http.weir.console("PAUSE app");
    CHECK(health(http)["databases"][0]["paused"] == true);
    CHECK(health(http)["status"] == "degraded");
}

TEST_CASE("http: a database that nobody answers for is down", "[pg]") {
    WeirConfig config;
    config.database(free_port());
    scene::HttpWeir http{config};
    WireClient client(http.weir.port());  // waits, and has a server tried
    CHECK(client.send(wire::startup({{"user", "app"}, {"database", "app"}})));
    CHECK(eventually([&] { return http.status("/health") == 503; }));
    const auto page = health(http);
    CHECK(page["status"] == "down");
    CHECK(page["databases"][0]["primary"][0]["consecutive_failures"] > 0);
    CHECK(page["databases"][0]["primary"][0]["last_error"].is_string());
    CHECK(http.status("/readyz") == 200);  // this process could serve clients
}

TEST_CASE("http: scraped all the time under load", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http{scene::before(Postgres::shared()).set("workers", "2")};
    TempDir dir;
    const std::string script = dir.write("one.sql", "SELECT 1;\n");
    Command command;
    command.argv = {(postgres_programs() / "pgbench").string(),
                    "-n",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    std::to_string(http.weir.port()),
                    "-U",
                    "app",
                    "-c",
                    "8",
                    "-j",
                    "2",
                    "-t",
                    "500",
                    "-f",
                    script,
                    "app"};
    Process load(command);
    int pages = 0;
    double last = 0;
    while (load.running()) {
        const double now = metrics(http, pages % 2 == 0).sum("weir_queries_total" + kApp);
        CHECK(now >= last);
        last = now;
        ++pages;
    }
    CHECK(load.wait() == 0);
    CHECK(pages > 0);
    CHECK(eventually([&] { return metrics(http).sum("weir_queries_total" + kApp) >= 4000; }));
    CHECK(metrics(http).sum("weir_query_seconds_count" + kApp) == 4000);
}
