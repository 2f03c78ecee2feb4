#include "bench/load/histogram.h"

#include "tests/support/catch.h"

using std::chrono::nanoseconds;

namespace {

bool within(double value, double wanted, double share) {
    return value >= wanted * (1 - share) && value <= wanted * (1 + share);
}

}  // namespace

TEST_CASE("histogram: a percentile is within 1.6 % of the exact one over nine decades") {
    const std::int64_t top = GENERATE(as<std::int64_t>{}, 100, 100000, 100000000, 100000000000);
    CAPTURE(top);
    bench::Histogram histogram;
    for (std::int64_t i = 1; i <= 100; ++i) histogram.record(nanoseconds{top / 100 * i});
    CHECK(histogram.count() == 100);
    CHECK(within(histogram.percentile_us(0.5), static_cast<double>(top) * 0.50 / 1e3, 0.016));
    CHECK(within(histogram.percentile_us(0.99), static_cast<double>(top) * 0.99 / 1e3, 0.016));
    CHECK(within(histogram.max_us(), static_cast<double>(top) / 1e3, 1e-9));
}

TEST_CASE("histogram: percentiles of nothing are zero and merged parts count together") {
    bench::Histogram all;
    CHECK(all.percentile_us(0.99) == 0);
    CHECK(all.mean_us() == 0);
    bench::Histogram slow;
    slow.record(std::chrono::milliseconds{5});
    for (int i = 0; i < 9; ++i) all.record(std::chrono::microseconds{10});
    all.merge(slow);
    CHECK(all.count() == 10);
    CHECK(within(all.percentile_us(0.9), 10, 0.016));
    CHECK(within(all.percentile_us(1.0), 5000, 0.016));
    CHECK(within(all.mean_us(), 509, 1e-9));
}
