// Cells of SHOW that only a scene of their own brings about: servers that log in, are tested or have been
// idle for long, limits and what is used of them, lists of hosts, and what the statistics add up to.
#include "tests/integration/compat/compat.h"
#include "tests/support/fault_proxy.h"

using namespace support;
using namespace support::wire;

namespace {

/// True as soon as POOLS counts one server of `app` in this column and SERVERS and SOCKETS show its state.
[[nodiscard]] bool one_server(Weir& weir, const std::string& column, const std::string& state,
                              const std::string& socket_state) {
    return eventually([&] {
        return weir.pool(column) == 1 &&
               !compat::row_with(weir, "SERVERS", {{"database", "app"}, {"state", state}}).empty() &&
               !compat::row_with(weir, "SOCKETS", {{"type", "S"}, {"state", socket_state}}).empty();
    });
}

long microseconds(const compat::Cells& row) {
    return std::stol(row.at("wait")) * 1'000'000 + std::stol(row.at("wait_us"));
}

compat::Cells client_row(Weir& weir, const std::string& application_name) {
    return compat::row_with(weir, "CLIENTS", {{"application_name", application_name}});
}

/// One pool of one server whose statistics nobody but the test moves.
WeirConfig counted() {
    auto config = compat::before(Postgres::shared(), "pool_size=1");
    return config.set("workers", "1").set("stats_period", "3600");  // averages are since the start
}

}  // namespace

TEST_CASE("SHOW: a server that logs in is new, its client waits", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    proxy.hold_new(true);
    Weir weir(WeirConfig{}.database(proxy.port()));
    WireClient client(weir.port());
    client.send(startup({{"user", "app"}, {"database", "app"}, {"application_name", "early"}}));
    CHECK(one_server(weir, "sv_login", "new", "sv_login"));
    CHECK(client_row(weir, "early").at("state") == "waiting");
    CHECK(compat::row_with(weir, "SOCKETS", {{"application_name", "early"}}).at("state") == "cl_waiting");
    proxy.hold_new(false);
    CHECK(transaction_status(client.read_answer()) == 'I');
    CHECK(eventually([&] { return weir.pool("sv_login") == 0; }));
    CHECK(client_row(weir, "early").at("state") == "idle");
}

TEST_CASE("SHOW: a server that is reset is tested, one that was idle for long is used", "[pg]") {
    REQUIRES_POSTGRES();
    auto& control = Postgres::shared().control();
    control.query("SELECT pg_advisory_lock(4713)");
    auto config = compat::before(Postgres::shared(), "pool_mode=session");
    config.set("server_reset_query", "SELECT pg_advisory_xact_lock(4713)").set("server_check_delay", "0");
    Weir weir(config);
    Client::connect(weir.login()).query("SELECT 1");
    CHECK(one_server(weir, "sv_tested", "tested", "sv_tested"));
    control.query("SELECT pg_advisory_unlock(4713)");
    CHECK(one_server(weir, "sv_used", "used", "sv_used"));
    CHECK(weir.pool("sv_tested") == 0);
    CHECK(weir.pool("sv_idle") == 0);
}

TEST_CASE("SHOW: load_balance_hosts is a cell of lists of hosts only", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string list =
        "host=127.0.0.1,localhost dbname=app port=" + std::to_string(Postgres::shared().port());
    auto config = compat::before(Postgres::shared());
    config.databases["list"] = list;
    config.databases["first"] = list + " load_balance_hosts=disable";
    Weir weir(config);
    const std::map<std::string, std::string> expected{
        {"app", kNull}, {"list", "round-robin"}, {"first", "disable"}};
    for (const auto& [database, cell] : expected) {
        INFO(database);
        Client::connect(weir.login().with_database(database)).query("SELECT 1");
        const auto row = compat::row_with(weir, "DATABASES", {{"name", database}});
        CHECK(row.at("host") == (cell == kNull ? "127.0.0.1" : "127.0.0.1,localhost"));
        CHECK(row.at("load_balance_hosts") == cell);
        CHECK(compat::row_with(weir, "POOLS", {{"database", database}}).at("load_balance_hosts") == cell);
    }
}

TEST_CASE("SHOW DATABASES and USERS: limits and how much of them is used", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = compat::before(Postgres::shared(),
                                 "max_db_connections=4 max_db_client_connections=6 min_pool_size=0 "
                                 "reserve_pool_size=2 server_lifetime=77");
    config.users["app"] = "max_user_connections=9 max_user_client_connections=8";
    config.set("max_db_connections", "40").set("max_user_client_connections", "80");
    config.database(Postgres::shared().port(), "", "general");
    Weir weir(config);
    auto busy = Client::connect(weir.login());
    auto idle = Client::connect(weir.login());
    compat::begin(busy);
    const auto app = compat::row_with(weir, "DATABASES", {{"name", "app"}});
    CHECK(app.at("max_connections") == "4");
    CHECK(app.at("current_connections") == "1");
    CHECK(app.at("max_client_connections") == "6");
    CHECK(app.at("current_client_connections") == "2");
    CHECK(app.at("min_pool_size") == "0");
    CHECK(app.at("reserve_pool_size") == "2");
    CHECK(app.at("server_lifetime") == "77");
    const auto general = compat::row_with(weir, "DATABASES", {{"name", "general"}});
    CHECK(general.at("max_connections") == "40");
    CHECK(general.at("current_connections") == "0");
    CHECK(general.at("max_client_connections") == "0");
    CHECK(general.at("current_client_connections") == "0");
    const auto user = compat::row_with(weir, "USERS", {{"name", "app"}});
    CHECK(user.at("max_user_connections") == "9");
    CHECK(user.at("current_connections") == "1");
    CHECK(user.at("max_user_client_connections") == "8");
    CHECK(user.at("current_client_connections") == "2");
    CHECK(compat::row_with(weir, "USERS", {{"name", "other"}}).at("max_user_client_connections") == "80");
    idle.close();
    CHECK(eventually([&] {
        return compat::row_with(weir, "DATABASES", {{"name", "app"}}).at("current_client_connections") ==
                   "1" &&
               compat::row_with(weir, "USERS", {{"name", "app"}}).at("current_client_connections") == "1";
    }));
}

TEST_CASE("SHOW CLIENTS and SERVERS: prepared statements and the time of the running query", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(counted());
    auto& control = Postgres::shared().control();
    auto client = Client::connect(weir.login().with("application_name=counts"));
    client.query("SELECT 1");
    CHECK(client_row(weir, "counts").at("prepared_statements") == "0");
    CHECK(microseconds(client_row(weir, "counts")) == 0);
    for (const std::string name : {"one", "two", "three"}) {
        client.prepare(name, "SELECT '" + name + "'");
        client.prepared(name, {});
    }
    CHECK(client_row(weir, "counts").at("prepared_statements") == "3");
    CHECK(compat::row_with(weir, "SERVERS", {{"database", "app"}}).at("prepared_statements") == "3");
    control.query("SELECT pg_advisory_lock(4714)");
    REQUIRE(client.send("SELECT pg_advisory_xact_lock(4714)"));
    CHECK(eventually([&] { return microseconds(client_row(weir, "counts")) > 0; }));
    const long early = microseconds(client_row(weir, "counts"));
    CHECK(microseconds(client_row(weir, "counts")) > early);
    control.query("SELECT pg_advisory_unlock(4714)");
    CHECK(client.wait().ok);
    CHECK(microseconds(client_row(weir, "counts")) == 0);
}

TEST_CASE("SHOW STATS: assignments, waits and parses are counted; totals and averages agree", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(counted());
    const auto row = [&](const std::string& show) {
        return compat::row_with(weir, show, {{"database", "app"}});
    };
    auto holder = Client::connect(weir.login());
    auto waiter = Client::connect(weir.login());
    compat::begin(holder);
    CHECK(row("STATS").at("total_server_assignment_count") == "1");
    CHECK(row("STATS").at("total_wait_time") == "0");
    REQUIRE(waiter.send("SELECT 1"));
    REQUIRE(compat::waiting(weir, 1));
    holder.query("COMMIT");
    CHECK(waiter.wait().ok);
    std::string parses;
    const auto note_parses = [&] { parses += row("STATS").at("total_server_parse_count"); };
    for (int i = 0; i < 2; ++i)
        for (auto* client : {&holder, &waiter}) {  // one text: the server parses it once
            if (i == 0) client->prepare("p", "SELECT 42");
            note_parses();
            client->prepared("p", {});
            note_parses();
        }
    CHECK(parses == std::string(8, parses.front()));
    holder.query("SELECT repeat('x', 1000000), '" + std::string(1'000'000, 'y') + "'");
    const auto stats = row("STATS");
    CHECK(stats.at("total_client_parse_count") == "2");
    CHECK(stats.at("total_server_parse_count") != "0");
    CHECK(stats.at("total_bind_count") == "4");
    const auto total = [&](const std::string& name) { return std::stol(stats.at("total_" + name)); };
    const auto average = [&](const std::string& name) { return std::stol(stats.at("avg_" + name)); };
    CHECK(total("wait_time") > 0);
    CHECK(total("received") > 1'000'000);
    CHECK(total("sent") > 2'000'000);
    CHECK(average("xact_time") == total("xact_time") / total("xact_count"));
    CHECK(average("query_time") == total("query_time") / total("query_count"));
    CHECK(average("wait_time") == total("wait_time") / total("server_assignment_count"));
    CHECK(average("recv") > 0);  // per second
    CHECK(average("sent") > 0);
    // The same under the names of the two other tables.
    const auto totals = row("STATS_TOTALS");
    const auto averages = row("STATS_AVERAGES");
    for (const std::string name :
         {"server_assignment_count", "xact_count", "query_count", "xact_time", "query_time", "wait_time",
          "client_parse_count", "server_parse_count", "bind_count"}) {
        INFO(name);
        CHECK(totals.at(name) == stats.at("total_" + name));
    }
    CHECK(totals.at("bytes_received") == stats.at("total_received"));
    CHECK(totals.at("bytes_sent") == stats.at("total_sent"));
    for (const std::string name : {"xact_time", "query_time", "wait_time"})
        CHECK(averages.at(name) == stats.at("avg_" + name));
    CHECK(std::stol(averages.at("bytes_received")) > 0);
    CHECK(std::stol(averages.at("bytes_sent")) > 0);
}
