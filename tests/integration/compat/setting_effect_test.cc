// Settings that no other folder's tests look at: what each of them changes.
#include "tests/integration/compat/compat.h"

using namespace support;
using namespace support::wire;

namespace {

WeirConfig plain(const std::string& keys = "") { return compat::before(Postgres::shared(), keys); }

std::string at_postgres() { return "host=127.0.0.1 port=" + std::to_string(Postgres::shared().port()) + " "; }

std::string backend(Client& client) { return client.value("SELECT pg_backend_pid()"); }

}  // namespace

TEST_CASE("autodb_idle_timeout: a database of the * line is forgotten when nobody uses it", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain().set("autodb_idle_timeout", "1").set("server_idle_timeout", "1");
    config.databases["*"] = at_postgres();
    Weir weir(config);
    auto user = Client::connect(weir.login().with_database("postgres"));
    CHECK(user.value("SELECT current_database()") == "postgres");
    CHECK_FALSE(compat::row_with(weir, "DATABASES", {{"name", "postgres"}}).empty());
    user.close();
    CHECK(eventually([&] { return compat::row_with(weir, "DATABASES", {{"name", "postgres"}}).empty(); }));
    CHECK(compat::row_with(weir, "POOLS", {{"database", "postgres"}}).empty());
    CHECK_FALSE(compat::row_with(weir, "DATABASES", {{"name", "app"}}).empty());
    CHECK(Client::connect(weir.login().with_database("postgres")).value("SELECT 1") == "1");
}

TEST_CASE("forced user: everybody shares one pool, whatever the login name", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain("user=other pool_size=1"));
    auto first = Client::connect(weir.login("app"));
    auto second = Client::connect(weir.login("other"));
    CHECK(first.value("SELECT current_user") == "other");
    CHECK(backend(first) == backend(second));
    CHECK(compat::row_with(weir, "POOLS", {{"database", "app"}}).at("user") == "other");
}

TEST_CASE("track_extra_parameters: a listed parameter follows its client, in any letter case", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain("pool_size=1").set("track_extra_parameters", "intervalSTYLE, search_path"));
    auto one = Client::connect(weir.login());
    auto two = Client::connect(weir.login());
    one.query("SET IntervalStyle = 'iso_8601'");
    two.query("SET IntervalStyle = 'sql_standard'");
    CHECK(one.value("SHOW IntervalStyle") == "iso_8601");
    CHECK(two.value("SHOW IntervalStyle") == "sql_standard");
    auto three = WireClient::logged_in(weir.login(), {{"intervalstyle", "postgres_verbose"}});
    CHECK(rows(three.exchange(query("SHOW IntervalStyle"))) == Rows{{"postgres_verbose"}});
}

TEST_CASE("ignore_startup_parameters: listed names are dropped, options covers what stands inside", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain().set("ignore_startup_parameters", "extra_float_digits, search_path"));
    auto client = WireClient::logged_in(
        weir.login(), {{"extra_float_digits", "1"}, {"options", "-c search_path=x"}, {"_pq_.x", "1"}});
    CHECK(rows(client.exchange(query("SHOW search_path"))) != Rows{{"x"}});
    // The letter case counts for this list; what is not dropped goes to the server.
    auto other = WireClient::logged_in(weir.login(), {{"Extra_Float_Digits", "-3"}});
    CHECK(rows(other.exchange(query("SHOW extra_float_digits"))) == Rows{{"-3"}});
    weir.console("SET ignore_startup_parameters = 'options'");
    CHECK(WireClient::logged_in(weir.login(), {{"options", "-c work_mem=1MB"}}).send(query("SELECT 1")));
}

TEST_CASE("server_check_query and server_check_delay: an idle server is checked before it is used again",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain("pool_size=1")
                  .set("server_check_delay", "0")
                  .set("server_check_query", "SELECT nextval('compat_checks')"));
    auto client = Client::connect(weir.login());
    client.query("CREATE SEQUENCE compat_checks");
    CHECK(eventually([&] { return weir.pool("sv_used") == 1; }));
    CHECK(client.value("SELECT is_called FROM compat_checks") == "t");
    weir.console("SET server_check_query = ''");
    client.query("DROP SEQUENCE compat_checks");
    CHECK(client.value("SELECT 1") == "1");
}

TEST_CASE("stats_period and log_stats: a line per period, unless it is switched off", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain().set("stats_period", "1"));
    CHECK(weir.logged("stats: 0 xacts/s, 0 queries/s, 0 client parses/s, 0 server parses/s, 0 binds/s, in "));
    Weir quiet(plain().set("stats_period", "1").set("log_stats", "0"));
    CHECK(always([&] { return quiet.log().find("stats: ") == std::string::npos; }, std::chrono::seconds(2)));
}

TEST_CASE("log_connections, log_disconnections, log_pooler_errors: each silences its lines", "[pg]") {
    REQUIRES_POSTGRES();
    const auto work = [](Weir& weir) {
        Client::connect(weir.login()).query("SELECT 1");
        CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "nowhere"}}).find("FATAL") == 0);
        CHECK(eventually([&] { return weir.pool("sv_idle") == 1; }));
        weir.console("RECONNECT");
        CHECK(eventually([&] { return weir.pool("sv_idle") == 0; }));
    };
    Weir talking(plain());
    work(talking);
    CHECK(talking.logged("login attempt: db=app user=app tls=no replication=no"));
    CHECK(talking.logged("new connection to server (from 127.0.0.1:"));
    CHECK(talking.logged("closing because: client close request (age=0s)"));
    CHECK(talking.logged("closing because: RECONNECT command issued (age="));
    CHECK(talking.logged("pooler error: no such database: nowhere"));
    Weir quiet(
        plain().set("log_connections", "0").set("log_disconnections", "0").set("log_pooler_errors", "0"));
    work(quiet);
    quiet.console("SET verbose = 1");
    quiet.stop();
    for (const std::string text :
         {"login attempt", "new connection to server", "closing because", "pooler error"}) {
        INFO(text);
        CHECK(quiet.log().find(text) == std::string::npos);
    }
}

TEST_CASE("server_fast_close: a session loses its stale server as soon as no transaction is open", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain("pool_mode=session").set("server_fast_close", "1"));
    auto working = WireClient::logged_in(weir.login());
    working.exchange(query("BEGIN; SELECT 1"));
    weir.console("RECONNECT");
    CHECK(working.silent(std::chrono::milliseconds(800)));  // more than two rounds of the janitor
    CHECK(command_tag(working.exchange(query("COMMIT"))) == "COMMIT");
    CHECK(compat::error(working.read_to_end()) == "FATAL 08P01 database configuration changed");
}

TEST_CASE("[users]: a value of the user replaces the general one, in SHOW too", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain();
    config.users["other"] = "pool_mode=session pool_size=1 max_user_connections=1";
    Weir weir(config);
    auto user = Client::connect(weir.login("other"));
    user.query("SELECT 1");
    auto second = Client::connect(weir.login("other"));
    REQUIRE(second.send("SELECT 1"));
    CHECK(compat::waiting(weir, 1));
    CHECK(compat::row_with(weir, "POOLS", {{"user", "other"}}).at("pool_mode") == "session");
    user.close();
    CHECK(second.wait().ok);
}
