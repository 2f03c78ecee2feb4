// commit_resolution = xid: a COMMIT whose server is lost before it answers is looked up on a connection that
// was there before, and its client hears what is so. Where nobody can tell it is 08007, as without.
#include <string>

#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"

using namespace support;

namespace {

WeirConfig resolving(std::uint16_t port) {
    WeirConfig config;
    config.database(port).set("transaction_replay", "1").set("commit_resolution", "xid");
    return config.set("replay_timeout", "20").set("workers", "1");
}

/// Tables `looked` with ids 1 to 4 and value 0, and `slow`, a change of which makes COMMIT take its time.
/// The numbers of transactions have four digits.
Postgres& with_table(Postgres& postgres) {
    scene::settled(postgres);
    postgres.control().query(
        "DROP TABLE IF EXISTS looked, slow; CREATE TABLE looked (id int PRIMARY KEY, v int);"
        "INSERT INTO looked SELECT i, 0 FROM generate_series(1, 4) i; CREATE TABLE slow (id int);"
        "CREATE OR REPLACE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION take_time(); GRANT ALL ON looked, slow TO app");
    while (postgres.control().value("SELECT txid_current()").size() < 4) continue;
    return postgres;
}

std::size_t up_to_first(const std::string& bytes, char type) {
    std::size_t at = 0;
    while (at + 5 <= bytes.size()) {
        const bool found = bytes[at] == type;
        at += 1 + wire::read_uint32(std::string_view(bytes).substr(at + 1));
        if (found) return at;
    }
    FAIL("no message of this type");
    return 0;
}

std::string run(const std::string& sql, bool described = false) {
    return wire::parse("", sql) + wire::bind_portal("", "") + (described ? wire::describe_portal("") : "") +
           wire::execute("") + wire::sync_message();
}

/// One client in front of the table, and another one, whose connection is opened while the first one's is in
/// a transaction, and free again when that is lost.
struct Scene {
    explicit Scene(Postgres& server = Postgres::shared(), WeirConfig (*configure)(std::uint16_t) = resolving)
        : postgres(with_table(server)), weir(configure(proxy.port())), client(Client::connect(weir.login())) {
        client.query("BEGIN; COMMIT");
        client.query("BEGIN");
        client.query("UPDATE looked SET v = v + 1 WHERE id = 4");
        proxy.record();
        client.query("COMMIT");
        question_bytes = up_to_first(proxy.recorded(Direction::kToTarget), 'Q');
        answer_bytes = up_to_first(proxy.recorded(Direction::kFromTarget), 'Z');
    }

    void begin(const std::string& change = "UPDATE looked SET v = v + 1 WHERE id = 1") {
        client.query("BEGIN");
        client.query(change);
    }

    /// A strike hits what is open when it is ordered: only the connection of the transaction shall be.
    void leave_one() {
        REQUIRE(eventually([&] {
            postgres.terminate("state = 'idle'");
            return proxy.open_connections() == 1 && postgres.connections() == 1;
        }));
    }
    /// The COMMIT is lost on its way there, or its answer on the way back.
    void lose(Direction direction, Strike::How how = Strike::How::kReset) {
        leave_one();
        const std::size_t asked = direction == Direction::kToTarget ? question_bytes : answer_bytes;
        proxy.arm({how, direction, asked, true});
    }
    /// As soon as the server has the COMMIT.
    void lose_answer_of_running() {
        leave_one();
        const std::size_t bytes = question_bytes + wire::query("COMMIT").size();
        proxy.arm({Strike::How::kReset, Direction::kToTarget, bytes, false});
    }
    /// Those that are opened along with it are there too.
    void open_witness() { open_witness(other); }
    void open_witness(Client& user) {
        CHECK(user.value("SELECT 7") == "7");
        REQUIRE(eventually([&] {
            const int all = proxy.open_connections();
            return all >= 2 && weir.pool("sv_idle") == all - 1;
        }));
    }
    std::string value() { return postgres.control().value("SELECT v FROM looked WHERE id = 1"); }
    std::string counted(const std::string& what) { return weir.show("REPLAYS").at(0).at(what); }

    Postgres& postgres;
    FaultProxy proxy{postgres.port()};
    Weir weir;
    Client client;
    Client other{Client::connect(weir.login())};
    std::size_t question_bytes = 0;
    std::size_t answer_bytes = 0;
};

}  // namespace

TEST_CASE("commit resolution: a COMMIT that took effect is answered, though its server was lost") {
    REQUIRES_POSTGRES();
    Scene s;
    s.begin();
    s.lose(Direction::kFromTarget);
    s.open_witness();
    CHECK(s.client.query("COMMIT").tag == "COMMIT");
    CHECK(s.proxy.struck());
    CHECK(s.client.transaction_status() == PQTRANS_IDLE);
    CHECK(s.value() == "1");
    CHECK(s.client.value("SELECT v FROM looked WHERE id = 1") == "1");
    CHECK(s.client.query("BEGIN").tag == "BEGIN");
    CHECK(s.client.query("UPDATE looked SET v = v + 1 WHERE id = 1").tag == "UPDATE 1");
    CHECK(s.client.query("COMMIT").tag == "COMMIT");
    CHECK(s.value() == "2");
    CHECK(s.counted("found_committed") == "1");
    CHECK(s.counted("ambiguous") == "0");
    CHECK(s.weir.logged("COMMIT looked up behind a lost connection: committed"));
}

TEST_CASE("commit resolution: a COMMIT that never arrived is run again, or said not to have taken effect") {
    REQUIRES_POSTGRES();
    Scene s;
    std::string expected = "1";
    s.client.query("BEGIN");
    SECTION("the same answers come") {
        s.client.query("UPDATE looked SET v = v + 1 WHERE id = 1");
        s.lose(Direction::kToTarget);
        s.open_witness();
        CHECK(s.client.query("COMMIT").tag == "COMMIT");
        CHECK(s.counted("succeeded") == "1");
    }
    SECTION("other answers come") {
        expected = "0";
        s.client.query("SELECT random()");
        s.client.query("UPDATE looked SET v = v + 1 WHERE id = 1");
        s.lose(Direction::kToTarget);
        s.open_witness();
        const Outcome outcome = s.client.try_query("COMMIT");
        CHECK(outcome.sqlstate == "40001");
        CHECK(outcome.message.find("before anything was committed") != std::string::npos);
        CHECK(s.client.query("ROLLBACK").tag == "ROLLBACK");
    }
    CHECK(s.proxy.struck());
    CHECK(s.value() == expected);
    CHECK(s.client.value("SELECT 7") == "7");
    CHECK(s.counted("found_aborted") == "1");
}

TEST_CASE("commit resolution: a COMMIT that still runs is waited for") {
    REQUIRES_POSTGRES();
    Scene s;
    s.begin("UPDATE looked SET v = v + 1 WHERE id = 1");
    s.client.query("INSERT INTO slow VALUES (1)");
    SECTION("to its end") {
        s.lose_answer_of_running();
        s.open_witness();
        CHECK(s.client.query("COMMIT").tag == "COMMIT");
        CHECK(s.proxy.struck());
        CHECK(s.counted("found_committed") == "1");
    }
    SECTION("and run again if it is ended") {
        s.open_witness();
        REQUIRE(s.client.send("COMMIT"));
        REQUIRE(scene::running(s.postgres, "COMMIT"));
        CHECK(s.postgres.terminate("state = 'active' AND query = 'COMMIT'") == 1);
        CHECK(s.client.wait().tag == "COMMIT");
        CHECK(s.counted("found_aborted") == "1");
    }
    CHECK(s.value() == "1");
}

TEST_CASE("commit resolution: what cannot be known is said to be unknown") {
    REQUIRES_POSTGRES();
    std::string why;
    SECTION("nobody else was there") { why = "alone"; }
    SECTION("the transaction has no number") { why = "read"; }
    SECTION("the session was changed") { why = "set"; }
    CAPTURE(why);
    Scene s;
    s.begin(why == "read" ? "SELECT v FROM looked WHERE id = 1" : "UPDATE looked SET v = v + 1 WHERE id = 1");
    if (why == "set") s.client.query("SET work_mem = '5MB'");
    if (why == "set")
        s.leave_one(), s.proxy.arm({Strike::How::kReset, Direction::kToTarget, 0, true});
    else
        s.lose(Direction::kToTarget);
    if (why != "alone") s.open_witness();
    CHECK(s.client.try_query("COMMIT").sqlstate == "08007");
    CHECK(s.proxy.struck());
    CHECK(s.value() == "0");
    CHECK(Client::connect(s.weir.login()).value("SELECT 7") == "7");
    CHECK(s.counted("ambiguous") == "1");
}

TEST_CASE("commit resolution: in the extended protocol the client gets what is missing of the answer") {
    REQUIRES_POSTGRES();
    Scene s;
    WireClient client = WireClient::logged_in(s.weir.login());
    static_cast<void>(client.exchange(wire::query("BEGIN")));
    CHECK(wire::types(client.exchange(run("UPDATE looked SET v = v + 1 WHERE id = 1"))) == "12CZ");
    bool described = false;
    auto lost = Direction::kFromTarget;
    SECTION("answered") {}
    SECTION("answered, and described") { described = true; }
    SECTION("not arrived") { lost = Direction::kToTarget; }
    s.lose(lost);
    s.open_witness();
    const auto answer = client.exchange(run("COMMIT", described));
    CHECK(s.proxy.struck());
    CHECK(wire::types(answer) == (described ? "12nCZ" : "12CZ"));
    CHECK(wire::command_tag(answer) == "COMMIT");
    CHECK(wire::transaction_status(answer) == 'I');
    CHECK(s.value() == "1");
    CHECK(wire::types(client.exchange(run("SELECT v FROM looked WHERE id = 1"))) == "12DCZ");
}

TEST_CASE("commit resolution: a statement that is not named outlives the question") {
    REQUIRES_POSTGRES();
    Scene s;
    WireClient client = WireClient::logged_in(s.weir.login());
    static_cast<void>(client.exchange(wire::query("BEGIN")));
    CHECK(wire::types(client.exchange(run("UPDATE looked SET v = v + 1 WHERE id = 1"))) == "12CZ");
    static_cast<void>(
        client.exchange(wire::parse("c", "COMMIT") + wire::parse("", "SELECT 5") + wire::sync_message()));
    const std::string commit = wire::bind_portal("", "c") + wire::execute("") + wire::sync_message();
    CHECK(wire::types(client.exchange(commit)) == "2CZ");
    const auto answer = client.exchange(wire::bind_portal("", "") + wire::execute("") + wire::sync_message());
    CHECK(wire::rows(answer) == Rows{{"5"}});
    CHECK(s.value() == "1");
}

TEST_CASE("commit resolution: statements and COMMIT sent at once are answered in their order") {
    REQUIRES_POSTGRES();
    Scene s;
    WireClient client = WireClient::logged_in(s.weir.login());
    client.send(run("BEGIN") + run("UPDATE looked SET v = v + 1 WHERE id = 1") + run("COMMIT") +
                run("SELECT v FROM looked WHERE id = 1"));
    for (const char* types : {"12CZ", "12CZ", "12CZ", "12DCZ"})
        CHECK(wire::types(client.read_answer()) == types);
    CHECK(s.value() == "1");
}

TEST_CASE("commit resolution: a witness may be another worker's") {
    REQUIRES_POSTGRES();
    Scene s(Postgres::shared(), [](std::uint16_t port) { return resolving(port).set("workers", "2"); });
    s.begin();
    s.lose(Direction::kFromTarget);
    s.open_witness();
    CHECK(s.client.query("COMMIT").tag == "COMMIT");
    CHECK(s.proxy.struck());
    // The other way round.
    s.other.query("BEGIN");
    s.other.query("UPDATE looked SET v = v + 1 WHERE id = 1");
    s.lose(Direction::kFromTarget);
    s.open_witness(s.client);
    CHECK(s.other.query("COMMIT").tag == "COMMIT");
    CHECK(s.proxy.struck());
    CHECK(s.value() == "2");
    CHECK(s.counted("found_committed") == "2");
}

TEST_CASE("commit resolution: behind a restart nobody can tell, and nothing is claimed") {
    REQUIRES_POSTGRES();
    Postgres postgres{PostgresOptions{{"synchronous_commit = on", "fsync = on"}, {}}};
    Scene s(postgres);
    auto lost = Direction::kToTarget;
    SECTION("the COMMIT has arrived") { lost = Direction::kFromTarget; }
    SECTION("the COMMIT has not arrived") {}
    s.begin();
    s.lose(lost, Strike::How::kFreeze);
    s.open_witness();
    REQUIRE(s.client.send("COMMIT"));
    REQUIRE(eventually([&] { return s.proxy.struck(); }));
    postgres.restart(Postgres::Stop::kImmediate);
    s.proxy.reset_all();  // what was on its way is gone
    CHECK(s.client.wait().sqlstate == "08007");
    CHECK(s.value() == (lost == Direction::kFromTarget ? "1" : "0"));
    CHECK(scene::works(s.weir));
}

TEST_CASE(
    "commit resolution: behind a synchronous standby a commit is not claimed for what the primary has") {
    REQUIRES_POSTGRES();
    Postgres postgres{
        PostgresOptions{{"synchronous_standby_names = 's1'"}, {}}};  // and synchronous_commit off
    Scene s(postgres);
    s.begin();
    s.lose(Direction::kFromTarget);
    s.open_witness();
    CHECK(s.client.try_query("COMMIT").sqlstate == "08007");
    CHECK(s.proxy.struck());
    CHECK(s.value() == "1");
}
