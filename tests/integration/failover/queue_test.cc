// Clients that wait while nothing is up: how many may, with how much, for how long, what they are told in
// exactly which words, and that the others are served after the return.
#include "tests/integration/failover/failover_scene.h"
#include "tests/support/free_port.h"
#include "tests/support/http_client.h"
#include "tests/support/metrics_text.h"

using failover::ids;
using failover::primary;
using support::Client;
using support::eventually;
using support::FaultProxy;
using support::Rows;
using support::Weir;
using support::WireClient;
namespace wire = support::wire;

namespace {

/// One address, behind a proxy, checked; nothing else to go to.
struct Alone {
    Alone() : proxy{primary().port()}, http{support::free_port()} {
        scene::settled(primary());
        primary().control().query(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT); GRANT ALL ON t TO app");
        config.database(proxy.port());
        config.set("health_check_user", "app")
            .set("health_check_interval", "0.1")
            .set("health_check_retry", "0.05")
            .set("default_pool_size", "2")
            .set("http_listen", "127.0.0.1:" + std::to_string(http));
    }
    Weir& start() {
        weir = std::make_unique<Weir>(config);
        return *weir;
    }
    /// Nothing is up any more, and that is known.
    void outage() {
        proxy.refuse();
        proxy.reset_all();
        REQUIRE(weir->logged(" is down: connect failed: connection refused"));
        REQUIRE(eventually([&] { return weir->pool("sv_idle") + weir->pool("sv_active") == 0; }));
    }
    [[nodiscard]] double metric(const std::string& name) const {
        return support::read_metrics(support::http(http, "/metrics").body, false).sum(name);
    }
    [[nodiscard]] double refused_waits(const std::string& reason) const {
        return metric(R"(weir_refused_waits_total{database="app",user="app",reason=")" + reason + "\"}");
    }

    FaultProxy proxy;
    std::uint16_t http;
    support::WeirConfig config;
    std::unique_ptr<Weir> weir;
};

std::vector<WireClient> clients(const Weir& weir, int count) {
    std::vector<WireClient> made;
    for (int i = 0; i < count; ++i) made.push_back(WireClient::logged_in(weir.login()));
    return made;
}

std::string insert(int id, std::size_t bytes = 1) {
    return wire::query("INSERT INTO t VALUES (" + std::to_string(id) + ", '" + std::string(bytes, 'x') +
                       "')");
}

/// The connection ends with this error and nothing else.
void check_refused(WireClient& client, const std::string& text) {
    const auto last = client.read_to_end();
    REQUIRE(wire::types(last) == "E");
    auto fields = wire::error_fields(last.at(0));
    CHECK(fields['S'] == "FATAL");
    CHECK(fields['C'] == "08P01");
    CHECK(fields['M'] == text);
}

void check_served(WireClient& client) { CHECK(wire::command_tag(client.read_answer()) == "INSERT 0 1"); }

}  // namespace

TEST_CASE("outage queue: as many clients wait as max_waiting_clients, one more is told at once") {
    REQUIRES_POSTGRES();
    Alone scene;
    scene.config.set("max_waiting_clients", "3");
    Weir& weir = scene.start();
    auto all = clients(weir, 5);
    scene.outage();
    for (int i = 0; i < 3; ++i) REQUIRE(all[static_cast<std::size_t>(i)].send(insert(i)));
    REQUIRE(scene::waiting(weir, 3));
    all[3].send(insert(3));
    check_refused(all[3], "too many clients wait for a server connection (max_waiting_clients)");
    CHECK(eventually([&] { return scene.refused_waits("clients") == 1; }));
    CHECK(weir.pool("cl_waiting") == 3);
    scene.proxy.accept_again();
    for (std::size_t i = 0; i < 3; ++i) check_served(all[i]);
    all[4].send(insert(4));  // there is room again
    check_served(all[4]);
    CHECK(ids(primary()) == Rows{{"0"}, {"1"}, {"2"}, {"4"}});
}

TEST_CASE("outage queue: requests that wait take as much as max_waiting_bytes, what does not fit is told") {
    REQUIRES_POSTGRES();
    Alone scene;
    scene.config.set("max_waiting_bytes", "20000");
    Weir& weir = scene.start();
    auto all = clients(weir, 4);
    scene.outage();
    REQUIRE(all[0].send(insert(0, 12'000)));
    REQUIRE(scene::waiting(weir, 1));
    all[1].send(insert(1, 12'000));
    check_refused(all[1], "too many requests wait for a server connection (max_waiting_bytes)");
    CHECK(eventually([&] { return scene.refused_waits("bytes") == 1; }));
    REQUIRE(all[2].send(insert(2, 5'000)));
    REQUIRE(scene::waiting(weir, 2));
    CHECK(scene.metric("weir_waiting_request_bytes") > 17'000);
    CHECK(scene.metric("weir_waiting_request_bytes") <= 20'000);
    scene.proxy.accept_again();
    check_served(all[0]);
    check_served(all[2]);
    CHECK(eventually([&] { return scene.metric("weir_waiting_request_bytes") == 0; }));
    all[3].send(insert(3, 12'000));
    check_served(all[3]);
    CHECK(ids(primary()) == Rows{{"0"}, {"2"}, {"3"}});
}

TEST_CASE("outage queue: whoever waits for query_wait_timeout is told, and nothing of it runs later") {
    REQUIRES_POSTGRES();
    Alone scene;
    scene.config.set("query_wait_timeout", "1");
    Weir& weir = scene.start();
    auto all = clients(weir, 3);
    scene.outage();
    for (std::size_t i = 0; i < 2; ++i) REQUIRE(all[i].send(insert(static_cast<int>(i)) + insert(10)));
    const auto begun = support::Clock::now();
    for (std::size_t i = 0; i < 2; ++i) check_refused(all[i], "query_wait_timeout");
    CHECK(support::Clock::now() - begun >= std::chrono::milliseconds{900});
    CHECK(weir.pool("cl_waiting") == 0);
    scene.proxy.accept_again();
    REQUIRE(scene::works(weir));
    all[2].send(insert(2));
    check_served(all[2]);
    CHECK(ids(primary()) == Rows{{"2"}});
}

TEST_CASE("outage queue: clients that log in before any server was seen wait within the same bounds") {
    REQUIRES_POSTGRES();
    Alone scene;
    scene.config.set("max_waiting_clients", "2");
    scene.proxy.refuse();
    Weir& weir = scene.start();
    std::vector<WireClient> all;
    const std::string startup = wire::startup({{"user", "app"}, {"database", "app"}});
    for (int i = 0; i < 3; ++i) {
        all.emplace_back(weir.port());
        REQUIRE(all.back().send(startup));
        if (i < 2) REQUIRE(scene::waiting(weir, i + 1));
    }
    check_refused(all[2], "too many clients wait for a server connection (max_waiting_clients)");
    scene.proxy.accept_again();
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(wire::transaction_status(all[i].read_answer()) == 'I');
        all[i].send(insert(static_cast<int>(i)));
        check_served(all[i]);
    }
    CHECK(ids(primary()) == Rows{{"0"}, {"1"}});
}

TEST_CASE("outage queue: a login that finds no server for client_login_timeout is told so") {
    REQUIRES_POSTGRES();
    Alone scene;
    scene.config.set("client_login_timeout", "1");
    scene.proxy.refuse();
    Weir& weir = scene.start();
    WireClient client(weir.port());
    REQUIRE(client.send(wire::startup({{"user", "app"}, {"database", "app"}})));
    check_refused(client, "client_login_timeout (server down)");
}
