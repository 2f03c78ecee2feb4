// Variables that the node does not report, with the rules of CockroachDB: a SET outlives ROLLBACK and
// ROLLBACK TO, a RESET goes back to the client's start-up value, and what cannot be given to a node keeps the
// client's statement from running.
#include "tests/integration/crdb/scene.h"

using namespace support;
using namespace support::crdb;

namespace {

WeirConfig one_server(const FakeCluster& cluster) {
    return scene::before(cluster).set("default_pool_size", "1");
}

std::string request(bool extended, const std::string& sql) {
    if (!extended) return wire::query(sql);
    return wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("") + wire::sync_message();
}

std::string shown(WireClient& client, const std::string& name) {
    return wire::rows(client.exchange(wire::query("SHOW " + name))).at(0).at(0);
}

}  // namespace

TEST_CASE("crdb variables: SET outlives ROLLBACK and ROLLBACK TO, RESET returns to the start-up value") {
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    FakeCluster cluster;
    Weir weir(one_server(cluster));
    auto client = WireClient::logged_in(weir.login(), {{"options", "-c lock_timeout=3s"}});
    auto other = WireClient::logged_in(weir.login());
    const auto say = [&](const std::string& sql) {
        CAPTURE(sql);
        CHECK(wire::sqlstate(client.exchange(request(extended, sql))).empty());
    };
    CHECK(shown(client, "lock_timeout") == "3000");
    CHECK(shown(other, "lock_timeout") == "0");
    for (const char* sql : {"BEGIN", "SET lock_timeout = '5s'", "SAVEPOINT a", "SET lock_timeout = '7s'",
                            "SET default_int_size = 4", "ROLLBACK TO SAVEPOINT a"})
        say(sql);
    CHECK(shown(client, "lock_timeout") == "7000");
    say("ROLLBACK");
    CHECK(shown(other, "lock_timeout") == "0");
    CHECK(shown(other, "default_int_size") == "8");
    CHECK(shown(client, "lock_timeout") == "7000");
    CHECK(shown(client, "default_int_size") == "4");
    say("RESET lock_timeout");
    say("SET default_int_size TO DEFAULT");
    CHECK(shown(client, "lock_timeout") == "3000");
    CHECK(shown(other, "lock_timeout") == "0");
    CHECK(shown(client, "default_int_size") == "8");
}

TEST_CASE("crdb variables: what failed is not carried on, and SET LOCAL is refused in the node's words") {
    FakeCluster cluster;
    Weir weir(one_server(cluster));
    auto client = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    CHECK(wire::sqlstate(client.exchange(wire::query("SET LOCAL lock_timeout = '9s'"))) == "0A000");
    CHECK_FALSE(wire::sqlstate(client.exchange(wire::query("SET lock_timeout = 'never'"))).empty());
    CHECK_FALSE(wire::sqlstate(client.exchange(wire::query("SET nosuch = 1"))).empty());
    CHECK(shown(other, "lock_timeout") == "0");
    CHECK(shown(client, "lock_timeout") == "0");
    CHECK(weir.pool("sv_idle") == 1);
}

TEST_CASE("crdb variables: a difference that the node refuses keeps the INSERT from running") {
    const bool extended = GENERATE(false, true);
    const bool block = GENERATE(false, true);
    CAPTURE(extended, block);
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(one_server(cluster));
    auto client = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    client.exchange(wire::query("SET lock_timeout = '5s'"));
    CHECK(shown(other, "lock_timeout") == "0");
    Fault fault;
    fault.containing = "lock_timeout";
    fault.error = Error{"53200", "memory budget exceeded"};
    cluster.node(1).order(fault);
    if (block) client.exchange(wire::query("BEGIN"));
    client.send(request(extended, "INSERT INTO acc VALUES (3, 100)"));
    CHECK(wire::sqlstate(client.read_to_end()) == "53200");
    CHECK_FALSE(cluster.node(1).saw("INSERT INTO acc VALUES (3"));
    CHECK(cluster.value("SELECT count(*) FROM acc") == "2");
    CHECK(shown(other, "lock_timeout") == "0");
}

TEST_CASE("crdb variables: a SET ROLE that the node refuses keeps the INSERT behind it from running") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(one_server(cluster));
    auto client = WireClient::logged_in(weir.login());
    const std::string insert = "INSERT INTO acc VALUES (3, 100)";
    SECTION("in one text") {
        CHECK_FALSE(wire::sqlstate(client.exchange(wire::query("SET ROLE nosuch; " + insert))).empty());
    }
    SECTION("in one batch") {
        const auto batch = wire::parse("", "SET ROLE nosuch") + wire::bind_portal("", "") +
                           wire::execute("") + request(true, insert);
        CHECK(wire::types(client.exchange(batch)) == "EZ");
    }
    CHECK_FALSE(cluster.node(1).saw("INSERT INTO acc VALUES (3"));
    CHECK(cluster.value("SELECT count(*) FROM acc") == "2");
}

TEST_CASE("crdb variables: parameters that only a proxy may set are refused, and no node hears of them") {
    FakeCluster cluster;
    Weir weir(one_server(cluster));
    for (const auto& parameter : wire::Parameters{{"crdb:remote_addr", "203.0.113.7:1"},
                                                  {"CRDB:session_revival_token_base64", "AAAA"},
                                                  {"options", "-c crdb:remote_addr=203.0.113.7"}}) {
        WireClient client(weir.port());
        client.send(wire::startup({{"user", "app"}, {"database", "app"}, parameter}));
        CHECK(wire::error_text(client.read_to_end()).find("unsupported startup parameter") == 0);
    }
    CHECK(cluster.node(1).accepted() == 0);
}

TEST_CASE("crdb variables: equal clients cost the node no statement of the pooler's") {
    FakeCluster cluster;
    Weir weir(one_server(cluster));
    const wire::Parameters startup{{"options", "-c lock_timeout=3s -c default_int_size=4"}};
    auto one = WireClient::logged_in(weir.login(), startup);
    auto two = WireClient::logged_in(weir.login(), startup);
    CHECK(shown(one, "lock_timeout") == "3000");
    CHECK(shown(two, "lock_timeout") == "3000");
    const auto waits = [&weir] { return weir.show("PREFIXES").at(0).at("prefix_waits"); };
    const auto before = waits();
    const auto heard = cluster.node(1).statements().size();
    for (int i = 0; i < 5; ++i)
        for (WireClient* client : {&one, &two}) CHECK(shown(*client, "default_int_size") == "4");
    CHECK(waits() == before);
    CHECK(cluster.node(1).statements().size() == heard + 10);  // the clients' own
}

TEST_CASE(
    "crdb variables: what a set_config with a computed name leaves is taken away before the next client") {
    FakeCluster cluster;
    Weir weir(one_server(cluster));
    auto one = WireClient::logged_in(weir.login());
    auto two = WireClient::logged_in(weir.login());
    one.exchange(wire::query("SET lock_timeout = '3s'"));
    CHECK(shown(two, "statement_timeout") == "0");
    for (const bool extended : {false, true}) {
        CAPTURE(extended);
        const auto answer =
            one.exchange(request(extended, "SELECT set_config('statement_' || 'timeout', '7s', false)"));
        CHECK(wire::sqlstate(answer).empty());
        CHECK(shown(one, "statement_timeout") == "7000");  // its own until somebody else comes
        CHECK(shown(two, "statement_timeout") == "0");
        CHECK(shown(two, "lock_timeout") == "0");
        CHECK(shown(one, "lock_timeout") == "3000");
        CHECK(shown(one, "statement_timeout") == "0");
    }
    // The recorded version has no RESET ALL: the server whose reset fails is replaced, twice here.
    CHECK(cluster.node(1).saw("RESET ROLE"));
    CHECK(cluster.node(1).accepted() == 3);
    CHECK_FALSE(cluster.node(1).saw("DISCARD"));
}

TEST_CASE("crdb variables: what a pinned session leaves goes with its server, never by DISCARD ALL") {
    FakeCluster cluster;
    Weir weir(one_server(cluster));
    {
        auto client = WireClient::logged_in(weir.login());
        CHECK(wire::sqlstate(client.exchange(wire::query("PREPARE q AS SELECT 1"))).empty());
        CHECK(wire::rows(client.exchange(wire::query("EXECUTE q"))).size() == 1);
        client.exchange(wire::query("SET lock_timeout = '5s'"));
    }
    auto next = WireClient::logged_in(weir.login());
    CHECK(shown(next, "lock_timeout") == "0");
    CHECK(wire::sqlstate(next.exchange(wire::query("EXECUTE q"))) == "26000");
    CHECK_FALSE(cluster.node(1).saw("DISCARD"));
}
