// How often something had to be tried, in a fixed row of buckets: 1, 2, 3 to 4, 5 to 8, 9 to 16, more. One
// owner thread adds; copies are added up elsewhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pooler {

class AttemptCounts {
 public:
    static constexpr std::size_t kBuckets = 6;
    [[nodiscard]] static constexpr std::string_view label(std::size_t bucket) {
        constexpr std::array<std::string_view, kBuckets> kLabels{"1", "2", "3-4", "5-8", "9-16", "17+"};
        return kLabels[bucket];
    }
    [[nodiscard]] static constexpr std::size_t bucket_of(unsigned attempts) {
        std::size_t bucket = 0;
        while (bucket + 1 < kBuckets && attempts > 1U << bucket) ++bucket;
        return bucket;
    }

    /// One more that took this many attempts.
    void add(unsigned attempts) { ++counts_[bucket_of(attempts)]; }
    AttemptCounts& operator+=(const AttemptCounts& other) {
        for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
        return *this;
    }
    [[nodiscard]] std::uint64_t in_bucket(std::size_t bucket) const { return counts_[bucket]; }

 private:
    std::array<std::uint64_t, kBuckets> counts_{};
};

static_assert(AttemptCounts::bucket_of(0) == 0 && AttemptCounts::bucket_of(1) == 0);
static_assert(AttemptCounts::bucket_of(2) == 1 && AttemptCounts::bucket_of(4) == 2);
static_assert(AttemptCounts::bucket_of(5) == 3 && AttemptCounts::bucket_of(17) == 5);

}  // namespace pooler
