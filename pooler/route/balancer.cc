#include "pooler/route/balancer.h"

namespace pooler {

namespace {

/// Differences below this are chance.
constexpr unsigned kSlack = 4;
constexpr std::chrono::microseconds kLatencySlack{2'000};

std::size_t draw(std::span<const BalanceCandidate> candidates, std::uint64_t total, std::uint32_t random) {
    std::uint64_t at = total * (random & 0xffffU) >> 16U;
    std::size_t index = 0;
    while (at >= candidates[index].weight) at -= candidates[index++].weight;
    return index;
}

bool clearly_worse(const BalanceCandidate& a, const BalanceCandidate& b) {
    if (std::uint64_t{a.outstanding} * b.weight >
        std::uint64_t{2} * b.outstanding * a.weight + kSlack * b.weight)
        return true;
    return b.latency.count() > 0 && a.latency > 3 * b.latency + kLatencySlack;
}

}  // namespace

std::size_t choose_replica(std::span<const BalanceCandidate> candidates, std::uint32_t random) {
    std::uint64_t total = 0;
    for (const BalanceCandidate& candidate : candidates) total += candidate.weight;
    const std::size_t first = draw(candidates, total, random);
    const std::size_t second = draw(candidates, total, random >> 16U);
    return clearly_worse(candidates[first], candidates[second]) ? second : first;
}

bool in_share(int percent, std::uint32_t random) { return static_cast<int>(random % 100U) < percent; }

std::chrono::microseconds smoothed(std::chrono::microseconds before, std::chrono::microseconds sample) {
    return before.count() == 0 ? sample : (before * 7 + sample) / 8;
}

}  // namespace pooler
