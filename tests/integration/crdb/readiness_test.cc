// readiness_url against the nodes' own health endpoint: a drain is noticed in its first phase, in which the
// node still serves everybody.
#include "tests/integration/crdb/scene.h"

using namespace std::chrono_literals;
using support::Client;
using support::eventually;
using support::crdb::FakeCluster;

TEST_CASE("crdb readiness: a node that says it is not ready is left before it closes anything") {
    FakeCluster cluster;
    auto& node = cluster.node(1);
    auto config =
        scene::before(node.port(), "readiness_url=http://127.0.0.1:" + std::to_string(node.health_port()) +
                                       "/health?ready=1");
    support::Weir weir(config.set("health_check_retry", "0.05"));
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    const auto state = [&] {
        const auto rows = weir.show("NODES");
        return rows.empty() ? std::string{} : rows.front().at("state") + ", " + rows.front().at("reason");
    };
    CHECK(state() == "up, ");
    node.drain({.wait = 600s, .query_wait = 600s});
    REQUIRE(eventually([&] { return state() == "draining, it is not ready"; }));
    REQUIRE(eventually([&] { return node.connections() == 0; }));  // the idle one
    client.query("SELECT 1");                                      // there is no other node
    node.kill();
    node.restart();
    REQUIRE(eventually([&] { return state() == "up, "; }));
    REQUIRE(eventually([&] { return Client(weir.login()).try_query("SELECT 1").ok; }));
}

// cockroach issue 130853: after a drain that failed a node refuses SQL for good and says that it is ready.
TEST_CASE("crdb readiness: a node that says it is ready and refuses SQL is down, and is left") {
    FakeCluster cluster{support::crdb::Options{2}};
    auto& node = cluster.node(1);
    const std::string ready =
        "readiness_url=http://127.0.0.1:" + std::to_string(node.health_port()) + "/health?ready=1";
    auto config = scene::before(
        node.port(), ready +
                         " health_check_user=app failover=auto failback=auto same_cluster=1 secondary='host="
                         "127.0.0.1 port=" +
                         std::to_string(cluster.node(2).port()) + "'");
    support::Weir weir(config.set("health_check_retry", "0.05")
                           .set("health_check_interval", "0.1")
                           .set("failover_drain_timeout", "0.3"));
    auto client = Client::connect(weir.login());
    CHECK(client.value("SHOW node_id") == "1");
    node.drain({.wait = 0s, .query_wait = 0s, .says_ready = true});
    REQUIRE(weir.logged("primary 127.0.0.1:" + std::to_string(node.port()) +
                        " is down: server is not accepting clients"));
    REQUIRE(weir.logged("failover: served by the secondary"));
    CHECK(Client::connect(weir.login()).value("SHOW node_id") == "2");
    CHECK(weir.log().find("is not ready") == std::string::npos);
    node.restart();
    REQUIRE(weir.logged("failback: served by the primary"));
    CHECK(Client::connect(weir.login()).value("SHOW node_id") == "1");
}
