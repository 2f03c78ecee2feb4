// CockroachDB closes the connection of a cancel before it acts on it: a server that a cancel was sent for is
// used again only if its statement ended with 57014.
#include "tests/integration/crdb/scene.h"

using namespace support;
using namespace support::crdb;

namespace {

/// Sends the client's CancelRequest and waits until weir has closed that connection.
void cancel(const Weir& weir, const WireClient& client) {
    WireClient request(weir.port());
    request.send(wire::cancel_request(client.backend_key()));
    CHECK_FALSE(request.read_byte());
}

bool cancel_arrived(FakeNode& node) {
    return eventually([&] { return node.cancel_requests() == 1; });
}

}  // namespace

TEST_CASE("crdb cancel: a statement that ends with 57014 leaves a server that is used again") {
    FakeCluster cluster;
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    auto& node = cluster.node(1);
    node.hold_next("SELECT 1");
    client.send(wire::query("SELECT 1"));
    REQUIRE(scene::running(node, "SELECT 1"));
    cancel(weir, client);
    const auto answer = client.read_answer();
    CHECK(wire::sqlstate(answer) == "57014");
    CHECK(wire::error_text(answer) == "query execution canceled");
    CHECK(wire::rows(client.exchange(wire::query("SELECT 2"))) == Rows{{"2"}});
    CHECK(node.accepted() == 2);  // the server and the cancel
}

TEST_CASE("crdb cancel: a statement that ended before the cancel acts retires its server") {
    using Connection = FakeCluster::CancelConnection;
    const auto connection = GENERATE(Connection::kClosed, Connection::kKeptOpen);
    FakeCluster cluster;
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    auto& node = cluster.node(1);
    cluster.hold_cancels(connection);
    node.hold_next("SELECT 1");
    client.send(wire::query("SELECT 1"));
    REQUIRE(scene::running(node, "SELECT 1"));
    cancel(weir, client);
    REQUIRE(cancel_arrived(node));
    if (connection == Connection::kClosed) REQUIRE(eventually([&] { return node.connections() == 1; }));
    node.release();
    CHECK(wire::rows(client.read_answer()) == Rows{{"1"}});
    // The next client's statement runs when the cancel acts at last.
    node.hold_next("SELECT 2");
    other.send(wire::query("SELECT 2"));
    if (connection == Connection::kClosed) REQUIRE(scene::running(node, "SELECT 2"));
    cluster.deliver_cancels();
    REQUIRE(scene::running(node, "SELECT 2"));
    node.release();
    CHECK(wire::rows(other.read_answer()) == Rows{{"2"}});
    CHECK(node.accepted() == 3);  // another server in place of the first
    CHECK(weir.logged("a cancel may still hit it"));
}

TEST_CASE("crdb cancel: in a transaction the statement fails and the transaction stays") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    auto& node = cluster.node(1);
    client.exchange(wire::query("BEGIN; UPDATE acc SET bal=1 WHERE id=1"));
    node.hold_next("SELECT 1");
    client.send(wire::query("SELECT 1"));
    REQUIRE(scene::running(node, "SELECT 1"));
    cancel(weir, client);
    CHECK(wire::transaction_status(client.read_answer()) == 'E');
    CHECK(wire::command_tag(client.exchange(wire::query("COMMIT"))) == "ROLLBACK");
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "100");
    CHECK(node.accepted() == 2);
}

TEST_CASE("crdb cancel: nodes without cancel keys are not asked, and their servers are kept") {
    Options options;
    options.cancel = false;
    FakeCluster cluster{options};
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    auto& node = cluster.node(1);
    CHECK(client.backend_key() != std::string(8, '\0'));  // weir's own key
    node.hold_next("SELECT 1");
    client.send(wire::query("SELECT 1"));
    REQUIRE(scene::running(node, "SELECT 1"));
    cancel(weir, client);
    node.release();
    CHECK(wire::rows(client.read_answer()) == Rows{{"1"}});
    CHECK(wire::rows(client.exchange(wire::query("SELECT 2"))) == Rows{{"2"}});
    CHECK(node.accepted() == 1);
}
