// What PAUSE, RESUME, KILL, RECONNECT, DISABLE, WAIT_CLOSE and SUSPEND do to clients and servers.
#include <thread>

#include "tests/integration/compat/compat.h"

using namespace support;
using namespace support::wire;

namespace {

/// A pooler with nothing connected, paused or disabled: shared, since each case puts back what it changed.
Weir& fresh() {
    static const auto weir = [] {
        auto config = compat::before(Postgres::shared());
        config.database(Postgres::shared().port(), "", "second");
        config.databases["*"] = "host=127.0.0.1 port=" + std::to_string(Postgres::shared().port());
        config.database(Postgres::shared().port(), "pool_mode=session pool_size=2", "session");
        return std::make_unique<Weir>(config);
    }();
    return *weir;
}

Login to(Weir& weir, const std::string& database) { return weir.login().with_database(database); }

std::string state(Weir& weir, const std::string& key) {
    return compat::row_with(weir, "STATE", {{"key", key}}).at("value");
}

int servers(Weir& weir, const std::string& database) {
    return weir.pool("sv_idle", database) + weir.pool("sv_active", database) +
           weir.pool("sv_used", database) + weir.pool("sv_tested", database);
}

/// The next command of this console is sent and has no answer yet.
bool unanswered(WireClient& console, const std::string& command) {
    console.send(query(command));
    return console.silent(std::chrono::milliseconds(300));
}

std::string tag_of(WireClient& console, const std::string& command) {
    return command_tag(console.exchange(query(command)));
}

/// Servers of database `app` in a state, by a console that is open already: SUSPEND lets no other in.
std::string idle_and_used(WireClient& console) {
    for (const auto& row : rows(console.exchange(query("SHOW POOLS"))))
        if (row[0] == "app") return row[9] + " " + row[10];  // sv_idle, sv_used
    return "";
}

/// FATAL text with which the client's connection ends.
std::string last_words(WireClient& client) {
    const auto rest = client.read_to_end();
    return rest.empty() ? "" : compat::error({rest.back()});
}

}  // namespace

TEST_CASE("PAUSE: it waits for transactions, holds new queries and lets them go on RESUME", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto working = Client::connect(weir.login());
    auto idle = Client::connect(weir.login());
    idle.query("SELECT 1");
    compat::begin(working);
    CHECK(unanswered(console, "PAUSE"));
    CHECK(state(weir, "paused") == "yes");
    REQUIRE(idle.send("SELECT 2"));
    CHECK(compat::waiting(weir, 1));
    CHECK(working.value("SELECT 3") == "3");
    working.query("COMMIT");
    CHECK(command_tag(console.read_answer()) == "PAUSE");
    CHECK(servers(weir, "app") == 0);
    CHECK(Client(weir.login()).connected());  // the pool's parameters are known
    CHECK(compat::error(console.exchange(query("PAUSE"))) == "ERROR 08P01 already suspended/paused");
    CHECK(compat::error(console.exchange(query("SUSPEND"))) == "ERROR 08P01 already suspended/paused");
    CHECK(compat::error(console.exchange(query("KILL"))) == "ERROR 08P01 already suspended/paused");
    CHECK(tag_of(console, "RESUME") == "RESUME");
    CHECK(idle.wait().rows == Rows{{"2"}});
    CHECK(state(weir, "active") == "yes");
}

TEST_CASE("PAUSE: of one database it holds that one only, may be repeated and is shown", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto held = Client::connect(weir.login());
    held.query("SELECT 1");
    CHECK(tag_of(console, "PAUSE app") == "PAUSE");
    CHECK(tag_of(console, "PAUSE app") == "PAUSE");
    CHECK(compat::row_with(weir, "DATABASES", {{"name", "app"}}).at("paused") == "1");
    CHECK(state(weir, "active") == "yes");
    CHECK(Client::connect(to(weir, "second")).value("SELECT 1") == "1");
    REQUIRE(held.send("SELECT 2"));
    CHECK(compat::waiting(weir, 1));
    CHECK(compat::error(console.exchange(query("SUSPEND"))).find("ERROR 08P01 cannot suspend") == 0);
    CHECK(compat::error(console.exchange(query("RESUME"))) == "ERROR 08P01 pooler is not paused/suspended");
    CHECK(tag_of(console, "RESUME app") == "RESUME");
    CHECK(held.wait().ok);
}

TEST_CASE("PAUSE: a session-mode client keeps its server, so that PAUSE waits for it to leave", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto client = Client::connect(to(weir, "session"));
    client.query("SELECT 1");
    CHECK(unanswered(console, "PAUSE session"));
    CHECK(client.value("SELECT 2") == "2");
    client.close();
    CHECK(command_tag(console.read_answer()) == "PAUSE");
    CHECK(tag_of(console, "RESUME session") == "RESUME");
}

TEST_CASE("PAUSE: a console that leaves keeps it in force, a cancel request undoes it", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto working = Client::connect(weir.login());
    compat::begin(working);
    auto leaving = compat::console(weir);
    CHECK(unanswered(leaving, "PAUSE"));
    leaving.close();
    CHECK(always([&] { return state(weir, "paused") == "yes"; }, std::chrono::milliseconds(300)));
    weir.console("RESUME");
    auto console = Client::connect(compat::console_login(weir));
    REQUIRE(console.send("PAUSE"));
    CHECK(eventually([&] { return state(weir, "paused") == "yes"; }));
    CHECK(console.cancel());
    CHECK_FALSE(console.wait().ok);
    CHECK(state(weir, "active") == "yes");
    CHECK(console.value("SHOW client_encoding") == "UTF-8");
}

TEST_CASE("PAUSE: a name of the * entry becomes a database, ENABLE and RESUME make none", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    CHECK(compat::error(console.exchange(query("ENABLE auto_a"))) == "ERROR 08P01 no such database: auto_a");
    CHECK(compat::error(console.exchange(query("RESUME auto_a"))) == "ERROR 08P01 no such database: auto_a");
    CHECK(tag_of(console, "PAUSE auto_a") == "PAUSE");
    CHECK(tag_of(console, "RESUME auto_a") == "RESUME");
    CHECK(tag_of(console, "DISABLE auto_b") == "DISABLE");
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "auto_b"}}) ==
          "FATAL 08P01 database \"auto_b\" is disabled");
    CHECK(tag_of(console, "ENABLE auto_b") == "ENABLE");
    CHECK(tag_of(console, "RECONNECT auto_c") == "RECONNECT");
    CHECK(tag_of(console, "WAIT_CLOSE auto_d") == "WAIT_CLOSE");
    CHECK(tag_of(console, "KILL auto_e") == "KILL");
    CHECK(tag_of(console, "RESUME auto_e") == "RESUME");
}

TEST_CASE("KILL: everything of the database ends, it stays paused until RESUME of that name", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto bystander = Client::connect(to(weir, "second"));
    auto idle = WireClient::logged_in(weir.login());
    auto busy = WireClient::logged_in(weir.login());
    busy.exchange(query("BEGIN; SELECT 1"));
    CHECK(tag_of(console, "KILL app") == "KILL");
    CHECK(last_words(idle) == "FATAL 08P01 database removed");
    CHECK(last_words(busy) == "FATAL 08P01 database removed");
    CHECK(bystander.value("SELECT 1") == "1");
    CHECK(compat::row_with(weir, "POOLS", {{"database", "app"}}).empty());
    CHECK(compat::row_with(weir, "STATS", {{"database", "app"}}).empty());
    CHECK(compat::row_with(weir, "DATABASES", {{"name", "app"}}).at("paused") == "1");
    CHECK(compat::error(console.exchange(query("RESUME"))) == "ERROR 08P01 pooler is not paused/suspended");
    WireClient next(weir.port());
    next.send(startup({{"user", "app"}, {"database", "app"}}));
    CHECK(compat::waiting(weir, 1));
    CHECK(tag_of(console, "RESUME app") == "RESUME");
    CHECK(transaction_status(next.read_answer()) == 'I');
}

TEST_CASE("KILL: without a name every database with a pool is meant, the console excepted", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto first = WireClient::logged_in(weir.login());
    auto second = WireClient::logged_in(to(weir, "second"));
    CHECK(tag_of(console, "KILL") == "KILL");
    CHECK(last_words(first) == "FATAL 08P01 database removed");
    CHECK(last_words(second) == "FATAL 08P01 database removed");
    CHECK(compat::error(console.exchange(query("RESUME"))) == "ERROR 08P01 pooler is not paused/suspended");
    for (const auto& row : weir.show("DATABASES"))
        if (row.at("paused") == "1") CHECK(tag_of(console, "RESUME \"" + row.at("name") + "\"") == "RESUME");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    CHECK(Client::connect(to(weir, "second")).value("SELECT 1") == "1");
}

TEST_CASE("KILL_CLIENT: that client is told and closed, its server serves the next", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto victim = WireClient::logged_in(weir.login(), {{"application_name", "victim"}});
    victim.exchange(query("BEGIN; SELECT 1"));
    const auto id = compat::row_with(weir, "CLIENTS", {{"application_name", "victim"}}).at("id");
    CHECK(tag_of(console, "KILL_CLIENT " + id) == "KILL_CLIENT");
    CHECK(last_words(victim) == "FATAL 08P01 admin forced disconnect");
    CHECK(compat::row_with(weir, "CLIENTS", {{"id", id}}).empty());
    CHECK(compat::error(console.exchange(query("KILL_CLIENT " + id))) == "ERROR 08P01 client not found");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

TEST_CASE("RECONNECT: idle servers go at once, busy ones when they are free, and WAIT_CLOSE sees it",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto busy = Client::connect(weir.login());
    auto idle = Client::connect(weir.login());
    compat::begin(busy);
    const auto kept = busy.value("SELECT pg_backend_pid()");
    const auto replaced = idle.value("SELECT pg_backend_pid()");
    CHECK(tag_of(console, "RECONNECT app") == "RECONNECT");
    CHECK(compat::row_with(weir, "SERVERS", {{"remote_pid", kept}}).at("close_needed") == "1");
    CHECK(idle.value("SELECT pg_backend_pid()") != replaced);
    CHECK(busy.value("SELECT pg_backend_pid()") == kept);
    CHECK(unanswered(console, "WAIT_CLOSE app"));
    busy.query("COMMIT");
    CHECK(command_tag(console.read_answer()) == "WAIT_CLOSE");
    CHECK(busy.value("SELECT pg_backend_pid()") != kept);
    CHECK(tag_of(console, "RECONNECT") == "RECONNECT");
    CHECK(tag_of(console, "WAIT_CLOSE") == "WAIT_CLOSE");
}

TEST_CASE("DISABLE: new logins are refused after authentication, present clients go on", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto present = Client::connect(weir.login());
    CHECK(tag_of(console, "DISABLE app") == "DISABLE");
    CHECK(compat::row_with(weir, "DATABASES", {{"name", "app"}}).at("disabled") == "1");
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "app"}}) ==
          "FATAL 08P01 database \"app\" is disabled");
    CHECK(compat::refusal(weir, {{"user", "nobody_knows"}, {"database", "app"}}) ==
          "FATAL 08P01 \"trust\" authentication failed");
    CHECK(present.value("SELECT 1") == "1");
    CHECK(tag_of(console, "ENABLE app") == "ENABLE");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

TEST_CASE("SUSPEND: nothing is read or accepted until RESUME, then everything is answered", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    CHECK(tag_of(console, "SUSPEND") == "SUSPEND");
    CHECK(rows(console.exchange(query("SHOW STATE"))) ==
          Rows{{"active", "no"}, {"paused", "no"}, {"suspended", "yes"}});
    REQUIRE(client.send("SELECT 2"));
    WireClient late(weir.port());
    late.send(startup({{"user", "app"}, {"database", "app"}}));
    CHECK(late.silent(std::chrono::milliseconds(300)));
    CHECK(tag_of(console, "RESUME") == "RESUME");
    CHECK(client.wait().rows == Rows{{"2"}});
    CHECK(transaction_status(late.read_answer()) == 'I');
}

TEST_CASE("SUSPEND: idle servers stay open, also one that becomes free meanwhile", "[pg]") {
    REQUIRES_POSTGRES();
    auto& control = Postgres::shared().control();
    auto& weir = fresh();
    auto console = compat::console(weir);
    auto idle = Client::connect(weir.login());
    auto busy = Client::connect(weir.login());
    control.query("SELECT pg_advisory_lock(4712)");
    const auto used_by_busy = busy.value("SELECT pg_backend_pid()");
    REQUIRE(busy.send("SELECT pg_advisory_xact_lock(4712)"));
    CHECK(eventually([&] { return weir.pool("sv_active") == 1; }));
    const auto kept = idle.value("SELECT pg_backend_pid()");
    CHECK(kept != used_by_busy);
    CHECK(tag_of(console, "SUSPEND") == "SUSPEND");
    CHECK(idle_and_used(console) == "1 0");
    control.query("SELECT pg_advisory_unlock(4712)");
    CHECK(eventually([&] { return idle_and_used(console) == "2 0"; }));
    CHECK(tag_of(console, "RESUME") == "RESUME");
    CHECK(busy.wait().ok);
    CHECK_FALSE(compat::row_with(weir, "SERVERS", {{"remote_pid", kept}}).empty());
    CHECK_FALSE(compat::row_with(weir, "SERVERS", {{"remote_pid", used_by_busy}}).empty());
}

TEST_CASE("SUSPEND: a server that has to be checked before its next use is closed", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(compat::before(Postgres::shared()).set("server_check_delay", "0.2"));
    auto console = compat::console(weir);
    auto client = Client::connect(weir.login());
    const auto before = client.value("SELECT pg_backend_pid()");
    CHECK(eventually([&] { return weir.pool("sv_used") == 1; }));
    CHECK(tag_of(console, "SUSPEND") == "SUSPEND");
    CHECK(eventually([&] { return idle_and_used(console) == "0 0"; }));
    CHECK(tag_of(console, "RESUME") == "RESUME");
    CHECK(compat::row_with(weir, "SERVERS", {{"remote_pid", before}}).empty());
    CHECK(client.value("SELECT pg_backend_pid()") != before);
}

TEST_CASE("SUSPEND: with the last console gone the pooler resumes by itself", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto client = Client::connect(weir.login());
    {
        auto console = compat::console(weir);
        CHECK(tag_of(console, "SUSPEND") == "SUSPEND");
        REQUIRE(client.send("SELECT 2"));
    }
    CHECK(client.wait().rows == Rows{{"2"}});
    CHECK(state(weir, "active") == "yes");
}

TEST_CASE("SUSPEND: a client that does not read its result is closed after suspend_timeout", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(compat::before(Postgres::shared()).set("suspend_timeout", "1"));
    auto console = compat::console(weir);
    auto stubborn = WireClient::logged_in(weir.login());
    stubborn.send(query("SELECT repeat('x', 1000000) FROM generate_series(1, 100)"));
    CHECK(eventually([&] {
        const auto row = compat::row_with(weir, "ACTIVE_SOCKETS", {{"type", "C"}, {"database", "app"}});
        return !row.empty() && std::stoi(row.at("send_remain")) > 0;
    }));
    CHECK(tag_of(console, "SUSPEND") == "SUSPEND");
    CHECK(rows(console.exchange(query("SHOW ACTIVE_SOCKETS"))).empty());
    CHECK(weir.logged("suspend_timeout"));
}

TEST_CASE("SIGUSR1 and SIGUSR2: pause and resume without a console", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = fresh();
    auto client = Client::connect(weir.login());
    weir.process().signal(SIGUSR1);
    CHECK(eventually([&] { return state(weir, "paused") == "yes"; }));
    REQUIRE(client.send("SELECT 2"));
    CHECK(compat::waiting(weir, 1));
    weir.process().signal(SIGUSR2);
    CHECK(client.wait().rows == Rows{{"2"}});
    CHECK(state(weir, "active") == "yes");
}
