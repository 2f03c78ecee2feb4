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
