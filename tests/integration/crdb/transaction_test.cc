// Transactions before a CockroachDB cluster: errors pass as they are, tags and states too, and a server is
// kept as long as the node says that a transaction is open.
#include <atomic>
#include <thread>

#include "tests/integration/crdb/scene.h"

using namespace support;
using namespace support::crdb;

TEST_CASE("crdb transaction: 40001 reaches the client unchanged, and its transaction stays its own") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster).set("default_pool_size", "1").set("transaction_replay", "0"));
    auto client = WireClient::logged_in(weir.login());
    Fault fault;
    fault.containing = "UPDATE";
    fault.error = errors::retry(errors::Reason::kWriteTooOld);
    cluster.node(1).order(fault);
    client.exchange(wire::query("BEGIN"));
    const auto failed = client.exchange(wire::query("UPDATE acc SET bal=1 WHERE id=1"));
    CHECK(wire::types(failed) == "EZ");
    std::string expected;
    encode(expected, *fault.error);
    CHECK(wire::message('E', failed[0].body) == expected);
    CHECK(wire::transaction_status(failed) == 'E');
    const auto ended = client.exchange(wire::query("COMMIT"));
    CHECK(wire::command_tag(ended) == "ROLLBACK");
    CHECK(wire::transaction_status(ended) == 'I');
    CHECK(weir.pool("sv_idle") == 1);
}

TEST_CASE("crdb transaction: 40001 at COMMIT leaves the client idle and its server to the next one") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    cluster.node(1).fail_next(Point::kCommit);
    client.query("BEGIN");
    client.query("UPDATE acc SET bal=1 WHERE id=1");
    CHECK(client.try_query("COMMIT").sqlstate == "40001");
    CHECK(client.transaction_status() == PQTRANS_IDLE);
    CHECK(other.value("SELECT bal FROM acc WHERE id=1") == "100");
    CHECK(cluster.node(1).connections() == 1);
}

TEST_CASE("crdb transaction: errors that say nothing sure pass as they are") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster));
    auto client = Client::connect(weir.login());
    const auto at_commit = [&](Error error) {
        Fault fault;
        fault.point = Point::kCommit;
        fault.applied = true;
        fault.error = std::move(error);
        cluster.node(1).order(fault);
        client.query("BEGIN");
        client.query("UPDATE acc SET bal=bal+1 WHERE id=1");
        return client.try_query("COMMIT").sqlstate;
    };
    CHECK(at_commit(errors::ambiguous()) == "40003");
    CHECK(at_commit(errors::schema_change_failed("b", "1", "u")) == "XXA00");
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "102");  // once each: nothing was repeated
}

TEST_CASE("crdb transaction: a server in CommitWait stays with its client until COMMIT") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    client.query("BEGIN; SAVEPOINT cockroach_restart");
    client.query("UPDATE acc SET bal=1 WHERE id=1");
    CHECK(client.query("RELEASE SAVEPOINT cockroach_restart").tag == "COMMIT");
    REQUIRE(other.send("SELECT bal FROM acc WHERE id=1"));
    REQUIRE(eventually([&] { return weir.pool("cl_waiting") == 1; }));
    CHECK(client.try_query("SELECT 1").sqlstate == "25000");
    CHECK(client.value("SHOW TRANSACTION STATUS") == "CommitWait");
    CHECK(weir.pool("cl_waiting") == 1);
    CHECK(client.query("COMMIT").tag == "COMMIT");
    CHECK(other.wait().rows == Rows{{"1"}});
}

TEST_CASE("crdb transaction: a client that uses cockroach_restart gets through a conflict with it") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster));
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    client.query("BEGIN; SAVEPOINT cockroach_restart");
    client.query("SELECT bal FROM acc WHERE id=1");
    other.query("UPDATE acc SET bal=bal+1 WHERE id=1");
    CHECK(client.try_query("UPDATE acc SET bal=bal+10 WHERE id=1").sqlstate == "40001");
    client.query("ROLLBACK TO SAVEPOINT cockroach_restart");
    client.query("UPDATE acc SET bal=bal+10 WHERE id=1");
    client.query("RELEASE SAVEPOINT cockroach_restart");
    client.query("COMMIT");
    CHECK(cluster.value("SELECT bal FROM acc WHERE id=1") == "111");
}

TEST_CASE(
    "crdb transaction: a client that leaves in the middle costs the node a rollback and weir no server") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    {
        auto client = Client::connect(weir.login());
        client.query("BEGIN; UPDATE acc SET bal=1 WHERE id=1");
    }
    auto next = Client::connect(weir.login());
    CHECK(next.value("SELECT bal FROM acc WHERE id=1") == "100");
    CHECK(cluster.node(1).accepted() == 1);
}

TEST_CASE("crdb transaction: COPY in a transaction commits and vanishes with it") {
    FakeCluster cluster;
    cluster.query("CREATE TABLE cp (a INT PRIMARY KEY, b TEXT)");
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = Client::connect(weir.login());
    CHECK(client.copy_in("COPY cp FROM STDIN", "1\tx\n2\ty\n").tag == "COPY 2");
    client.query("BEGIN");
    CHECK(client.copy_in("COPY cp FROM STDIN", "3\tz\n").ok);
    client.query("ROLLBACK");
    client.query("BEGIN");
    CHECK(client.copy_in("COPY cp FROM STDIN", "1\tagain\n").sqlstate == "23505");
    CHECK(client.transaction_status() == PQTRANS_INERROR);
    CHECK(client.query("COMMIT").tag == "ROLLBACK");
    CHECK(client.value("SELECT count(*) FROM cp") == "2");
}

TEST_CASE("crdb transaction: a BEGIN that fails on the node keeps the first statement from running") {
    FakeCluster cluster;
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    Fault fault;
    fault.point = Point::kBegin;
    fault.error = Error{"53200", "memory budget exceeded"};
    cluster.node(1).order(fault);
    CHECK(wire::transaction_status(client.exchange(wire::query("BEGIN"))) == 'T');
    const auto* const sql = "INSERT INTO acc VALUES (3, 100)";
    std::string first;
    SECTION("simple") { first = wire::query(sql); }
    SECTION("extended") {
        first = wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("") + wire::sync_message();
    }
    const auto failed = client.exchange(first);
    CHECK(wire::sqlstate(failed) == "53200");
    CHECK(wire::transaction_status(failed) == 'E');
    CHECK(wire::sqlstate(client.exchange(first)) == "25P02");
    CHECK(wire::command_tag(client.exchange(wire::query("COMMIT"))) == "ROLLBACK");
    CHECK_FALSE(cluster.node(1).saw("INSERT INTO acc VALUES (3"));
    CHECK(wire::command_tag(client.exchange(wire::query(sql))) == "INSERT 0 1");
    CHECK(cluster.value("SELECT count(*) FROM acc") == "3");
}

TEST_CASE("crdb transaction: money that moves through the pool over three nodes is never lost or made") {
    FakeCluster cluster{Options{3}};
    cluster.query(scene::kAccounts);
    Weir weir(scene::before(cluster).set("default_pool_size", "3"));
    constexpr int kClients = 6;
    constexpr int kTransfers = 25;
    std::vector<std::thread> threads;
    std::atomic<int> done{0};
    for (int i = 0; i < kClients; ++i) {
        threads.emplace_back([&, i] {
            Client client(weir.login());
            const bool there = i % 2 == 0;
            for (int n = 0; n < kTransfers; ++n) {
                const auto outcome = client.try_query(
                    std::string("BEGIN; UPDATE acc SET bal=bal-1 WHERE id=") + (there ? "1" : "2") +
                    "; UPDATE acc SET bal=bal+1 WHERE id=" + (there ? "2" : "1") + "; COMMIT");
                if (outcome.ok)
                    ++done;
                else
                    client.try_query("ROLLBACK");
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(cluster.value("SELECT sum(bal) FROM acc") == "200");
    CHECK(done > 0);
}
