// Outages of each kind, made by the fault proxy under load: with a secondary that takes over, and with
// nothing else to go to. Printed are the times and errors that docs/failover.md shows; asserted is what must
// hold on any machine.
#include <algorithm>
#include <functional>
#include <iostream>

#include "tests/integration/failover/failover_scene.h"
#include "tests/integration/failover/load.h"
#include "tests/unit/pooler/net/dns_responder.h"

using failover::Clock;
using failover::ids;
using failover::Load;
using failover::Pair;
using failover::primary;
using failover::secondary;
using support::eventually;
using support::Weir;

namespace {

struct Outage {
    std::string name;
    std::function<void(Pair&)> begin;
    std::function<void(Pair&)> end;
};

support::Fault slow() {
    support::Fault fault;
    fault.delay = std::chrono::milliseconds{1500};  // three times health_check_timeout
    return fault;
}

void set_read_only(support::Postgres& side, bool on) {
    side.control().query(on ? "ALTER SYSTEM SET default_transaction_read_only = on"
                            : "ALTER SYSTEM RESET default_transaction_read_only");
    side.control().query("SELECT pg_reload_conf()");
}

std::vector<Outage> outages() {
    return {{"refused",
             [](Pair& pair) {
                 pair.to_primary().refuse();
                 pair.to_primary().reset_all();
             },
             [](Pair& pair) { pair.to_primary().accept_again(); }},
            {"black hole", [](Pair& pair) { pair.to_primary().black_hole(); },
             [](Pair& pair) { pair.to_primary().leave_black_hole(); }},
            {"half-open",
             [](Pair& pair) {
                 pair.to_primary().hold_new(true);
                 pair.to_primary().freeze_all();
             },
             [](Pair& pair) { pair.to_primary().hold_new(false); }},
            {"slow", [](Pair& pair) { pair.to_primary().from_target(slow()); },
             [](Pair& pair) { pair.to_primary().heal(); }},
            {"read-only", [](Pair&) { set_read_only(primary(), true); },
             [](Pair&) { set_read_only(primary(), false); }}};
}

long ms(Clock::duration time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); }

std::string list(const std::map<std::string, int>& errors) {
    std::string text;
    for (const auto& [code, count] : errors)
        text += (text.empty() ? "" : ", ") + std::to_string(count) + " x " + code;
    return text.empty() ? "none" : text;
}

std::set<std::string> rows_of(support::Postgres& side) {
    std::set<std::string> found;
    for (const auto& row : ids(side)) found.insert(row[0]);
    return found;
}

/// Rows there whose statement was begun after that moment.
std::vector<std::string> late_rows(support::Postgres& side, Load& load, Clock::time_point moment) {
    const auto there = rows_of(side);
    const auto late = load.begun_after(moment);
    std::vector<std::string> both;
    std::set_intersection(there.begin(), there.end(), late.begin(), late.end(), std::back_inserter(both));
    return both;
}

/// Every acknowledged row is on one side or the other.
void check_nothing_lost(Load& load) {
    auto there = rows_of(primary());
    there.merge(rows_of(secondary()));
    const auto acknowledged = load.acknowledged();
    CHECK(std::includes(there.begin(), there.end(), acknowledged.begin(), acknowledged.end()));
}

std::string measured(const std::string& scene, const std::string& outage, Clock::duration detected,
                     const std::string& recovered, Load& load) {
    return "outage | " + scene + " | " + outage + " | detected " + std::to_string(ms(detected)) + " ms | " +
           recovered + " | errors: " + list(load.errors()) + "\n";
}

}  // namespace

TEST_CASE(
    "outage: with a secondary each kind of outage is found, left behind, and nothing is written there") {
    REQUIRES_POSTGRES();
    const Outage outage = GENERATE(from_range(outages()));
    CAPTURE(outage.name);
    Pair pair("failover=auto");
    Weir& weir = pair.start();
    Load load{weir.login()};
    REQUIRE(load.goes_on());

    const auto begun = Clock::now();
    outage.begin(pair);
    REQUIRE(weir.logged("primary 127.0.0.1:" + std::to_string(pair.to_primary().port()) + " is down"));
    const auto detected = Clock::now() - begun;
    REQUIRE(weir.logged("failover: served by the secondary"));
    const auto switched = Clock::now();
    REQUIRE(load.goes_on());
    const auto served = load.first_after(switched);
    REQUIRE(served);
    // Both take writes now.
    outage.end(pair);
    REQUIRE(eventually([&] { return pair.endpoint("primary", "state") == "up"; }));
    REQUIRE(load.goes_on());
    load.stop();
    CHECK(late_rows(primary(), load, switched).empty());
    CHECK(pair.endpoint("secondary", "active") == "1");
    check_nothing_lost(load);
    std::cout << measured("failover", outage.name, detected,
                          "served again after " + std::to_string(ms(*served - begun)) + " ms", load);
}

TEST_CASE("outage: with nothing else to go to clients wait, and are served as soon as it is over") {
    REQUIRES_POSTGRES();
    const Outage outage =
        GENERATE(filter([](const Outage& one) { return one.name != "read-only"; }, from_range(outages())));
    CAPTURE(outage.name);
    Pair pair;
    // The only sign of life of a connection that is frozen for good.
    pair.config().set("query_timeout", "2").set("default_pool_size", "2");
    Weir& weir = pair.start();
    Load load{weir.login()};
    REQUIRE(load.goes_on());

    const auto begun = Clock::now();
    outage.begin(pair);
    REQUIRE(weir.logged("primary 127.0.0.1:" + std::to_string(pair.to_primary().port()) + " is down"));
    const auto detected = Clock::now() - begun;
    REQUIRE(eventually([&] { return weir.pool("cl_waiting") == Load::kClients; }));
    const int errors = load.error_count();
    const auto ended = Clock::now();
    outage.end(pair);
    REQUIRE(load.goes_on());
    const auto served = load.first_after(ended);
    REQUIRE(served);
    load.stop();
    CHECK(load.error_count() == errors);  // whoever waited was served
    CHECK(errors <= Load::kClients);      // and whoever had a statement under way was told
    CHECK(ids(secondary()).empty());
    check_nothing_lost(load);
    std::cout << measured("alone", outage.name, detected,
                          "served " + std::to_string(ms(*served - ended)) + " ms after the return", load);
}

TEST_CASE("outage: a primary that comes and goes moves nobody as long as its failures are few in a row") {
    REQUIRES_POSTGRES();
    Pair pair("failover=auto");
    pair.config().set("health_check_retry", "0.2").set("failover_threshold", "20");
    Weir& weir = pair.start();
    Load load{weir.login()};
    REQUIRE(load.goes_on());
    const auto failures = [&] { return std::stoi(pair.endpoint("primary", "failures")); };
    int seen = 0;
    for (int turn = 0; turn < 7; ++turn) {
        pair.to_primary().refuse();
        pair.to_primary().reset_all();
        REQUIRE(eventually([&] { return failures() >= 3; }));
        seen += failures();
        pair.to_primary().accept_again();
        REQUIRE(eventually([&] { return failures() == 0; }));
        REQUIRE(load.goes_on());
    }
    load.stop();
    CHECK(seen > 20);
    CHECK(pair.endpoint("primary", "active") == "1");
    CHECK(pair.endpoint("primary", "state") == "up");
    CHECK(ids(secondary()).empty());
    check_nothing_lost(load);
    std::cout << "outage | failover | flapping | never down | errors: " << list(load.errors()) << "\n";
}

TEST_CASE("outage: what ordinary traffic meets brings the next check forward") {
    REQUIRES_POSTGRES();
    Pair pair("failover=auto");
    pair.config().set("health_check_interval", "600");
    Weir& weir = pair.start();
    Load load{weir.login()};
    REQUIRE(load.goes_on());
    pair.to_primary().refuse();
    pair.to_primary().reset_all();
    CHECK(weir.logged("failover: served by the secondary"));
    CHECK(load.goes_on());
}

TEST_CASE("outage: where both ways lead to the same cluster the return needs nobody") {
    REQUIRES_POSTGRES();
    Pair pair("failover=auto failback=auto same_cluster=1");
    Weir& weir = pair.start();
    pair.to_primary().refuse();
    pair.to_primary().reset_all();
    REQUIRE(weir.logged("failover: served by the secondary"));
    pair.to_primary().accept_again();
    REQUIRE(weir.logged("failback: served by the primary"));
    CHECK(pair.served_by(primary()));
}

TEST_CASE("outage: slow but in time is no outage, only a latency") {
    REQUIRES_POSTGRES();
    Pair pair("failover=auto");
    pair.config().set("health_check_timeout", "30");
    Weir& weir = pair.start();
    support::Fault late;
    late.delay = std::chrono::milliseconds{20};
    pair.to_primary().from_target(late);
    CHECK(eventually([&] { return std::stol(pair.endpoint("primary", "latency_us")) >= 10'000; }));
    CHECK(pair.endpoint("primary", "state") == "up");
    CHECK(pair.served_by(primary()));
    CHECK(weir.log().find("is down") == std::string::npos);
}

TEST_CASE("outage: without DNS what is connected goes on, nobody moves, and what was known is used") {
    REQUIRES_POSTGRES();
    const auto names = DnsResponder::as_name_server();
    if (!names) return;
    names->answer("db.example.test", {"127.0.0.1"});
    Pair pair("failover=auto");
    pair.name_primary("db.example.test", *names);
    Weir& weir = pair.start();
    Load load{weir.login()};
    REQUIRE(load.goes_on());
    names->fail("db.example.test", DnsResponder::Mode::kServerFailure);
    const int asked = names->asked("db.example.test");
    // Each probe asks anew: several of them have had no name server.
    REQUIRE(eventually([&] { return names->asked("db.example.test") >= asked + 10; }));
    weir.console("RECONNECT app");
    REQUIRE(load.goes_on());
    CHECK(pair.endpoint("primary", "state") == "up");
    CHECK(ids(secondary()).empty());
    load.stop();
    CHECK(load.error_count() == 0);
    check_nothing_lost(load);
    std::cout << "outage | failover | DNS gone | never down | errors: " << list(load.errors()) << "\n";
}

TEST_CASE("outage: connects come one after the other on each worker, however many clients wait") {
    REQUIRES_POSTGRES();
    support::FaultProxy proxy{primary().port()};
    support::Fault silence;
    silence.stall = true;
    proxy.from_target(silence);
    support::WeirConfig config;
    config.database(proxy.port());
    Weir weir{config.set("default_pool_size", "20").set("workers", "2")};
    std::vector<std::unique_ptr<support::WireClient>> clients;
    constexpr int kClients = 30;
    for (int i = 0; i < kClients; ++i) {
        clients.push_back(std::make_unique<support::WireClient>(weir.port()));
        REQUIRE(clients.back()->send(support::wire::startup({{"user", "app"}, {"database", "app"}})));
    }
    REQUIRE(eventually([&] { return proxy.open_connections() == 2; }));
    CHECK(support::always([&] { return proxy.open_connections() == 2; }, std::chrono::milliseconds{300}));
    proxy.heal();
    for (auto& client : clients) CHECK(support::wire::transaction_status(client->read_answer()) == 'I');
}
