// Transactions before a CockroachDB node that are run again by its own savepoint, on the same connection.
#include "tests/integration/crdb/scene.h"

using namespace support;
using namespace support::crdb;

namespace {

constexpr const char* kProves = "CockroachDB CCL v23.1.12 (x86_64-linux-gnu, built 2024/01/01)";

struct Scene {
    explicit Scene(const char* version = kProves) : cluster(options(version)) {
        cluster.query(scene::kAccounts);
    }
    static Options options(const char* version) {
        Options made;
        made.crdb_version = version;
        made.look_every = std::chrono::milliseconds(20);
        return made;
    }
    FakeNode& node() { return cluster.node(1); }
    std::string balance(int id) {
        return cluster.value("SELECT bal FROM acc WHERE id=" + std::to_string(id));
    }
    void refuse(Point point, int nth = 1, Error error = errors::retry(errors::Reason::kSerializable)) {
        Fault fault;
        fault.point = point;
        fault.nth = nth;
        fault.error = std::move(error);
        node().order(fault);
    }

    FakeCluster cluster;
    Weir weir{scene::before(cluster).set("default_pool_size", "2").set("transaction_replay", "1")};
    WireClient client = WireClient::logged_in(weir.login());
};

std::string batch(const std::string& sql, bool describe = true) {
    return wire::parse("", sql) + wire::bind_portal("", "") + (describe ? wire::describe_portal("") : "") +
           wire::execute("") + wire::sync_message();
}

/// What SHOW REPLAYS says of restarts on the same connection.
std::string by_savepoint(Weir& weir) { return weir.show("REPLAYS").at(0).at("by_savepoint"); }

}  // namespace

TEST_CASE("crdb replay: a statement that meets a conflict goes back to the savepoint, unseen") {
    Scene s;
    CHECK(wire::transaction_status(s.client.exchange(wire::query("BEGIN"))) == 'T');
    CHECK(wire::types(s.client.exchange(wire::query("SELECT bal FROM acc WHERE id=2"))) == "TDCZ");
    s.refuse(Point::kStatement);
    const auto updated = s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
    CHECK(wire::types(updated) == "CZ");
    CHECK(wire::transaction_status(updated) == 'T');
    const auto committed = s.client.exchange(wire::query("COMMIT"));
    CHECK(wire::types(committed) == "CZ");
    CHECK(wire::command_tag(committed) == "COMMIT");
    CHECK(wire::transaction_status(committed) == 'I');
    CHECK(s.balance(1) == "101");
    CHECK(by_savepoint(s.weir) == "1");
    CHECK(s.node().accepted() == 1);
}

TEST_CASE("crdb replay: a drain that interrupts the second attempt is a loss like another, unseen") {
    Scene s;
    Fault drained;
    drained.containing = GENERATE("SELECT", "UPDATE");  // which is compared, and which is not answered yet
    drained.nth = 2;
    drained.error = errors::canceled();
    drained.drains = true;
    s.node().order(drained);
    s.client.exchange(wire::query("BEGIN"));
    CHECK(wire::types(s.client.exchange(wire::query("SELECT bal FROM acc WHERE id=2"))) == "TDCZ");
    s.node().fail_next(Point::kStatement, "UPDATE");
    const auto updated = s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
    CHECK(wire::types(updated) == "CZ");
    CHECK(wire::transaction_status(updated) == 'T');
    CHECK(wire::command_tag(s.client.exchange(wire::query("COMMIT"))) == "COMMIT");
    CHECK(s.balance(1) == "101");
    CHECK(s.node().orders_waiting() == 0);
}

TEST_CASE("crdb replay: a drain that interrupts the first statement of a transaction is not noticed") {
    Scene s;
    Fault drained;
    drained.containing = "UPDATE";
    drained.error = errors::canceled();
    drained.drains = true;
    s.node().order(drained);
    s.client.exchange(wire::query("BEGIN"));  // goes with the statement
    const bool simple = GENERATE(true, false);
    const std::string sql = "UPDATE acc SET bal=bal+1 WHERE id=1";
    const auto updated = s.client.exchange(simple ? wire::query(sql) : batch(sql, false));
    CHECK(wire::types(updated) == (simple ? "CZ" : "12CZ"));
    CHECK(wire::command_tag(s.client.exchange(wire::query("COMMIT"))) == "COMMIT");
    CHECK(s.balance(1) == "101");
    CHECK(s.node().orders_waiting() == 0);
}

TEST_CASE("crdb replay: a RELEASE that is refused goes back too, in both protocols") {
    Scene s;
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    const auto send = [&](const std::string& sql) {
        return s.client.exchange(extended ? batch(sql) : wire::query(sql));
    };
    s.refuse(Point::kRelease);
    send("BEGIN");
    send("UPDATE acc SET bal=bal+1 WHERE id=1");
    const auto committed = send("COMMIT");
    CHECK(wire::types(committed) == (extended ? "12nCZ" : "CZ"));
    CHECK(wire::command_tag(committed) == "COMMIT");
    CHECK(wire::transaction_status(committed) == 'I');
    CHECK(s.balance(1) == "101");
    CHECK(by_savepoint(s.weir) == "1");
    CHECK(s.node().orders_waiting() == 0);
}

TEST_CASE("crdb replay: a second refusal gives up the place in line, and begins anew") {
    Scene s;
    s.client.exchange(wire::query("BEGIN"));
    s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
    s.refuse(Point::kRelease);
    s.refuse(Point::kRelease);
    const auto committed = s.client.exchange(wire::query("COMMIT"));
    CHECK(wire::command_tag(committed) == "COMMIT");
    CHECK(s.balance(1) == "101");
    CHECK(by_savepoint(s.weir) == "1");
    CHECK(s.weir.show("REPLAYS").at(0).at("attempts") == "2");
}

TEST_CASE("crdb replay: what RELEASE is told and cannot be repeated, the client is told as by COMMIT") {
    Scene s;
    s.refuse(Point::kRelease, 1, errors::ambiguous());
    s.client.exchange(wire::query("BEGIN"));
    s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
    s.client.send(wire::query("COMMIT") + wire::query("SELECT bal FROM acc WHERE id=2"));
    const auto failed = s.client.read_answer();
    CHECK(wire::types(failed) == "EZ");
    CHECK(wire::sqlstate(failed) == "40003");
    CHECK(wire::transaction_status(failed) == 'I');
    const auto behind = s.client.read_answer();
    CHECK(wire::types(behind) == "TDCZ");
    CHECK(wire::transaction_status(behind) == 'I');
}

TEST_CASE("crdb replay: other answers end it with the original error, idle behind a COMMIT") {
    Scene s;
    s.client.exchange(wire::query("BEGIN"));
    s.client.exchange(wire::query("SELECT bal FROM acc WHERE id=1"));
    s.cluster.query("UPDATE acc SET bal=7 WHERE id=1");
    SECTION("at a statement") {
        const auto failed = s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
        CHECK(wire::sqlstate(failed) == "40001");
        CHECK(wire::transaction_status(failed) == 'E');
        CHECK(wire::command_tag(s.client.exchange(wire::query("ROLLBACK"))) == "ROLLBACK");
    }
    SECTION("at COMMIT") {
        s.client.exchange(wire::query("UPDATE acc SET bal=1 WHERE id=2"));
        s.refuse(Point::kRelease);
        const auto failed = s.client.exchange(wire::query("COMMIT"));
        CHECK(wire::sqlstate(failed) == "40001");
        CHECK(wire::transaction_status(failed) == 'I');
        CHECK(wire::types(s.client.exchange(wire::query("SELECT 1"))) == "TDCZ");
        CHECK(s.balance(2) == "100");
    }
    CHECK(s.balance(1) == "7");
}

TEST_CASE("crdb replay: a SET inside is not undone by the node, so the transaction begins anew") {
    Scene s;
    s.client.exchange(wire::query("BEGIN"));
    s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
    s.client.exchange(wire::query("SET statement_timeout = '77s'"));
    s.refuse(Point::kStatement);
    CHECK(wire::types(s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"))) == "CZ");
    CHECK(wire::command_tag(s.client.exchange(wire::query("COMMIT"))) == "COMMIT");
    CHECK(s.balance(1) == "102");
    CHECK(by_savepoint(s.weir) == "0");
    CHECK(s.weir.show("REPLAYS").at(0).at("succeeded") == "1");
}

TEST_CASE("crdb replay: a client with a restart savepoint of its own is left alone") {
    Scene s;
    s.client.exchange(wire::query("BEGIN"));
    s.client.exchange(wire::query("SAVEPOINT cockroach_restart"));
    s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
    s.refuse(Point::kRelease);
    const auto failed = s.client.exchange(wire::query("RELEASE SAVEPOINT cockroach_restart"));
    CHECK(wire::sqlstate(failed) == "40001");
    CHECK(wire::transaction_status(failed) == 'E');
    s.client.exchange(wire::query("ROLLBACK TO SAVEPOINT cockroach_restart"));
    s.client.exchange(wire::query("UPDATE acc SET bal=bal+5 WHERE id=1"));
    CHECK(wire::command_tag(s.client.exchange(wire::query("RELEASE SAVEPOINT cockroach_restart"))) ==
          "COMMIT");
    CHECK(wire::command_tag(s.client.exchange(wire::query("COMMIT"))) == "COMMIT");
    CHECK(s.balance(1) == "105");
}

TEST_CASE("crdb replay: where a 40001 of COMMIT proves nothing there is no savepoint of weir's") {
    Scene s("CockroachDB CCL v23.1.11 (x86_64-linux-gnu, built 2023/01/01)");
    s.refuse(Point::kRelease);
    s.client.exchange(wire::query("BEGIN"));
    s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
    CHECK(wire::command_tag(s.client.exchange(wire::query("COMMIT"))) == "COMMIT");
    CHECK(s.node().orders_waiting() == 1);
}

TEST_CASE("crdb replay: a bound COMMIT that is not executed commits nothing") {
    Scene s;
    s.client.exchange(wire::query("BEGIN"));
    s.client.exchange(wire::query("UPDATE acc SET bal=bal+1 WHERE id=1"));
    const auto bound =
        s.client.exchange(wire::parse("", "COMMIT") + wire::bind_portal("", "") + wire::sync_message());
    CHECK(wire::types(bound) == "12Z");
    CHECK(wire::transaction_status(bound) == 'T');
    CHECK(wire::command_tag(s.client.exchange(wire::query("ROLLBACK"))) == "ROLLBACK");
    CHECK(s.balance(1) == "100");
}
