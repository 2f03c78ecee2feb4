// What health checks ask, as whom, and what the answers mean: the configured queries, errors of the check
// itself, and checks that say something else than the clients' own queries.
#include <algorithm>

#include "tests/integration/failover/failover_scene.h"

using failover::ids;
using failover::Pair;
using failover::primary;
using failover::secondary;
using support::Client;
using support::eventually;
using support::Postgres;
using support::Rows;
using support::Weir;

namespace {

/// `probe()` is what the checks of these tests call; who may log in, as `monitor`, is up to the test.
void prepare(Postgres& side) {
    side.control().query(
        "DROP TABLE IF EXISTS probed, mode; DROP FUNCTION IF EXISTS probe();"
        "CREATE TABLE probed (who text, application text);"
        "CREATE TABLE mode (read_only text); INSERT INTO mode VALUES ('off');"
        "CREATE FUNCTION probe() RETURNS SETOF int LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO probed "
        "VALUES (session_user, current_setting('application_name')); SELECT 1 WHERE false $$;"
        "GRANT ALL ON probed, mode TO PUBLIC");
    if (side.control().value("SELECT count(*) FROM pg_roles WHERE rolname = 'monitor'") == "0")
        side.control().query("CREATE ROLE monitor");
    side.control().query("ALTER ROLE monitor LOGIN; ALTER ROLE app LOGIN");
}

void break_probe(Postgres& side) { side.control().query("DROP TABLE probed"); }

/// One address, nothing else to go to; checks of `app` by `user` with `query`.
support::WeirConfig checked(const std::string& user, const std::string& query) {
    prepare(primary());
    support::WeirConfig config;
    config.database(primary().port(), "health_check_user=" + user + " health_check_query='" + query + "'");
    return config.set("health_check_interval", "0.05").set("health_check_retry", "0.05");
}

std::string endpoint(Weir& weir, const std::string& column) {
    const auto rows = weir.show("ENDPOINTS");
    return rows.empty() ? "" : rows.front().at(column);
}

int count(const std::string& text, const std::string& part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

int events(Weir& weir, const std::string& kind) {
    const auto rows = weir.show("EVENTS");
    return static_cast<int>(
        std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row.at("kind") == kind; }));
}

}  // namespace

TEST_CASE("health check: the configured query runs as the named user, and an answer without rows is one") {
    REQUIRES_POSTGRES();
    auto config = checked("monitor", "SELECT * FROM probe()");
    Weir weir{config.set("health_check_user", "nobody").set("health_check_query", "not even SQL")};
    REQUIRE(eventually([&] { return endpoint(weir, "state") == "up"; }));
    auto client = Client::connect(weir.login());
    CHECK(client.value("SELECT current_user") == "app");
    CHECK(primary().control().query("SELECT DISTINCT who, application FROM probed").rows ==
          Rows{{"monitor", "weir health check"}});
    const auto asked = [] { return std::stoi(primary().control().value("SELECT count(*) FROM probed")); };
    const int before = asked();
    CHECK(eventually([&] { return asked() >= before + 5; }));
    CHECK(weir.log().find("health check of") == std::string::npos);
}

TEST_CASE("health check: a query that fails counts, until it goes well again; clients are served meanwhile") {
    REQUIRES_POSTGRES();
    Weir weir{checked("monitor", "SELECT * FROM probe()").set("failback_threshold", "3")};
    REQUIRE(eventually([&] { return endpoint(weir, "state") == "up"; }));
    auto client = Client::connect(weir.login());
    break_probe(primary());
    REQUIRE(eventually([&] { return endpoint(weir, "state") == "down"; }));
    const std::string error = "relation \"probed\" does not exist";
    CHECK(endpoint(weir, "last_error") == error);
    CHECK(weir.logged("health check of primary 127.0.0.1:" + std::to_string(primary().port()) +
                      " as user 'monitor' failed: " + error + "\n"));
    CHECK(weir.logged(" is down: " + error));
    // There is no other address, so that it is used all the same.
    for (int i = 0; i < 20; ++i) CHECK(client.value("SELECT 1") == "1");
    CHECK(Client::connect(weir.login()).value("SELECT 2") == "2");
    prepare(primary());
    REQUIRE(eventually([&] { return endpoint(weir, "state") == "up"; }));
    CHECK(count(weir.log(), "as user 'monitor' failed: ") == 1);  // said once, not with every check
    CHECK(events(weir, "down") == 1);
}

TEST_CASE("health check: a typing mistake, or a user who does not exist, is named and is no verdict") {
    REQUIRES_POSTGRES();
    struct Line {
        std::string user, query, error;
    };
    const Line line =
        GENERATE(Line{"nobody", "SELECT 1", "role \"nobody\" does not exist"},
                 Line{"monitor", "SELEKT 1", "syntax error at or near \"SELEKT\""},
                 Line{"monitor", "SELECT * FROM nowhere", "relation \"nowhere\" does not exist"});
    CAPTURE(line.user, line.query);
    Weir weir{checked(line.user, line.query)};
    CHECK(weir.logged("as user '" + line.user + "' failed: " + line.error + " (no verdict on the server)"));
    CHECK(eventually([&] { return endpoint(weir, "last_error") == line.error; }));
    auto client = Client::connect(weir.login());
    const int asked = count(primary().log(), line.error);
    REQUIRE(eventually([&] { return count(primary().log(), line.error) >= asked + 5; }));
    CHECK(endpoint(weir, "state") != "down");
    CHECK(events(weir, "down") == 0);
    CHECK(client.value("SELECT 1") == "1");
}

TEST_CASE("health check: a mistake that comes with RELOAD makes nothing that is up go down") {
    REQUIRES_POSTGRES();
    Pair pair("failover=auto");
    pair.config().set("health_check_timeout", "30");
    prepare(primary());
    Weir& weir = pair.start();
    weir.config().set("health_check_user", "nobody");
    weir.reload();
    REQUIRE(
        weir.logged("health check of primary 127.0.0.1:" + std::to_string(pair.to_primary().port()) +
                    " as user 'nobody' failed: role \"nobody\" does not exist (no verdict on the server)"));
    auto client = Client::connect(weir.login());
    client.query("INSERT INTO t VALUES (1, 'here')");
    CHECK(pair.endpoint("primary", "state") == "up");
    CHECK(ids(primary()) == Rows{{"1"}});
    SECTION("and an outage is found all the same") {
        pair.to_primary().refuse();
        pair.to_primary().reset_all();
        CHECK(weir.logged("primary 127.0.0.1:" + std::to_string(pair.to_primary().port()) + " is down"));
        // The check of the secondary has the same fault, so nobody is sent there.
        CHECK(weir.logged("the secondary cannot be used: 127.0.0.1: role \"nobody\" does not exist"));
        CHECK(pair.endpoint("primary", "active") == "1");
    }
    SECTION("and mended by the next one") {
        weir.config().set("health_check_user", "app");
        weir.reload();
        CHECK(eventually([&] { return pair.endpoint("primary", "last_error").empty(); }));
        CHECK(pair.endpoint("primary", "state") == "up");
    }
}

TEST_CASE("health check: one that goes well hides no error of the clients, and is not overruled by it") {
    REQUIRES_POSTGRES();
    Weir weir{checked("monitor", "SELECT 1").set("server_login_retry", "0.05")};
    REQUIRE(eventually([&] { return endpoint(weir, "state") == "up"; }));
    primary().control().query("ALTER ROLE app NOLOGIN");
    const Client refused(weir.login());
    CHECK_FALSE(refused.connected());
    INFO(refused.error());
    CHECK(refused.error().find("role \"app\" is not permitted to log in") != std::string::npos);
    // What traffic meets brings checks forward; they find nothing.
    CHECK(eventually([&] { return endpoint(weir, "failures") == "0"; }));
    CHECK(endpoint(weir, "state") == "up");
    CHECK(events(weir, "down") == 0);
    primary().control().query("ALTER ROLE app LOGIN");
    CHECK(scene::works(weir));
}

TEST_CASE(
    "write check: the configured query decides whether a primary is well and a secondary may be taken") {
    REQUIRES_POSTGRES();
    prepare(primary());
    prepare(secondary());
    Pair pair("failover=auto write_check_query='SELECT read_only FROM mode'");
    pair.config().set("health_check_timeout", "30");
    Weir& weir = pair.start();
    const auto set = [](Postgres& side, const std::string& value) {
        side.control().query("UPDATE mode SET read_only = '" + value + "'");
    };
    auto client = Client::connect(weir.login());
    auto console = Client::connect(weir.admin_login());
    set(secondary(), "on");
    CHECK(console.try_query("FAILOVER app")
              .message.find("the secondary cannot be used: 127.0.0.1: it takes no writes") !=
          std::string::npos);
    secondary().control().query("DROP TABLE mode");
    CHECK(console.try_query("FAILOVER app")
              .message.find("the secondary cannot be used: 127.0.0.1: relation \"mode\" does not exist") !=
          std::string::npos);
    client.query("INSERT INTO t VALUES (1, 'before')");
    prepare(secondary());
    set(primary(), "on");
    REQUIRE(weir.logged("failover: served by the secondary"));
    CHECK(weir.logged("primary 127.0.0.1:" + std::to_string(pair.to_primary().port()) +
                      " is down: it takes no writes"));
    client.query("INSERT INTO t VALUES (2, 'after')");
    CHECK(ids(primary()) == Rows{{"1"}});
    CHECK(ids(secondary()) == Rows{{"2"}});
    // Back again is decided by the same question, unless a check of the primary's health answers it first.
    CHECK(eventually([&] {
        const auto refused = console.try_query("FAILBACK app");
        CHECK_FALSE(refused.ok);
        return refused.message.find("the primary cannot be used: 127.0.0.1: it takes no writes") !=
               std::string::npos;
    }));
    set(primary(), "off");
    REQUIRE(eventually([&] { return console.try_query("FAILBACK app").ok; }));
    client.query("INSERT INTO t VALUES (3, 'back')");
    CHECK(ids(primary()) == Rows{{"1"}, {"3"}});
}
