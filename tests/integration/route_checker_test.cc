// No client reads less than what its user has written, while the standbys lag by different and changing
// times; reads are spread as the weights say, and writes run on the primary only.
#include <atomic>
#include <thread>

#include "tests/integration/route_scene.h"

using namespace support;
using namespace route_scene;

namespace {

constexpr int kPairs = 16;

/// Writes on one connection and reads on another, as a driver's pool does.
struct Checker {
    int id = 0;
    int reads = 0;
    int stale = 0;
    int failed = 0;
    int replica_reads = 0;

    void run(const Login& login, std::chrono::seconds duration) {
        Client writer(login);
        Client reader(login);
        const std::string key = std::to_string(1000 + id);
        const auto end = std::chrono::steady_clock::now() + duration;
        for (int n = 1; std::chrono::steady_clock::now() < end; ++n) {
            wait_for_writing();
            if (!writer.try_query("UPDATE items SET n = " + std::to_string(n) + " WHERE id = " + key).ok)
                ++failed;
            for (int i = 0; i < 12; ++i) {
                read(reader, "SELECT n, kind FROM items, whereami WHERE id = " + key + "", n);
                std::this_thread::sleep_for(std::chrono::milliseconds{10 + 23 * ((id + i) % 5)});
            }
        }
    }
    /// All write at the same time, and then nobody for a while, so that the standbys can catch up.
    static void wait_for_writing() {
        constexpr std::int64_t kRound = 600;
        constexpr std::int64_t kWriting = 100;
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(now).count() % kRound;
        if (at >= kWriting) std::this_thread::sleep_for(std::chrono::milliseconds{kRound - at});
    }
    void read(Client& reader, const std::string& sql, int expected) {
        const auto seen = reads % 2 == 0 ? reader.try_query(sql) : reader.try_params(sql, {});
        ++reads;
        if (!seen.ok)
            ++failed;
        else if (seen.rows.empty() || std::stoi(seen.rows[0][0]) < expected)
            ++stale;  // not even the row, or an old one
        else if (seen.rows[0][1] == kOnReplica)
            ++replica_reads;
    }
};

std::chrono::seconds duration() {
    const char* given = std::getenv("WEIR_ROUTE_SECONDS");
    return std::chrono::seconds{given == nullptr ? 4 : std::atoi(given)};
}

Checker check(const std::string& keys) {
    Servers& servers = Servers::shared();
    for (int i = 0; i < kPairs; ++i)
        servers.primary.control().query("INSERT INTO items VALUES (" + std::to_string(1000 + i) + ", 0)");
    WeirConfig config = servers.config(keys);
    config.set("default_pool_size", "20");
    Weir weir(config);
    std::vector<Checker> checkers(kPairs);
    std::atomic<bool> over{false};
    std::thread lag([&] {  // by turns, one of the standbys stands still for a moment
        for (int turn = 0; !over; ++turn) {
            Client control((turn % 2 == 0 ? servers.first : servers.second).login("postgres"));
            static_cast<void>(control.try_query("SELECT pg_wal_replay_pause()"));
            std::this_thread::sleep_for(std::chrono::milliseconds{150});
            static_cast<void>(control.try_query("SELECT pg_wal_replay_resume()"));
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < kPairs; ++i) {
        checkers[static_cast<std::size_t>(i)].id = i;
        threads.emplace_back([&, i] { checkers[static_cast<std::size_t>(i)].run(weir.login(), duration()); });
    }
    for (auto& thread : threads) thread.join();
    over = true;
    lag.join();
    Checker sum;
    for (const Checker& checker : checkers) {
        sum.reads += checker.reads;
        sum.stale += checker.stale;
        sum.failed += checker.failed;
        sum.replica_reads += checker.replica_reads;
    }
    servers.primary.control().query("DELETE FROM items WHERE id >= 1000");
    return sum;
}

}  // namespace

TEST_CASE("route checker: 32 clients see every write of their user, whatever the standbys lag", "[pg]") {
    REQUIRES_POSTGRES();
    const Checker sum = check("");
    INFO("reads " << sum.reads << ", on replicas " << sum.replica_reads);
    CHECK(sum.failed == 0);
    CHECK(sum.stale == 0);
    CHECK(sum.replica_reads > sum.reads / 20);
}

TEST_CASE("route checker: without the rule it finds stale reads", "[pg]") {
    REQUIRES_POSTGRES();
    const Checker sum = check("read_after_write=off");
    CHECK(sum.failed == 0);
    CHECK(sum.stale > 0);
}
