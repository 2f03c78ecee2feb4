// What happens when an outage is over: how soon those who wait are served, and that they do not come all at
// once.
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>

#include "tests/integration/failover/failover_scene.h"

using failover::primary;
using support::Client;
using support::Clock;
using support::eventually;
using support::FaultProxy;
using support::Postgres;
using support::Weir;
using support::WireClient;
namespace wire = support::wire;

namespace {

long ms(Clock::duration time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); }

struct Outage {
    std::string name;
    std::function<void(FaultProxy&)> begin;
    std::function<void(FaultProxy&)> end;
};

std::vector<Outage> outages() {
    return {{"refused",
             [](FaultProxy& proxy) {
                 proxy.refuse();
                 proxy.reset_all();
             },
             [](FaultProxy& proxy) { proxy.accept_again(); }},
            {"black hole", [](FaultProxy& proxy) { proxy.black_hole(); },
             [](FaultProxy& proxy) { proxy.leave_black_hole(); }},
            {"half-open",
             [](FaultProxy& proxy) {
                 proxy.hold_new(true);
                 proxy.freeze_all();
             },
             [](FaultProxy& proxy) { proxy.hold_new(false); }}};
}

struct Crowd {
    int connects = 0;
    int most = 0;  ///< of them at once
};

/// From a log with log_connections: how many log-ins of `user` were under way at the same time. A connection
/// is "received" before anybody knows whose it is.
Crowd logins(const std::string& log, const std::string& user) {
    std::map<std::string, bool> mine;  // pid -> whether it is one
    const auto pid_of = [](const std::string& line) {
        const auto from = line.find('[');
        return line.substr(from + 1, line.find(']') - from - 1);
    };
    const auto each_line = [&log](auto&& look) {
        std::istringstream in(log);
        for (std::string line; std::getline(in, line);) look(line);
    };
    each_line([&](const std::string& line) {
        if (line.find("connection authorized: user=" + user + " ") != std::string::npos)
            mine[pid_of(line)] = true;
    });
    Crowd crowd;
    int open = 0;
    each_line([&](const std::string& line) {
        if (!mine.contains(pid_of(line))) return;
        if (line.find("connection received: ") != std::string::npos) {
            ++crowd.connects;
            crowd.most = std::max(crowd.most, ++open);
        }
        if (line.find("connection authorized: ") != std::string::npos) --open;
    });
    return crowd;
}

}  // namespace

TEST_CASE("return: checked every second, as by default, whoever waits is served within a second") {
    REQUIRES_POSTGRES();
    const Outage outage = GENERATE(from_range(outages()));
    CAPTURE(outage.name);
    FaultProxy proxy{primary().port()};
    support::WeirConfig config;
    config.database(proxy.port(), "health_check_user=app");
    // Silence is found sooner than by default; the return is not.
    Weir weir{config.set("server_login_retry", "15")
                  .set("health_check_interval", "0.2")
                  .set("health_check_timeout", "1")};
    // A machine may stand still for a moment, so one return may take longer; most do not.
    constexpr int kWanted = 3;
    constexpr int kTurns = 10;
    int in_time = 0;
    std::string times;
    for (int turn = 0; turn < kTurns && in_time < kWanted; ++turn) {
        std::vector<Client> clients;
        for (int i = 0; i < 4; ++i) clients.push_back(Client::connect(weir.login()));
        for (auto& client : clients) client.query("SELECT 1");
        outage.begin(proxy);
        const auto state = [&] { return weir.show("ENDPOINTS").front().at("state"); };
        REQUIRE(eventually([&] { return state() == "down"; }));
        REQUIRE(eventually([&] { return weir.pool("sv_idle") + weir.pool("sv_active") == 0; }));
        for (auto& client : clients) REQUIRE(client.send("SELECT 2"));
        REQUIRE(scene::waiting(weir, 4));
        const auto back = Clock::now();
        outage.end(proxy);
        for (auto& client : clients) REQUIRE(client.wait().ok);
        const auto took = Clock::now() - back;
        in_time += took <= std::chrono::seconds{1} ? 1 : 0;
        times += (times.empty() ? "" : ", ") + std::to_string(ms(took));
        REQUIRE(eventually([&] { return state() == "up"; }));
    }
    INFO("ms: " << times);
    CHECK(in_time == kWanted);
    std::cout << "return | " << outage.name << " | four clients served after (ms): " << times << "\n";
}

TEST_CASE("return: each worker logs in to one server at a time, however many clients wait") {
    REQUIRES_POSTGRES();
    constexpr int kWorkers = 2;
    constexpr int kServers = 20;
    Postgres postgres{{{"log_connections = on"}, {}}};
    FaultProxy proxy{postgres.port()};
    support::Fault slow;
    slow.delay = std::chrono::milliseconds{20};
    proxy.from_target(slow);
    support::WeirConfig config;
    // The answer to its SSLRequest keeps each log-in under way for a while.
    config.database(proxy.port(), "health_check_user=postgres sslmode=prefer");
    Weir weir{config.set("default_pool_size", std::to_string(kServers))
                  .set("workers", std::to_string(kWorkers))
                  .set("health_check_interval", "0.2")
                  .set("health_check_retry", "0.05")};
    std::vector<WireClient> clients;
    constexpr std::size_t kClients = 30;
    for (std::size_t i = 0; i < kClients; ++i) clients.push_back(WireClient::logged_in(weir.login()));
    proxy.refuse();
    proxy.reset_all();
    REQUIRE(eventually([&] { return weir.pool("sv_idle") + weir.pool("sv_active") == 0; }));
    for (auto& client : clients) REQUIRE(client.send(wire::query("BEGIN; SELECT 1")));
    REQUIRE(scene::waiting(weir, static_cast<int>(kClients)));
    const std::string before = postgres.log();
    proxy.accept_again();
    // All servers there may be are opened and held; the other clients wait.
    REQUIRE(eventually([&] { return weir.pool("sv_active") == kServers; }));
    const Crowd crowd = logins(postgres.log().substr(before.size()), "app");
    CHECK(crowd.connects >= kServers);
    CHECK(crowd.most >= 1);
    CHECK(crowd.most <= kWorkers);
    for (auto& client : clients) client.send(wire::query("COMMIT"));
    for (auto& client : clients) {
        CHECK(wire::transaction_status(client.read_answer()) == 'T');
        CHECK(wire::transaction_status(client.read_answer()) == 'I');
    }
}
