// How long things took, in a fixed row of buckets: powers of two. One owner thread adds: a bit count and two
// additions to its own memory, no lock, no allocation. Copies are added up elsewhere.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace pooler {

class LatencyHistogram {
 public:
    static constexpr std::size_t kFirstBit = 6;  ///< 64 microseconds
    static constexpr std::size_t kBounds = 20;   ///< up to 33.5 seconds
    /// One for each bound, and one for what is longer than the last.
    static constexpr std::size_t kBuckets = kBounds + 1;

    /// Upper bound of a bucket, inclusive, in microseconds.
    [[nodiscard]] static constexpr std::uint64_t bound_us(std::size_t bucket) {
        return std::uint64_t{1} << (kFirstBit + bucket);
    }
    [[nodiscard]] static constexpr std::size_t bucket_of(std::uint64_t microseconds) {
        const std::uint64_t below = microseconds == 0 ? 0 : microseconds - 1;
        const auto bits = static_cast<std::size_t>(std::bit_width(below));
        return std::clamp(bits, kFirstBit, kFirstBit + kBounds) - kFirstBit;
    }

    /// One more event that took this long.
    LatencyHistogram& operator+=(std::uint64_t microseconds) {
        sum_us_ += microseconds;
        ++counts_[bucket_of(microseconds)];
        return *this;
    }
    /// All events of another one.
    LatencyHistogram& operator+=(const LatencyHistogram& other) {
        sum_us_ += other.sum_us_;
        for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
        return *this;
    }
    [[nodiscard]] std::uint64_t sum_us() const { return sum_us_; }
    /// Events in this bucket alone.
    [[nodiscard]] std::uint64_t in_bucket(std::size_t bucket) const { return counts_[bucket]; }
    [[nodiscard]] std::uint64_t count() const {
        std::uint64_t sum = 0;
        for (const std::uint64_t events : counts_) sum += events;
        return sum;
    }
    /// The bound that so many percent of all events did not pass; 0 if there were none. What is longer
    /// than the last bound counts as that.
    [[nodiscard]] std::uint64_t quantile_us(unsigned percent) const {
        const std::uint64_t events = count();
        if (events == 0) return 0;
        const std::uint64_t wanted = std::max<std::uint64_t>(1, (events * percent + 99) / 100);
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < kBounds; ++i) {
            sum += counts_[i];
            if (sum >= wanted) return bound_us(i);
        }
        return bound_us(kBounds - 1);
    }
    friend bool operator==(const LatencyHistogram&, const LatencyHistogram&) = default;

 private:
    std::uint64_t sum_us_ = 0;
    std::array<std::uint64_t, kBuckets> counts_{};
};

static_assert(LatencyHistogram::bucket_of(0) == 0 && LatencyHistogram::bucket_of(64) == 0);
static_assert(LatencyHistogram::bucket_of(65) == 1 && LatencyHistogram::bucket_of(~std::uint64_t{0}) == 20);

/// The histograms of a pool.
struct PoolLatency {
    LatencyHistogram wait;  ///< clients for a server; 0 for those that got one at once
    LatencyHistogram query;
    LatencyHistogram transaction;
    LatencyHistogram connect;  ///< servers: from the start of connecting to the end of the login

    PoolLatency& operator+=(const PoolLatency& other) {
        wait += other.wait;
        query += other.query;
        transaction += other.transaction;
        connect += other.connect;
        return *this;
    }
};

/// TLS handshakes of one side of a worker.
struct HandshakeStats {
    LatencyHistogram done;     ///< those that went well
    std::uint64_t failed = 0;  ///< refused or broken off

    HandshakeStats& operator+=(const HandshakeStats& other) {
        done += other.done;
        failed += other.failed;
        return *this;
    }
};

}  // namespace pooler
