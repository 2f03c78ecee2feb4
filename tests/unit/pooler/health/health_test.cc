#include "pooler/health/health.h"

#include "tests/support/catch.h"

using pooler::Health;
using pooler::HealthChange;
using pooler::HealthState;
using pooler::Microseconds;
using pooler::ProbeFailure;
using pooler::ProbeStage;
using namespace std::chrono_literals;

namespace {

constexpr pooler::HealthRules kRules{.interval = 30s, .retry = 1s, .fall = 3, .rise = 5};
const ProbeFailure kRefused{ProbeStage::kConnect, "", "connect failed: connection refused", false};

/// A health machine and a clock that only the test moves.
struct Scene {
    Health health{kRules};
    pooler::Clock::time_point now{1000s};

    HealthChange good() { return health.on_success(2ms, now += 1s); }
    HealthChange bad(const ProbeFailure& failure = kRefused) { return health.on_failure(failure, now += 1s); }
    [[nodiscard]] pooler::Clock::duration pause() const { return health.next_probe(0) - now; }
};

}  // namespace

TEST_CASE("health: three failures in a row make it down, five successes in a row make it up") {
    Scene scene;
    CHECK(scene.good() == HealthChange::kUp);
    CHECK(scene.bad() == HealthChange::kNone);
    CHECK(scene.bad() == HealthChange::kNone);
    CHECK(scene.health.state() == HealthState::kUp);
    CHECK(scene.bad() == HealthChange::kDown);
    const auto since = scene.now;
    CHECK(scene.good() == HealthChange::kLifeSign);
    for (int i = 0; i < 3; ++i) CHECK(scene.good() == HealthChange::kNone);
    CHECK(scene.health.state() == HealthState::kDown);
    CHECK(scene.health.since() == since);
    CHECK(scene.good() == HealthChange::kUp);
}

TEST_CASE("health: a flapping endpoint changes nothing") {
    Scene scene;
    static_cast<void>(scene.good());
    for (int i = 0; i < 50; ++i) {
        CHECK(scene.bad() == HealthChange::kNone);
        CHECK(scene.bad() == HealthChange::kNone);
        CHECK(scene.good() == HealthChange::kLifeSign);
    }
    CHECK(scene.health.state() == HealthState::kUp);
    for (int i = 0; i < 3; ++i) static_cast<void>(scene.bad());
    REQUIRE(scene.health.state() == HealthState::kDown);
    for (int i = 0; i < 50; ++i) {
        for (int j = 0; j < 4; ++j) CHECK(scene.good() != HealthChange::kUp);
        CHECK(scene.bad() == HealthChange::kNone);
    }
    CHECK(scene.health.state() == HealthState::kDown);
}

TEST_CASE("health: what was never seen up goes down as well") {
    Scene scene;
    CHECK(scene.bad() == HealthChange::kNone);
    CHECK(scene.bad() == HealthChange::kNone);
    CHECK(scene.bad() == HealthChange::kDown);
}

TEST_CASE("health: looks every 30 s, every second while it is down or in doubt, early by the jitter") {
    Scene scene;
    CHECK(scene.health.next_probe(0) <= scene.now);
    static_cast<void>(scene.good());
    CHECK(scene.pause() == 30s);
    CHECK(scene.health.next_probe(0.5) - scene.now == 27s);
    static_cast<void>(scene.bad());
    CHECK(scene.pause() == 1s);
    static_cast<void>(scene.bad());
    static_cast<void>(scene.bad());
    CHECK(scene.pause() == 1s);
    for (int i = 0; i < 4; ++i) static_cast<void>(scene.good());
    CHECK(scene.pause() == 1s);
    static_cast<void>(scene.good());
    CHECK(scene.pause() == 30s);
}

TEST_CASE("health: traffic that fails is looked into at once, but only a probe says that it is down") {
    Scene scene;
    static_cast<void>(scene.good());
    for (int i = 0; i < 10; ++i) scene.health.on_traffic_failure("connect failed", scene.now);
    CHECK(scene.health.state() == HealthState::kUp);
    CHECK(scene.health.failures() == 1);
    CHECK(scene.health.next_probe(0) <= scene.now);
    CHECK(scene.bad() == HealthChange::kNone);
    CHECK(scene.bad() == HealthChange::kDown);  // one by traffic, two by probes
    CHECK(scene.good() == HealthChange::kLifeSign);
}

TEST_CASE("health: traffic alone never makes it down, whatever the threshold") {
    Scene scene;
    static_cast<void>(scene.good());
    for (int i = 0; i < 10; ++i) {
        scene.health.on_traffic_failure("server conn crashed?", scene.now);
        CHECK(scene.good() != HealthChange::kDown);
    }
    CHECK(scene.health.state() == HealthState::kUp);
    scene.health.set_rules({.interval = 30s, .retry = 1s, .fall = 1, .rise = 1});
    scene.health.on_traffic_failure("server conn crashed?", scene.now);
    CHECK(scene.health.state() == HealthState::kUp);
    CHECK(scene.bad() == HealthChange::kDown);
}

TEST_CASE("health: without DNS there is no verdict, in either direction") {
    const ProbeFailure dns{ProbeStage::kResolve, "", "DNS lookup failed", false};
    Scene scene;
    static_cast<void>(scene.good());
    for (int i = 0; i < 10; ++i) CHECK(scene.bad(dns) == HealthChange::kNone);
    CHECK(scene.health.state() == HealthState::kUp);
    CHECK(scene.health.last_error() == "DNS lookup failed");
    CHECK(scene.health.failures() == 0);
    for (int i = 0; i < 3; ++i) static_cast<void>(scene.bad());
    for (int i = 0; i < 10; ++i) CHECK(scene.bad(dns) == HealthChange::kNone);
    CHECK(scene.health.state() == HealthState::kDown);
}

TEST_CASE("health: a probe that never worked proves nothing, one that stops working does") {
    for (const char* code : {"28P01", "28000", "3D000", "42501", "42P01"}) {
        CAPTURE(code);
        const ProbeFailure wrong{ProbeStage::kLogin, code, "refused", false};
        Scene scene;
        for (int i = 0; i < 10; ++i) CHECK(scene.bad(wrong) == HealthChange::kNone);
        CHECK(scene.health.state() == HealthState::kUnknown);
        static_cast<void>(scene.good());
        for (int i = 0; i < 2; ++i) CHECK(scene.bad(wrong) == HealthChange::kNone);
        CHECK(scene.bad(wrong) == HealthChange::kDown);
    }
    const ProbeFailure shutdown{ProbeStage::kLogin, "57P01", "server is not accepting clients", false};
    Scene scene;
    for (int i = 0; i < 2; ++i) CHECK(scene.bad(shutdown) == HealthChange::kNone);
    CHECK(scene.bad(shutdown) == HealthChange::kDown);
}

TEST_CASE("health: the latency is smoothed") {
    Health health{kRules};
    static_cast<void>(health.on_success(10ms, pooler::Clock::time_point{1s}));
    CHECK(health.latency() == Microseconds{10'000});
    static_cast<void>(health.on_success(20ms, pooler::Clock::time_point{2s}));
    CHECK(health.latency() == Microseconds{13'000});
}
