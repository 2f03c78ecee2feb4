#include "pooler/route/route_rule.h"

#include <algorithm>

namespace pooler {

namespace {

constexpr std::chrono::seconds kFirstBan{1};
constexpr unsigned kMostDoublings = 5;

}  // namespace

RouteRule::Clock::time_point RouteRule::fresh_until(Clock::time_point measured, Clock::time_point now) const {
    return kind == conf::ReplicaKind::kFollower ? now - staleness : measured;
}

RouteReason RouteRule::judge(Clock::time_point measured, const WriteClock::View& writes, bool ignore_writes,
                             Clock::time_point now) const {
    if (scope == conf::ReadAfterWrite::kOff) return RouteReason::kRead;
    const auto shown = fresh_until(measured, now);
    const bool measures = kind != conf::ReplicaKind::kFollower;
    // The difference to a moment that was never measured cannot be computed.
    if (measures && (shown == Clock::time_point{Clock::duration{INT64_MIN}} ||
                     (max_lag.count() > 0 && now - shown > max_lag)))
        return RouteReason::kLag;
    if (scope == conf::ReadAfterWrite::kTime || ignore_writes) return RouteReason::kRead;
    if (writes.open) return RouteReason::kWriteOpen;
    return writes.last_end < shown ? RouteReason::kRead : RouteReason::kRecentWrite;
}

void ReplicaState::fail(Clock::time_point now) {
    const unsigned before = failures.fetch_add(1, std::memory_order_relaxed);
    const auto ban = std::min<std::chrono::seconds>(kFirstBan * (1U << std::min(before, kMostDoublings)),
                                                    std::chrono::seconds{30});
    banned_until.store((now + ban).time_since_epoch().count(), std::memory_order_relaxed);
}

}  // namespace pooler
