// Variables that functions set where no pooler can see it: the server is reset before anybody else gets it.
#include "tests/integration/scene.h"

using namespace support;

namespace {

WeirConfig one_server() { return scene::before(Postgres::shared()).set("default_pool_size", "1"); }

void make_functions() {
    auto direct = Client::connect(Postgres::shared().login("postgres"));
    direct.query(
        "CREATE OR REPLACE FUNCTION set_tenant(name text) RETURNS void LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM set_config('app.tenant', name, false); SET work_mem = '9MB'; END $$");
    direct.query(
        "CREATE OR REPLACE FUNCTION harmless() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$");
    direct.query(
        "CREATE OR REPLACE PROCEDURE set_by_procedure() LANGUAGE plpgsql AS "
        "$$ BEGIN SET timezone = 'Asia/Tokyo'; COMMIT; SET geqo = off; END $$");
    direct.query(
        "CREATE OR REPLACE FUNCTION hide() RETURNS void LANGUAGE plpgsql AS "
        "$$ BEGIN CREATE TEMP TABLE hidden (n int); PERFORM pg_advisory_lock(77); EXECUTE 'LISTEN hidden'; "
        "END $$");
}

std::uint64_t resets(Weir& weir) {
    std::uint64_t sum = 0;
    for (const auto& row : weir.show("PREFIXES")) sum += std::stoull(row.at("state_resets"));
    return sum;
}

const std::string kAll =
    "SELECT current_setting('work_mem') || current_setting('timezone') || current_setting('geqo') || "
    "coalesce(current_setting('app.tenant', true), '')";

}  // namespace

TEST_CASE("hidden state: what a function sets is gone before the next client", "[pg]") {
    REQUIRES_POSTGRES();
    make_functions();
    Weir weir(one_server());
    auto other = Client::connect(weir.login());
    const std::string normal = other.value(kAll);
    const char* calls[] = {
        "SELECT set_tenant('secret')",
        "DO $$ BEGIN PERFORM set_config('app.tenant', 'secret', false); END $$",
        "CALL set_by_procedure()",
        "SELECT set_config('app.' || 'tenant', 'secret', false)",
        "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'geqo'",
        "WITH x AS (SELECT set_config('geqo', 'off', false)) SELECT * FROM x",
    };
    for (const char* call : calls) {
        CAPTURE(call);
        auto client = Client::connect(weir.login());
        client.query("SET lock_timeout = '8s'");
        client.query(call);
        CHECK(client.value(kAll) != normal);  // its own until somebody else comes
        CHECK(other.value(kAll) == normal);
        CHECK(client.value("SHOW lock_timeout") == "8s");
        CHECK(client.try_params(call, {}).ok);
        CHECK(other.value(kAll) == normal);
        CHECK(other.value("SHOW lock_timeout") == "0");
    }
}

TEST_CASE("hidden state: objects and locks of a function are gone as well", "[pg]") {
    REQUIRES_POSTGRES();
    make_functions();
    Weir weir(one_server());
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    client.query("SELECT hide()");
    CHECK_FALSE(other.try_query("SELECT * FROM hidden").ok);
    CHECK(other.value(
              "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()") == "0");
    CHECK(other.value("SELECT count(*) FROM pg_listening_channels()") == "0");
}

TEST_CASE("hidden state: built-in functions and listed ones cost no reset", "[pg]") {
    REQUIRES_POSTGRES();
    make_functions();
    Weir weir(one_server().set("session_safe_functions", "other_one, harmless"));
    auto a = Client::connect(weir.login());
    auto b = Client::connect(weir.login());
    for (int i = 0; i < 3; ++i) {
        a.query("SELECT upper('x'), now(), random(), harmless()");
        b.query("SELECT public.harmless(), count(*) FROM pg_class");
    }
    CHECK(resets(weir) == 0);
    a.query("SELECT harmless(), set_tenant('x')");
    b.query("SELECT 1");
    CHECK(resets(weir) == 1);
    CHECK(b.value("SELECT coalesce(current_setting('app.tenant', true), '')").empty());
}

TEST_CASE("hidden state: hidden_state = pin keeps the server until DISCARD ALL", "[pg]") {
    REQUIRES_POSTGRES();
    make_functions();
    Weir weir(scene::before(Postgres::shared())
                  .set("default_pool_size", "2")
                  .set("workers", "1")
                  .set("hidden_state", "pin"));
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    client.query("SELECT set_tenant('mine')");
    const std::string pid = client.value("SELECT pg_backend_pid()");
    for (int i = 0; i < 3; ++i) {
        CHECK(other.value("SELECT pg_backend_pid()") != pid);
        CHECK(client.value("SELECT current_setting('app.tenant')") == "mine");
    }
    const auto reason = [&] {
        std::string reasons;
        for (const auto& row : weir.show("CLIENTS")) reasons += row.at("pin_reason");
        return reasons;
    };
    CHECK(eventually([&] { return reason() == "hidden state"; }));
    client.query("DISCARD ALL");
    CHECK(eventually([&] { return reason().empty(); }));
}

TEST_CASE("hidden state: connect_query is run again after a reset", "[pg]") {
    REQUIRES_POSTGRES();
    make_functions();
    Weir weir(
        scene::before(Postgres::shared(), "connect_query='SET geqo = off'").set("default_pool_size", "1"));
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    CHECK(other.value("SHOW geqo") == "off");
    client.query("SELECT set_tenant('x')");
    CHECK(other.value("SHOW geqo") == "off");
    CHECK(other.value("SHOW work_mem") != "9MB");
}

TEST_CASE("hidden state: a text that nobody can read is followed by a reset, too", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    const std::string normal = other.value("SHOW work_mem");
    // Larger than what is read.
    client.query("SET work_mem = '1MB' /*" + std::string(300 * 1024, 'x') + "*/");
    CHECK(client.value("SHOW work_mem") == "1MB");
    client.query("DISCARD ALL");
    CHECK(other.value("SHOW work_mem") == normal);
    client.query("SELECT '" + std::string(300 * 1024, 'x') + "'");
    CHECK(other.value("SHOW work_mem") == normal);
    CHECK(resets(weir) == 1);
}

TEST_CASE("hidden state: DISCARD ALL takes away only what came before it", "[pg]") {
    REQUIRES_POSTGRES();
    make_functions();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    auto other = Client::connect(weir.login());
    const std::string normal = other.value(kAll);
    client.send(wire::query("DISCARD ALL") + wire::query("SELECT set_tenant('secret')"));
    client.read_answer();
    CHECK(wire::command_tag(client.read_answer()) == "SELECT 1");
    CHECK(other.value(kAll) == normal);
}

TEST_CASE("hidden state: a refused text that is larger than what is read is skipped to its end", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server().set("pin", "refuse").set("hidden_state", "pin"));
    auto client = Client::connect(weir.login());
    CHECK(client.try_query("SELECT '" + std::string(1024 * 1024, 'Q') + "'").sqlstate == "0A000");
    CHECK(client.value("SELECT 1") == "1");
}
