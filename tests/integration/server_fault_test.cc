// What can happen to PostgreSQL and the way to it; each case ends with "and then it works again".
#include <csignal>

#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/process_stats.h"

using namespace support;

namespace {

WeirConfig before(const FaultProxy& proxy) {
    WeirConfig config;
    return config.database(proxy.port()).set("default_pool_size", "2");
}

/// Also where the tests run with WEIR_TEST_REPLAY: with it an idle transaction goes on elsewhere, and a
/// statement that may have committed is reported with 08007, not with the server's last words.
WeirConfig without_replay(const Postgres& postgres) {
    return scene::before(postgres).set("transaction_replay", "0");
}

}  // namespace

TEST_CASE("faults: backends killed while idle are replaced without any client noticing", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres));
    std::vector<Client> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(Client::connect(weir.login()));
        scene::begin(clients.back());
    }
    for (auto& client : clients) client.query("COMMIT");
    CHECK(postgres.connections() == 5);
    scene::kill_idle_servers(weir, postgres);
    for (auto& client : clients) CHECK(client.value("SELECT 1") == "1");
    CHECK(postgres.connections() <= 5);
}

TEST_CASE("faults: a backend that dies just before its checkout is replaced without the client noticing",
          "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1").set("workers", "1"));
    auto client = WireClient::logged_in(weir.login());
    const auto request = extended ? wire::parse("", "SELECT 1") + wire::bind_portal("", "") +
                                        wire::execute("") + wire::sync_message()
                                  : wire::query("SELECT 1");
    for (int i = 0; i < 5; ++i) {
        client.exchange(request);
        // The pooler finds both at once, the request first.
        ::kill(weir.pid(), SIGSTOP);
        REQUIRE(eventually([&] { return all_stopped(weir.pid()); }));
        client.send(request);
        CHECK(postgres.terminate() == 1);
        const bool gone = scene::connections(postgres, 0);
        ::kill(weir.pid(), SIGCONT);
        REQUIRE(gone);
        const auto answer = client.read_answer();
        INFO(i << ": " << wire::types(answer) << " " << wire::error_text(answer));
        REQUIRE(wire::rows(answer) == Rows{{"1"}});
    }
}

TEST_CASE("faults: a server lost while it is given a client's variables is replaced", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    FaultProxy proxy(postgres.port());
    Weir weir(before(proxy).set("default_pool_size", "1").set("workers", "1"));
    auto plain = WireClient::logged_in(weir.login());
    auto named = WireClient::logged_in(weir.login(), {{"application_name", "named"}});
    plain.exchange(wire::query("SELECT 1"));
    Fault stall;
    stall.stall = true;
    proxy.to_target(stall);
    named.send(wire::query("SHOW application_name"));
    REQUIRE(eventually([&] { return weir.pool("sv_active") == 1; }));
    CHECK(postgres.terminate() == 1);
    proxy.heal();
    CHECK(wire::rows(named.read_answer()) == Rows{{"named"}});
}

TEST_CASE("faults: the last words of a backend behind a complete answer are not the client's", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    FaultProxy proxy(postgres.port());
    Weir weir(before(proxy).set("default_pool_size", "1").set("workers", "1"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::query("SELECT 1"));
    // The answer waits in the proxy until the backend is gone: the pooler reads both at once.
    Strike strike;
    strike.how = Strike::How::kFreeze;
    strike.direction = Direction::kFromTarget;
    proxy.arm(strike);
    client.send(wire::query("SELECT 2"));
    REQUIRE(eventually([&] { return proxy.struck(); }));
    CHECK(postgres.terminate() == 1);
    REQUIRE(scene::connections(postgres, 0));
    proxy.disarm();
    CHECK(wire::types(client.read_answer()) == "TDCZ");
    CHECK(eventually([&] { return weir.pool("sv_idle") == 0 && weir.pool("sv_active") == 0; }));
    CHECK(wire::types(client.exchange(wire::query("SELECT 3"))) == "TDCZ");
}

TEST_CASE("faults: the last words of a backend reach a client whose session it was", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1").set("pool_mode", "session"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::query("SELECT 1"));
    CHECK(postgres.terminate() == 1);
    CHECK(wire::sqlstate(client.read_to_end()) == "57P01");
}

TEST_CASE("faults: a client whose backend is killed is told so and the others are not", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(without_replay(postgres).set("default_pool_size", "2"));
    auto bystander = Client::connect(weir.login());
    auto victim = WireClient::logged_in(weir.login());
    victim.send(wire::query("SELECT pg_sleep(600)"));
    REQUIRE(scene::running(postgres, "pg_sleep(600)"));
    CHECK(postgres.terminate("query LIKE '%pg_sleep(600)%' AND state = 'active'") == 1);
    const auto answer = victim.read_to_end();
    CHECK(wire::sqlstate(answer) == "57P01");
    CHECK(bystander.value("SELECT 1") == "1");
    CHECK(scene::works(weir));
    CHECK(eventually([&] { return weir.pool("cl_active") == 1; }));
}

TEST_CASE("faults: a backend killed in an idle transaction ends its client with an error", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(without_replay(postgres).set("default_pool_size", "1"));
    auto victim = Client::connect(weir.login());
    scene::begin(victim);
    CHECK(postgres.terminate() == 1);
    CHECK_FALSE(victim.try_query("SELECT 1").ok);
    CHECK_FALSE(victim.connected());
    CHECK(scene::works(weir));
}

TEST_CASE("faults: PostgreSQL restarts and idle clients go on", "[pg]") {
    REQUIRES_POSTGRES();
    const auto how = GENERATE(Postgres::Stop::kFast, Postgres::Stop::kImmediate);
    Postgres postgres;
    Weir weir(scene::before(postgres));
    auto idle = Client::connect(weir.login());
    idle.query("SELECT 1");
    auto busy = Client::connect(weir.login());
    REQUIRE(busy.send("SELECT pg_sleep(600)"));
    REQUIRE(scene::running(postgres, "pg_sleep(600)"));
    postgres.stop(how);
    CHECK_FALSE(busy.wait().ok);
    postgres.start();
    CHECK(scene::works(weir));
    CHECK(idle.value("SELECT 2") == "2");
    CHECK(postgres.connections() <= 2);
}

TEST_CASE("faults: a client that asks while PostgreSQL is away is served when it returns", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres postgres;
    Weir weir(scene::before(postgres));
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    postgres.stop();
    REQUIRE(client.send("SELECT 'patient'"));
    postgres.start();
    const auto outcome = client.wait();
    CAPTURE(outcome.message);
    // It may have come after the first failed attempt, and is then told at once.
    CHECK((outcome.rows == Rows{{"patient"}} ||
           outcome.message.find("server login has been failing") != std::string::npos));
    CHECK(scene::works(weir));
}

TEST_CASE("faults: PostgreSQL that starts after the pooler is found", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres postgres;
    postgres.stop();
    Weir weir(scene::before(postgres));
    WireClient early(weir.port());
    early.send(wire::startup({{"user", "app"}, {"database", "app"}}));
    CHECK(early.silent(std::chrono::milliseconds(300)));
    postgres.start();
    CHECK(wire::transaction_status(early.read_answer()) == 'I');
    CHECK(scene::works(weir));
}

TEST_CASE("faults: a connection cut in the middle of a result ends that client only", "[pg]") {
    REQUIRES_POSTGRES();
    const bool hard = GENERATE(false, true);
    FaultProxy proxy(Postgres::shared().port());
    Weir weir(before(proxy));
    auto victim = WireClient::logged_in(weir.login());
    auto bystander = Client::connect(weir.login());
    Fault cut;
    (hard ? cut.reset_after_bytes : cut.close_after_bytes) = 100'000;
    proxy.from_target(cut);
    victim.send(wire::query("SELECT repeat('x', 1000) FROM generate_series(1, 1000)"));
    const auto answer = victim.read_to_end();
    // Inside a row nothing can be said any more; between two rows the client is told.
    CHECK((wire::sqlstate(answer).empty() || wire::error_text(answer) == "server conn crashed?"));
    CHECK(wire::transaction_status(answer) == 0);
    CHECK(wire::rows(answer).size() < 1000);
    proxy.heal();
    CHECK(bystander.value("SELECT 1") == "1");
    CHECK(scene::works(weir));
}

TEST_CASE("faults: a server that closes anywhere in its login is tried again", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    for (const std::uint64_t bytes : {0UL, 1UL, 5UL, 9UL, 30UL, 200UL, 300UL}) {
        CAPTURE(bytes);
        Fault cut;
        cut.close_after_bytes = bytes;
        proxy.from_target(cut);
        Weir weir(before(proxy));
        const int tried = proxy.accepted();
        WireClient client(weir.port());
        client.send(wire::startup({{"user", "app"}, {"database", "app"}}));
        CHECK(eventually([&] { return proxy.accepted() > tried + 1; }));
        proxy.heal();
        CHECK(wire::transaction_status(client.read_answer()) == 'I');
        CHECK(wire::rows(client.exchange(wire::query("SELECT 1"))) == Rows{{"1"}});
    }
}

TEST_CASE("faults: a slow and sliced network changes nothing but the time", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    Weir weir(before(proxy));
    auto client = Client::connect(weir.login());
    Fault slow;
    slow.slice_bytes = 100;
    slow.delay = std::chrono::milliseconds(1);
    proxy.from_target(slow);
    proxy.to_target(slow);
    for (int i = 0; i < 5; ++i) {
        CHECK(client.value("SELECT repeat('" + std::to_string(i) + "', 5000)") ==
              std::string(5000, char('0' + i)));
    }
    CHECK(client.copy_out("COPY (SELECT g FROM generate_series(1, 500) g) TO STDOUT").message.size() == 1892);
}

TEST_CASE("faults: what the server says on its own while idle reaches no client", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::query("SELECT 1"));
    // A change of a reported setting is announced by every idle backend.
    postgres.control().query("ALTER SYSTEM SET timezone = 'Asia/Tokyo'");
    postgres.control().query("SELECT pg_reload_conf()");
    CHECK(client.silent(std::chrono::milliseconds(200)));
    CHECK(wire::types(client.exchange(wire::query("SELECT 2"))) == "TDCZ");
    postgres.control().query("ALTER SYSTEM RESET timezone");
    postgres.control().query("SELECT pg_reload_conf()");
}
