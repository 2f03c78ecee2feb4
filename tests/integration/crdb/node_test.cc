// Nodes that die or drain: the clients on them hear of it, the others do not, and nobody waits for ever.
#include "tests/integration/crdb/scene.h"

using namespace support;
using namespace support::crdb;
using std::chrono::milliseconds;

namespace {

Options watchful(int nodes) {
    Options options{nodes};
    options.look_every = milliseconds(20);
    return options;
}

/// A client in a transaction on this node.
WireClient in_transaction(const Weir& weir, const std::string& node_id) {
    for (int tries = 0; tries < 10; ++tries) {
        auto client = WireClient::logged_in(weir.login());
        client.exchange(wire::query("BEGIN"));
        if (wire::rows(client.exchange(wire::query("SHOW node_id"))) == Rows{{node_id}}) return client;
        client.exchange(wire::query("ROLLBACK"));
    }
    FAIL("no server leads to node " << node_id);
    return WireClient::logged_in(weir.login());
}

}  // namespace

TEST_CASE("crdb node: a killed node takes its transaction along; clients of other nodes do not notice") {
    const auto how = GENERATE(Cut::kFin, Cut::kReset);
    FakeCluster cluster{Options{2}};
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster));
    auto first = WireClient::logged_in(weir.login());
    first.exchange(wire::query("BEGIN; UPDATE acc SET bal=1 WHERE id=1"));
    auto second = WireClient::logged_in(weir.login());
    second.exchange(wire::query("BEGIN; UPDATE acc SET bal=2 WHERE id=2"));
    const bool first_on_one = wire::rows(first.exchange(wire::query("SHOW node_id"))) == Rows{{"1"}};
    auto& doomed = first_on_one ? first : second;
    auto& spared = first_on_one ? second : first;
    cluster.node(1).kill(how);
    const auto last_words = doomed.read_to_end();
    CHECK(wire::types(last_words) == "E");
    CHECK(wire::sqlstate(last_words) == "08P01");
    CHECK(wire::command_tag(spared.exchange(wire::query("COMMIT"))) == "COMMIT");
    const auto* const undone =
        first_on_one ? "SELECT bal FROM acc WHERE id=1" : "SELECT bal FROM acc WHERE id=2";
    CHECK(cluster.value(undone) == "100");
    CHECK(Client::connect(weir.login()).value("SHOW node_id") == "2");
}

TEST_CASE("crdb node: idle servers of a draining node go without a client hearing of it") {
    FakeCluster cluster{watchful(2)};
    Weir weir(scene::before(cluster).set("default_pool_size", "4"));
    auto one = in_transaction(weir, "1");
    auto two = in_transaction(weir, "2");
    one.exchange(wire::query("COMMIT"));
    two.exchange(wire::query("COMMIT"));
    cluster.node(1).drain();
    REQUIRE(eventually([&] { return cluster.node(1).connections() == 0; }));
    for (int i = 0; i < 4; ++i) {
        CHECK(wire::rows(one.exchange(wire::query("SHOW node_id"))) == Rows{{"2"}});
        CHECK(wire::rows(two.exchange(wire::query("SHOW node_id"))) == Rows{{"2"}});
    }
}

TEST_CASE(
    "crdb node: two idle connections that it closes without a word mark a node as draining, one does not") {
    FakeCluster cluster{Options{2}};
    Weir weir(scene::before(cluster).set("default_pool_size", "8").set("workers", "1"));
    std::vector<WireClient> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(WireClient::logged_in(weir.login()));
        clients.back().exchange(wire::query("BEGIN"));
        clients.back().exchange(wire::query("SELECT 1"));
    }
    for (auto& client : clients) client.exchange(wire::query("COMMIT"));
    auto& node = cluster.node(1);
    REQUIRE(node.connections() == 4);
    const auto of_node = [&](const std::string& column) {
        for (auto& row : weir.show("NODES"))
            if (row["node"] == "1") return row[column];
        return std::string{"?"};
    };
    node.hang_up(1);
    REQUIRE(eventually([&] { return of_node("connections") == "3"; }));
    CHECK(of_node("state") == "up");
    // What is closed later than a second after another says nothing either: this one is.
    REQUIRE(eventually([&] { return weir.pool("sv_idle") == 7; }));
    CHECK(always([&] { return of_node("state") == "up"; }, std::chrono::milliseconds{1100}));
    node.hang_up(2);
    REQUIRE(eventually([&] { return node.connections() == 0; }));  // the last one is weir's doing
    CHECK(of_node("state") == "draining");
    CHECK(of_node("reason") == "it closes idle connections");
    int drains = 0;
    for (auto& event : weir.show("EVENTS"))
        drains +=
            event["kind"] == "drain" && event["event"] == "node 1 is leaving: it closes idle connections";
    CHECK(drains == 1);
    for (auto& client : clients) CHECK(wire::rows(client.exchange(wire::query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("crdb node: a transaction on a draining node may end; the server does not come back to the pool") {
    FakeCluster cluster{watchful(2)};
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster));
    auto client = in_transaction(weir, "1");
    client.exchange(wire::query("UPDATE acc SET bal=1 WHERE id=1"));
    cluster.node(1).drain();
    CHECK(wire::command_tag(client.exchange(wire::query("COMMIT"))) == "COMMIT");
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "1");
    REQUIRE(eventually([&] { return cluster.node(1).connections() == 0; }));
    CHECK(wire::rows(client.exchange(wire::query("SHOW node_id"))) == Rows{{"2"}});
}

TEST_CASE("crdb node: at the deadline of a drain the statement ends with 57014, then the connection, once") {
    FakeCluster cluster{watchful(2)};
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster));
    auto client = in_transaction(weir, "1");
    cluster.node(1).hold_next("UPDATE");
    client.send(wire::query("UPDATE acc SET bal=1 WHERE id=1"));
    REQUIRE(scene::running(cluster.node(1), "UPDATE"));
    DrainTimes times;
    times.query_wait = milliseconds(50);
    cluster.node(1).drain(times);
    const auto answer = client.read_to_end();
    CHECK(wire::sqlstate(answer) == "57014");
    CHECK(wire::types(answer).find('Z') == std::string::npos);
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "100");
    CHECK(Client::connect(weir.login()).value("SHOW node_id") == "2");
}

TEST_CASE("crdb node: an answer cut in the middle ends that client only, and no byte is made up") {
    const auto how = GENERATE(Cut::kFin, Cut::kReset);
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster));
    auto bystander = WireClient::logged_in(weir.login());
    bystander.exchange(wire::query("BEGIN"));
    bystander.exchange(wire::query("SELECT 1"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::query("SELECT 1"));
    constexpr std::size_t kIntoTheFirstRow = 60;
    cluster.node(1).cut_after(kIntoTheFirstRow, how);
    client.send(wire::query("SELECT * FROM acc ORDER BY id"));
    const auto answer = client.read_to_end();
    CHECK(wire::types(answer).find('C') == std::string::npos);
    CHECK(wire::types(answer).find('Z') == std::string::npos);
    CHECK(wire::command_tag(bystander.exchange(wire::query("COMMIT"))) == "COMMIT");
}

TEST_CASE("crdb node: a cluster that is down and comes back serves again") {
    FakeCluster cluster{Options{2}};
    Weir weir(scene::before(cluster).set("server_login_retry", "0.05"));
    auto client = Client::connect(weir.login());
    CHECK(client.value("SELECT 1") == "1");
    cluster.node(1).kill();
    cluster.node(2).kill();
    cluster.node(2).restart();
    CHECK(eventually([&] { return Client(weir.login()).try_query("SHOW node_id").rows == Rows{{"2"}}; }));
}
