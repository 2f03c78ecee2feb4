// The fake cluster does what a test orders, and what a cluster does on its own: conflicts, locks, logins.
#include <array>
#include <random>
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/client.h"
#include "tests/support/crdb/cluster.h"
#include "tests/support/eventually.h"
#include "tests/support/wire_client.h"

using namespace support;
using namespace support::crdb;
using std::chrono::milliseconds;

namespace {

constexpr const char* kAccounts =
    "CREATE TABLE acc (id INT PRIMARY KEY, bal INT); INSERT INTO acc VALUES (1, 100), (2, 100), (3, 100)";

Login login_to(std::uint16_t port, const std::string& user = "app") {
    Login login;
    login.host = "127.0.0.1";
    login.port = port;
    login.user = user;
    login.database = "defaultdb";
    login.extra = "gssencmode=disable sslmode=disable";
    return login;
}

bool runs(FakeNode& node, const std::string& text) {
    return eventually([&] { return node.running(text) == 1; });
}

/// Moves money between two accounts as an application does that repeats on 40001; true if it was done.
bool transfer(Client& client, int from, int to, int amount) {
    const auto balance = [&](int id) {
        return client.try_query("SELECT bal FROM acc WHERE id=" + std::to_string(id));
    };
    const auto set = [&](int id, long long value) {
        return client.try_query("UPDATE acc SET bal=" + std::to_string(value) +
                                " WHERE id=" + std::to_string(id));
    };
    if (!client.try_query("BEGIN").ok) return false;
    const auto a = balance(from);
    const auto b = a.ok ? balance(to) : a;
    const bool changed = b.ok && set(from, std::stoll(a.rows[0][0]) - amount).ok &&
                         set(to, std::stoll(b.rows[0][0]) + amount).ok;
    if (!changed) return client.try_query("ROLLBACK"), false;
    return client.try_query("COMMIT").tag == "COMMIT";
}

}  // namespace

TEST_CASE("fake cluster: libpq logs in with each method, and not with a wrong password") {
    const auto method = GENERATE(Auth::kTrust, Auth::kPassword, Auth::kScram);
    Options options;
    options.auth = method;
    options.users = {{"app", "secret"}};
    FakeCluster cluster{options};
    auto login = login_to(cluster.port());
    login.password = "secret";
    CHECK(Client::connect(login).value("SELECT current_user") == "app");
    if (method == Auth::kTrust) return;
    login.password = "wrong";
    CHECK(Client(login).error().find("password authentication failed for user app") != std::string::npos);
    CHECK(Client(login_to(cluster.port(), "nobody")).error().find("user nobody") != std::string::npos);
}

TEST_CASE("fake cluster: money that moves in transactions that cross is never lost or made") {
    FakeCluster cluster{Options{3}};
    cluster.query(kAccounts);
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::vector<std::thread> threads;
    std::array<int, 3> done{};
    for (std::size_t i = 0; i < done.size(); ++i) {
        threads.emplace_back([&, i] {
            std::mt19937 random(seed + static_cast<unsigned>(i));
            Client client(login_to(cluster.node(static_cast<int>(i) + 1).port()));
            for (int tries = 0; tries < 60; ++tries) {
                const int from = 1 + static_cast<int>(random() % 3);
                done[i] += static_cast<int>(transfer(client, from, 1 + from % 3, 7));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(cluster.value("SELECT sum(bal) FROM acc") == "300");
    CHECK(done[0] + done[1] + done[2] > 0);
}

TEST_CASE("fake cluster: an order strikes the statement it names, at the time it names, and once") {
    FakeCluster cluster;
    cluster.query(kAccounts);
    auto client = Client::connect(login_to(cluster.port()));
    auto& node = cluster.node(1);
    node.fail_next(Point::kStatement, "id=2", 2);
    CHECK(client.try_query("SELECT * FROM acc WHERE id=2").ok);
    CHECK(client.try_query("SELECT * FROM acc WHERE id=1").ok);
    CHECK(node.orders_waiting() == 1);
    CHECK(client.try_query("SELECT * FROM acc WHERE id=2").sqlstate == "40001");
    CHECK(node.orders_waiting() == 0);
    CHECK(client.try_query("SELECT * FROM acc WHERE id=2").ok);
}

TEST_CASE("fake cluster: what fails at COMMIT is undone, or was done, as ordered") {
    FakeCluster cluster;
    cluster.query(kAccounts);
    auto client = Client::connect(login_to(cluster.port()));
    cluster.node(1).fail_next(Point::kCommit);
    client.query("BEGIN");
    client.query("UPDATE acc SET bal=1 WHERE id=1");
    CHECK(client.try_query("COMMIT").sqlstate == "40001");
    CHECK(client.transaction_status() == PQTRANS_IDLE);
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "100");

    Fault ambiguous;
    ambiguous.point = Point::kCommit;
    ambiguous.applied = true;
    ambiguous.error = errors::ambiguous();
    cluster.node(1).order(ambiguous);
    client.query("BEGIN");
    client.query("UPDATE acc SET bal=1 WHERE id=1");
    CHECK(client.try_query("COMMIT").sqlstate == "40003");
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "1");
}

TEST_CASE("fake cluster: a RELEASE that fails leaves a transaction that can begin again") {
    FakeCluster cluster;
    cluster.query(kAccounts);
    auto client = Client::connect(login_to(cluster.port()));
    cluster.node(1).fail_next(Point::kRelease);
    client.query("BEGIN; SAVEPOINT cockroach_restart; UPDATE acc SET bal=5 WHERE id=1");
    CHECK(client.try_query("RELEASE SAVEPOINT cockroach_restart; COMMIT").sqlstate == "40001");
    CHECK(client.transaction_status() == PQTRANS_INERROR);
    client.query("ROLLBACK TO SAVEPOINT cockroach_restart");
    client.query("UPDATE acc SET bal=6 WHERE id=1");
    CHECK(client.query("RELEASE SAVEPOINT cockroach_restart").tag == "COMMIT");
    CHECK(client.value("SHOW TRANSACTION STATUS") == "CommitWait");
    client.query("COMMIT");
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "6");
}

TEST_CASE("fake cluster: an answer that is cut off leaves the work done or undone, as ordered") {
    FakeCluster cluster;
    cluster.query(kAccounts);
    for (const bool applied : {false, true}) {
        Fault cut;
        cut.point = Point::kCommit;
        cut.applied = applied;
        cut.cut = Cut::kReset;
        cluster.node(1).order(cut);
        auto client = Client::connect(login_to(cluster.port()));
        client.query("BEGIN");
        client.query("UPDATE acc SET bal=bal+1 WHERE id=1");
        const auto outcome = client.try_query("COMMIT");
        CHECK_FALSE(outcome.ok);
        CHECK(outcome.sqlstate.empty());
        CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == (applied ? "101" : "100"));
    }
}

TEST_CASE("fake cluster: a connection is cut after a number of bytes") {
    FakeCluster cluster;
    auto client = WireClient::logged_in(login_to(cluster.port()));
    constexpr std::size_t kRowDescription = 34;
    cluster.node(1).cut_after(kRowDescription + 3, Cut::kFin);
    client.send(wire::query("SELECT 1"));
    CHECK(wire::types(client.read_to_end()) == "T");
}

TEST_CASE("fake cluster: a held statement waits until it is released; a killed node loses it") {
    FakeCluster cluster;
    cluster.query(kAccounts);
    auto& node = cluster.node(1);
    auto client = Client::connect(login_to(cluster.port()));
    node.hold_next("UPDATE");
    REQUIRE(client.send("UPDATE acc SET bal=7 WHERE id=1"));
    REQUIRE(runs(node, "UPDATE"));
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "100");
    node.release();
    CHECK(client.wait().tag == "UPDATE 1");

    node.hold_next("UPDATE", true);
    REQUIRE(client.send("UPDATE acc SET bal=8 WHERE id=1"));
    REQUIRE(eventually([&] { return cluster.value("SELECT bal FROM acc WHERE id=1") == "8"; }));
    node.kill(Cut::kReset);
    CHECK_FALSE(client.wait().ok);
    CHECK_FALSE(Client(login_to(cluster.port())).connected());
    node.restart();
    CHECK(Client::connect(login_to(cluster.port())).value("SELECT bal FROM acc WHERE id=1") == "8");
}

TEST_CASE("fake cluster: a cancel acts on the running statement only, after its connection was closed") {
    FakeCluster cluster{Options{2}};
    auto client = Client::connect(login_to(cluster.node(1).port()));
    cluster.node(1).hold_next("SELECT 1");
    REQUIRE(client.send("SELECT 1"));
    REQUIRE(runs(cluster.node(1), "SELECT 1"));
    cluster.hold_cancels();
    CHECK(client.cancel());  // returns when the node has closed the connection
    CHECK(cluster.node(1).running() == 1);
    cluster.deliver_cancels();
    CHECK(client.wait().sqlstate == "57014");
    CHECK(client.cancel());
    CHECK(client.value("SELECT 2") == "2");
}

TEST_CASE("fake cluster: the one address leads to every node in turn, and to none that is down or drains") {
    FakeCluster cluster{Options{3}};
    const auto node_of_new_client = [&] {
        return Client::connect(login_to(cluster.port())).value("SHOW node_id");
    };
    CHECK(node_of_new_client() == "1");
    CHECK(node_of_new_client() == "2");
    CHECK(node_of_new_client() == "3");
    cluster.node(1).kill();
    cluster.node(2).drain();
    CHECK(node_of_new_client() == "3");
    CHECK(node_of_new_client() == "3");
}

TEST_CASE("fake cluster: a node that drains lets a transaction end and then says good-bye") {
    Options options;
    options.look_every = milliseconds(20);
    FakeCluster cluster{options};
    cluster.query(kAccounts);
    auto idle = WireClient::logged_in(login_to(cluster.port()));
    auto busy = WireClient::logged_in(login_to(cluster.port()));
    busy.exchange(wire::query("BEGIN; UPDATE acc SET bal=1 WHERE id=1"));
    cluster.node(1).drain();
    const auto farewell = idle.read_to_end();
    CHECK(wire::sqlstate(farewell) == "57P01");
    CHECK(wire::command_tag(busy.exchange(wire::query("COMMIT"))) == "COMMIT");
    CHECK(wire::sqlstate(busy.read_to_end()) == "57P01");
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "1");
    WireClient late(cluster.node(1).port());
    late.send(wire::startup({{"user", "app"}}));
    CHECK(wire::error_text(late.read_to_end()) == "server is not accepting clients");
}

TEST_CASE("fake cluster: an order puts a drain's deadline where it is wanted") {
    Options options;
    options.look_every = milliseconds(20);
    FakeCluster cluster{options};
    cluster.query(kAccounts);
    Fault fault;
    fault.containing = "UPDATE";
    fault.drains = true;
    const auto answer = [&] {
        auto client = WireClient::logged_in(login_to(cluster.port()));
        cluster.node(1).order(fault);
        client.send(wire::query("UPDATE acc SET bal = bal + 1 WHERE id = 1"));
        return client.read_to_end();
    };
    SECTION("57P01 alone: nothing was done") {
        const auto said = answer();
        CHECK(said.size() == 1);
        CHECK(wire::sqlstate(said) == "57P01");
        CHECK(cluster.value("SELECT bal FROM acc WHERE id = 1") == "100");
    }
    SECTION("57014 in front of it: it was done, or not") {
        fault.error = errors::canceled();
        fault.applied = GENERATE(false, true);
        const auto said = answer();
        REQUIRE(said.size() == 2);
        CHECK(wire::sqlstate({said[0]}) == "57014");
        CHECK(wire::sqlstate({said[1]}) == "57P01");
        CHECK(cluster.value("SELECT bal FROM acc WHERE id = 1") == (fault.applied ? "101" : "100"));
    }
}

TEST_CASE("fake cluster: with autocommit_before_ddl DDL commits what is open, and no COMMIT is due") {
    Options options;
    options.autocommit_before_ddl = true;
    FakeCluster cluster{options};
    cluster.query(kAccounts);
    auto client = WireClient::logged_in(login_to(cluster.port()));
    client.exchange(wire::query("BEGIN; UPDATE acc SET bal = 1 WHERE id = 1"));
    const auto made = client.exchange(wire::query("CREATE TABLE t (a INT PRIMARY KEY)"));
    CHECK(made.front().type == 'N');
    CHECK(wire::transaction_status(made) == 'I');
    CHECK(cluster.value("SELECT bal FROM acc WHERE id = 1") == "1");
    const auto late = client.exchange(wire::query("COMMIT"));
    CHECK(late.front().type == 'N');
    CHECK(wire::command_tag(late) == "COMMIT");
    client.exchange(wire::query("SET autocommit_before_ddl = off"));
    client.exchange(wire::query("BEGIN"));
    CHECK(wire::transaction_status(client.exchange(wire::query("DROP TABLE t"))) == 'T');
}
