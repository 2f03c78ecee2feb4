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

void check(bool with_replay) {
    PgBase base;
    Arena arena(base, {}, with_replay);
    const auto tally = campaign(arena, postgres_shapes(), with_replay ? kRunsWithReplay : kRuns, true);
    std::cout << "killed: " << tally.runs << " runs, " << tally.struck << " struck, " << tally.hidden
              << " hidden\n";
    CHECK(tally.struck > tally.runs / 2);
    CHECK(tally.hidden < tally.struck);
}

}  // namespace

TEST_CASE("kill: without replay a lost connection is said to be lost, and nothing else is said", "[pg]") {
    REQUIRES_POSTGRES();
    check(false);
}

TEST_CASE("kill: with replay no commit is lost, none comes twice, and a lost transaction goes on", "[pg]") {
    REQUIRES_POSTGRES();
    check(true);
}
