// How the pooler ends: signals, SHUTDOWN in its forms, draining, and being replaced under load.
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "tests/integration/compat/compat.h"
#include "tests/integration/compat/instance.h"
#include "tests/support/contains.h"
#include "tests/support/free_port.h"

using namespace support;
using namespace support::wire;

namespace {

/// Clients over and over: they log in, run transactions, and connect again when they are told to (57P01), as
/// drivers do. Whatever else happens to them is an error.
class Load {
 public:
    Load(Login login, int clients) : login_{std::move(login)} {
        for (int i = 0; i < clients; ++i) threads_.emplace_back([this] { work(); });
    }
    ~Load() { finish(); }

    void finish() {
        stop_ = true;
        for (auto& thread : threads_)
            if (thread.joinable()) thread.join();
    }
    [[nodiscard]] int told_to_leave() const { return left_; }
    [[nodiscard]] std::string error() {
        const std::lock_guard lock{mutex_};
        return error_;
    }
    /// True as soon as this many transactions more are through.
    [[nodiscard]] bool goes_on(int transactions = 100) {
        const int before = done_;
        return eventually([&] { return done_ >= before + transactions || !error().empty(); }) &&
               error().empty();
    }

 private:
    void work() {
        while (!stop_ && error().empty()) {
            WireClient client(login_.port);
            client.send(startup({{"user", login_.user}, {"database", login_.database}}));
            if (!fine(client.read_answer(), "login")) continue;
            while (!stop_ && transaction(client)) ++done_;
        }
    }

    bool transaction(WireClient& client) {
        if (!fine(client.exchange(query("BEGIN")), "BEGIN")) return false;
        for (const char* sql : {"SELECT 1", "COMMIT"}) {
            const auto answer = client.exchange(query(sql));
            if (transaction_status(answer) != 0 && sqlstate(answer).empty()) continue;
            fail(std::string(sql) + ": " + sqlstate(answer) + " " + error_text(answer));
            return false;
        }
        return true;
    }

    /// At the boundary of a transaction 57P01 is a request to connect again, not an error.
    bool fine(const Messages& answer, const std::string& what) {
        if (transaction_status(answer) != 0 && sqlstate(answer).empty()) return true;
        if (sqlstate(answer) == "57P01")
            ++left_;
        else
            fail(what + ": " + sqlstate(answer) + " " + error_text(answer) + ", messages " + types(answer));
        return false;
    }

    void fail(const std::string& text) {
        const std::lock_guard lock{mutex_};
        if (error_.empty()) error_ = text;
    }

    Login login_;
    std::atomic<bool> stop_{false};
    std::atomic<int> done_{0};
    std::atomic<int> left_{0};
    std::mutex mutex_;  ///< guards error_
    std::string error_;
    std::vector<std::thread> threads_;
};

bool refuses_connections(const Weir& weir) {
    return eventually([&] { return !Client(weir.login()).connected(); });
}

/// What a login to `app` over the Unix socket is told.
std::string unix_refusal(const Weir& weir) {
    WireClient client(weir.socket());
    client.send(startup({{"user", "app"}, {"database", "app"}}));
    return compat::error(client.read_to_end());
}

WireClient unix_console(const Weir& weir) {
    WireClient client(weir.socket());
    client.send(startup({{"user", "admin"}, {"database", "pgbouncer"}}));
    CHECK(transaction_status(client.read_answer()) == 'I');
    return client;
}

}  // namespace

TEST_CASE("SIGQUIT and SHUTDOWN: the end is at once, clients see the end of the stream", "[pg]") {
    REQUIRES_POSTGRES();
    const bool by_signal = GENERATE(true, false);
    Weir weir(Postgres::shared());
    auto idle = WireClient::logged_in(weir.login());
    auto busy = WireClient::logged_in(weir.login());
    busy.send(query("SELECT pg_sleep(600)"));
    CHECK(eventually([&] { return weir.pool("sv_active") == 1; }));
    auto console = compat::console(weir);
    if (by_signal)
        weir.process().signal(SIGQUIT);
    else
        console.send(query("SHUTDOWN"));
    CHECK(console.read_to_end().empty());
    CHECK(idle.read_to_end().empty());
    CHECK(busy.read_to_end().empty());
    weir.check_end();
    CHECK_FALSE(std::filesystem::exists(weir.socket()));
}

TEST_CASE("SIGTERM and SHUTDOWN WAIT_FOR_CLIENTS: present clients are served until they leave", "[pg]") {
    REQUIRES_POSTGRES();
    const bool by_signal = GENERATE(true, false);
    Weir weir(Postgres::shared());
    auto client = Client::connect(weir.login());
    auto console = unix_console(weir);
    if (by_signal)
        weir.process().signal(SIGTERM);
    else
        CHECK(command_tag(console.exchange(query("SHUTDOWN WAIT_FOR_CLIENTS"))) == "SHUTDOWN");
    CHECK(refuses_connections(weir));
    CHECK(unix_refusal(weir) == "FATAL 08P01 pooler is shutting down");
    CHECK(compat::error(console.exchange(query("RESUME"))) == "ERROR 08P01 pooler is shutting down");
    CHECK(command_tag(unix_console(weir).exchange(query("SHOW POOLS"))) == "SHOW");
    CHECK(client.value("SELECT 1") == "1");
    client.close();
    CHECK(weir.process().running());  // the console is a client too
    console.close();
    weir.check_end();
}

TEST_CASE("SIGINT and SHUTDOWN WAIT_FOR_SERVERS: transactions end, waiting clients are refused", "[pg]") {
    REQUIRES_POSTGRES();
    const bool by_signal = GENERATE(true, false);
    Weir weir(compat::before(Postgres::shared()).set("default_pool_size", "1"));
    auto working = Client::connect(weir.login());
    compat::begin(working);
    auto waiting = WireClient::logged_in(weir.login());
    waiting.send(query("SELECT 1"));
    CHECK(compat::waiting(weir, 1));
    auto late = WireClient::logged_in(weir.login());
    auto console = unix_console(weir);
    if (by_signal)
        weir.process().signal(SIGINT);
    else
        CHECK(command_tag(console.exchange(query("SHUTDOWN WAIT_FOR_SERVERS"))) == "SHUTDOWN");
    CHECK(compat::error(waiting.read_to_end()) == "FATAL 08P01 server shutting down");
    CHECK(refuses_connections(weir));
    late.send(query("SELECT 1"));
    CHECK(compat::error(late.read_to_end()) == "FATAL 08P01 server shutting down");
    CHECK(working.value("SELECT 2") == "2");
    working.query("COMMIT");
    weir.check_end();
}

TEST_CASE("a second SIGTERM or SIGINT: the end is at once", "[pg]") {
    REQUIRES_POSTGRES();
    const int number = GENERATE(SIGTERM, SIGINT);
    Weir weir(Postgres::shared());
    auto client = Client::connect(weir.login());
    compat::begin(client);
    weir.process().signal(number);
    CHECK(refuses_connections(weir));
    CHECK(weir.process().running());
    weir.process().signal(number);
    weir.check_end();
    CHECK_FALSE(client.try_query("SELECT 1").ok);
}

TEST_CASE("SIGTERM during SUSPEND: the end is at once and counts as an error", "[pg]") {
    REQUIRES_POSTGRES();
    compat::Instance weir(compat::before(Postgres::shared()), free_port());
    weir.start();
    auto console = Client::connect(weir.unix_login("admin").with_database("pgbouncer"));
    console.query("SUSPEND");
    weir.process().signal(SIGTERM);
    CHECK(weir.process().wait() == 1);
}

TEST_CASE("drain: each client leaves with 57P01 at its transaction boundary, then the process ends", "[pg]") {
    REQUIRES_POSTGRES();
    const bool by_signal = GENERATE(true, false);
    Weir weir(compat::before(Postgres::shared()).set("sigterm", "drain").set("drain_delay", "0"));
    auto idle = WireClient::logged_in(weir.login());
    auto working = WireClient::logged_in(weir.login());
    working.exchange(query("BEGIN; SELECT 1"));
    auto running = WireClient::logged_in(weir.login());
    running.send(query("SELECT pg_sleep(1), 'finished'"));
    CHECK(eventually([&] { return weir.pool("sv_active") == 2; }));
    if (by_signal)
        weir.process().signal(SIGTERM);
    else
        CHECK(command_tag(unix_console(weir).exchange(query("SHUTDOWN DRAIN"))) == "SHUTDOWN");
    CHECK(compat::error(idle.read_to_end()).find("FATAL 57P01 ") == 0);
    CHECK(refuses_connections(weir));
    CHECK(rows(running.read_answer()) == Rows{{"", "finished"}});
    CHECK(sqlstate(running.read_to_end()) == "57P01");
    CHECK(rows(working.exchange(query("SELECT 2"))) == Rows{{"2"}});
    CHECK(command_tag(working.exchange(query("COMMIT"))) == "COMMIT");
    CHECK(sqlstate(working.read_to_end()) == "57P01");
    weir.check_end();
}

TEST_CASE("drain: during drain_delay clients still come in and nobody is sent away", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(compat::before(Postgres::shared()).set("sigterm", "drain").set("drain_delay", "2"));
    std::unique_ptr<WireClient> present;
    if (GENERATE(true, false)) present = std::make_unique<WireClient>(WireClient::logged_in(weir.login()));
    weir.process().signal(SIGTERM);
    CHECK(weir.logged("got signal"));
    auto late = WireClient::logged_in(weir.login());
    CHECK(rows(late.exchange(query("SELECT 1"))) == Rows{{"1"}});
    if (present) {
        CHECK(rows(present->exchange(query("SELECT 1"))) == Rows{{"1"}});
        CHECK(sqlstate(present->read_to_end()) == "57P01");
    }
    CHECK(sqlstate(late.read_to_end()) == "57P01");
    weir.check_end();
}

TEST_CASE("drain: drain_timeout ends it with clients still at work", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(compat::before(Postgres::shared()).set("sigterm", "drain").set("drain_timeout", "1"));
    auto working = Client::connect(weir.login());
    compat::begin(working);
    weir.process().signal(SIGTERM);
    weir.check_end();
    CHECK_FALSE(working.try_query("SELECT 1").ok);
}

TEST_CASE("RELOAD under load: no client notices", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    Load load(weir.login(), 4);
    REQUIRE(load.goes_on());
    for (int i = 0; i < 6; ++i) {
        weir.config().set("query_wait_notify", std::to_string(10 + i));
        weir.config().databases["extra"] = "host=127.0.0.1 port=" + std::to_string(20000 + i);
        if (i % 2 == 0) {
            weir.reload();
        } else {
            weir.write_files();
            weir.process().signal(SIGHUP);
            CHECK(eventually([&] {
                return compat::row_with(weir, "CONFIG", {{"key", "query_wait_notify"}}).at("value") ==
                       std::to_string(10 + i);
            }));
        }
        CHECK(load.goes_on());
    }
    load.finish();
    CHECK(load.error().empty());
    CHECK(load.told_to_leave() == 0);
}

TEST_CASE("so_reuseport: who has connected but not spoken yet when a process leaves is not reset", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = compat::before(Postgres::shared());
    config.set("so_reuseport", "1").set("sigterm", "drain");
    const auto port = free_port();
    compat::Instance leaving(config, port);
    compat::Instance staying(config, port);
    leaving.start();
    staying.start();
    std::vector<WireClient> silent;  // the kernel deals them to both by their addresses
    for (int i = 0; i < 16; ++i) silent.emplace_back(port);
    leaving.process().signal(SIGTERM);
    CHECK(eventually([&] { return contains(leaving.process().output(), "got signal"); }));
    for (WireClient& client : silent) client.send(startup({{"user", "app"}, {"database", "app"}}));
    for (WireClient& client : silent) {
        const auto answer = client.read_answer();
        INFO(types(answer) + " " + error_text(answer));
        CHECK((transaction_status(answer) == 'I' || sqlstate(answer) == "57P01"));
    }
    leaving.check_end();
    staying.process().signal(SIGQUIT);
    staying.check_end();
}

TEST_CASE("so_reuseport: two processes are replaced one after the other under load without an error",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto config = compat::before(Postgres::shared());
    config.set("so_reuseport", "1").set("sigterm", "drain").set("drain_timeout", "60");
    const auto port = free_port();
    std::vector<std::unique_ptr<compat::Instance>> old;
    std::vector<std::unique_ptr<compat::Instance>> fresh;
    for (int i = 0; i < 2; ++i) {
        old.push_back(std::make_unique<compat::Instance>(config, port));
        old.back()->start();
    }
    Load load(old.front()->login(), 6);
    CHECK(load.goes_on());
    for (auto& instance : old) {
        fresh.push_back(std::make_unique<compat::Instance>(config, port));
        fresh.back()->start();
        instance->process().signal(SIGTERM);
        instance->check_end();
        CHECK(load.goes_on());
    }
    load.finish();
    CHECK(load.error() == "");
    CHECK(load.told_to_leave() >= 6);
    for (auto& instance : fresh) {
        instance->process().signal(SIGQUIT);
        instance->check_end();
    }
}
