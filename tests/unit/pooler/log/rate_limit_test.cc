// The rate limit, on a clock of the test's own.
#include "pooler/log/rate_limit.h"

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using pooler::RateLimit;

TEST_CASE("rate limit: the first lines of an interval pass, the rest are counted") {
    RateLimit limit{2, 10s};
    const RateLimit::Clock::time_point start{1000s};
    CHECK(limit.pass(start) == std::optional<std::uint64_t>{0});
    CHECK(limit.pass(start + 1s) == std::optional<std::uint64_t>{0});
    CHECK_FALSE(limit.pass(start + 2s).has_value());
    CHECK_FALSE(limit.pass(start + 9999ms).has_value());
    CHECK(limit.pass(start + 10s) == std::optional<std::uint64_t>{2});
    CHECK(limit.pass(start + 10s) == std::optional<std::uint64_t>{0});
    CHECK_FALSE(limit.pass(start + 10s).has_value());
}

TEST_CASE("rate limit: what was held back can be told when nothing follows, once") {
    RateLimit limit{1, 10s};
    const RateLimit::Clock::time_point start{1000s};
    CHECK(limit.take_overdue(start) == 0);
    CHECK(limit.pass(start).has_value());
    CHECK_FALSE(limit.pass(start).has_value());
    CHECK_FALSE(limit.pass(start).has_value());
    CHECK(limit.take_overdue(start + 9s) == 0);
    CHECK(limit.take_overdue(start + 10s) == 2);
    CHECK(limit.take_overdue(start + 10s) == 0);
    CHECK(limit.pass(start + 11s) == std::optional<std::uint64_t>{0});
}
