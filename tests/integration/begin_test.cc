// BEGIN that is answered by the pooler and sent with the first statement: no client may see a difference.
#include <string>
#include <vector>

#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"

using namespace support;

namespace {

using Script = std::vector<std::string>;

std::string request(bool extended, const std::string& sql) {
    if (!extended) return wire::query(sql);
    return wire::parse("", sql) + wire::bind_portal("", "") + wire::describe_portal("") + wire::execute("") +
           wire::sync_message();
}

/// Everything of an answer that a client can see, as one line.
std::string seen(const wire::Messages& answer) {
    std::string line;
    for (const auto& message : answer) {
        line += message.type;
        if (message.type == 'C' || message.type == 'D' || message.type == 'Z')
            line += "[" + message.body + "]";
        if (message.type != 'E' && message.type != 'N') continue;
        auto fields = wire::error_fields(message);
        line += "[" + fields['S'] + " " + fields['C'] + " " + fields['M'] + " " + fields['P'] + "]";
    }
    return line;
}

std::vector<std::string> play(WireClient& client, bool extended, const Script& script) {
    std::vector<std::string> lines;
    for (const auto& sql : script)
        lines.push_back(sql + " -> " + seen(client.exchange(request(extended, sql))));
    return lines;
}

const std::vector<Script> kScripts = {
    {"BEGIN", "COMMIT"},
    {"begin;", "rollback"},
    {"START TRANSACTION", "END"},
    {"BEGIN WORK", "ABORT"},
    {"BEGIN", "BEGIN", "COMMIT"},
    {"BEGIN", "START TRANSACTION", "SELECT 1", "COMMIT"},
    {"BEGIN", "SAVEPOINT a", "SELECT 1/0", "ROLLBACK TO a", "SELECT 1", "COMMIT"},
    {"BEGIN", "SET LOCAL statement_timeout = 7777", "SHOW statement_timeout", "COMMIT",
     "SHOW statement_timeout"},
    {"BEGIN READ ONLY", "CREATE TABLE never (x int)", "SELECT 1", "COMMIT"},
    {"BEGIN ISOLATION LEVEL SERIALIZABLE", "SHOW transaction_isolation", "COMMIT"},
    {"BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE", "SHOW transaction_deferrable", "COMMIT"},
    {"BEGIN", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SHOW transaction_isolation", "COMMIT"},
    {"BEGIN", "ROLLBACK AND CHAIN", "SELECT 1", "COMMIT"},
    {"BEGIN READ ONLY", "COMMIT AND CHAIN", "SHOW transaction_read_only", "ROLLBACK"},
    {"BEGIN", "SELECT 1/0", "SELECT 1", "COMMIT"},
    {"BEGIN", "SELECT 1", "SELECT 1/0", "ROLLBACK AND CHAIN", "SELECT 1", "COMMIT"},
    {"BEGIN", ";", "COMMIT"},
    {"BEGIN", "", "ROLLBACK"},
    {"BEGIN PRIORITY HIGH", "SELECT 1"},
    {"BEGIN READ ONLY READ WRITE", "ROLLBACK"},
    {"BEGIN", "ROLLBACK TO nowhere", "ROLLBACK"},
    {"COMMIT"},
    {"ROLLBACK"},
    {"BEGIN; SELECT 1", "COMMIT"},
    {"BEGIN", "COMMIT; SELECT 1"},
    {"BEGIN", "SELECT 1; COMMIT; SELECT 2"},
    {"BEGIN", "VACUUM", "ROLLBACK"},
    {"BEGIN", "SELEC", "COMMIT"},
    {"/* first */ BEGIN", "SELECT 1", "COMMIT"},
    {"BEGIN", "DISCARD ALL", "ROLLBACK"},
    {"BEGIN", "DEALLOCATE nowhere", "ROLLBACK"},
    {"BEGIN", "SET TRANSACTION SNAPSHOT 'nonsense'", "ROLLBACK"},
    {"BEGIN", "PREPARE TRANSACTION 'nowhere'", "SELECT 1"},
};

/// One server that loses everything prepared on it, without the pooler knowing: the next BEGIN there fails.
struct BrokenBegin {
    BrokenBegin()
        : weir(scene::before(scene::settled(Postgres::shared())).set("default_pool_size", "1")),
          client(WireClient::logged_in(weir.login())) {
        client.exchange(wire::query("DROP TABLE IF EXISTS begin_t; CREATE TABLE begin_t (x int)"));
        for (const auto* sql : {"BEGIN", "SELECT 1", "COMMIT"}) client.exchange(wire::query(sql));
        client.exchange(wire::query("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"));
        CHECK(wire::transaction_status(client.exchange(wire::query("BEGIN"))) == 'T');
    }
    ~BrokenBegin() { Postgres::shared().control().try_query("DROP TABLE IF EXISTS begin_t"); }
    BrokenBegin(const BrokenBegin&) = delete;
    BrokenBegin& operator=(const BrokenBegin&) = delete;

    void check_nothing_ran() {
        const auto count = wire::query("SELECT count(*) FROM begin_t");
        CHECK(wire::rows(client.exchange(count)) == Rows{{"0"}});
    }

    Weir weir;
    WireClient client;
};

}  // namespace

TEST_CASE("begin: every answer is PostgreSQL's own", "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    const auto* size = GENERATE("0", "1", "100");
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("max_prepared_statements", size).set("default_pool_size", "1"));
    auto through = WireClient::logged_in(weir.login());
    auto direct = WireClient::logged_in(postgres.login());
    for (const auto& script : kScripts) {
        CHECK(play(through, extended, script) == play(direct, extended, script));
        const std::string end = wire::query("ROLLBACK");
        through.exchange(end);
        direct.exchange(end);
    }
}

TEST_CASE("begin: the portal of its batch stays open, as in PostgreSQL", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string portal = GENERATE(std::string{}, std::string{"p"});
    const std::string first = GENERATE(0, 1) == 0 ? wire::query("BEGIN")
                                                  : wire::parse("", "BEGIN") + wire::bind_portal(portal, "") +
                                                        wire::execute(portal) + wire::sync_message();
    const std::string behind = GENERATE_COPY(wire::describe_portal(portal), wire::execute(portal),
                                             wire::close_portal(portal) + wire::describe_portal(portal));
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres));
    auto through = WireClient::logged_in(weir.login());
    auto direct = WireClient::logged_in(postgres.login());
    for (const auto& request : {first, behind + wire::sync_message(), wire::query("SELECT 1")})
        CHECK(seen(through.exchange(request)) == seen(direct.exchange(request)));
}

TEST_CASE("begin: an empty transaction takes no server and sends it nothing", "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    FaultProxy proxy(Postgres::shared().port());
    WeirConfig config;
    Weir weir(config.database(proxy.port()).set("workers", "1"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::query("SELECT 1"));
    const auto sent = proxy.bytes_to_target();
    for (int i = 0; i < 20; ++i) {
        CHECK(wire::transaction_status(client.exchange(request(extended, "BEGIN"))) == 'T');
        CHECK(weir.pool("sv_active") == 0);
        CHECK(wire::transaction_status(
                  client.exchange(request(extended, i % 2 == 0 ? "COMMIT" : "ROLLBACK"))) == 'I');
    }
    CHECK(proxy.bytes_to_target() == sent);
}

TEST_CASE("begin: off, in other pool modes and inside a batch BEGIN goes to the server at once", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    SECTION("deferred_begin = 0") {
        Weir weir(scene::before(postgres).set("deferred_begin", "0"));
        auto client = WireClient::logged_in(weir.login());
        client.exchange(wire::query("BEGIN"));
        CHECK(weir.pool("sv_active") == 1);
    }
    SECTION("statement pooling") {
        Weir weir(scene::before(postgres).set("pool_mode", "statement"));
        auto client = WireClient::logged_in(weir.login());
        client.send(wire::query("BEGIN"));
        CHECK(wire::error_text(client.read_to_end()) ==
              "transaction blocks not allowed in statement pooling mode");
    }
    SECTION("a batch with more than BEGIN") {
        Weir weir(scene::before(postgres));
        auto client = WireClient::logged_in(weir.login());
        const auto unit = wire::bind_portal("", "") + wire::execute("");
        const auto answer = client.exchange(wire::parse("", "BEGIN") + unit + wire::parse("", "SELECT 1") +
                                            unit + wire::sync_message());
        CHECK(wire::types(answer) == "12C12DCZ");
        CHECK(wire::transaction_status(answer) == 'T');
        CHECK(weir.pool("sv_active") == 1);
    }
}

TEST_CASE("begin: a prepared BEGIN and COMMIT are answered too", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(scene::settled(Postgres::shared())));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::parse("b", "BEGIN") + wire::parse("c", "COMMIT") + wire::sync_message());
    const auto run = [&](const std::string& name) {
        return client.exchange(wire::bind_portal("", name) + wire::execute("") + wire::sync_message());
    };
    CHECK(seen(run("b")) == seen({{'2', ""}, {'C', wire::cstring("BEGIN")}, {'Z', "T"}}));
    CHECK(weir.pool("sv_active") == 0);
    CHECK(wire::rows(client.exchange(wire::query("SELECT 1"))) == Rows{{"1"}});
    CHECK(weir.pool("sv_active") == 1);
    CHECK(wire::command_tag(run("c")) == "COMMIT");
}

TEST_CASE("begin: if it fails, the statement behind it never runs and its client is in a failed block",
          "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    BrokenBegin scene;
    const auto insert = request(extended, "INSERT INTO begin_t VALUES (1)");
    const auto failed = scene.client.exchange(insert);
    CHECK(wire::types(failed) == "EZ");
    CHECK(wire::sqlstate(failed) == "26000");
    CHECK(wire::transaction_status(failed) == 'E');
    CHECK(wire::sqlstate(scene.client.exchange(insert)) == "25P02");
    const auto* end = GENERATE("COMMIT", "ROLLBACK");
    const auto ended = scene.client.exchange(request(extended, end));
    CHECK(wire::command_tag(ended) == "ROLLBACK");
    CHECK(wire::transaction_status(ended) == 'I');
    scene.check_nothing_ran();
}

TEST_CASE("begin: if it fails, what was sent behind the first statement does not run either", "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    BrokenBegin scene;
    const auto insert = request(extended, "INSERT INTO begin_t VALUES (1)");
    scene.client.send(insert + insert + request(extended, "COMMIT"));
    CHECK(wire::sqlstate(scene.client.read_answer()) == "26000");
    const auto second = scene.client.read_answer();
    CHECK(wire::sqlstate(second) == "25P02");
    CHECK(wire::transaction_status(second) == 'E');
    CHECK(wire::command_tag(scene.client.read_answer()) == "ROLLBACK");
    scene.check_nothing_ran();
}

/// Begins a block, and cancels its first statement while it waits for a server. It has failed, and no server
/// knows of it.
void fail_waiting(Weir& weir, WireClient& client, bool extended) {
    client.exchange(request(extended, "BEGIN"));
    client.send(request(extended, "SELECT 1"));
    REQUIRE(scene::waiting(weir, 1));
    WireClient cancel(weir.port());
    cancel.send(wire::cancel_request(client.backend_key()));
    CHECK_FALSE(cancel.read_byte());
    const auto answer = client.read_answer();
    CHECK(wire::sqlstate(answer) == "57014");
    CHECK(wire::transaction_status(answer) == 'E');
}

TEST_CASE(
    "begin: a failed block that no server has ends as PostgreSQL ends one, and the rest of the text runs",
    "[pg]") {
    REQUIRES_POSTGRES();
    const std::string text =
        GENERATE("COMMIT; SELECT 5", "END; SELECT 'six' FROM nowhere", "ROLLBACK; BEGIN",
                 "COMMIT AND CHAIN; SELECT 7", "COMMIT; SELECT 1/0; SELECT 8", "COMMIT; COMMIT", " abort ;;");
    CAPTURE(text);
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    auto holder = Client::connect(weir.login());
    scene::begin(holder);
    auto through = WireClient::logged_in(weir.login());
    fail_waiting(weir, through, false);
    holder.query("COMMIT");
    auto direct = WireClient::logged_in(postgres.login());
    direct.exchange(wire::query("BEGIN"));
    direct.exchange(wire::query("SELECT 1/0"));
    for (const auto& sql : {text, std::string("SELECT 9"), std::string("ROLLBACK")})
        CHECK(seen(through.exchange(wire::query(sql))) == seen(direct.exchange(wire::query(sql))));
}

TEST_CASE("begin: a cancel of the wait for a server fails the block", "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    auto holder = Client::connect(weir.login());
    scene::begin(holder);
    auto waiter = WireClient::logged_in(weir.login());
    fail_waiting(weir, waiter, extended);
    CHECK(wire::sqlstate(waiter.exchange(request(extended, "SELECT 2"))) == "25P02");
    CHECK(wire::types(waiter.exchange(wire::query(""))) == "IZ");
    CHECK(wire::command_tag(waiter.exchange(request(extended, "COMMIT AND CHAIN"))) == "ROLLBACK");
    holder.query("COMMIT");
    CHECK(wire::transaction_status(waiter.exchange(request(extended, "SELECT 3"))) == 'T');
    CHECK(wire::command_tag(waiter.exchange(request(extended, "COMMIT"))) == "COMMIT");
}

TEST_CASE("begin: the time limits of transactions hold for one that no server has", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* setting = GENERATE("idle_transaction_timeout", "transaction_timeout");
    Weir weir(scene::before(scene::settled(Postgres::shared())).set(setting, "1"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::query("BEGIN"));
    const auto answer = client.read_to_end();
    CHECK(wire::error_text(answer).find("transaction timeout") != std::string::npos);
}

TEST_CASE("begin: a statement of the client's own is deallocated in front of everything else", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(scene::settled(Postgres::shared())));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::parse("s", "SELECT 1") + wire::sync_message());
    client.exchange(wire::query("BEGIN"));
    const auto answer = client.exchange(wire::query("DEALLOCATE s"));
    CHECK(seen(answer) == seen({{'C', wire::cstring("DEALLOCATE")}, {'Z', "T"}}));
    CHECK(wire::command_tag(client.exchange(wire::query("COMMIT"))) == "COMMIT");
}

TEST_CASE("begin: if it fails in front of a RESET, the client can still end its block", "[pg]") {
    REQUIRES_POSTGRES();
    BrokenBegin scene;
    // The other client's block is what fails; this one has start-up values that a RESET returns to.
    auto client = WireClient::logged_in(scene.weir.login(), {{"work_mem", "7MB"}});
    client.exchange(wire::query("BEGIN"));
    CHECK(wire::transaction_status(client.exchange(wire::query("RESET work_mem"))) == 'E');
    CHECK(wire::command_tag(client.exchange(wire::query("ROLLBACK"))) == "ROLLBACK");
}

TEST_CASE("begin: if it fails in front of a DEALLOCATE, its error is the only answer and the statement stays",
          "[pg]") {
    REQUIRES_POSTGRES();
    BrokenBegin scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.exchange(wire::parse("s", "SELECT 5") + wire::sync_message());
    client.exchange(wire::query("BEGIN"));
    const auto failed = client.exchange(wire::query("DEALLOCATE s"));
    CHECK(wire::types(failed) == "EZ");
    CHECK(wire::sqlstate(failed) == "26000");
    CHECK(wire::transaction_status(failed) == 'E');
    CHECK(wire::command_tag(client.exchange(wire::query("ROLLBACK"))) == "ROLLBACK");
    const auto run = wire::bind_portal("", "s") + wire::execute("") + wire::sync_message();
    CHECK(wire::rows(client.exchange(run)) == Rows{{"5"}});
}
