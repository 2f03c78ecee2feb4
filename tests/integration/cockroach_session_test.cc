// Transactions and cancels in front of CockroachDB, as a scripted cluster of it behaves.
#include <string>

#include "tests/integration/scene.h"
#include "tests/support/crdb/cluster.h"

using namespace support;
using namespace support::crdb;

namespace {

/// One server connection to a cluster of one node.
struct CockroachScene {
    CockroachScene() : weir(config()) { cluster.query("CREATE TABLE t (id INT PRIMARY KEY, x INT)"); }
    WeirConfig config() const {
        WeirConfig made;
        return made.database(cluster.port()).set("default_pool_size", "1").set("workers", "1");
    }

    FakeCluster cluster;
    Weir weir;
};

std::string request(bool extended, const std::string& sql) {
    if (!extended) return wire::query(sql);
    return wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("") + wire::sync_message();
}

bool cancel(const Weir& weir, const WireClient& client) {
    WireClient sender(weir.port());
    sender.send(wire::cancel_request(client.backend_key()));
    return !sender.read_byte();
}

}  // namespace

TEST_CASE("cockroach: BEGIN travels with the first statement, COMMIT as ever") {
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    CockroachScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    CHECK(wire::command_tag(client.exchange(request(extended, "BEGIN"))) == "BEGIN");
    CHECK(scene.weir.pool("sv_active") == 0);
    const auto inserted = client.exchange(request(extended, "INSERT INTO t VALUES (1, 10)"));
    CHECK(wire::types(inserted) == (extended ? "12CZ" : "CZ"));
    CHECK(wire::transaction_status(inserted) == 'T');
    CHECK(wire::transaction_status(client.exchange(request(extended, "COMMIT"))) == 'I');
    CHECK(scene.cluster.value("SELECT count(*) FROM t") == "1");
}

TEST_CASE("cockroach: an error of the first statement leaves the client in a failed transaction") {
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    CockroachScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.exchange(request(extended, "BEGIN"));
    const auto failed = client.exchange(request(extended, "INSERT INTO nowhere VALUES (1)"));
    CHECK(wire::sqlstate(failed) == "42P01");
    CHECK(wire::transaction_status(client.exchange(request(extended, "ROLLBACK"))) == 'I');
    CHECK(wire::types(client.exchange(wire::query("SELECT x FROM t"))) == "TCZ");
}

// CockroachDB closes the connection of a cancel first and acts later.
TEST_CASE("cockroach: a cancel that comes late meets nobody's next statement") {
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    CockroachScene scene;
    auto first = WireClient::logged_in(scene.weir.login());
    auto second = WireClient::logged_in(scene.weir.login());
    scene.cluster.hold_cancels();
    scene.cluster.node(1).hold_next("SELECT x");
    first.send(request(extended, "SELECT x FROM t"));
    REQUIRE(eventually([&] { return scene.cluster.node(1).running("SELECT x") == 1; }));
    CHECK(cancel(scene.weir, first));
    REQUIRE(eventually([&] { return scene.cluster.node(1).cancel_requests() == 1; }));
    scene.cluster.node(1).release();
    CHECK(wire::sqlstate(first.read_answer()).empty());
    scene.cluster.node(1).hold_next("SELECT id");
    second.send(request(extended, "SELECT id FROM t"));
    REQUIRE(eventually([&] { return scene.cluster.node(1).running("SELECT id") == 1; }));
    scene.cluster.deliver_cancels();
    scene.cluster.node(1).release();
    CHECK(wire::sqlstate(second.read_answer()).empty());
}

TEST_CASE("cockroach: a server whose statement the cancel ended is kept") {
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    CockroachScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.exchange(wire::query("SELECT x FROM t"));
    const auto accepted = scene.cluster.node(1).accepted();
    scene.cluster.node(1).hold_next("SELECT x");
    client.send(request(extended, "SELECT x FROM t"));
    REQUIRE(eventually([&] { return scene.cluster.node(1).running("SELECT x") == 1; }));
    CHECK(cancel(scene.weir, client));
    CHECK(wire::sqlstate(client.read_answer()) == "57014");
    CHECK(wire::types(client.exchange(wire::query("SELECT x FROM t"))) == "TCZ");
    CHECK(scene.cluster.node(1).accepted() == accepted + 1);  // the cancel itself
}
