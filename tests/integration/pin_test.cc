// What only one server connection has keeps its client there, with a reason that can be seen, until it is
// gone.
#include "tests/integration/scene.h"

using namespace support;

namespace {

std::string pin_reason(Weir& weir) {
    std::string reasons;
    for (const auto& row : weir.show("CLIENTS"))
        if (row.at("database") == "app") reasons += row.at("pin_reason");
    return reasons;
}

std::string server_pin_reason(Weir& weir) {
    std::string reasons;
    for (const auto& row : weir.show("SERVERS")) reasons += row.at("pin_reason");
    return reasons;
}

/// Replies come before the pooler has asked the server what is left.
bool pinned_for(Weir& weir, const std::string& reason) {
    return eventually([&] { return pin_reason(weir) == reason && server_pin_reason(weir) == reason; });
}

WeirConfig one_worker() {
    return scene::before(Postgres::shared()).set("default_pool_size", "2").set("workers", "1");
}

struct Case {
    const char* pin;
    const char* reason;
    const char* use;  ///< works only on the same connection
    const char* unpin;
};

const Case kCases[] = {
    {"CREATE TEMP TABLE t (n int)", "temporary object", "SELECT * FROM t", "DROP TABLE t"},
    {"CREATE TEMP TABLE t (n int)", "temporary object", "INSERT INTO t VALUES (1)", "DISCARD TEMP"},
    {"SELECT 1 AS n INTO TEMP t", "temporary object", "SELECT * FROM t", "DISCARD ALL"},
    {"CREATE TEMP SEQUENCE s", "temporary object", "SELECT nextval('s')", "DROP SEQUENCE s"},
    {"BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT generate_series(1, 9); COMMIT", "cursor with hold",
     "FETCH 1 FROM c", "CLOSE c"},
    {"PREPARE p AS SELECT 1", "SQL PREPARE", "EXECUTE p", "DEALLOCATE p"},
    {"PREPARE p AS SELECT 1", "SQL PREPARE", "EXECUTE p", "DEALLOCATE ALL"},
    {"LISTEN news", "LISTEN", "SELECT 1/(count(*))::int FROM pg_listening_channels()", "UNLISTEN *"},
    {"SELECT pg_advisory_lock(7)", "advisory lock",
     "SELECT 1/(count(*))::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
     "SELECT pg_advisory_unlock(7)"},
    {"SELECT pg_try_advisory_lock(7, 8)", "advisory lock",
     "SELECT 1/(count(*))::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
     "SELECT pg_advisory_unlock_all()"},
};

}  // namespace

TEST_CASE("pins: a session keeps its server until the reason is gone", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker());
    for (const Case& item : kCases) {
        CAPTURE(item.pin);
        auto client = Client::connect(weir.login());
        auto other = Client::connect(weir.login());
        client.query(item.pin);
        const std::string pid = client.value("SELECT pg_backend_pid()");
        CHECK(pinned_for(weir, item.reason));
        for (int i = 0; i < 3; ++i) {
            CHECK(other.value("SELECT pg_backend_pid()") != pid);
            CHECK(client.try_query(item.use).ok);
        }
        client.query(item.unpin);
        CHECK(pinned_for(weir, ""));
        // Free again: with the other server busy, somebody else gets it.
        scene::begin(client);
        scene::begin(other);
        const std::string theirs = other.value("SELECT pg_backend_pid()");
        other.query("COMMIT");
        client.query("COMMIT");
        CHECK((theirs == pid || client.value("SELECT pg_backend_pid()") == pid));
    }
    CHECK(weir.logged("keeps its server connection: temporary object"));
}

TEST_CASE("pins: what is gone by itself does not pin", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker());
    const char* programs[] = {
        "BEGIN; CREATE TEMP TABLE t (n int) ON COMMIT DROP; COMMIT",
        "BEGIN; CREATE TEMP TABLE t (n int); ROLLBACK",
        "BEGIN; DECLARE c CURSOR FOR SELECT 1; COMMIT",
        "BEGIN; LISTEN x; ROLLBACK",
        "BEGIN; SELECT pg_advisory_xact_lock(1); COMMIT",
        "SELECT pg_advisory_lock(1); SELECT pg_advisory_unlock(1)",
        "PREPARE p AS SELECT 1; DEALLOCATE p",
    };
    for (const char* program : programs) {
        CAPTURE(program);
        auto client = Client::connect(weir.login());
        client.query(program);
        CHECK(pinned_for(weir, ""));
    }
}

TEST_CASE("pins: several reasons are named, and each goes alone", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker());
    auto client = Client::connect(weir.login());
    client.query("CREATE TEMP TABLE t (n int)");
    client.query("LISTEN x");
    CHECK(pinned_for(weir, "temporary object, LISTEN"));
    client.query("DROP TABLE t");
    CHECK(pinned_for(weir, "LISTEN"));
    client.query("UNLISTEN x");
    CHECK(pinned_for(weir, ""));
}

TEST_CASE("pins: a lock that an error did not release still pins", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker());
    auto client = Client::connect(weir.login());
    CHECK_FALSE(client.try_query("SELECT pg_advisory_lock(5), 1 / (random() * 0)::int").ok);
    CHECK(pinned_for(weir, "advisory lock"));
}

TEST_CASE("pins: a server is cleaned when its pinned session ends", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker().set("default_pool_size", "1"));
    for (const Case& item : kCases) {
        CAPTURE(item.pin);
        auto client = Client::connect(weir.login());
        client.query(item.pin);
        client.query("SET work_mem = '1MB'");
        CHECK(client.try_query(item.use).ok);
        client.close();
        auto next = Client::connect(weir.login());
        CHECK_FALSE(next.try_query(item.use).ok);
        CHECK(next.value("SHOW work_mem") != "1MB");
    }
}

TEST_CASE("pins: notifications reach who listens, and nobody else", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker());
    auto listener = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    listener.exchange(wire::query("LISTEN news"));
    other.exchange(wire::query("NOTIFY news, 'hello'"));
    const auto message = listener.read();
    REQUIRE(message);
    CHECK(message->type == 'A');
    CHECK(message->body.find("hello") != std::string::npos);
    listener.exchange(wire::query("UNLISTEN news"));
    CHECK(wire::types(other.exchange(wire::query("NOTIFY news"))) == "CZ");
    CHECK(wire::types(listener.exchange(wire::query("SELECT"))) == "TDCZ");
}

TEST_CASE("pins: a notification that comes while the pooler asks what is left is delivered", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker());
    auto listener = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        listener.send(wire::query("LISTEN news"));
        other.send(wire::query("NOTIFY news"));
        CHECK(wire::command_tag(listener.read_answer()) == "LISTEN");
        other.read_answer();
        // What was sent at the same time may have come first; this comes after both.
        other.exchange(wire::query("NOTIFY news, 'last'"));
        auto message = listener.read();
        if (message && message->body.find("last") == std::string::npos) message = listener.read();
        REQUIRE(message);
        CHECK(message->type == 'A');
        listener.exchange(wire::query("UNLISTEN news"));
    }
}

TEST_CASE("pins: pin = refuse answers what would pin with an error and runs nothing", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker().set("pin", "refuse"));
    for (const Case& item : kCases) {
        CAPTURE(item.pin);
        auto client = Client::connect(weir.login());
        const auto outcome = client.try_query(item.pin);
        CHECK(outcome.sqlstate == "0A000");
        CHECK(outcome.message.find(item.reason) != std::string::npos);
        CHECK_FALSE(client.try_params(item.pin, {}).ok);
        CHECK_FALSE(client.try_query(item.use).ok);
        CHECK(client.value("SELECT 1") == "1");
        CHECK(pinned_for(weir, ""));
    }
    auto client = Client::connect(weir.login());
    client.query("BEGIN");
    CHECK(client.try_params("LISTEN x", {}).sqlstate == "0A000");
    CHECK(client.try_query("SELECT 1").sqlstate == "25P02");
    CHECK(client.try_query("LISTEN x").sqlstate == "25P02");
    client.query("ROLLBACK");
}

TEST_CASE("pins: pin = warn says so in the log", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_worker().set("pin", "warn"));
    auto client = Client::connect(weir.login());
    client.query("LISTEN x");
    CHECK(weir.logged("WARNING"));
    CHECK(weir.logged("keeps its server connection: LISTEN"));
}
