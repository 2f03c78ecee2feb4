// Cancel requests reach the statement they were meant for and nothing else.
#include <atomic>
#include <random>
#include <thread>

#include "tests/integration/scene.h"

using namespace support;

namespace {

/// Sends a CancelRequest with this key and waits until the pooler has closed the connection; true if without
/// a word.
bool cancel_with(const Weir& weir, const std::string& key) {
    WireClient request(weir.port());
    request.send(wire::cancel_request(key));
    return !request.read_byte();
}

/// A statement that runs until the test lets it go on: it waits for a lock that another session holds.
class Gate {
 public:
    explicit Gate(Postgres& postgres) : postgres_(postgres) {
        postgres_.control().query("SELECT pg_advisory_lock(1)");
    }
    ~Gate() { open(); }
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    void open() const { postgres_.control().try_query("SELECT pg_advisory_unlock_all()"); }
    /// `sql` is a SELECT of constants.
    static std::string statement(const std::string& sql) {
        return sql + " FROM pg_advisory_xact_lock_shared(1)";
    }

 private:
    Postgres& postgres_;
};

}  // namespace

TEST_CASE("cancel: it ends the statement of its own client only", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres));
    std::vector<Client> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(Client::connect(weir.login()));
        REQUIRE(clients.back().send("SELECT " + std::to_string(i) + " FROM pg_sleep(600)"));
    }
    REQUIRE(scene::running(postgres, "pg_sleep(600)", 4));
    CHECK(clients[2].cancel());
    CHECK(clients[2].wait().sqlstate == "57014");
    CHECK(scene::running(postgres, "pg_sleep(600)", 3));
    CHECK(clients[2].value("SELECT 1") == "1");
    for (const int i : {0, 1, 3}) {
        CHECK(clients[static_cast<std::size_t>(i)].cancel());
        CHECK(clients[static_cast<std::size_t>(i)].wait().sqlstate == "57014");
    }
}

TEST_CASE("cancel: it works over the Unix socket and for a client on either worker", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("workers", "2"));
    for (int i = 0; i < 4; ++i) {
        auto client = Client::connect(i % 2 == 0 ? weir.login() : weir.unix_login());
        const auto bystander = Client::connect(weir.login());  // moves the next one to the other worker
        REQUIRE(client.send("SELECT pg_sleep(600)"));
        REQUIRE(scene::running(postgres, "pg_sleep(600)"));
        CHECK(client.cancel());
        CHECK(client.wait().sqlstate == "57014");
    }
}

TEST_CASE("cancel: inside a transaction it fails the statement and keeps the transaction", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    auto client = Client::connect(weir.login());
    scene::begin(client);
    REQUIRE(client.send("SELECT pg_sleep(600)"));
    REQUIRE(scene::running(postgres, "pg_sleep(600)"));
    CHECK(client.cancel());
    CHECK(client.wait().sqlstate == "57014");
    CHECK(client.transaction_status() == PQTRANS_INERROR);
    client.query("ROLLBACK");
    CHECK(client.value("SELECT 1") == "1");
}

TEST_CASE("cancel: the request of an idle client disturbs nobody on the server it used last", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "1"));
    auto idle = WireClient::logged_in(weir.login());
    auto busy = Client::connect(weir.login());
    for (int i = 0; i < 50; ++i) {
        idle.exchange(wire::query("SELECT 1"));
        REQUIRE(busy.send("SELECT pg_sleep(0.02), 'whole'"));
        CHECK(cancel_with(weir, idle.backend_key()));
        const auto outcome = busy.wait();
        REQUIRE(outcome.ok);
        REQUIRE(outcome.rows.at(0).at(1) == "whole");
    }
}

TEST_CASE("cancel: a key nobody has is closed without a word", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres));
    auto busy = WireClient::logged_in(weir.login());
    const Gate gate(postgres);
    busy.send(wire::query(gate.statement("SELECT 'whole'")));
    REQUIRE(scene::running(postgres, "whole"));
    auto nearly = busy.backend_key();
    nearly.back() = static_cast<char>(nearly.back() ^ 8);
    CHECK(cancel_with(weir, nearly));
    CHECK(cancel_with(weir, std::string(8, '\0')));
    CHECK(cancel_with(weir, std::string(8, '\x7f')));
    gate.open();
    CHECK(wire::rows(busy.read_answer()) == Rows{{"whole"}});
}

TEST_CASE("cancel: the server's own key is not the client's", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()));
    auto client = WireClient::logged_in(weir.login());
    const auto pid = wire::rows(client.exchange(wire::query("SELECT pg_backend_pid()")));
    CHECK(std::to_string(wire::read_uint32(client.backend_key())) != pid.at(0).at(0));
}

TEST_CASE("cancel: for a client that still waits it does not touch the server it waits for", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    auto holder = Client::connect(weir.login());
    const Gate gate(postgres);
    REQUIRE(holder.send(gate.statement("SELECT 'whole'")));
    REQUIRE(scene::running(postgres, "whole"));
    auto waiter = WireClient::logged_in(weir.login());
    waiter.send(wire::query("SELECT 'waited'"));
    REQUIRE(scene::waiting(weir, 1));
    CHECK(cancel_with(weir, waiter.backend_key()));
    gate.open();
    CHECK(holder.wait().rows == Rows{{"whole"}});
    CHECK(wire::rows(waiter.read_answer()) == Rows{{"waited"}});
}

TEST_CASE("cancel: one that comes late never hits the next client's statement", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "1"));
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::atomic<bool> stop{false};
    std::atomic<int> cancelled{0};
    std::atomic<int> served{0};
    std::thread victim([&] {
        Client other(weir.login());
        while (!stop) {
            const auto outcome = other.try_query("SELECT 'mine' FROM pg_sleep(0.001)");
            if (outcome.rows == Rows{{"mine"}}) ++served;
            if (!outcome.ok) ++cancelled;
        }
    });
    auto client = WireClient::logged_in(weir.login());
    for (int i = 0; i < 200; ++i) {
        client.send(wire::query("SELECT pg_sleep(0.002)"));
        ::poll(nullptr, 0, static_cast<int>(random() % 6));  // the point in time is what is tried out
        CHECK(cancel_with(weir, client.backend_key()));
        const auto answer = client.read_answer();
        CHECK((wire::sqlstate(answer).empty() || wire::sqlstate(answer) == "57014"));
    }
    stop = true;
    victim.join();
    CHECK(cancelled == 0);
    CHECK(served > 0);
}

TEST_CASE("cancel: a thousand requests leave no connection behind", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "2").set("max_client_conn", "50"));
    auto client = WireClient::logged_in(weir.login());
    for (int i = 0; i < 1000; ++i) REQUIRE(cancel_with(weir, client.backend_key()));
    CHECK(wire::rows(client.exchange(wire::query("SELECT 1"))) == Rows{{"1"}});
    CHECK(scene::connections(postgres, 1));
    CHECK(eventually(
        [&] { return weir.pool("cl_active_cancel_req") + weir.pool("cl_waiting_cancel_req") == 0; }));
}
