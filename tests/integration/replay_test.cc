// Transactions that fail for a conflict or lose their server are run again, and their clients do not notice.
#include <string>
#include <vector>

#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"

using namespace support;

namespace {

WeirConfig replaying(std::uint16_t port, const std::string& keys = "") {
    WeirConfig config;
    config.database(port, keys);
    config.set("transaction_replay", "1");
    config.set("replay_timeout", "20");
    return config;
}

/// Table `replayed` with ids 1 to 4 and value 0.
Postgres& with_table() {
    Postgres& postgres = scene::settled(Postgres::shared());
    postgres.control().query(
        "DROP TABLE IF EXISTS replayed; CREATE TABLE replayed (id int PRIMARY KEY, v int, who text DEFAULT "
        "'');"
        "INSERT INTO replayed SELECT i, 0 FROM generate_series(1, 4) i; GRANT ALL ON replayed TO app");
    return postgres;
}

std::string value(Postgres& postgres, int id) {
    return postgres.control().value("SELECT v FROM replayed WHERE id = " + std::to_string(id));
}

/// One client in front of the table; its server connection can be cut.
struct Scene {
    Postgres& postgres{with_table()};
    FaultProxy proxy{postgres.port()};
    Weir weir{replaying(proxy.port())};
    Client client{Client::connect(weir.login())};

    /// A transaction that has changed row 1; one text of several statements is not kept to be run again.
    void begin_change(bool replayable = true) {
        client.query("BEGIN");
        client.query(std::string{replayable ? "" : "SELECT 1; "} +
                     "UPDATE replayed SET v = v + 1 WHERE id = 1");
    }
};

/// The client's snapshot is older than this change: its own change of the row fails.
void conflict(Postgres& postgres, int id) {
    postgres.control().query("UPDATE replayed SET v = v + 100 WHERE id = " + std::to_string(id));
}

}  // namespace

TEST_CASE("replay: a transaction that meets a conflict is run again, and its client sees no error") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    Weir weir(replaying(postgres.port()));
    Client client = Client::connect(weir.login());
    SECTION("in simple queries") {
        client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        CHECK(client.value("SELECT v FROM replayed WHERE id = 2") == "0");
        conflict(postgres, 1);
        CHECK(client.query("UPDATE replayed SET v = v + 1 WHERE id = 1").tag == "UPDATE 1");
        CHECK(client.transaction_status() == PQTRANS_INTRANS);
        CHECK(client.query("COMMIT").tag == "COMMIT");
    }
    SECTION("in the extended protocol, with statements from before and from within") {
        client.prepare("before", "SELECT v FROM replayed WHERE id = $1");
        CHECK(client.prepared("before", {"2"}).ok);
        client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        CHECK(client.prepared("before", {"2"}).rows == Rows{{"0"}});
        client.prepare("within", "UPDATE replayed SET v = v + $1::int WHERE id = 1");
        conflict(postgres, 1);
        CHECK(client.prepared("within", {"1"}).tag == "UPDATE 1");
        CHECK(client.try_params("UPDATE replayed SET v = $1::int WHERE id = 2", {"0"}).tag == "UPDATE 1");
        CHECK(client.query("COMMIT").tag == "COMMIT");
        CHECK(client.prepared("before", {"1"}).rows == Rows{{"101"}});
    }
    SECTION("with the conflict found at COMMIT") {
        client.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
        CHECK(client.value("SELECT v FROM replayed WHERE id = 2") == "0");
        client.query("UPDATE replayed SET v = v + 1 WHERE id = 1");
        Client other = Client::connect(postgres.login());
        other.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
        other.query("SELECT v FROM replayed WHERE id = 1");
        other.query("UPDATE replayed SET v = v WHERE id = 2");
        other.query("COMMIT");
        CHECK(client.query("COMMIT").tag == "COMMIT");
        conflict(postgres, 1);
    }
    CHECK(value(postgres, 1) == "101");
    CHECK(client.transaction_status() == PQTRANS_IDLE);
    CHECK(client.value("SELECT 7") == "7");
    CHECK(weir.logged("transaction replay after serialization failure: succeeded (attempts=1"));
    const auto counts = weir.show("REPLAYS").at(0);
    CHECK(counts.at("database") == "app");
    CHECK(counts.at("started") == "1");
    CHECK(counts.at("succeeded") == "1");
    CHECK(counts.at("by_serialization") == "1");
    CHECK(counts.at("attempts") == "1");
    CHECK(counts.at("running") == "0");
    CHECK(counts.at("log_bytes") == "0");
}

TEST_CASE("replay: if an answer is another one the client gets the original error, in a failed transaction") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    Weir weir(replaying(postgres.port()));
    Client client = Client::connect(weir.login());
    client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    client.prepare("kept", "SELECT 5");
    client.query("SET application_name = 'inside'");
    CHECK(client.value("SELECT v FROM replayed WHERE id = 1") == "0");
    conflict(postgres, 1);
    const Outcome outcome = client.try_query("UPDATE replayed SET v = v + 1 WHERE id = 1");
    CHECK(outcome.sqlstate == "40001");
    CHECK(outcome.message.find("could not serialize access due to concurrent update") != std::string::npos);
    CHECK(client.transaction_status() == PQTRANS_INERROR);
    CHECK(client.try_query("SELECT 1").sqlstate == "25P02");
    CHECK(client.query("ROLLBACK").tag == "ROLLBACK");
    CHECK(client.transaction_status() == PQTRANS_IDLE);
    CHECK(value(postgres, 1) == "100");
    CHECK(client.prepared("kept", {}).rows == Rows{{"5"}});
    CHECK(client.value("SHOW application_name") == client.parameter("application_name"));
    CHECK(client.value("SHOW application_name") != "inside");
    CHECK(weir.logged("other answers"));
}

TEST_CASE("replay: a transaction whose server is lost goes on elsewhere") {
    REQUIRES_POSTGRES();
    Scene s;
    s.begin_change();
    SECTION("while its client is idle") {
        CHECK(s.postgres.terminate() > 0);
        CHECK(s.weir.logged("succeeded"));
    }
    SECTION("while a statement runs") {
        Client other = Client::connect(s.postgres.login());
        other.query("BEGIN; UPDATE replayed SET v = v + 10 WHERE id = 2");
        REQUIRE(s.client.send("UPDATE replayed SET v = v + 1 WHERE id = 2"));
        REQUIRE(scene::running(s.postgres, "v + 1 WHERE id = 2"));
        CHECK(s.postgres.terminate("query LIKE '%v + 1 WHERE id = 2%'") == 1);
        REQUIRE(scene::running(s.postgres, "v + 1 WHERE id = 2"));
        other.query("COMMIT");
        CHECK(s.client.wait().tag == "UPDATE 1");
        CHECK(value(s.postgres, 2) == "10");
    }
    CHECK(s.client.query("UPDATE replayed SET v = v + 1 WHERE id = 1").tag == "UPDATE 1");
    CHECK(s.client.query("COMMIT").tag == "COMMIT");
    CHECK(value(s.postgres, 1) == "2");
}

TEST_CASE("replay: a transaction that is begun while the server is away waits, others are told at once") {
    REQUIRES_POSTGRES();
    Scene s;
    Client first = Client::connect(s.weir.login());
    Client other = Client::connect(s.weir.login());
    CHECK(first.value("SELECT 7") == "7");
    s.proxy.refuse();
    s.proxy.reset_all();
    REQUIRE(first.send("SELECT 7"));  // waits already when nobody knows yet
    REQUIRE(s.weir.logged("server login failed"));
    s.client.query("BEGIN");
    REQUIRE(s.client.send("UPDATE replayed SET v = v + 1 WHERE id = 1"));
    CHECK(eventually([&] { return s.weir.pool("cl_waiting") == 2; }));
    CHECK(other.try_query("SELECT 7").sqlstate == "08P01");
    s.proxy.accept_again();
    CHECK(s.client.wait().tag == "UPDATE 1");
    CHECK(s.client.query("COMMIT").tag == "COMMIT");
    CHECK(value(s.postgres, 1) == "1");
}

TEST_CASE("replay: a notice comes whole or not at all, on the second server too") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    postgres.control().query(
        "CREATE OR REPLACE FUNCTION noisy() RETURNS int LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE NOTICE '%', repeat('x', 6000); RETURN 3; END $$");
    FaultProxy proxy(postgres.port());
    Weir weir(replaying(proxy.port()));
    Client client = Client::connect(weir.login());
    client.query("BEGIN");
    CHECK(client.value("SELECT v FROM replayed WHERE id = 1") == "0");
    // The server is lost with the request, the next one within its notice, which a login is far shorter than.
    proxy.arm({Strike::How::kReset, Direction::kToTarget, 4, false},
              Strike{Strike::How::kClose, Direction::kFromTarget, 4000, false});
    CHECK(client.value("SELECT noisy()") == "3");
    CHECK(client.query("COMMIT").tag == "COMMIT");
    CHECK(proxy.accepted() == 3);
}

TEST_CASE("replay: everything in a transaction is run again in its place") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    Weir weir(replaying(postgres.port()));
    Client client = Client::connect(weir.login());
    client.query("SET application_name = 'outside'");
    client.query("BEGIN");
    client.query("SET application_name = 'one'");
    client.query("UPDATE replayed SET who = current_setting('application_name') WHERE id = 1");
    client.query("SET LOCAL application_name = 'two'");
    client.query("UPDATE replayed SET who = current_setting('application_name') WHERE id = 2");
    client.query("SAVEPOINT a");
    CHECK(client.try_query("INSERT INTO replayed VALUES (1, 1)").sqlstate == "23505");
    client.query("ROLLBACK TO a");
    CHECK(client.copy_in("COPY replayed (id, v) FROM STDIN", "11\t1\n12\t2\n").tag == "COPY 2");
    client.query("DECLARE c CURSOR FOR SELECT id FROM replayed ORDER BY id");
    CHECK(client.query("FETCH 2 FROM c").rows == Rows{{"1"}, {"2"}});
    client.prepare("p", "UPDATE replayed SET v = $1::int WHERE id = 3");
    CHECK(client.prepared("p", {"33"}).tag == "UPDATE 1");
    client.query("DEALLOCATE p");
    CHECK(postgres.terminate() > 0);
    CHECK(client.query("FETCH 1 FROM c").rows == Rows{{"3"}});
    CHECK(client.value("SHOW application_name") == "two");
    CHECK(client.query("COMMIT").tag == "COMMIT");
    CHECK(client.value("SHOW application_name") == "one");
    CHECK(postgres.control().query("SELECT id, v, who FROM replayed ORDER BY id").rows ==
          Rows{{"1", "0", "one"},
               {"2", "0", "two"},
               {"3", "33", ""},
               {"4", "0", ""},
               {"11", "1", ""},
               {"12", "2", ""}});
    CHECK(client.try_prepared("p", {"1"}).sqlstate == "26000");
    CHECK(weir.logged("lost connection: succeeded"));
}

TEST_CASE("replay: a COMMIT whose server is lost is ambiguous, and never sent again") {
    REQUIRES_POSTGRES();
    Scene s;
    s.begin_change();
    Fault silent;
    silent.stall = true;
    s.proxy.from_target(silent);
    REQUIRE(s.client.send("COMMIT"));
    REQUIRE(eventually([&] { return value(s.postgres, 1) == "1"; }));
    s.proxy.reset_all();
    s.proxy.heal();
    CHECK(s.client.wait().sqlstate == "08007");
    Client again = Client::connect(s.weir.login());
    CHECK(again.value("SELECT v FROM replayed WHERE id = 1") == "1");
}

TEST_CASE("replay: outside transactions only what cannot have committed is repeated") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    Weir weir(replaying(postgres.port()));
    Client client = Client::connect(weir.login());
    Client other = Client::connect(postgres.login());
    SECTION("a write that was refused") {
        client.query("SET default_transaction_isolation = 'repeatable read'");
        other.query("BEGIN; UPDATE replayed SET v = v + 10 WHERE id = 1");
        REQUIRE(client.send("UPDATE replayed SET v = v + 1 WHERE id = 1"));
        REQUIRE(scene::running(postgres, "v + 1 WHERE id = 1"));
        other.query("COMMIT");
        CHECK(client.wait().tag == "UPDATE 1");
        CHECK(value(postgres, 1) == "11");
    }
    SECTION("not a write whose server was lost") {
        other.query("BEGIN; UPDATE replayed SET v = v + 10 WHERE id = 1");
        REQUIRE(client.send("UPDATE replayed SET v = v + 1 WHERE id = 1"));
        REQUIRE(scene::running(postgres, "v + 1 WHERE id = 1"));
        CHECK(postgres.terminate("query LIKE '%v + 1 WHERE id = 1%'") == 1);
        CHECK(client.wait().sqlstate == "08007");
        other.query("COMMIT");
        CHECK(value(postgres, 1) == "10");
    }
    SECTION("a read whose server was lost") {
        other.query("BEGIN; UPDATE replayed SET v = 5 WHERE id = 1");
        postgres.control().query("BEGIN; LOCK TABLE replayed IN ACCESS SHARE MODE; COMMIT");
        other.query("COMMIT; BEGIN; LOCK TABLE replayed IN ACCESS EXCLUSIVE MODE");
        REQUIRE(client.send("SELECT v FROM replayed WHERE id = 1"));
        REQUIRE(scene::running(postgres, "SELECT v FROM replayed"));
        CHECK(postgres.terminate("query LIKE 'SELECT v FROM replayed%'") == 1);
        REQUIRE(scene::running(postgres, "SELECT v FROM replayed"));
        other.query("COMMIT");
        CHECK(client.wait().rows == Rows{{"5"}});
    }
}

TEST_CASE("replay: deadlocks end without an error") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    Weir weir(replaying(postgres.port()));
    Client a = Client::connect(weir.login());
    Client b = Client::connect(weir.login());
    a.query("BEGIN");
    b.query("BEGIN");
    a.query("UPDATE replayed SET v = v + 1 WHERE id = 1");
    b.query("UPDATE replayed SET v = v + 1 WHERE id = 2");
    REQUIRE(a.send("UPDATE replayed SET v = v + 1 WHERE id = 2"));
    REQUIRE(scene::running(postgres, "v + 1 WHERE id = 2"));
    REQUIRE(b.send("UPDATE replayed SET v = v + 1 WHERE id = 1"));
    // One of them is rolled back, waits for the other, and goes on.
    Client* first = &a;
    Client* second = &b;
    if (!eventually([&] { return PQconsumeInput(a.raw()) == 1 && PQisBusy(a.raw()) == 0; },
                    std::chrono::seconds{3}))
        std::swap(first, second);
    CHECK(first->wait().tag == "UPDATE 1");
    CHECK(first->query("COMMIT").tag == "COMMIT");
    CHECK(second->wait().tag == "UPDATE 1");
    CHECK(second->query("COMMIT").tag == "COMMIT");
    CHECK(value(postgres, 1) == "2");
    CHECK(value(postgres, 2) == "2");
}

TEST_CASE("replay: a cancel ends it") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    Weir weir(replaying(postgres.port()));
    Client client = Client::connect(weir.login());
    Client other = Client::connect(postgres.login());
    client.query("BEGIN");
    client.query("/* mine */ SELECT pg_advisory_xact_lock(77)");
    client.query("UPDATE replayed SET v = v + 1 WHERE id = 1");
    // Next in line for the lock, which goes to whoever came first: when the client's server is gone, its
    // first statement waits for this one.
    other.query("BEGIN");
    REQUIRE(other.send("/* other */ SELECT pg_advisory_xact_lock(77)"));
    REQUIRE(scene::running(postgres, "/* other */"));
    CHECK(postgres.terminate("state = 'idle in transaction' AND query LIKE '%v + 1 WHERE id = 1%'") == 1);
    CHECK(other.wait().tag == "SELECT 1");
    REQUIRE(scene::running(postgres, "/* mine */"));
    REQUIRE(client.send("SELECT 1"));
    CHECK(client.cancel());
    CHECK(client.wait().sqlstate == "57014");
    CHECK(client.transaction_status() == PQTRANS_INERROR);
    CHECK(client.query("ROLLBACK").tag == "ROLLBACK");
    CHECK(client.value("SELECT 1") == "1");
    other.query("ROLLBACK");
    CHECK(value(postgres, 1) == "0");
}

TEST_CASE("replay: what cannot be run again gets its error as before") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    WeirConfig config = replaying(postgres.port());
    std::vector<std::string> before;
    SECTION("DDL") { before = {"CREATE TABLE IF NOT EXISTS replayed_ddl ()"}; }
    SECTION("several statements in one text") { before = {"SELECT 1; SELECT 2"}; }
    SECTION("DO") { before = {"DO $$ BEGIN NULL; END $$"}; }
    SECTION("too long for the log") {
        config.set("replay_max_bytes", "100");
        before = {"SELECT '" + std::string(100, 'x') + "'"};
    }
    SECTION("switched off for the database") {
        config.database(postgres.port(), "transaction_replay=0");
        before = {"SELECT 1"};
    }
    SECTION("switched off for the user") {
        config.users["app"] = "transaction_replay=0";
        before = {"SELECT 1"};
    }
    Weir weir(config);
    Client client = Client::connect(weir.login());
    client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    client.query("SELECT 1 FROM replayed");
    for (const auto& sql : before) client.query(sql);
    conflict(postgres, 1);
    CHECK(client.try_query("UPDATE replayed SET v = v + 1 WHERE id = 1").sqlstate == "40001");
    CHECK(client.transaction_status() == PQTRANS_INERROR);
    client.query("ROLLBACK");
    CHECK(client.value("SELECT 1") == "1");
    const auto rows = weir.show("REPLAYS");
    if (!rows.empty()) CHECK(rows.at(0).at("unprotected") == "1");
}

TEST_CASE("replay: a transaction that cannot be run again and loses its server is reported with 40001") {
    REQUIRES_POSTGRES();
    Scene s;
    s.begin_change(false);
    CHECK(s.postgres.terminate() > 0);
    REQUIRE(s.weir.logged("not replayable"));
    SECTION("with the next statement") {
        const Outcome outcome = s.client.try_query("SELECT 1");
        CHECK(outcome.sqlstate == "40001");
        CHECK(outcome.message.find("before anything was committed") != std::string::npos);
        CHECK(s.client.transaction_status() == PQTRANS_INERROR);
        CHECK(s.client.query("ROLLBACK").tag == "ROLLBACK");
    }
    SECTION("with its COMMIT, too") {
        CHECK(s.client.try_query("COMMIT").sqlstate == "40001");
        s.client.query("ROLLBACK");
    }
    SECTION("but a ROLLBACK has nothing to hear") {
        CHECK(s.client.query("ROLLBACK").tag == "ROLLBACK");
        CHECK(s.client.transaction_status() == PQTRANS_IDLE);
    }
    CHECK(s.client.value("SELECT v FROM replayed WHERE id = 1") == "0");
}

TEST_CASE("replay: a ROLLBACK whose server is lost is done, also where nothing was kept") {
    REQUIRES_POSTGRES();
    Scene s;
    s.begin_change(false);
    s.proxy.arm({Strike::How::kClose, Direction::kToTarget, 4, false});
    CHECK(s.client.query("ROLLBACK").tag == "ROLLBACK");
    CHECK(s.client.transaction_status() == PQTRANS_IDLE);
    CHECK(s.client.value("SELECT v FROM replayed WHERE id = 1") == "0");
}

TEST_CASE("replay: pipelined units: those with an answer silently, the others as they come") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    Weir weir(replaying(postgres.port()));
    WireClient client = WireClient::logged_in(weir.login());
    const auto batch = [](const std::string& sql) {
        return wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("") + wire::sync_message();
    };
    CHECK(wire::command_tag(client.exchange(batch("BEGIN ISOLATION LEVEL REPEATABLE READ"))) == "BEGIN");
    CHECK(wire::rows(client.exchange(batch("SELECT v FROM replayed WHERE id = 2"))).size() == 1);
    conflict(postgres, 1);
    client.send(batch("SELECT v FROM replayed WHERE id = 3") +
                batch("UPDATE replayed SET v = v + 1 WHERE id = 1") +
                batch("UPDATE replayed SET v = v + 1 WHERE id = 2") + batch("COMMIT"));
    CHECK(wire::types(client.read_answer()) == "12DCZ");
    for (const char* tag : {"UPDATE 1", "UPDATE 1", "COMMIT"}) {
        const auto answer = client.read_answer();
        CHECK(wire::types(answer) == "12CZ");
        CHECK(wire::command_tag(answer) == tag);
    }
    CHECK(value(postgres, 1) == "101");
    CHECK(value(postgres, 2) == "1");
}

TEST_CASE("replay: statement and COMMIT in one batch: the COMMIT goes only after the same answers") {
    REQUIRES_POSTGRES();
    Postgres& postgres = with_table();
    Weir weir(replaying(postgres.port()));
    WireClient client = WireClient::logged_in(weir.login());
    const auto run = [](const std::string& sql) {
        return wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("");
    };
    static_cast<void>(client.exchange(wire::query("BEGIN ISOLATION LEVEL SERIALIZABLE")));
    static_cast<void>(client.exchange(wire::query("SELECT v FROM replayed WHERE id = 2")));
    Client other = Client::connect(postgres.login());
    other.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
    other.query("SELECT v FROM replayed WHERE id = 1");
    std::string sent;
    bool same = true;
    SECTION("which come") { other.query("UPDATE replayed SET v = v WHERE id = 2"); }
    SECTION("which do not come") {
        same = false;
        other.query("UPDATE replayed SET v = 9 WHERE id = 2");
    }
    client.send(run("UPDATE replayed SET v = v + 1 WHERE id = 1") + wire::flush_message());
    CHECK(wire::command_tag(client.read_until('C')) == "UPDATE 1");
    other.query("COMMIT");
    const auto answer = client.exchange(run("COMMIT") + wire::sync_message());
    if (same) {
        CHECK(wire::types(answer) == "12CZ");
        CHECK(wire::command_tag(answer) == "COMMIT");
    } else {
        CHECK(wire::sqlstate(answer) == "40001");
    }
    CHECK(wire::transaction_status(answer) == 'I');
    CHECK(value(postgres, 1) == (same ? "1" : "0"));
}
