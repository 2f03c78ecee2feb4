// Latencies in a fixed number of buckets: 64 per power of two, so a percentile is at most 1.6 % off. Not
// thread-safe: one per thread, merged at the end.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bench {

class Histogram {
 public:
    void record(std::chrono::nanoseconds latency);
    void merge(const Histogram& other);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// Latency in µs that `share` (0 to 1) of the records do not exceed; 0 if there are none.
    [[nodiscard]] double percentile_us(double share) const;
    [[nodiscard]] double mean_us() const;
    [[nodiscard]] double max_us() const { return static_cast<double>(max_ns_) / 1e3; }

 private:
    static constexpr unsigned kSubBits = 6;
    static constexpr unsigned kMaxBits = 42;  ///< 2^42 ns is over an hour
    static constexpr std::size_t kBuckets = std::size_t{kMaxBits - kSubBits + 1} << kSubBits;

    [[nodiscard]] static std::size_t bucket_of(std::uint64_t ns);
    [[nodiscard]] static double middle_us(std::size_t bucket);

    std::array<std::uint64_t, kBuckets> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t sum_ns_ = 0;
    std::uint64_t max_ns_ = 0;
};

}  // namespace bench
