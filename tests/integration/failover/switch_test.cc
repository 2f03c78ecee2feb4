// FAILOVER and FAILBACK on the console: from one target to the other, never both.
#include <nlohmann/json.hpp>

#include "tests/integration/failover/failover_scene.h"
#include "tests/support/free_port.h"
#include "tests/support/http_client.h"

using failover::ids;
using failover::Pair;
using failover::primary;
using failover::secondary;
using support::Client;
using support::Rows;
using support::Weir;

TEST_CASE("failover: FAILOVER and FAILBACK move everybody, sessions stay") {
    REQUIRES_POSTGRES();
    Pair pair;
    Weir& weir = pair.start();
    Client client = Client::connect(weir.login());
    client.query("INSERT INTO t VALUES (1, 'before')");
    client.query("SET search_path = app, public");
    client.prepare("one", "SELECT v FROM t WHERE id = $1");
    CHECK(client.prepared("one", {"1"}).rows == Rows{{"before"}});
    weir.console("FAILOVER app");
    CHECK(support::eventually([] { return Pair::pooled(primary()) == 0; }));
    client.query("INSERT INTO t VALUES (2, 'after')");
    CHECK(client.value("SHOW search_path") == "app, public");
    CHECK(client.prepared("one", {"1"}).rows.empty());
    CHECK(client.prepared("one", {"2"}).rows == Rows{{"after"}});
    CHECK(ids(primary()) == Rows{{"1"}});
    CHECK(ids(secondary()) == Rows{{"2"}});
    CHECK(pair.served_by(secondary()));
    CHECK(pair.endpoint("secondary", "state") == "up");

    weir.console("FAILBACK app");
    CHECK(support::eventually([] { return Pair::pooled(secondary()) == 0; }));
    client.query("INSERT INTO t VALUES (3, 'back')");
    CHECK(ids(primary()) == Rows{{"1"}, {"3"}});
    CHECK(pair.served_by(primary()));
    int moves = 0;
    for (auto& event : weir.show("EVENTS"))
        moves += event["kind"] == "failover" || event["kind"] == "failback";
    CHECK(moves == 2);
}

TEST_CASE("failover: an open transaction is waited for, then cut off, and nothing of it stays") {
    REQUIRES_POSTGRES();
    Pair pair;
    Weir& weir = pair.start();
    Client quick = Client::connect(weir.login());
    Client slow = Client::connect(weir.login());
    for (Client* client : {&quick, &slow}) client->query("BEGIN");
    quick.query("INSERT INTO t VALUES (1, 'in time')");
    slow.query("INSERT INTO t VALUES (2, 'too late')");
    Client console = Client::connect(weir.admin_login());
    REQUIRE(console.send("FAILOVER app"));
    REQUIRE(weir.logged("checking secondary -> leaving primary"));
    Client waiting = Client::connect(weir.login());
    REQUIRE(waiting.send("INSERT INTO t VALUES (3, 'waited')"));
    quick.query("COMMIT");
    CHECK(console.wait().ok);
    CHECK_FALSE(slow.try_query("COMMIT").ok);
    CHECK(waiting.wait().ok);
    CHECK(ids(primary()) == Rows{{"1"}});
    CHECK(ids(secondary()) == Rows{{"3"}});
}

TEST_CASE("failover: who keeps a server while idle, by pin or session pooling, holds nobody up") {
    REQUIRES_POSTGRES();
    const std::string mode = GENERATE("transaction", "session");
    CAPTURE(mode);
    Pair pair("pool_mode=" + mode);
    pair.config().set("failover_drain_timeout", "30");
    Weir& weir = pair.start();
    Client keeps = Client::connect(weir.login());
    keeps.query("CREATE TEMP TABLE mine (x int)");
    keeps.query("INSERT INTO mine VALUES (1)");
    Client late = Client::connect(weir.login());
    late.query("CREATE TEMP TABLE mine (x int)");
    scene::begin(late);
    Client other = Client::connect(weir.login());
    other.query("INSERT INTO t VALUES (1, 'a')");
    const auto begun = support::Clock::now();
    Client console = Client::connect(weir.admin_login());
    REQUIRE(console.send("FAILOVER app"));
    REQUIRE(weir.logged("checking secondary -> leaving primary"));
    // Only who is in a transaction is waited for; then it is no other than the rest.
    CHECK(support::eventually([] { return Pair::pooled(primary()) == 1; }));
    late.query("COMMIT");
    CHECK(console.wait().ok);
    CHECK(support::Clock::now() - begun < std::chrono::seconds{25});
    CHECK(support::eventually([] { return Pair::pooled(primary()) == 0; }));
    // What only that server had is gone; whoever needed it is told rather than given another one unseen.
    for (Client* client : {&keeps, &late}) {
        const auto told = client->try_query("SELECT * FROM mine");
        CHECK(told.message.find("the target changes") != std::string::npos);
        CHECK_FALSE(client->connected());
    }
    CHECK(pair.served_by(secondary()));
    CHECK(ids(primary()) == Rows{{"1"}});
}

TEST_CASE("failover: a secondary that takes no writes is refused, and says so") {
    REQUIRES_POSTGRES();
    Pair pair;
    Weir& weir = pair.start();
    Client client = Client::connect(weir.login());
    client.query("INSERT INTO t VALUES (1, 'a')");
    secondary().control().query("ALTER DATABASE app SET default_transaction_read_only = on");
    Client console = Client::connect(weir.admin_login());
    const auto refused = console.try_query("FAILOVER app");
    CHECK_FALSE(refused.ok);
    CHECK(refused.message.find("it takes no writes") != std::string::npos);
    client.query("INSERT INTO t VALUES (2, 'b')");
    CHECK(ids(primary()) == Rows{{"1"}, {"2"}});
    secondary().control().query("ALTER DATABASE app RESET default_transaction_read_only");
    weir.console("FAILOVER app");
    CHECK(pair.served_by(secondary()));
}

TEST_CASE("failover: /health and /metrics say where writes go, and when that changed") {
    REQUIRES_POSTGRES();
    Pair pair;
    const std::uint16_t http = support::free_port();
    pair.config().set("http_listen", "127.0.0.1:" + std::to_string(http));
    Weir& weir = pair.start();
    const auto app = [&] {
        const auto page = nlohmann::json::parse(support::http(http, "/health").body, nullptr, false);
        return page.at("databases").at(0);
    };
    const auto at = [](const support::FaultProxy& side) {
        return nlohmann::json::array({"127.0.0.1:" + std::to_string(side.port())});
    };
    CHECK(app()["active"] == at(pair.to_primary()));
    CHECK(app()["last_failover"].is_null());
    weir.console("FAILOVER app");
    CHECK(app()["active"] == at(pair.to_secondary()));
    CHECK(app()["status"] == "degraded");
    CHECK(app()["last_failover"].is_string());
    CHECK(app()["last_failback"].is_null());
    weir.console("FAILBACK app");
    CHECK(app()["active"] == at(pair.to_primary()));
    CHECK(app()["last_failback"].is_string());
    CHECK(
        support::http(http, "/metrics").body.find("weir_last_failback_timestamp_seconds{database=\"app\"}") !=
        std::string::npos);
}

TEST_CASE("failover: RELOAD keeps the target, and refuses to take the secondary away") {
    REQUIRES_POSTGRES();
    Pair pair;
    Weir& weir = pair.start();
    weir.console("FAILOVER app");
    weir.config().set("query_wait_notify", "7");
    weir.reload();
    CHECK(weir.logged("stays with its secondary until FAILBACK"));
    CHECK(pair.served_by(secondary()));
    const auto kept = weir.config().databases;
    weir.config().database(pair.to_primary().port());
    weir.write_files();
    Client console = Client::connect(weir.admin_login());
    const auto refused = console.try_query("RELOAD");
    CHECK_FALSE(refused.ok);
    CHECK(weir.logged("it cannot go, nor its secondary change, before FAILBACK"));
    CHECK(pair.served_by(secondary()));
    weir.config().databases = kept;
    weir.write_files();
    weir.console("FAILBACK app");
    CHECK(pair.served_by(primary()));
}

TEST_CASE("failover: the state file brings a restart to where it was") {
    REQUIRES_POSTGRES();
    Pair pair;
    const support::TempDir folder;
    pair.config().set("failover_state_file", (folder.path() / "state").string());
    pair.start().console("FAILOVER app");
    pair.weir().stop();
    Weir& again = pair.start();
    CHECK(again.logged("is served by its secondary, as before the restart"));
    CHECK(pair.served_by(secondary()));
    CHECK(support::eventually([] { return Pair::pooled(primary()) == 0; }));
    again.console("FAILBACK app");
    again.stop();
    pair.start();
    CHECK(pair.served_by(primary()));
}

TEST_CASE("failover: a FAILBACK that ends since the primary goes down is no success") {
    REQUIRES_POSTGRES();
    Pair pair;
    pair.config().set("health_check_timeout", "30").set("failover_drain_timeout", "30");
    Weir& weir = pair.start();
    weir.console("FAILOVER app");
    Client client = Client::connect(weir.login());
    const bool checking = GENERATE(true, false);
    CAPTURE(checking);
    if (checking)
        pair.to_primary().hold_new(true);  // the write check gets no answer
    else
        scene::begin(client);  // its transaction holds the switch up
    Client console = Client::connect(weir.admin_login());
    REQUIRE(console.send("FAILBACK app"));
    REQUIRE(
        weir.logged(checking ? "secondary -> checking primary" : "checking primary -> leaving secondary"));
    pair.to_primary().refuse();
    pair.to_primary().reset_all();
    if (checking) pair.to_primary().hold_new(false);
    const auto told = console.wait();
    CHECK_FALSE(told.ok);
    INFO(told.message);
    CHECK((told.message.find("the primary is down again") != std::string::npos ||
           told.message.find("the primary cannot be used: ") != std::string::npos));
    CHECK(client.try_query("SELECT 1").ok);
    pair.to_primary().accept_again();
    CHECK(pair.served_by(secondary()));
}

TEST_CASE("failover: orders that mean nothing are refused") {
    REQUIRES_POSTGRES();
    Pair pair;
    Weir& weir = pair.start();
    Client console = Client::connect(weir.admin_login());
    CHECK(console.try_query("FAILBACK app").message.find("is in state 'primary'") != std::string::npos);
    CHECK(console.try_query("FAILOVER nothing").message.find("has no secondary") != std::string::npos);
    CHECK(console.try_query("FAILOVER").message.find("a database is required") != std::string::npos);
}
