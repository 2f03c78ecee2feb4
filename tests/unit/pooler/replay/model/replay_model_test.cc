// Random histories against the model; and the proof that the model would notice: each seeded bug is found.
// WEIR_REPLAY_STEPS: how many steps, default 400000.
#include <cstdlib>

#include "pooler/seeded_bug.h"
#include "tests/support/catch.h"
#include "tests/unit/pooler/replay/model/world.h"

using pooler::SeededBug;

namespace {

std::uint64_t steps_wanted() {
    const char* text = std::getenv("WEIR_REPLAY_STEPS");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 400000;
}

constexpr std::uint64_t kStepsPerHistory = 2000;

/// The same histories each time: a bug that is found once is always found.
constexpr std::uint64_t kFirstSeed = 1;
constexpr std::uint64_t kStepsForBug = 20'000'000;

struct Run {
    std::uint64_t seed = 0;
    std::uint64_t replays = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t plain_ends = 0;
    std::string fault;
};

/// Histories from `seed` on until one of them contradicts itself or the steps are used up.
Run run(std::uint64_t seed, std::uint64_t steps) {
    Run total;
    for (std::uint64_t done = 0; done < steps; done += kStepsPerHistory) {
        replay_model::World world(seed + done);
        for (std::uint64_t i = 0; i < kStepsPerHistory; ++i) world.step();
        world.check_all();
        total.replays += world.replays();
        total.succeeded += world.succeeded();
        total.plain_ends += world.plain_ends();
        total.seed = seed + done;
        total.fault = world.fault();
        if (!total.fault.empty()) return total;
    }
    return total;
}

std::uint64_t random_seed() {
    const char* text = std::getenv("WEIR_REPLAY_SEED");
    if (text != nullptr) return std::strtoull(text, nullptr, 10);
    return std::random_device{}() | std::uint64_t{1} << 32U;
}

}  // namespace

TEST_CASE("replay model: random histories hold no contradiction") {
    pooler::seed_bug(SeededBug::kNone);
    const Run result = run(random_seed(), steps_wanted());
    CAPTURE(result.seed);
    CHECK(result.fault == "");
    CHECK(result.replays > steps_wanted() / 1000);
    CHECK(result.succeeded > steps_wanted() / 10000);
    CHECK(result.plain_ends > steps_wanted() / 10000);
}

TEST_CASE("replay model: every seeded bug is noticed") {
    if (!pooler::kSeedsBugs) {
        WARN("built without WEIR_SEEDED_BUGS");
        return;
    }
    for (const SeededBug bug :
         {SeededBug::kReplayAfterCommitSent, SeededBug::kDigestOffByOne, SeededBug::kPrefixNotCompared,
          SeededBug::kLostMessage, SeededBug::kCommitNotHeld, SeededBug::kAutocommitTwice,
          SeededBug::kUnconfirmedBegin, SeededBug::kBehindTheEnd, SeededBug::kHashNotCompared,
          SeededBug::kTailNotCompared, SeededBug::kDeliverTwice, SeededBug::kAmbiguousReplayed,
          SeededBug::kBeginForgotten, SeededBug::kFinishedEarly, SeededBug::kUnitsNotHeld,
          SeededBug::kReleaseNotHeld}) {
        pooler::seed_bug(bug);
        const Run result = run(kFirstSeed, kStepsForBug);
        pooler::seed_bug(SeededBug::kNone);
        CAPTURE(static_cast<int>(bug), result.seed);
        CHECK_FALSE(result.fault.empty());
    }
}
