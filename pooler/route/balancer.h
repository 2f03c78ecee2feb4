// Which of several replicas takes the next read: one is drawn by weight, then a second, which gets it only if
// it is clearly less loaded. In quiet times the reads are spread as the weights say; a slow or busy one gets
// fewer. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pooler {

struct BalanceCandidate {
    unsigned weight = 1;  ///< not 0
    unsigned outstanding = 0;
    std::chrono::microseconds latency{0};  ///< smoothed; 0: not known
};

/// An index into `candidates`, which must not be empty.
[[nodiscard]] std::size_t choose_replica(std::span<const BalanceCandidate> candidates, std::uint32_t random);

/// True for about `percent` of all random numbers.
[[nodiscard]] bool in_share(int percent, std::uint32_t random);

/// The smoothed latency after one more sample.
[[nodiscard]] std::chrono::microseconds smoothed(std::chrono::microseconds before,
                                                 std::chrono::microseconds sample);

}  // namespace pooler
