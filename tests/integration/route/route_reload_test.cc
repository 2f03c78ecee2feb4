// RELOAD while clients work: replicas come, go and change their weights, and no client notices.
#include <atomic>
#include <thread>

#include "tests/integration/route/route_scene.h"

using namespace support;
using namespace route_scene;

namespace {

constexpr int kClients = 8;
constexpr int kFirstKey = 2000;

/// Writes and reads as fast as it can, on two connections.
void work(const Login& login, int id, const std::atomic<bool>& over, std::atomic<int>& faults,
          std::atomic<int>& done) {
    Client writer(login);
    Client reader(login);
    const std::string where = " WHERE id = " + std::to_string(kFirstKey + id);
    for (int n = 1; !over; ++n) {
        if (n % 8 == 1 && !writer.try_query("UPDATE items SET n = " + std::to_string(n) + where).ok) ++faults;
        const int expected = n - (n - 1) % 8;
        const std::string sql = "SELECT n FROM items" + where;
        const auto seen = n % 2 == 0 ? reader.try_query(sql) : reader.try_params(sql, {});
        if (!seen.ok || seen.rows.size() != 1 || std::stoi(seen.rows[0][0]) < expected) ++faults;
        if (n % 16 == 0 && (!reader.try_query("BEGIN READ ONLY").ok || !reader.try_query(sql).ok ||
                            !reader.try_query("COMMIT").ok))
            ++faults;
        ++done;
        if (n % 8 > 2) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

}  // namespace

TEST_CASE("route reload: replicas are added, removed and weighted anew under load", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    for (int i = 0; i < kClients; ++i)
        servers.primary.control().query("INSERT INTO items VALUES (" + std::to_string(kFirstKey + i) +
                                        ", 0)");
    const std::string more = "' replica_kind=streaming pool_mode=transaction";
    const std::string one = "replicas='" + servers.url(servers.first) + more;
    const std::string two = "replicas='" + servers.url(servers.second) + more;
    const std::string both =
        "replicas='" + servers.url(servers.first) + " " + servers.url(servers.second) + more;
    const std::string turned =
        "replicas='" + servers.url(servers.second, "?weight=5") + " " + servers.url(servers.first) + more;
    WeirConfig config;
    config.database(servers.primary.port(), one);
    Weir weir(config);
    std::atomic<bool> over{false};
    std::atomic<int> faults{0};
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i)
        threads.emplace_back([&, i] { work(weir.login(), i, over, faults, done); });
    for (const std::string& keys :
         {both, turned, two, std::string{"pool_mode=transaction"}, one, both, two}) {
        weir.config().database(servers.primary.port(), keys);
        weir.reload();
        const int before = done;
        REQUIRE(eventually([&] { return done > before + 20 * kClients; }));
    }
    over = true;
    for (auto& thread : threads) thread.join();
    CHECK(faults == 0);
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    for (int i = 0; i < 10; ++i)
        CHECK(client.value("SELECT port FROM whereami") == std::to_string(servers.second.port()));
    servers.primary.control().query("DELETE FROM items WHERE id >= " + std::to_string(kFirstKey));
}
