// How many connections there may be, on both sides, and who waits for whom.
#include <set>
#include <thread>

#include "tests/integration/scene.h"

using namespace support;

namespace {

bool refused_with(const Login& login, const std::string& text) {
    const Client client(login);
    INFO(client.error());
    return !client.connected() && client.error().find(text) != std::string::npos;
}

/// Runs the same queries on `count` clients at once and collects the servers they ran on.
std::set<std::string> backends_used(const Login& login, int count) {
    std::vector<std::set<std::string>> seen(static_cast<std::size_t>(count));
    std::vector<std::thread> threads;
    for (auto& mine : seen) {
        threads.emplace_back([&mine, &login] {
            Client client(login);
            for (int i = 0; i < 10; ++i) {
                const auto outcome = client.try_query("SELECT pg_backend_pid() FROM pg_sleep(0.01)");
                mine.insert(outcome.ok ? outcome.rows[0][0] : "error: " + outcome.message);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    std::set<std::string> all;
    for (const auto& mine : seen) all.insert(mine.begin(), mine.end());
    return all;
}

}  // namespace

TEST_CASE("pool size: thirty busy clients never see more than three servers", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "3").set("workers", "2"));
    const auto used = backends_used(weir.login(), 30);
    CHECK(used.size() <= 3);
    for (const auto& pid : used) CHECK(pid.find("error") == std::string::npos);
    CHECK(postgres.connections() <= 3);
}

TEST_CASE("pool size: of user, database and general setting the narrowest counts", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    auto config = scene::before(postgres, "pool_size=2").set("default_pool_size", "7");
    config.users["other"] = "pool_size=1";
    Weir weir(config);
    CHECK(backends_used(weir.login("app"), 10).size() <= 2);
    CHECK(backends_used(weir.login("other"), 10).size() <= 1);
    CHECK(postgres.connections() <= 3);
}

TEST_CASE("waiting: clients are served in the order in which they came", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = Postgres::shared();
    Weir weir(scene::before(postgres).set("default_pool_size", "1").set("workers", "1"));
    postgres.control().query("DROP TABLE IF EXISTS served; CREATE TABLE served (n serial, who int)");
    postgres.control().query("GRANT ALL ON served TO PUBLIC; GRANT ALL ON SEQUENCE served_n_seq TO PUBLIC");
    auto holder = Client::connect(weir.login());
    scene::begin(holder);
    constexpr int kWaiters = 8;
    std::vector<Client> waiters;
    for (int i = 0; i < kWaiters; ++i) {
        waiters.push_back(Client::connect(weir.login()));
        REQUIRE(waiters.back().send("INSERT INTO served (who) VALUES (" + std::to_string(i) + ")"));
        REQUIRE(scene::waiting(weir, i + 1));
    }
    holder.query("COMMIT");
    for (auto& waiter : waiters) CHECK(waiter.wait().ok);
    CHECK(postgres.control().value("SELECT string_agg(who::text, '' ORDER BY n) FROM served") == "01234567");
    postgres.control().query("DROP TABLE served");
}

TEST_CASE("waiting: with several workers one server still serves clients of all of them", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1").set("workers", "2"));
    CHECK(backends_used(weir.login(), 12).size() == 1);
    CHECK(postgres.connections() == 1);
}

TEST_CASE("waiting: whoever waits longer than query_wait_timeout is told and closed", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "1").set("query_wait_timeout", "1"));
    auto holder = Client::connect(weir.login());
    scene::begin(holder);
    auto waiter = Client::connect(weir.login());
    const auto outcome = waiter.try_query("SELECT 1");
    CHECK_FALSE(outcome.ok);
    CHECK(outcome.sqlstate == "08P01");
    CHECK(outcome.message.find("query_wait_timeout") != std::string::npos);
    CHECK_FALSE(waiter.connected());
    CHECK(holder.value("SELECT 2") == "2");
    holder.query("COMMIT");
    CHECK(Client::connect(weir.login()).value("SELECT 3") == "3");
}

TEST_CASE("waiting: a pipeline that timed out is not fed to the next server", "[pg]") {
    REQUIRES_POSTGRES();
    using namespace support::wire;
    auto& postgres = Postgres::shared();
    Weir weir(scene::before(postgres).set("default_pool_size", "1").set("query_wait_timeout", "1"));
    auto holder = Client::connect(weir.login());
    holder.query("DROP TABLE IF EXISTS never; CREATE TABLE never (x int)");
    scene::begin(holder);
    auto waiter = WireClient::logged_in(weir.login());
    waiter.send(query("INSERT INTO never VALUES (1)") + query("INSERT INTO never VALUES (2)"));
    const auto answer = waiter.read_to_end();
    CHECK(types(answer) == "E");
    CHECK(error_text(answer) == "query_wait_timeout");
    holder.query("COMMIT");
    CHECK(holder.value("SELECT count(*) FROM never") == "0");
    holder.query("DROP TABLE never");
}

TEST_CASE("waiting: as many clients of a pool as max_waiting_clients, one more is told at once", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(
        scene::before(Postgres::shared()).set("default_pool_size", "1").set("max_waiting_clients", "2"));
    auto holder = Client::connect(weir.login());
    scene::begin(holder);
    std::vector<Client> waiters;
    for (int i = 0; i < 3; ++i) waiters.push_back(Client::connect(weir.login()));
    REQUIRE(waiters[0].send("SELECT 1"));
    REQUIRE(waiters[1].send("SELECT 1"));
    REQUIRE(scene::waiting(weir, 2));
    const auto outcome = waiters[2].try_query("SELECT 1");
    CHECK_FALSE(outcome.ok);
    CHECK(outcome.message.find("too many clients wait for a server connection (max_waiting_clients)") !=
          std::string::npos);
    holder.query("COMMIT");
    CHECK(waiters[0].wait().ok);
    CHECK(waiters[1].wait().ok);
    CHECK(Client::connect(weir.login()).value("SELECT 2") == "2");
}

TEST_CASE("waiting: requests of all who wait take no more than max_waiting_bytes, and give them back",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(
        scene::before(Postgres::shared()).set("default_pool_size", "1").set("max_waiting_bytes", "20000"));
    auto holder = Client::connect(weir.login());
    const auto request = [](std::size_t bytes) { return "SELECT length('" + std::string(bytes, 'x') + "')"; };
    for (int turn = 0; turn < 3; ++turn) {
        scene::begin(holder);
        auto first = Client::connect(weir.login());
        auto second = Client::connect(weir.login());
        auto third = Client::connect(weir.login());
        REQUIRE(first.send(request(12'000)));
        REQUIRE(scene::waiting(weir, 1));
        const auto refused = second.try_query(request(12'000));
        CHECK(refused.message.find("(max_waiting_bytes)") != std::string::npos);
        REQUIRE(third.send(request(5'000)));  // there is room for this one
        REQUIRE(scene::waiting(weir, 2));
        if (turn == 1) first.close();  // as well by leaving as by being served
        holder.query("COMMIT");
        if (turn != 1) CHECK(first.wait().rows == support::Rows{{"12000"}});
        CHECK(third.wait().rows == support::Rows{{"5000"}});
    }
}

TEST_CASE("waiting: after query_wait_notify the client gets one notice and later its answer", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "1").set("query_wait_notify", "1"));
    auto holder = Client::connect(weir.login());
    scene::begin(holder);
    auto waiter = WireClient::logged_in(weir.login());
    waiter.send(wire::query("SELECT 1"));
    const auto notice = waiter.read_until('N');
    CHECK(wire::types(notice) == "N");
    CHECK(wire::error_fields(notice.at(0))['C'] == "00000");
    holder.query("COMMIT");
    CHECK(wire::types(waiter.read_answer()) == "TDCZ");
}

TEST_CASE("reserve: a client that has waited long enough gets one of the reserve", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres)
                  .set("default_pool_size", "1")
                  .set("reserve_pool_size", "1")
                  .set("reserve_pool_timeout", "1"));
    auto holder = Client::connect(weir.login());
    scene::begin(holder);
    auto second = Client::connect(weir.login());
    scene::begin(second);
    CHECK(postgres.connections() == 2);
    auto third = Client::connect(weir.login());
    REQUIRE(third.send("SELECT 'third'"));
    CHECK(always([&] { return postgres.connections() == 2; }, std::chrono::seconds(2)));
    holder.query("COMMIT");
    CHECK(third.wait().rows == Rows{{"third"}});
    second.query("COMMIT");
}

TEST_CASE("max_client_conn: one too many is refused and admitted once another has left", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("max_client_conn", "3"));
    std::vector<Client> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(Client::connect(weir.login()));
    CHECK(refused_with(weir.login(), "no more connections allowed (max_client_conn)"));
    CHECK(weir.console("SHOW VERSION").ok);
    CHECK(clients[0].value("SELECT 1") == "1");
    clients.pop_back();
    CHECK(eventually([&] { return Client(weir.login()).connected(); }));
}

TEST_CASE("client limits: per database and per user, administrators exempt", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared(), "max_db_client_connections=2");
    config.database(Postgres::shared().port(), "", "free");
    config.database(Postgres::shared().port(), "user=app max_db_client_connections=1", "one");
    config.users["other"] = "max_user_client_connections=1";
    Weir weir(config);
    const auto one = Client::connect(weir.login());
    {
        const auto two = Client::connect(weir.login());
        CHECK(refused_with(weir.login(), "(max_db_client_connections)"));
    }
    const auto elsewhere = Client::connect(weir.login("other").with_database("free"));
    CHECK(refused_with(weir.login("other").with_database("free"), "(max_user_client_connections)"));
    CHECK(eventually([&] { return Client(weir.login()).connected(); }));
    CHECK(Client(weir.login("app").with_database("free")).connected());
    const auto only = Client::connect(weir.login().with_database("one"));
    CHECK(refused_with(weir.login().with_database("one"), "(max_db_client_connections)"));
    CHECK(Client::connect(weir.admin_login().with_database("one")).value("SELECT current_user") == "app");
}

TEST_CASE("max_db_connections: pools of one database share it and an idle server makes room", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres, "max_db_connections=2"));
    auto other = Client::connect(weir.login("other"));
    CHECK(other.value("SELECT current_user") == "other");
    auto first = Client::connect(weir.login("app"));
    auto second = Client::connect(weir.login("app"));
    scene::begin(first);
    scene::begin(second);
    CHECK(scene::connections(postgres, 2));
    CHECK(postgres.connections("usename = 'other'") == 0);
    REQUIRE(other.send("SELECT current_user"));
    REQUIRE(scene::waiting(weir, 1));
    CHECK(postgres.connections() == 2);
    second.query("COMMIT");
    CHECK(other.wait().rows == Rows{{"other"}});
    CHECK(scene::connections(postgres, 2));
    CHECK(postgres.connections("usename = 'other'") == 1);
    first.query("COMMIT");
}

TEST_CASE("max_user_connections: it holds over all databases of the user", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    auto config = scene::before(postgres);
    config.database(postgres.port(), "", "second");
    config.users["app"] = "max_user_connections=1";
    Weir weir(config);
    auto in_second = Client::connect(weir.login().with_database("second"));
    CHECK(in_second.value("SELECT 1") == "1");
    auto in_first = Client::connect(weir.login());
    scene::begin(in_first);
    CHECK(scene::connections(postgres, 1));
    auto unlimited = Client::connect(weir.login("other").with_database("second"));
    CHECK(unlimited.value("SELECT 1") == "1");
    REQUIRE(in_second.send("SELECT 'late'"));
    REQUIRE(eventually([&] { return weir.pool("cl_waiting", "second") == 1; }));
    CHECK(postgres.connections("usename = 'app'") == 1);
    in_first.query("COMMIT");
    CHECK(in_second.wait().rows == Rows{{"late"}});
    CHECK(postgres.connections("usename = 'app'") == 1);
}

TEST_CASE("min_pool_size: servers are opened ahead of need and kept", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("min_pool_size", "3").set("server_idle_timeout", "1"));
    const auto client = Client::connect(weir.login());
    CHECK(scene::connections(postgres, 3));
    CHECK(always([&] { return postgres.connections() == 3; }, std::chrono::seconds(2)));
}

TEST_CASE("workers: sixteen clients are divided evenly between two workers", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("workers", "2"));
    std::vector<Client> clients;
    for (int i = 0; i < 16; ++i) clients.push_back(Client::connect(weir.login()));
    std::map<std::string, int> per_worker;
    for (auto& row : weir.show("CLIENTS")) {
        if (row["database"] == "app") ++per_worker[row["worker"]];
    }
    REQUIRE(per_worker.size() == 2);
    for (const auto& [worker, count] : per_worker) CHECK(count == 8);
}
