// When a replica may answer a read: it must show every write that counts for whoever reads, and must not be
// too far behind. Pure; any thread.
//
// Why no stale read of an own write is possible: a write counts as under way from before its first byte is
// sent to the primary until after its answer has come, so at any moment it either blocks every read, or
// `last_end` is not before its answer. A replica's `fresh_until` is a moment such that everything answered
// before it is visible there:
//  - follower: it reads the data of `staleness` ago, which includes the slack of clocks;
//  - streaming: a position in the log that the primary reported after that moment has been replayed;
//  - standby: it reported its lag.
// A replica is used only if last_end < fresh_until, and no replica goes back in time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "conf/enums.h"
#include "pooler/route/route_class.h"
#include "pooler/route/write_clock.h"

namespace pooler {

struct RouteRule {
    using Clock = WriteClock::Clock;

    conf::ReplicaKind kind = conf::ReplicaKind::kStreaming;
    conf::ReadAfterWrite scope = conf::ReadAfterWrite::kUser;
    std::chrono::microseconds staleness{0};  ///< of followers
    std::chrono::microseconds max_lag{0};    ///< of the others; 0 = no limit
    bool operator==(const RouteRule&) const = default;

    /// What a replica shows now, from what was measured.
    [[nodiscard]] Clock::time_point fresh_until(Clock::time_point measured, Clock::time_point now) const;
    /// kRead: it may be used. `ignore_writes`: a hint asks for a replica.
    [[nodiscard]] RouteReason judge(Clock::time_point measured, const WriteClock::View& writes,
                                    bool ignore_writes, Clock::time_point now) const;
};

/// What the workers share of one replica. The moments are of the steady clock, in its own units.
struct ReplicaState {
    using Clock = WriteClock::Clock;

    explicit ReplicaState(std::string of) : name{std::move(of)} {}
    const std::string name;  ///< "app/replica:1"
    std::atomic<std::int64_t> fresh_until{INT64_MIN};
    std::atomic<std::int64_t> banned_until{INT64_MIN};
    std::atomic<unsigned> failures{0};  ///< in a row
    /// Smoothed time of its reads, in microseconds; 0: none yet. Of the worker that had one last.
    alignas(64) std::atomic<std::int64_t> latency{0};

    [[nodiscard]] Clock::time_point measured() const {
        return Clock::time_point{Clock::duration{fresh_until.load(std::memory_order_acquire)}};
    }
    [[nodiscard]] bool is_measured() const {
        return fresh_until.load(std::memory_order_relaxed) != INT64_MIN;
    }
    void measure(Clock::time_point shown) {
        fresh_until.store(shown.time_since_epoch().count(), std::memory_order_release);
    }
    void forget() { fresh_until.store(INT64_MIN, std::memory_order_release); }
    [[nodiscard]] bool banned(Clock::time_point now) const {
        return now.time_since_epoch().count() < banned_until.load(std::memory_order_relaxed);
    }
    /// It could not be reached or lost its connection: left alone for a second, then two, up to half a
    /// minute.
    void fail(Clock::time_point now);
    void succeed() {
        if (failures.load(std::memory_order_relaxed) != 0) failures.store(0, std::memory_order_relaxed);
    }
};

}  // namespace pooler
