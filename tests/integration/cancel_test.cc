// Cancel requests reach the statement they were meant for and nothing else.
#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"

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

/// The statement as a simple Query or as a batch with the unnamed statement.
std::string request(bool extended, const std::string& sql) {
    if (!extended) return wire::query(sql);
    return wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("") + wire::sync_message();
}

/// One server connection through a proxy, so that what is sent to PostgreSQL can be counted and held up.
struct ProxyScene {
    ProxyScene() : proxy(scene::settled(Postgres::shared()).port()), weir(config()) {}
    WeirConfig config() const {
        WeirConfig made;
        return made.database(proxy.port()).set("default_pool_size", "1").set("workers", "1");
    }

    FaultProxy proxy;
    Weir weir;
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

TEST_CASE("cancel: it ends the wait of a client and does not touch the server it waits for", "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    auto holder = Client::connect(weir.login());
    const Gate gate(postgres);
    REQUIRE(holder.send(gate.statement("SELECT 'whole'")));
    REQUIRE(scene::running(postgres, "whole"));
    auto waiter = WireClient::logged_in(weir.login());
    // Two units at once: the cancel is for the first, as it would be on a server.
    waiter.send(request(extended, "SELECT 'never'") + request(extended, "SELECT 'waited'"));
    REQUIRE(scene::waiting(weir, 1));
    CHECK(cancel_with(weir, waiter.backend_key()));
    const auto refused = waiter.read_answer();
    CHECK(wire::types(refused) == "EZ");
    CHECK(wire::sqlstate(refused) == "57014");
    CHECK(wire::error_text(refused) == "canceling statement due to user request");
    CHECK(wire::error_fields(refused.front())['S'] == "ERROR");
    CHECK(wire::transaction_status(refused) == 'I');
    REQUIRE(scene::waiting(weir, 1));
    gate.open();
    CHECK(holder.wait().rows == Rows{{"whole"}});
    CHECK(wire::rows(waiter.read_answer()) == Rows{{"waited"}});
    CHECK(wire::rows(waiter.exchange(request(extended, "SELECT 'again'"))) == Rows{{"again"}});
}

TEST_CASE("cancel: the rest of a batch whose wait was cancelled is skipped up to its Sync", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    auto holder = Client::connect(weir.login());
    scene::begin(holder);
    auto waiter = WireClient::logged_in(weir.login());
    waiter.send(wire::parse("s", "SELECT 'skipped'") + wire::flush_message());
    REQUIRE(scene::waiting(weir, 1));
    CHECK(cancel_with(weir, waiter.backend_key()));
    CHECK(wire::sqlstate(waiter.read_until('E')) == "57014");
    waiter.send(wire::bind_portal("", "s") + wire::execute("") + wire::query("SELECT 'skipped too'"));
    CHECK(waiter.silent(std::chrono::milliseconds(100)));
    CHECK(wire::types(waiter.exchange(wire::sync_message())) == "Z");
    CHECK(scene::waiting(weir, 0));
    holder.query("COMMIT");
    CHECK(wire::sqlstate(waiter.exchange(wire::bind_portal("", "s") + wire::sync_message())) == "26000");
}

TEST_CASE("cancel: while the pooler sets the server's variables nothing is forwarded", "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    ProxyScene scene;
    auto plain = WireClient::logged_in(scene.weir.login());
    auto named = WireClient::logged_in(scene.weir.login(), {{"application_name", "named"}});
    plain.exchange(wire::query("SELECT 1"));
    const int accepted = scene.proxy.accepted();
    const auto sent = scene.proxy.bytes_to_target();
    Fault stall;
    stall.stall = true;
    scene.proxy.from_target(stall);
    named.send(request(extended, "SELECT 'never'"));
    REQUIRE(eventually([&] { return scene.proxy.bytes_to_target() > sent; }));  // the SET is on its way
    CHECK(cancel_with(scene.weir, named.backend_key()));
    CHECK(wire::sqlstate(named.read_answer()) == "57014");
    scene.proxy.heal();
    CHECK(wire::rows(named.exchange(request(extended, "SHOW application_name"))) == Rows{{"named"}});
    CHECK(wire::rows(plain.exchange(request(extended, "SHOW application_name"))) == Rows{{""}});
    CHECK(scene.proxy.accepted() == accepted);
}

TEST_CASE("cancel: one is forwarded, once, for a statement that runs, and none for what does not", "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
    CAPTURE(extended);
    ProxyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.exchange(wire::query("BEGIN"));
    client.exchange(request(extended, "SELECT 1"));
    const int accepted = scene.proxy.accepted();
    for (int i = 0; i < 20; ++i) CHECK(cancel_with(scene.weir, client.backend_key()));
    CHECK(wire::rows(client.exchange(request(extended, "SELECT 2"))) == Rows{{"2"}});
    CHECK(scene.proxy.accepted() == accepted);
    client.send(request(extended, "SELECT pg_sleep(600)"));
    REQUIRE(scene::running(Postgres::shared(), "pg_sleep(600)"));
    Fault stall;
    stall.stall = true;
    scene.proxy.to_target(stall);  // the first stays under way
    std::vector<WireClient> requests;
    for (int i = 0; i < 20; ++i) {
        requests.emplace_back(scene.weir.port());
        requests.back().send(wire::cancel_request(client.backend_key()));
    }
    CHECK(eventually([&] {
        const auto rows = scene.weir.show("CLIENTS");
        return std::count_if(rows.begin(), rows.end(),
                             [](const auto& row) { return row.at("state") == "active_cancel_req"; }) == 20;
    }));
    CHECK(scene.proxy.accepted() <= accepted + 1);
    scene.proxy.heal();
    for (auto& request : requests) CHECK_FALSE(request.read_byte());
    CHECK(wire::sqlstate(client.read_answer()) == "57014");
    CHECK(wire::transaction_status(client.exchange(wire::query("ROLLBACK"))) == 'I');
    CHECK(scene.proxy.accepted() == accepted + 1);
}

TEST_CASE("cancel: one that comes late never hits the next client's statement", "[pg]") {
    REQUIRES_POSTGRES();
    const bool extended = GENERATE(false, true);
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
    for (int i = 0; i < 150; ++i) {
        client.send(request(extended, "SELECT pg_sleep(0.002)"));
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

TEST_CASE("cancel: once its connection is closed the client's next statement is safe", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared(), "pool_mode=session pool_size=1"));
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    auto client = WireClient::logged_in(weir.login());
    for (int i = 0; i < 200; ++i) {
        client.send(wire::query("SELECT pg_sleep(0.002)"));
        ::poll(nullptr, 0, static_cast<int>(random() % 5));  // the point in time is what is tried out
        CHECK(cancel_with(weir, client.backend_key()));
        client.read_answer();
        CHECK(wire::rows(client.exchange(wire::query("SELECT 'mine'"))) == Rows{{"mine"}});
    }
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
