#include "pooler/replay/replay_gates.h"

#include <atomic>
#include <random>
#include <thread>

#include "tests/support/catch.h"

using pooler::ReplayGates;
using Ticket = ReplayGates::Ticket;

namespace {

std::vector<std::uint64_t> numbers(const std::vector<Ticket>& tickets) {
    std::vector<std::uint64_t> result;
    for (const Ticket& ticket : tickets) result.push_back(ticket.number);
    return result;
}

}  // namespace

TEST_CASE("replay gates: one at a time for each database, over all workers, in order") {
    ReplayGates gates;
    const Ticket a = gates.issue(0);
    const Ticket b = gates.issue(1);
    const Ticket c = gates.issue(0);
    CHECK(gates.enter("app", a));
    CHECK_FALSE(gates.enter("app", b));
    CHECK_FALSE(gates.enter("app", c));
    CHECK(gates.enter("other", gates.issue(1)));
    CHECK(gates.leave("app", b).empty());  // it waited only
    const auto next = gates.leave("app", a);
    REQUIRE(numbers(next) == std::vector{c.number});
    CHECK(next.front().worker == 0);
    CHECK(gates.leave("app", c).empty());
    CHECK(gates.enter("app", gates.issue(0)));
}

TEST_CASE("replay gates: over the budget a replay waits its turn, and nobody passes it") {
    ReplayGates gates;
    gates.set_limit(100);
    const Ticket a = gates.issue(0);
    const Ticket b = gates.issue(0);
    const Ticket large = gates.issue(0);
    const Ticket small = gates.issue(1);
    CHECK(gates.admit(a, 60));
    CHECK(gates.admit(b, 40));
    CHECK_FALSE(gates.admit(large, 90));
    CHECK_FALSE(gates.admit(small, 1));
    CHECK(gates.leave("app", a).empty());
    CHECK(numbers(gates.leave("app", b)) == std::vector{large.number, small.number});
    CHECK(gates.running() == 2);
    CHECK(gates.leave("app", large).empty());
    CHECK(gates.leave("app", small).empty());
    CHECK(gates.running() == 0);
}

TEST_CASE("replay gates: one that is larger than the budget is run again alone") {
    ReplayGates gates;
    gates.set_limit(100);
    const Ticket a = gates.issue(0);
    const Ticket large = gates.issue(0);
    CHECK(gates.admit(a, 1));
    CHECK_FALSE(gates.admit(large, 1000));
    CHECK(numbers(gates.leave("app", a)) == std::vector{large.number});
    CHECK(gates.leave("app", large).empty());
    gates.set_limit(0);
    CHECK(gates.admit(gates.issue(0), 1000));
    CHECK(gates.admit(gates.issue(0), 1000));
}

TEST_CASE("replay gates: from two threads, each ticket gets its turn once") {
    ReplayGates gates;
    gates.set_limit(10);
    constexpr int kEach = 2000;
    std::atomic<std::uint64_t> turns{0};
    std::atomic<int> inside{0};
    std::atomic<bool> crowded{false};
    // Whoever is told of a turn takes it for its owner, as a worker's message would.
    const auto use = [&](const Ticket& first) {
        std::vector<Ticket> ready{first};
        while (!ready.empty()) {
            const Ticket one = ready.back();
            ready.pop_back();
            ++turns;
            if (++inside > 1) crowded = true;
            --inside;
            for (const Ticket& next : gates.leave("app", one)) ready.push_back(next);
        }
    };
    const auto work = [&](unsigned worker) {
        for (int i = 0; i < kEach; ++i) {
            const Ticket ticket = gates.issue(worker);
            if (gates.enter("app", ticket)) use(ticket);
        }
    };
    std::thread other{[&] { work(1); }};
    work(0);
    other.join();
    CHECK(turns == 2 * kEach);
    CHECK_FALSE(crowded);
}
