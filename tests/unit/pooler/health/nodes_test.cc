#include "pooler/health/nodes.h"

#include <random>

#include "tests/support/catch.h"

using pooler::Nodes;
using Clock = pooler::Clock;
using namespace std::chrono_literals;

namespace {

constexpr Clock::time_point kStart{1000s};

std::uint64_t connections(const Nodes& nodes, const std::string& name) {
    for (const auto& node : nodes.facts())
        if (node.node == name) return node.connections;
    return 0;
}

bool draining(const Nodes& nodes, const std::string& name) {
    for (const auto& node : nodes.facts())
        if (node.node == name) return node.draining;
    return false;
}

void open(Nodes& nodes, const std::string& name, int count, Clock::time_point at) {
    for (int i = 0; i < count; ++i) CHECK(nodes.opened(name, "lb", at, at));
}

}  // namespace

TEST_CASE("nodes: a node that says it leaves is draining until a log-in begun later succeeds") {
    Nodes nodes;
    open(nodes, "1", 2, kStart);
    CHECK(nodes.leaving("1", "it is shutting down", kStart + 1s));
    CHECK_FALSE(nodes.leaving("1", "it is shutting down", kStart + 1s));
    CHECK(draining(nodes, "1"));
    CHECK_FALSE(nodes.opened("1", "lb", kStart + 900ms, kStart + 2s));  // was under way
    CHECK(draining(nodes, "1"));
    CHECK(nodes.opened("1", "lb", kStart + 3s, kStart + 4s));
    CHECK_FALSE(draining(nodes, "1"));
    CHECK(nodes.facts().front().drains == 1);
    CHECK_FALSE(nodes.leaving("7", "never seen", kStart));
}

TEST_CASE("nodes: one idle connection closed without a word means nothing, two together do") {
    Nodes nodes;
    open(nodes, "1", 3, kStart);
    CHECK_FALSE(nodes.hung_up("1", kStart));
    CHECK_FALSE(nodes.hung_up("1", kStart + 5s));
    CHECK(nodes.hung_up("1", kStart + 5500ms));
    CHECK_FALSE(nodes.hung_up("1", kStart + 5600ms));
    CHECK(draining(nodes, "1"));
}

TEST_CASE("nodes: readiness is believed in both directions, and more than a log-in that works") {
    Nodes nodes;
    open(nodes, "1", 1, kStart);
    nodes.ready("lb", false, kStart + 1s);
    CHECK(draining(nodes, "1"));
    CHECK_FALSE(nodes.opened("1", "lb", kStart, kStart + 2s));  // was under way
    CHECK(nodes.opened("1", "lb", kStart + 3s, kStart + 3s));   // there is no other
    CHECK(draining(nodes, "1"));
    CHECK_FALSE(nodes.leaving("1", "57P01", kStart + 4s));
    nodes.ready("lb", true, kStart + 5s);
    CHECK_FALSE(draining(nodes, "1"));
}

TEST_CASE("nodes: what a load balancer says of itself says nothing of one of its nodes") {
    Nodes nodes;
    open(nodes, "1", 1, kStart);
    open(nodes, "2", 1, kStart);
    nodes.ready("lb", false, kStart + 1s);
    CHECK_FALSE(draining(nodes, "1"));
    CHECK_FALSE(draining(nodes, "2"));
}

TEST_CASE("nodes: an address that is down or not ready is avoided for its own target only") {
    Nodes nodes;
    CHECK_FALSE(nodes.avoid("", "a", kStart));
    nodes.set_bad_hosts(Nodes::Bad::kDown, {{"", "a"}});
    nodes.set_bad_hosts(Nodes::Bad::kNotReady, {{"", "b"}});
    CHECK(nodes.avoid("", "a", kStart));
    CHECK(nodes.avoid("", "b", kStart));
    CHECK_FALSE(nodes.avoid("secondary", "a", kStart));
    nodes.set_bad_hosts(Nodes::Bad::kDown, {});
    CHECK_FALSE(nodes.avoid("", "a", kStart));
    CHECK(nodes.avoid("", "b", kStart));
}

TEST_CASE("nodes: an address is avoided while its only node is leaving, one with several nodes never") {
    Nodes nodes;
    CHECK(nodes.opened("1", "a", kStart, kStart));
    CHECK(nodes.opened("2", "lb", kStart, kStart));
    CHECK(nodes.opened("3", "lb", kStart, kStart));
    CHECK_FALSE(nodes.avoid("", "a", kStart));
    CHECK(nodes.leaving("1", "57P01", kStart + 1s));
    CHECK(nodes.leaving("2", "57P01", kStart + 1s));
    CHECK(nodes.avoid("", "a", kStart + 2s));
    CHECK_FALSE(nodes.avoid("", "lb", kStart + 2s));
    CHECK_FALSE(nodes.avoid("", "a", kStart + 1s + Nodes::kAvoid));
}

namespace {

/// Moves connections as a pool with steady work does: what is given up is opened again somewhere, by turns.
/// Returns the time until no node has more than a tenth off its share; at most two minutes.
Clock::duration even_out(Nodes& nodes, Clock::time_point now, const std::vector<std::string>& there,
                         std::mt19937& random) {
    const auto start = now;
    const auto all = static_cast<double>(connections(nodes, "1") + connections(nodes, "2"));
    int moves = 0;
    while (now - start < 2min) {
        now += 10ms;
        for (const auto& from : nodes.facts()) {
            if (!nodes.give_up_one(from.node, now)) continue;
            // A limited rate: about a tenth of them in a second, or two if they are few.
            const double seconds = std::chrono::duration<double>{now - start}.count();
            CHECK(++moves <= 1 + seconds * std::max(all, 20.0) / 10 * 1.05);
            nodes.closed(from.node, now);
            static_cast<void>(nodes.opened(there[random() % there.size()], "lb", now, now));
        }
        double total = 0;
        for (const auto& node : nodes.facts()) total += static_cast<double>(node.connections);
        const double share = total / static_cast<double>(there.size());
        bool even = true;
        for (const auto& name : there)
            even = even && std::abs(static_cast<double>(connections(nodes, name)) - share) <=
                               std::max(1.0, share / 10);
        if (even) break;
    }
    return now - start;
}

}  // namespace

TEST_CASE("nodes: after a node returns connections are even again in under a minute, at a limited rate") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random{seed};
    for (const int size : {3, 12, 60, 300}) {
        CAPTURE(size);
        Nodes nodes;
        open(nodes, "1", size / 2, kStart);
        open(nodes, "2", size - size / 2, kStart);
        open(nodes, "3", 1, kStart);
        CHECK(nodes.leaving("3", "57P01", kStart));
        nodes.closed("3", kStart);
        const auto took = even_out(nodes, kStart + 60s, {"1", "2", "3"}, random);
        CHECK(took < 1min);
        CHECK(even_out(nodes, kStart + 200s, {"1", "2", "3"}, random) < 1s);  // and stays
    }
}

TEST_CASE("nodes: a node that is gone for good is tried now and then, then forgotten") {
    Nodes nodes;
    open(nodes, "1", 10, kStart);
    open(nodes, "2", 1, kStart);
    nodes.closed("2", kStart);
    int moves = 0;
    for (auto now = kStart; now < kStart + 20min; now += 100ms)
        if (nodes.give_up_one("1", now)) ++moves;
    CHECK(moves > 100);
    CHECK(moves <= Nodes::kForgetAfter / Nodes::kTryPause + 1);
    CHECK(nodes.facts().size() == 1);
}

TEST_CASE("nodes: a pool that is spread evenly, or has one node, gives nothing up") {
    Nodes nodes;
    open(nodes, "1", 10, kStart);
    CHECK_FALSE(nodes.give_up_one("1", kStart));
    open(nodes, "2", 10, kStart);
    open(nodes, "3", 11, kStart);
    for (auto now = kStart; now < kStart + 10s; now += 100ms)
        for (const char* name : {"1", "2", "3"}) CHECK_FALSE(nodes.give_up_one(name, now));
}
