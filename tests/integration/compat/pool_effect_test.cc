// What is run on a server between two clients, how often a server that refuses is tried, and the limits that
// hold for all databases and users.
#include "tests/integration/compat/compat.h"
#include "tests/support/hostile_server.h"

using namespace support;
using namespace support::wire;

namespace {

/// One server whose log holds every statement that reaches it.
Postgres& talking() {
    static Postgres server({{"log_statement = all"}, {}});
    return server;
}

WeirConfig one_session_server() {
    return compat::before(talking(), "pool_size=1").set("pool_mode", "session");
}

std::string backend(Client& client) { return client.value("SELECT pg_backend_pid()"); }

/// How often this stands in the server's log, behind what `before` had of it. A mark shows that all of it has
/// arrived: lines come in the order of their statements.
int times_run(const std::string& statement, std::size_t before) {
    static int marks = 0;
    const auto mark = "SELECT 'mark " + std::to_string(++marks) + "'";
    talking().control().query(mark);
    CHECK(eventually([&] { return talking().log().find(mark) != std::string::npos; }));
    const auto log = talking().log().substr(before);
    const auto line = "statement: " + statement + "\n";
    int count = 0;
    for (auto at = log.find(line); at != std::string::npos; at = log.find(line, at + 1)) ++count;
    return count;
}

/// A first client leaves a temporary table on the only server; returns the server's process.
std::string leave_something(const Weir& weir) {
    auto first = Client::connect(weir.login());
    first.query("CREATE TEMP TABLE left_behind (x int)");
    return backend(first);
}

bool left_behind(Client& next) {
    return next.value("SELECT to_regclass('pg_temp.left_behind') IS NOT NULL") == "t";
}

}  // namespace

TEST_CASE("server_reset_query: another text is run once between two sessions, and nothing else", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string reset = "SELECT 'my own reset'";
    const auto before = talking().log().size();
    Weir weir(one_session_server().set("server_reset_query", reset));
    const auto server = leave_something(weir);
    auto second = Client::connect(weir.login());
    CHECK(backend(second) == server);
    CHECK(left_behind(second));
    CHECK(times_run(reset, before) == 1);
    CHECK(times_run("DISCARD ALL", before) == 0);
}

TEST_CASE("server_reset_query: nothing is run if it is empty, DISCARD ALL by default", "[pg]") {
    REQUIRES_POSTGRES();
    const auto before = talking().log().size();
    Weir weir(one_session_server());
    {
        const auto server = leave_something(weir);
        auto second = Client::connect(weir.login());
        CHECK(backend(second) == server);
        CHECK_FALSE(left_behind(second));
        CHECK(times_run("DISCARD ALL", before) == 1);
    }
    CHECK(eventually([&] { return weir.pool("sv_idle") == 1; }));
    const auto emptied = talking().log().size();
    weir.console("SET server_reset_query = ''");
    const auto server = leave_something(weir);
    auto second = Client::connect(weir.login());
    CHECK(backend(second) == server);
    CHECK(left_behind(second));
    CHECK(times_run("DISCARD ALL", emptied) == 0);
}

TEST_CASE("server_reset_query: a server whose reset fails is closed", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_session_server().set("server_reset_query", "SELECT no_such_column"));
    const auto server = leave_something(weir);
    auto second = Client::connect(weir.login());
    CHECK(backend(second) != server);
    CHECK(weir.logged("closing because: reset or check query failed"));
}

TEST_CASE("server_check_query: by default it is an empty query, and the server is kept", "[pg]") {
    REQUIRES_POSTGRES();
    const auto before = talking().log().size();
    Weir weir(compat::before(talking(), "pool_size=1").set("server_check_delay", "0"));
    CHECK(compat::row_with(weir, "CONFIG", {{"key", "server_check_query"}}).at("value") == "<empty>");
    auto client = Client::connect(weir.login());
    const auto server = backend(client);
    CHECK(eventually([&] { return times_run(";", before) > 0; }));
    CHECK(backend(client) == server);
    CHECK(eventually([&] { return times_run(";", before) == 2; }));
}

TEST_CASE("server_check_query: a server that fails it is closed, and the client gets another", "[pg]") {
    REQUIRES_POSTGRES();
    auto& control = talking().control();
    control.query("CREATE TABLE check_passes (x int); GRANT ALL ON check_passes TO PUBLIC");
    Weir weir(compat::before(talking(), "pool_size=1")
                  .set("server_check_query", "SELECT FROM check_passes")
                  .set("server_check_delay", "0.5"));
    auto client = Client::connect(weir.login());
    const auto first = backend(client);
    CHECK(eventually([&] { return weir.pool("sv_used") == 1; }));
    CHECK(backend(client) == first);  // it passed
    CHECK(eventually([&] { return weir.pool("sv_used") == 1; }));
    control.query("DROP TABLE check_passes");
    CHECK(backend(client) != first);
    CHECK(weir.logged("closing because: reset or check query failed"));
    CHECK(eventually([&] { return talking().connections("pid = " + first) == 0; }));
}

TEST_CASE("server_login_retry: a server that refuses is not tried more often than it says", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string refusal =
        message('E', "S" + cstring("FATAL") + "C" + cstring("53300") + "M" + cstring("no room") + '\0');
    HostileServer refusing({{says(refusal)}}, HostileServer::End::kClose);
    WeirConfig config;
    Weir weir(config.database(refusing.port()).set("server_login_retry", "600"));
    const auto knock = [&] {
        WireClient client(weir.port());
        client.send(startup({{"user", "app"}, {"database", "app"}}));
        return client.silent(std::chrono::milliseconds(20));
    };
    CHECK(eventually([&] { return knock(), refusing.served() == 1; }));
    CHECK(always([&] { return knock(), refusing.served() == 1; }, std::chrono::seconds(2)));
    weir.console("SET server_login_retry = '0.1'");
    CHECK(eventually([&] { return knock(), refusing.served() >= 4; }));
}

TEST_CASE("max_db_connections: the general one holds for each database, over its users", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(talking());
    auto config = compat::before(postgres).set("max_db_connections", "1");
    config.database(postgres.port(), "", "second");
    Weir weir(config);
    CHECK(compat::row_with(weir, "DATABASES", {{"name", "second"}}).at("max_connections") == "1");
    auto holder = Client::connect(weir.login("app"));
    compat::begin(holder);
    auto elsewhere = Client::connect(weir.login("other").with_database("second"));
    CHECK(elsewhere.value("SELECT 1") == "1");
    WireClient waiter(weir.port());
    waiter.send(startup({{"user", "other"}, {"database", "app"}}));
    CHECK(waiter.silent(std::chrono::seconds(1)));
    CHECK(postgres.connections() == 2);
    holder.query("COMMIT");
    CHECK(transaction_status(waiter.read_answer()) == 'I');
    CHECK(postgres.connections("usename = 'other'") == 2);
    CHECK(postgres.connections() == 2);
}

TEST_CASE("max_user_connections: the general one holds for each user, over all databases", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(talking());
    auto config = compat::before(postgres).set("max_user_connections", "1");
    config.database(postgres.port(), "", "second");
    Weir weir(config);
    CHECK(compat::row_with(weir, "USERS", {{"name", "app"}}).at("max_user_connections") == "1");
    auto in_second = Client::connect(weir.login().with_database("second"));
    auto in_first = Client::connect(weir.login());
    compat::begin(in_first);
    CHECK(Client::connect(weir.login("other")).value("SELECT 1") == "1");
    REQUIRE(in_second.send("SELECT 'late'"));
    CHECK(eventually([&] { return weir.pool("cl_waiting", "second") == 1; }));
    CHECK(always([&] { return postgres.connections("usename = 'app'") == 1; }, std::chrono::seconds(1)));
    in_first.query("COMMIT");
    CHECK(in_second.wait().rows == Rows{{"late"}});
    CHECK(postgres.connections("usename = 'app'") == 1);
}

TEST_CASE("max_user_client_connections: the general one holds for each login user", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = compat::before(talking(), "user=app").set("max_user_client_connections", "1");
    config.database(talking().port(), "", "second");
    Weir weir(config);
    auto first = Client::connect(weir.login("app"));
    auto other = Client::connect(weir.login("other"));  // of the same pool, another login user
    const Parameters again{{"user", "app"}, {"database", "second"}};
    CHECK(compat::refusal(weir, again).find("(max_user_client_connections)") != std::string::npos);
    CHECK(first.value("SELECT 1") == "1");
    first.close();
    CHECK(eventually([&] { return Client(weir.login("app").with_database("second")).connected(); }));
}
