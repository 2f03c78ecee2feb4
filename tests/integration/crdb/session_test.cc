// Session state on CockroachDB, whose SET outlives a ROLLBACK and whose DISCARD ALL reports two variables:
// what one client sets never reaches another.
#include "tests/integration/crdb/scene.h"

using namespace support;
using namespace support::crdb;

TEST_CASE("crdb session: each client keeps its own reported variables over one server") {
    FakeCluster cluster;
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto one = Client::connect(weir.login().with("application_name=one"));
    auto two = Client::connect(weir.login().with("application_name=two"));
    one.query("SET timezone = 'Europe/Berlin'");
    for (int i = 0; i < 3; ++i) {
        CHECK(one.value("SHOW application_name") == "one");
        CHECK(two.value("SHOW application_name") == "two");
        CHECK(one.value("SHOW timezone") == "Europe/Berlin");
        CHECK(two.value("SHOW timezone") == "UTC");
    }
    CHECK(one.parameter("TimeZone") == "Europe/Berlin");
}

TEST_CASE("crdb session: a SET stays after ROLLBACK, for its client and for no other") {
    FakeCluster cluster;
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto one = Client::connect(weir.login().with("application_name=one"));
    auto two = Client::connect(weir.login().with("application_name=two"));
    one.query("BEGIN");
    one.query("SET application_name = 'inner'");
    one.query("ROLLBACK");
    CHECK(two.value("SHOW application_name") == "two");
    CHECK(one.value("SHOW application_name") == "inner");
}

TEST_CASE("crdb session: a variable that cannot be set for a client keeps its statement from running") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto one = Client::connect(weir.login().with("application_name=one"));
    auto two = Client::connect(weir.login().with("application_name=two"));
    CHECK(one.value("SHOW application_name") == "one");
    Fault fault;
    fault.containing = "application_name";
    fault.error = Error{"53200", "memory budget exceeded"};
    cluster.node(1).order(fault);
    CHECK_FALSE(two.try_query("INSERT INTO acc VALUES (3, 100)").ok);
    CHECK(cluster.node(1).orders_waiting() == 0);
    CHECK_FALSE(cluster.node(1).saw("INSERT INTO acc VALUES (3"));
    CHECK(one.value("SHOW application_name") == "one");
}

TEST_CASE(
    "crdb session: DISCARD ALL between clients works, and is refused in a transaction as the node does") {
    FakeCluster cluster;
    auto config = scene::before(cluster).set("default_pool_size", "1").set("pool_mode", "session");
    Weir weir(config.set("server_reset_query", "DISCARD ALL"));
    {
        auto first = Client::connect(weir.login());
        first.query("SET statement_timeout = '5s'");
        CHECK(first.value("SHOW statement_timeout") == "5000");
        first.query("BEGIN");
        CHECK(first.try_query("DISCARD ALL").sqlstate == "25001");
        first.query("ROLLBACK");
    }
    auto second = Client::connect(weir.login());
    CHECK(second.value("SHOW statement_timeout") == "0");
    CHECK(cluster.node(1).saw("DISCARD ALL"));
    CHECK(cluster.node(1).accepted() == 1);
}

TEST_CASE("crdb session: a named statement works on whichever node it meets") {
    FakeCluster cluster{Options{3}};
    cluster.query("CREATE TABLE t (k INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 10), (2, 20)");
    Weir weir(scene::before(cluster).set("default_pool_size", "3"));
    auto client = Client::connect(weir.login());
    client.prepare("get", "SELECT v FROM t WHERE k = $1");
    std::vector<Client> holders;
    for (int i = 0; i < 3; ++i) {
        CHECK(client.prepared("get", {"2"}).rows == Rows{{"20"}});
        if (i == 2) break;  // the last server is left to the client
        holders.push_back(Client::connect(weir.login()));
        holders.back().query("BEGIN");
        holders.back().query("SELECT 1");
    }
    CHECK(client.try_prepared("nosuch", {}).sqlstate == "26000");
}

TEST_CASE("crdb session: a simple query behind a failed batch without a Sync gets the node's one answer") {
    Options options;
    options.results_buffer_bytes = 0;  // an error leaves at once
    FakeCluster cluster{options};
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    const auto failing = wire::parse("", "SET nosuch = 1") + wire::bind_portal("", "") + wire::execute("");
    SECTION("in one write") {
        CHECK(wire::types(client.exchange(failing + wire::query("SELECT 1"))) == "EZ");
    }
    SECTION("after the error has come") {
        client.send(failing);
        CHECK(client.read()->type == 'E');
        CHECK(wire::types(client.exchange(wire::query("SELECT 1"))) == "Z");
    }
    CHECK(wire::rows(client.exchange(wire::query("SELECT 2"))) == Rows{{"2"}});
    CHECK_FALSE(cluster.node(1).saw("SELECT 1"));
}

TEST_CASE("crdb session: results_buffer_size of the database is given to the node at login") {
    FakeCluster cluster;
    Weir weir(scene::before(cluster, "results_buffer_size=1048576"));
    auto client = Client::connect(weir.login());
    CHECK(client.value("SHOW results_buffer_size") == "1048576");
    Weir plain(scene::before(cluster));
    auto other = Client::connect(plain.login());
    CHECK(other.value("SHOW results_buffer_size") == "16384");
}
