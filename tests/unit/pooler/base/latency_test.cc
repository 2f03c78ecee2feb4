#include "pooler/base/latency.h"

#include <random>

#include "tests/support/catch.h"

using pooler::LatencyHistogram;

TEST_CASE("latency: a quantile is the bound that so many did not pass") {
    LatencyHistogram times;
    CHECK(times.quantile_us(50) == 0);
    for (int i = 0; i < 98; ++i) times += 100;
    times += 5000;
    times += ~std::uint64_t{0} >> 8U;
    CHECK(times.quantile_us(50) == 128);
    CHECK(times.quantile_us(98) == 128);
    CHECK(times.quantile_us(99) == 8192);
    CHECK(times.quantile_us(100) == LatencyHistogram::bound_us(LatencyHistogram::kBounds - 1));
}

TEST_CASE("latency: a bucket holds what is above the bound before and up to its own") {
    for (std::size_t i = 0; i < LatencyHistogram::kBounds; ++i) {
        CAPTURE(i);
        const std::uint64_t bound = LatencyHistogram::bound_us(i);
        CHECK(LatencyHistogram::bucket_of(bound) == i);
        CHECK(LatencyHistogram::bucket_of(bound + 1) == i + 1);
    }
    CHECK(LatencyHistogram::bucket_of(0) == 0);
    CHECK(LatencyHistogram::bucket_of(~std::uint64_t{0}) == LatencyHistogram::kBounds);
    CHECK(LatencyHistogram::bound_us(0) == 64);
    CHECK(LatencyHistogram::bound_us(LatencyHistogram::kBounds - 1) == 33'554'432);
}

TEST_CASE("latency: any time falls into the first bucket whose bound it does not exceed") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t time = random() >> (random() % 64);
        std::size_t expected = 0;
        while (expected < LatencyHistogram::kBounds && time > LatencyHistogram::bound_us(expected))
            ++expected;
        if (LatencyHistogram::bucket_of(time) != expected) FAIL(time);
    }
}

TEST_CASE("latency: events and whole histograms add up") {
    LatencyHistogram one;
    one += 10;
    one += 100;
    LatencyHistogram other;
    other += 100;
    other += 40'000'000;
    one += other;
    CHECK(one.count() == 4);
    CHECK(one.sum_us() == 40'000'210);
    CHECK(one.in_bucket(0) == 1);
    CHECK(one.in_bucket(1) == 2);
    CHECK(one.in_bucket(LatencyHistogram::kBuckets - 1) == 1);
}
