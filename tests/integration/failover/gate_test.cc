// A primary and a secondary as their users run them: checks, automatic failover, writes on the secondary, the
// data brought back by the example command, failback behind the gate. No acknowledged row is lost.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

#include "tests/integration/failover/failover_scene.h"

using failover::ids;
using failover::Pair;
using failover::primary;
using failover::secondary;
using support::Client;
using support::Login;
using support::Weir;

namespace {

/// Clients that write rows with numbers of their own, each in a transaction, and remember what was
/// acknowledged.
class Writers {
 public:
    explicit Writers(const Login& login, int count = 3) {
        for (int i = 0; i < count; ++i) threads_.emplace_back([this, login, i] { write(login, i); });
    }
    ~Writers() { stop(); }
    Writers(const Writers&) = delete;
    Writers& operator=(const Writers&) = delete;

    void stop() {
        stop_ = true;
        for (auto& thread : threads_)
            if (thread.joinable()) thread.join();
    }
    /// True as soon as so many more rows were acknowledged.
    [[nodiscard]] bool goes_on(std::size_t more = 30) {
        const std::size_t goal = acknowledged().size() + more;
        return support::eventually([&] { return acknowledged().size() >= goal; });
    }
    [[nodiscard]] std::set<std::string> acknowledged() {
        const std::lock_guard lock{mutex_};
        return acknowledged_;
    }
    [[nodiscard]] int failed() const { return failed_; }

 private:
    void write(const Login& login, int writer) {
        long number = writer * 1'000'000L;
        std::unique_ptr<Client> client;
        while (!stop_) {
            if (!client || !client->connected()) client = std::make_unique<Client>(login);
            if (!client->connected()) continue;
            constexpr int kPauseMs = 5;  // so that the command, a shell script, can keep up
            ::poll(nullptr, 0, kPauseMs);
            const std::string id = std::to_string(++number);
            client->try_query("BEGIN");
            client->try_query("INSERT INTO t (id, v) VALUES (" + id + ", 'new')");
            client->try_query("UPDATE t SET v = 'written', updated_at = clock_timestamp() WHERE id = " + id);
            const auto end = client->try_query("COMMIT");
            if (end.ok && end.tag == "COMMIT") {
                const std::lock_guard lock{mutex_};
                acknowledged_.insert(id);
            } else {
                ++failed_;
                client.reset();
            }
        }
    }

    std::atomic<bool> stop_{false};
    std::atomic<int> failed_{0};
    std::mutex mutex_;
    std::set<std::string> acknowledged_;
    std::vector<std::thread> threads_;
};

std::set<std::string> rows_of(support::Postgres& side) {
    std::set<std::string> found;
    for (const auto& row : ids(side)) found.insert(row[0]);
    return found;
}

/// The example script, in a wrapper that sets its variables; small batches, so that there are several.
std::string sync_command(const support::TempDir& folder, const std::string& in_front = "") {
    const auto url = [](support::Postgres& side) { return '"' + side.login("postgres").conninfo() + '"'; };
    return "sh " + folder.write("sync.sh", in_front + "\nexport SECONDARY_URL=" + url(secondary()) +
                                               " PRIMARY_URL=" + url(primary()) +
                                               " SYNC_TABLES=t SYNC_BATCH=500 OVERLAP=2s SYNC_STATE=" +
                                               folder.path("mark") + "\nexec sh " FAILBACK_SCRIPT "\n");
}

}  // namespace

TEST_CASE("failover: outage, automatic failover, gated failback: no acknowledged row is lost") {
    REQUIRES_POSTGRES();
    const support::TempDir folder;
    Pair pair("failover=auto failback=gate failback_command='" + sync_command(folder) + "'");
    Weir& weir = pair.start();
    Writers writers{weir.login()};
    REQUIRE(writers.goes_on());

    pair.to_primary().refuse();
    pair.to_primary().reset_all();
    REQUIRE(weir.logged("failover: served by the secondary"));
    const auto left_behind = rows_of(primary());
    REQUIRE(writers.goes_on(60));
    CHECK(rows_of(primary()) == left_behind);  // nothing is written to the side that was left

    pair.to_primary().accept_again();
    REQUIRE(weir.logged("failback: served by the primary"));
    const auto then = rows_of(secondary());
    REQUIRE(writers.goes_on(60));
    CHECK(rows_of(secondary()) == then);
    writers.stop();

    const auto acknowledged = writers.acknowledged();
    const auto there = rows_of(primary());
    CHECK(std::includes(there.begin(), there.end(), acknowledged.begin(), acknowledged.end()));
    CHECK(primary().control().value("SELECT count(*) FROM t WHERE v <> 'written'") == "0");
    CHECK(weir.logged("failback_command of 'app': t: "));
    std::cout << "gated failback: " << acknowledged.size() << " rows acknowledged, none lost, " << then.size()
              << " by way of the secondary, " << writers.failed() << " transactions failed\n";
}

TEST_CASE("failover: while the command fails clients stay with the secondary, also in its last run") {
    REQUIRES_POSTGRES();
    const support::TempDir folder;
    const bool last_fails = GENERATE(false, true);
    const std::string fault = folder.path("fault");
    folder.write("fault", "");
    const std::string stage = last_fails ? "last" : "sync";
    Pair pair("failover=manual failback=gate failback_command='" +
              sync_command(folder, "if [ $WEIR_STAGE = " + stage + " ] && [ -f " + fault +
                                       " ]; then echo not yet; exit 3; fi") +
              "'");
    Weir& weir = pair.start();
    Client client = Client::connect(weir.login());
    weir.console("FAILOVER app");
    client.query("INSERT INTO t VALUES (1, 'on the secondary')");
    REQUIRE(weir.logged("failback_command: exit code 3"));
    REQUIRE(weir.logged("failback_command of 'app': not yet"));
    client.query("INSERT INTO t VALUES (2, 'still there')");
    CHECK(rows_of(secondary()) == std::set<std::string>{"1", "2"});
    std::filesystem::remove(fault);
    REQUIRE(weir.logged("failback: served by the primary"));
    CHECK(rows_of(primary()) == std::set<std::string>{"1", "2"});
}

TEST_CASE("failover: a command that takes too long in its last run gives the clients back in time") {
    REQUIRES_POSTGRES();
    Pair pair("failback_command='[ $WEIR_STAGE = sync ] || sleep 600'");
    pair.config().set("failback_pause", "0.2");
    Weir& weir = pair.start();
    Client client = Client::connect(weir.login());
    weir.console("FAILOVER app");
    Client console = Client::connect(weir.admin_login());
    const auto refused = console.try_query("FAILBACK app");
    CHECK_FALSE(refused.ok);
    CHECK(refused.message.find("takes too long") != std::string::npos);
    client.query("INSERT INTO t VALUES (1, 'on the secondary')");
    CHECK(rows_of(secondary()) == std::set<std::string>{"1"});
    CHECK(rows_of(primary()).empty());
}
