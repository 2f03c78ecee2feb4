// No client reads less than what its user has written, while the standbys lag by different and changing
// times; reads are spread as the weights say, and writes run on the primary only.
//
// 32 clients share the connections of one driver's pool: they write on one of them and read on another. All
// write at the same time and then nobody for a while, so that there are reads on standbys that lag, reads
// that the rule keeps away from them, and the moments in between. WEIR_ROUTE_SECONDS: for how long (30).
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>

#include "tests/integration/route/route_scene.h"

using namespace support;
using namespace route_scene;

namespace {

constexpr int kClients = 32;
constexpr int kConnections = 40;
constexpr int kSpectators = 4;  ///< of another user, who writes nothing: their reads are never held back
constexpr int kFirstKey = 1000;
constexpr int kWeightOfSecond = 2;  ///< the first standby has 1

/// Hands out the connection that was given back the longest ago, so that a client has another one each time.
class DriverPool {
 public:
    explicit DriverPool(const Login& login) {
        for (int i = 0; i < kConnections; ++i) free_.push_back(std::make_unique<Client>(login));
    }
    std::unique_ptr<Client> take() {
        std::unique_lock lock{mutex_};
        given_back_.wait(lock, [this] { return !free_.empty(); });
        auto client = std::move(free_.front());
        free_.pop_front();
        return client;
    }
    void give_back(std::unique_ptr<Client> client) {
        const std::lock_guard lock{mutex_};
        free_.push_back(std::move(client));
        given_back_.notify_one();
    }

 private:
    std::mutex mutex_;
    std::condition_variable given_back_;
    std::deque<std::unique_ptr<Client>> free_;
};

/// What has been acknowledged to whoever wrote, by key: no later read may show less.
using Acknowledged = std::array<std::atomic<int>, kClients>;

struct Tally {
    int writes = 0;
    int reads = 0;
    int stale = 0;
    int failed = 0;
    int on_first = 0;
    int on_second = 0;

    [[nodiscard]] int on_replicas() const { return on_first + on_second; }
    void operator+=(const Tally& other) {
        writes += other.writes;
        reads += other.reads;
        stale += other.stale;
        failed += other.failed;
        on_first += other.on_first;
        on_second += other.on_second;
    }
};

struct Checker {
    DriverPool& connections;
    Acknowledged& acknowledged;
    const std::string first_port;
    const int id;
    std::mt19937 random;
    Tally tally{};

    void run(std::chrono::seconds duration) {
        const auto end = std::chrono::steady_clock::now() + duration;
        for (int n = 1; std::chrono::steady_clock::now() < end; ++n) {
            wait_for_writing();
            write(n);
            for (int i = 0; i < 12; ++i) {
                read(i % 3 == 0 ? static_cast<int>(random() % kClients) : id);
                std::this_thread::sleep_for(std::chrono::milliseconds{5 + random() % 100});
            }
        }
    }
    static void wait_for_writing() {
        constexpr std::int64_t kRound = 800;
        constexpr std::int64_t kWriting = 100;
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(now).count() % kRound;
        if (at >= kWriting) std::this_thread::sleep_for(std::chrono::milliseconds{kRound - at});
    }
    static std::string key_of(int client) { return std::to_string(kFirstKey + client); }

    /// By turns as one Query, with parameters, and in a transaction.
    void write(int n) {
        auto client = connections.take();
        const std::string update = "UPDATE items SET n = " + std::to_string(n) + " WHERE id = ";
        const auto ran = [&] {
            if (n % 3 == 0) return client->try_query(update + key_of(id)).ok;
            if (n % 3 == 1) return client->try_params(update + "$1", {key_of(id)}).ok;
            return client->try_query("BEGIN").ok && client->try_query(update + key_of(id)).ok &&
                   client->try_query("COMMIT").ok;
        }();
        if (ran) acknowledged.at(static_cast<std::size_t>(id)) = n;
        connections.give_back(std::move(client));
        ++tally.writes;
        if (!ran) ++tally.failed;
    }
    void read(int key) {
        auto client = connections.take();
        const int expected = acknowledged.at(static_cast<std::size_t>(key));
        const std::string sql = "SELECT n, kind, port FROM items, whereami WHERE id = " + key_of(key);
        const auto seen = tally.reads % 2 == 0 ? client->try_query(sql) : client->try_params(sql, {});
        connections.give_back(std::move(client));
        ++tally.reads;
        if (!seen.ok)
            ++tally.failed;
        else if (seen.rows.empty() || std::stoi(seen.rows[0][0]) < expected)
            ++tally.stale;  // not even the row, or an old one
        else if (seen.rows[0][1] == kOnReplica)
            ++(seen.rows[0][2] == first_port ? tally.on_first : tally.on_second);
    }
};

/// Reads without an end, as a user whose writes nobody waits for.
Tally watch(const Login& login, const std::string& first_port, const std::atomic<bool>& over) {
    Client client{login};
    Tally tally;
    while (!over) {
        const auto seen = client.try_query("SELECT kind, port FROM whereami");
        ++tally.reads;
        if (!seen.ok || seen.rows.size() != 1)
            ++tally.failed;
        else if (seen.rows[0][0] == kOnReplica)
            ++(seen.rows[0][1] == first_port ? tally.on_first : tally.on_second);
        std::this_thread::sleep_for(std::chrono::milliseconds{15});
    }
    return tally;
}

/// By turns, a standby is made to apply what is committed some time later, and now and then stands still.
void inject_lag(Servers& servers, const std::atomic<bool>& over) {
    constexpr std::array kDelays{"120ms", "0", "250ms", "60ms", "0"};
    for (std::size_t turn = 0; !over; ++turn) {
        Client control((turn % 2 == 0 ? servers.first : servers.second).login("postgres"));
        static_cast<void>(control.try_query("ALTER SYSTEM SET recovery_min_apply_delay = '" +
                                            std::string{kDelays.at(turn % kDelays.size())} + "'"));
        static_cast<void>(control.try_query("SELECT pg_reload_conf()"));
        if (turn % 3 == 0) static_cast<void>(control.try_query("SELECT pg_wal_replay_pause()"));
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
        static_cast<void>(control.try_query("SELECT pg_wal_replay_resume()"));
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    }
    for (Postgres* standby : {&servers.first, &servers.second}) {
        Client control(standby->login("postgres"));
        static_cast<void>(control.try_query("ALTER SYSTEM RESET recovery_min_apply_delay"));
        static_cast<void>(control.try_query("SELECT pg_reload_conf()"));
    }
}

int count(const std::string& text, const std::string& what) {
    int found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

/// How often the servers were asked to write, by what they log of every statement.
struct WritesLogged {
    int primary = 0;
    int standbys = 0;
};

struct Result {
    Tally clients;
    Tally spectators;
    WritesLogged logged;
};

Result check(const std::string& keys, std::chrono::seconds duration) {
    Servers& servers = Servers::shared();
    for (int i = 0; i < kClients; ++i)
        servers.primary.control().query("INSERT INTO items VALUES (" + Checker::key_of(i) + ", 0)");
    WeirConfig config;
    config.database(servers.primary.port(),
                    "replicas='" + servers.url(servers.first, "?weight=1") + " " +
                        servers.url(servers.second, "?weight=" + std::to_string(kWeightOfSecond)) +
                        "' replica_kind=streaming pool_mode=transaction " + keys);
    config.set("default_pool_size", "20");
    Weir weir(config);
    DriverPool connections(weir.login());
    Acknowledged acknowledged{};
    const std::string first_port = std::to_string(servers.first.port());
    std::vector<Checker> checkers;
    for (int i = 0; i < kClients; ++i)
        checkers.push_back(
            {connections, acknowledged, first_port, i, std::mt19937(static_cast<unsigned>(i))});
    std::atomic<bool> over{false};
    std::array<Tally, kSpectators> watched{};
    std::vector<std::thread> beside;
    beside.emplace_back([&] { inject_lag(servers, over); });
    for (Tally& tally : watched)
        beside.emplace_back([&] { tally = watch(weir.login("other"), first_port, over); });
    std::vector<std::thread> threads;
    threads.reserve(checkers.size());
    for (Checker& checker : checkers) threads.emplace_back([&] { checker.run(duration); });
    for (auto& thread : threads) thread.join();
    over = true;
    for (auto& thread : beside) thread.join();
    Result result;
    for (const Checker& checker : checkers) result.clients += checker.tally;
    for (const Tally& tally : watched) result.spectators += tally;
    result.logged.primary = count(servers.primary.log(), "UPDATE items");
    result.logged.standbys =
        count(servers.first.log(), "UPDATE items") + count(servers.second.log(), "UPDATE items");
    servers.primary.control().query("DELETE FROM items WHERE id >= " + std::to_string(kFirstKey));
    return result;
}

/// Of all reads on standbys, those on the second.
double share_of_second(const Tally& tally) {
    return static_cast<double>(tally.on_second) / std::max(tally.on_replicas(), 1);
}

std::string text_of(const Result& result) {
    return std::to_string(result.clients.writes) + " writes, " + std::to_string(result.clients.reads) +
           " reads, " + std::to_string(result.clients.on_replicas()) + " of them on standbys, " +
           std::to_string(result.clients.stale) + " stale, " + std::to_string(result.clients.failed) +
           " failed; share of the second standby " + std::to_string(share_of_second(result.clients)) +
           "; spectators: " + std::to_string(result.spectators.reads) + " reads, " +
           std::to_string(result.spectators.on_replicas()) + " on standbys, share of the second " +
           std::to_string(share_of_second(result.spectators));
}

}  // namespace

TEST_CASE("route checker: 32 clients see every write of their user, whatever the standbys lag", "[pg]") {
    REQUIRES_POSTGRES();
    const char* seconds = std::getenv("WEIR_ROUTE_SECONDS");
    const int before = count(Servers::shared().primary.log(), "UPDATE items");
    const Result result = check("", std::chrono::seconds{seconds == nullptr ? 30 : std::atoi(seconds)});
    INFO(text_of(result));
    if (seconds != nullptr) WARN(text_of(result));
    CHECK(result.clients.failed == 0);
    CHECK(result.clients.stale == 0);
    CHECK(result.clients.on_replicas() > result.clients.reads / 20);
    CHECK(result.spectators.failed == 0);
    CHECK(result.spectators.on_replicas() > result.spectators.reads / 2);
    const double by_weight = double{kWeightOfSecond} / (1 + kWeightOfSecond);
    CHECK(share_of_second(result.spectators) > 0.9 * by_weight);
    CHECK(share_of_second(result.spectators) < 1.1 * by_weight);
    CHECK(result.logged.primary - before == result.clients.writes);
    CHECK(result.logged.standbys == 0);
}

TEST_CASE("route checker: without the rule it finds stale reads", "[pg]") {
    REQUIRES_POSTGRES();
    const Result result = check("read_after_write=off", std::chrono::seconds{3});
    CHECK(result.clients.failed == 0);
    CHECK(result.clients.stale > 0);
}
