// When a replica may answer: cases, and random histories against the visible truth.
#include "pooler/route/route_rule.h"

#include <map>
#include <random>
#include <vector>

#include "tests/support/catch.h"

using conf::ReadAfterWrite;
using conf::ReplicaKind;
using pooler::ReplicaState;
using pooler::RouteReason;
using pooler::RouteRule;
using pooler::WriteClock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = WriteClock::Clock::time_point;

namespace {

const Time kStart{seconds{1000}};
constexpr Time kNever{WriteClock::Clock::duration{INT64_MIN}};

RouteRule streaming(ReadAfterWrite scope = ReadAfterWrite::kUser) {
    return {ReplicaKind::kStreaming, scope, {}, seconds{10}};
}

}  // namespace

TEST_CASE("route rule: a write blocks from its beginning to its end, and until the replica shows it") {
    WriteClock clock{kStart};
    const RouteRule rule = streaming();
    const auto judge = [&](Time measured) {
        return rule.judge(measured, clock.view(), false, kStart + seconds{5});
    };
    CHECK(judge(kStart) == RouteReason::kRecentWrite);
    CHECK(judge(kStart + milliseconds{1}) == RouteReason::kRead);
    clock.begin();
    CHECK(judge(kStart + seconds{5}) == RouteReason::kWriteOpen);
    clock.end(kStart + seconds{3});
    CHECK(judge(kStart + seconds{3}) == RouteReason::kRecentWrite);
    CHECK(judge(kStart + seconds{4}) == RouteReason::kRead);
    clock.touch(kStart);  // an older one changes nothing
    CHECK(judge(kStart + seconds{3}) == RouteReason::kRecentWrite);
}

TEST_CASE("route rule: a replica that was never measured, or lags, gets nothing") {
    const WriteClock clock{kStart};
    const auto now = kStart + seconds{100};
    CHECK(streaming().judge(kNever, clock.view(), false, now) == RouteReason::kLag);
    CHECK(streaming().judge(kNever, clock.view(), true, now) == RouteReason::kLag);
    CHECK(streaming().judge(now - seconds{11}, clock.view(), false, now) == RouteReason::kLag);
    CHECK(streaming().judge(now - seconds{10}, clock.view(), false, now) == RouteReason::kRead);
    RouteRule unlimited = streaming();
    unlimited.max_lag = seconds{0};
    CHECK(unlimited.judge(now - seconds{50}, clock.view(), false, now) == RouteReason::kRead);
}

TEST_CASE("route rule: a follower shows what is older than its staleness") {
    const RouteRule rule{ReplicaKind::kFollower, ReadAfterWrite::kUser, milliseconds{4700}, {}};
    const WriteClock clock{kStart};
    CHECK(rule.judge(kNever, clock.view(), false, kStart + milliseconds{4700}) == RouteReason::kRecentWrite);
    CHECK(rule.judge(kNever, clock.view(), false, kStart + milliseconds{4701}) == RouteReason::kRead);
}

TEST_CASE("route rule: time keeps the limit alone, off keeps none, a hint ignores writes") {
    WriteClock clock{kStart};
    clock.begin();
    const auto now = kStart + seconds{100};
    const auto old = now - seconds{50};
    CHECK(streaming(ReadAfterWrite::kTime).judge(now, clock.view(), false, now) == RouteReason::kRead);
    CHECK(streaming(ReadAfterWrite::kTime).judge(old, clock.view(), false, now) == RouteReason::kLag);
    CHECK(streaming(ReadAfterWrite::kOff).judge(kNever, clock.view(), false, now) == RouteReason::kRead);
    CHECK(streaming().judge(now, clock.view(), true, now) == RouteReason::kRead);
    CHECK(streaming().judge(now, clock.view(), false, now) == RouteReason::kWriteOpen);
}

TEST_CASE("route rule: bans double up to half a minute and end with a success") {
    ReplicaState state{"app/replica:1"};
    CHECK_FALSE(state.banned(kStart));
    state.fail(kStart);
    CHECK(state.banned(kStart + milliseconds{999}));
    CHECK_FALSE(state.banned(kStart + seconds{1}));
    state.fail(kStart);
    CHECK(state.banned(kStart + milliseconds{1999}));
    for (int i = 0; i < 40; ++i) state.fail(kStart);
    CHECK(state.banned(kStart + milliseconds{29'999}));
    CHECK_FALSE(state.banned(kStart + seconds{30}));
    state.succeed();
    state.fail(kStart);
    CHECK_FALSE(state.banned(kStart + seconds{1}));
}

namespace {

/// A primary whose writes are numbered, a replica that replays them late, and a prober: time goes in steps of
/// 1 ms.
struct World {
    std::mt19937& random;
    WriteClock clock{kStart};
    ReplicaState replica{"r"};
    Time now = kStart;
    std::uint64_t committed = 0;                ///< writes on the primary
    std::uint64_t replayed = 0;                 ///< of them, those the replica shows
    std::uint64_t acknowledged = 0;             ///< of them, those some client was told of
    std::vector<std::uint64_t> open{};          ///< 0: sent, not committed; else its number
    std::map<Time, std::uint64_t> positions{};  ///< what the prober read on the primary, when it asked

    bool chance(unsigned percent) { return random() % 100 < percent; }

    void write_steps() {
        if (open.size() < 4 && chance(20)) {
            clock.begin();
            open.push_back(0);
        }
        for (auto it = open.begin(); it != open.end();) {
            if (*it == 0 && chance(30)) {
                *it = ++committed;
            } else if (*it != 0 && chance(30)) {
                acknowledged = std::max(acknowledged, *it);  // the client is told, then the clock
                clock.end(now);
                it = open.erase(it);
                continue;
            }
            ++it;
        }
    }
    void probe_steps() {
        if (chance(20)) {
            const Time asked = now;
            write_steps();  // the question is on its way
            positions[asked] = committed;
        }
        if (replayed < committed && chance(40)) ++replayed;
        for (auto it = positions.begin(); it != positions.end() && it->second <= replayed;) {
            replica.measure(it->first);
            it = positions.erase(it);
        }
    }
};

}  // namespace

TEST_CASE("route rule: no read that is allowed misses a write that was acknowledged") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random{seed};
    unsigned allowed = 0;
    unsigned stale = 0;
    for (int history = 0; history < 200; ++history) {
        World world{random};
        for (int step = 0; step < 500; ++step, world.now += milliseconds{1}) {
            if (step % 100 < 40) world.write_steps();
            world.probe_steps();
            const bool may = streaming().judge(world.replica.measured(), world.clock.view(), false,
                                               world.now) == RouteReason::kRead;
            allowed += may ? 1 : 0;
            stale += may && world.replayed < world.acknowledged ? 1 : 0;
        }
    }
    CHECK(stale == 0);
    CHECK(allowed > 1000);
}
