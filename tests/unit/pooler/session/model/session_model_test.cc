// Random histories against the model; and the proof that the model would notice: each seeded bug is found.
// WEIR_SESSION_STEPS: how many messages of clients, default 200000; WEIR_SESSION_SEED: the first seed.
#include <cstdlib>

#include "pooler/seeded_bug.h"
#include "tests/support/catch.h"
#include "tests/unit/pooler/session/model/history.h"

using pooler::SeededBug;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr std::uint64_t kStepsPerHistory = 400;

struct Run {
    std::uint64_t seed = 0;
    std::uint64_t state_changes = 0;
    std::string fault;
};

/// Histories from `seed` on until one goes wrong or the steps are used up.
Run run(std::uint64_t seed, std::uint64_t steps) {
    Run total;
    for (std::uint64_t done = 0; done < steps && total.fault.empty(); done += kStepsPerHistory) {
        total.seed = seed++;
        model::History history(total.seed);
        bool well = true;
        for (std::uint64_t i = 0; i < kStepsPerHistory && well; ++i) well = history.step();
        if (well) static_cast<void>(history.finish());
        total.state_changes += history.state_changes();
        total.fault = history.fault();
    }
    return total;
}

}  // namespace

TEST_CASE("session model: clients of few servers are answered as by servers of their own") {
    pooler::seed_bug(SeededBug::kNone);
    const std::uint64_t steps = number_from("WEIR_SESSION_STEPS", 200'000);
    const Run result = run(number_from("WEIR_SESSION_SEED", 1), steps);
    INFO("WEIR_SESSION_SEED=" << result.seed);
    CHECK(result.fault == "");
    CHECK(result.state_changes > steps / 100);
}

TEST_CASE("session model: every seeded bug is noticed") {
    if (!pooler::kSeedsBugs) {
        WARN("built without WEIR_SEEDED_BUGS");
        return;
    }
    constexpr std::uint64_t kStepsForBug = 2'000'000;
    for (const SeededBug bug :
         {SeededBug::kSyncNotCounted, SeededBug::kErrorEndsOne, SeededBug::kHashTrusted,
          SeededBug::kCloseForgotten, SeededBug::kFailedNameKept, SeededBug::kFailedParseKept,
          SeededBug::kEvictedNotClosed, SeededBug::kUnnamedTrusted, SeededBug::kDeallocateAllMissed,
          SeededBug::kStateNotSet, SeededBug::kTaintForgotten, SeededBug::kRollbackKeepsSet,
          SeededBug::kSavepointKeepsSet, SeededBug::kLocalStays, SeededBug::kStartupValueLost}) {
        pooler::seed_bug(bug);
        const Run result = run(1, kStepsForBug);
        pooler::seed_bug(SeededBug::kNone);
        CAPTURE(static_cast<int>(bug), result.seed);
        CHECK_FALSE(result.fault.empty());
    }
}
