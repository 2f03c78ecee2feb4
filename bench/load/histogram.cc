#include "bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bench {

// Values below 2^kSubBits have a bucket each; above, the highest set bit chooses the group and the next
// kSubBits bits the bucket inside it.
std::size_t Histogram::bucket_of(std::uint64_t ns) {
    const auto width = static_cast<unsigned>(std::bit_width(ns));
    if (width <= kSubBits) return ns;
    const unsigned shift = width - kSubBits - 1;
    const auto group = std::size_t{shift + 1} << kSubBits;
    return std::min(kBuckets - 1, group + ((ns >> shift) & ((1U << kSubBits) - 1)));
}

double Histogram::middle_us(std::size_t bucket) {
    const auto group = bucket >> kSubBits;
    const auto low = bucket & ((1U << kSubBits) - 1);
    if (group == 0) return static_cast<double>(low) / 1e3;
    const auto width = std::uint64_t{1} << (group - 1);
    const auto start = (std::uint64_t{1} << kSubBits | low) * width;
    return (static_cast<double>(start) + static_cast<double>(width) / 2) / 1e3;
}

void Histogram::record(std::chrono::nanoseconds latency) {
    const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
    ++buckets_[bucket_of(ns)];
    ++count_;
    sum_ns_ += ns;
    max_ns_ = std::max(max_ns_, ns);
}

void Histogram::merge(const Histogram& other) {
    for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    sum_ns_ += other.sum_ns_;
    max_ns_ = std::max(max_ns_, other.max_ns_);
}

double Histogram::percentile_us(double share) const {
    const auto wanted = std::max(1.0, std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        seen += buckets_[i];
        if (static_cast<double>(seen) >= wanted) return std::min(middle_us(i), max_us());
    }
    return 0;
}

double Histogram::mean_us() const {
    return count_ == 0 ? 0 : static_cast<double>(sum_ns_) / static_cast<double>(count_) / 1e3;
}

}  // namespace bench
