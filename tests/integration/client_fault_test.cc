// Clients that misbehave or die; each case ends with the same server serving the next client.
#include <thread>

#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"

using namespace support;

namespace {

/// One server: what a client leaves behind shows with the next one.
struct FaultScene {
    FaultScene() : postgres(scene::settled(Postgres::shared())), weir(config()) {
        postgres.control().query("DROP TABLE IF EXISTS fault_t; CREATE TABLE fault_t (x int)");
        postgres.control().query("GRANT ALL ON fault_t TO PUBLIC");
        pid = Client::connect(weir.login()).value("SELECT pg_backend_pid()");
    }
    WeirConfig config() const { return scene::before(postgres).set("default_pool_size", "1"); }

    /// The next client is served, by the server that was there before, and finds no trace of the last.
    void check_next_client() {
        CHECK(Client::connect(weir.login()).value("SELECT pg_backend_pid()") == pid);
        check_next_client_on_any_server();
    }
    void check_next_client_on_any_server() {
        auto next = Client::connect(weir.login());
        CHECK(next.value("SELECT count(*) FROM fault_t") == "0");
        CHECK(next.value("SELECT now() = statement_timestamp()") == "t");
        CHECK(scene::connections(postgres, 1));
        CHECK(eventually([&] { return weir.pool("cl_active") == 1 && weir.pool("cl_waiting") == 0; }));
    }

    Postgres& postgres;
    Weir weir;
    std::string pid;
};

void leave(WireClient& client, bool hard) { hard ? client.reset() : client.close(); }

}  // namespace

TEST_CASE("client faults: one that dies in a transaction costs a ROLLBACK and not the server", "[pg]") {
    REQUIRES_POSTGRES();
    FaultScene scene;
    for (const bool hard : {false, true}) {
        auto client = WireClient::logged_in(scene.weir.login());
        client.exchange(wire::query("BEGIN"));
        client.exchange(wire::query("INSERT INTO fault_t VALUES (1)"));
        leave(client, hard);
        scene.check_next_client();
    }
    auto failed = WireClient::logged_in(scene.weir.login());
    failed.exchange(wire::query("BEGIN"));
    failed.exchange(wire::query("SELECT 1/0"));
    failed.close();
    scene.check_next_client();
}

TEST_CASE("client faults: one that dies in front of its pipelined BEGIN commits nothing behind it", "[pg]") {
    REQUIRES_POSTGRES();
    FaultScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(wire::query("SELECT pg_sleep(0.5); BEGIN") + wire::query("INSERT INTO fault_t VALUES (1)"));
    REQUIRE(scene::running(scene.postgres, "pg_sleep(0.5)"));
    client.close();
    REQUIRE(eventually([&] { return scene.weir.pool("cl_active") == 0; }));
    scene.check_next_client();
}

TEST_CASE("client faults: one that dies inside a message, at any byte, leaves nothing", "[pg]") {
    REQUIRES_POSTGRES();
    FaultScene scene;
    const auto bytes = wire::query("INSERT INTO fault_t VALUES (1)");
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        auto client = WireClient::logged_in(scene.weir.login());
        client.send(bytes.substr(0, cut));
        leave(client, cut % 2 == 0);
    }
    scene.check_next_client_on_any_server();  // one that got a part of it cannot be kept
}

TEST_CASE("client faults: one that dies in a large message already on its way leaves nothing", "[pg]") {
    REQUIRES_POSTGRES();
    FaultScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    const auto bytes =
        wire::query("INSERT INTO fault_t SELECT length('" + std::string(1U << 20U, 'x') + "')");
    client.send(bytes.substr(0, bytes.size() / 2));
    client.close();
    scene.check_next_client_on_any_server();
}

TEST_CASE("client faults: one that dies in an unfinished pipeline leaves nothing", "[pg]") {
    REQUIRES_POSTGRES();
    FaultScene scene;
    const auto insert =
        wire::parse("", "INSERT INTO fault_t VALUES (1)") + wire::bind_portal("", "") + wire::execute("");
    for (const auto& bytes :
         {insert, insert + wire::flush_message(), insert + wire::parse("x", "SELECT 1")}) {
        auto client = WireClient::logged_in(scene.weir.login());
        client.send(bytes);
        if (bytes.back() == wire::flush_message().back()) client.read_until('C');
        client.close();
    }
    scene.check_next_client();
}

TEST_CASE("client faults: one that dies during its query costs a cancel and a ROLLBACK, not the server",
          "[pg]") {
    REQUIRES_POSTGRES();
    const bool hard = GENERATE(false, true);
    const bool transaction = GENERATE(false, true);
    FaultScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    if (transaction) client.exchange(wire::query("BEGIN; INSERT INTO fault_t VALUES (1)"));
    client.send(wire::parse("", "SELECT pg_sleep(600)") + wire::bind_portal("", "") + wire::execute("") +
                wire::sync_message());
    REQUIRE(scene::running(scene.postgres, "pg_sleep(600)"));
    leave(client, hard);
    REQUIRE(scene::running(scene.postgres, "pg_sleep(600)", 0));
    CHECK(Client::connect(scene.weir.login()).value("SELECT pg_backend_pid()") == scene.pid);
    scene.check_next_client();
}

TEST_CASE("client faults: one that dies in the middle of a large result costs no server", "[pg]") {
    REQUIRES_POSTGRES();
    FaultScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(wire::query("SELECT repeat('x', 1 << 16) FROM generate_series(1, 100000)"));
    client.read_until('D');
    client.reset();
    scene.check_next_client();
}

TEST_CASE("client faults: one that dies in a COPY, in or out, leaves nothing", "[pg]") {
    REQUIRES_POSTGRES();
    FaultScene scene;
    {
        auto client = WireClient::logged_in(scene.weir.login());
        client.send(wire::query("COPY fault_t FROM STDIN"));
        client.read_until('G');
        client.send(wire::copy_data("1\n") + wire::copy_data("2\n").substr(0, 6));
    }
    scene.check_next_client_on_any_server();
    {
        auto client = WireClient::logged_in(scene.weir.login());
        client.send(wire::query("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT"));
        client.read_until('d');
    }
    scene.check_next_client_on_any_server();
}

TEST_CASE("client faults: one that stops reading holds up only itself and a bounded amount of memory",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    FaultProxy proxy(postgres.port());
    WeirConfig config;
    Weir weir(config.database(proxy.port()).set("default_pool_size", "2").set("client_write_timeout", "0"));
    auto client = WireClient::logged_in(weir.login());
    constexpr std::uint64_t kResult = 200U << 20U;
    client.send(wire::query("SELECT repeat('x', 1 << 20) FROM generate_series(1, 200)"));
    // The flow stops once the buffers between the two ends are full: what the kernel holds is a few
    // megabytes.
    std::uint64_t seen = 0;
    CHECK(eventually([&] {
        const auto before = proxy.bytes_from_target();
        seen = before;
        return before > 0 &&
               always([&] { return proxy.bytes_from_target() == before; }, std::chrono::seconds(1));
    }));
    CHECK(seen < kResult / 4);
    CHECK(Client::connect(weir.login()).value("SELECT 'others work'") == "others work");
    CHECK(wire::rows(client.read_answer()).size() == 200);
    CHECK(wire::rows(client.exchange(wire::query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("client faults: one that never reads again is closed after client_write_timeout", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1").set("client_write_timeout", "1"));
    auto client = WireClient::logged_in(weir.login());
    const int backend = std::stoi(Client::connect(weir.login()).value("SELECT pg_backend_pid()"));
    client.send(wire::query("SELECT repeat('x', 1 << 20) FROM generate_series(1, 200)"));
    REQUIRE(eventually([&] { return weir.pool("sv_active") == 1; }));
    const auto pid = "SELECT pg_backend_pid() = " + std::to_string(backend);
    CHECK(Client::connect(weir.login()).value(pid) == "t");
    CHECK(eventually([&] { return weir.pool("cl_active") == 0; }));
    CHECK(scene::connections(postgres, 1));
}

TEST_CASE("client faults: huge requests with huge answers do not block each other", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    // The writer does not read meanwhile: whoever stops reading while it is blocked in writing would lock
    // both up.
    const auto big = wire::query("SELECT '" + std::string(4U << 20U, 'y') + "'");
    std::thread writer([&] {
        for (int i = 0; i < 4; ++i) client.send(big);
    });
    for (int i = 0; i < 4; ++i) CHECK(wire::types(client.read_answer()) == "TDCZ");
    writer.join();
}

TEST_CASE("client faults: a full pool and too many clients pass, and then it works again", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres)
                  .set("default_pool_size", "2")
                  .set("max_client_conn", "10")
                  .set("query_wait_timeout", "1"));
    {
        std::vector<WireClient> clients;
        for (int i = 0; i < 10; ++i) {
            clients.push_back(WireClient::logged_in(weir.login()));
            clients.back().send(wire::query("SELECT pg_sleep(3)"));
        }
        for (int i = 0; i < 20; ++i) CHECK_FALSE(Client(weir.login()).connected());  // max_client_conn
        int served = 0;
        int timed_out = 0;
        for (auto& client : clients) {
            const auto answer = client.read_answer();
            if (wire::transaction_status(answer) == 'I') ++served;
            if (wire::error_text(answer) == "query_wait_timeout") ++timed_out;
        }
        CHECK(served >= 1);
        CHECK(served + timed_out == 10);
    }
    CHECK(scene::works(weir));
    CHECK(eventually([&] { return weir.pool("cl_active") + weir.pool("cl_waiting") == 0; }));
    CHECK(postgres.connections() <= 2);
}

TEST_CASE("client faults: connections dropped at any point of the login leave nothing", "[pg]") {
    REQUIRES_POSTGRES();
    FaultScene scene;
    const auto bytes = wire::startup({{"user", "app"}, {"database", "app"}});
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        WireClient client(scene.weir.port());
        client.send(bytes.substr(0, cut));
        leave(client, cut % 2 == 0);
    }
    scene.check_next_client();
    const auto logging_in = [&] {
        for (auto& row : scene.weir.show("LISTS")) {
            if (row["list"] == "login_clients") return row["items"];
        }
        return std::string("missing");
    };
    CHECK(eventually([&] { return logging_in() == "0"; }));
}
