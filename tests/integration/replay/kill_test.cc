// The connection to PostgreSQL is cut at any byte of any transaction: what was acknowledged is there once,
// and nobody is told what is not so.
#include <iostream>

#include "tests/integration/replay/campaign.h"
#include "tests/integration/replay/pg_base.h"
#include "tests/integration/replay/shapes.h"
#include "tests/support/catch.h"

using namespace replay;

namespace {

constexpr int kRuns = 5;
constexpr int kRunsWithReplay =
    3;  // a fifth of them strike the login of the next connection: that costs time

void check_lookups(Arena& arena, bool all) {
    const int committed = arena.counted("found_committed");
    const int aborted = arena.counted("found_aborted");
    std::cout << "looked up: " << committed << " committed, " << aborted << " aborted; "
              << arena.counted("ambiguous") << " left ambiguous\n";
    if (!all) return;
    CHECK(committed > 0);
    CHECK(aborted > 0);
}

void check(Hiding hiding) {
    PgBase base;
    Arena arena(base, {}, hiding);
    const int runs = hiding == Hiding::kReplay ? kRunsWithReplay : kRuns;
    const auto tally = campaign(arena, postgres_shapes(), runs, true);
    std::cout << "killed: " << tally.runs << " runs, " << tally.struck << " struck, " << tally.hidden
              << " hidden\n";
    if (hiding == Hiding::kLookups) check_lookups(arena, tally.all);
    if (!tally.all) return;
    CHECK(tally.struck > tally.runs / 2);
    CHECK(tally.hidden < tally.struck);
}

}  // namespace

TEST_CASE("kill: without replay a lost connection is said to be lost, and nothing else is said", "[pg]") {
    REQUIRES_POSTGRES();
    check(Hiding::kNone);
}

TEST_CASE("kill: with replay no commit is lost, none comes twice, and a lost transaction goes on", "[pg]") {
    REQUIRES_POSTGRES();
    check(Hiding::kReplay);
}

TEST_CASE(
    "kill: with commit_resolution what is said of a COMMIT is so, and only what nobody knows is left open",
    "[pg]") {
    REQUIRES_POSTGRES();
    REQUIRES_SETTING("commit_resolution");
    check(Hiding::kLookups);
}
