// How reads are spread over replicas.
#include "pooler/route/balancer.h"

#include <random>
#include <vector>

#include "tests/support/catch.h"

using pooler::BalanceCandidate;
using std::chrono::microseconds;

namespace {

std::vector<double> shares(const std::vector<BalanceCandidate>& candidates) {
    std::mt19937 random{7};
    std::vector<double> counts(candidates.size());
    constexpr int kDraws = 20'000;
    for (int i = 0; i < kDraws; ++i)
        counts[pooler::choose_replica(candidates, static_cast<std::uint32_t>(random()))] += 1.0 / kDraws;
    return counts;
}

bool near(double a, double b) { return a > b - 0.03 && a < b + 0.03; }

}  // namespace

TEST_CASE("balancer: in quiet times reads are spread as the weights say") {
    const auto even = shares({{1, 2, microseconds{300}}, {1, 0, microseconds{900}}});
    CHECK(near(even[0], 0.5));
    const auto weighted = shares({{1, 0, {}}, {3, 4, microseconds{100}}});
    CHECK(near(weighted[1], 0.75));
    CHECK(near(shares({{5, 100, microseconds{100'000}}})[0], 1.0));
}

TEST_CASE("balancer: one that is clearly busier or slower gets what nobody else was drawn for") {
    const auto busy = shares({{1, 50, {}}, {1, 2, {}}});
    CHECK(near(busy[0], 0.25));
    const auto slow = shares({{1, 0, microseconds{50'000}}, {1, 0, microseconds{500}}});
    CHECK(near(slow[0], 0.25));
}

TEST_CASE("balancer: the primary's share is a percentage") {
    std::mt19937 random{7};
    int taken = 0;
    for (int i = 0; i < 10'000; ++i)
        taken += pooler::in_share(20, static_cast<std::uint32_t>(random())) ? 1 : 0;
    CHECK(taken > 1'800);
    CHECK(taken < 2'200);
    CHECK_FALSE(pooler::in_share(0, 0));
    CHECK(pooler::in_share(100, 99));
}

TEST_CASE("balancer: the latency follows slowly") {
    CHECK(pooler::smoothed({}, microseconds{80}) == microseconds{80});
    CHECK(pooler::smoothed(microseconds{80}, microseconds{160}) == microseconds{90});
}
