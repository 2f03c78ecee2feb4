// The same oracle in front of a CockroachDB node: its connection is cut at any byte, and it fails by itself
// in all the ways that tell something, or nothing, of a commit.
#include <iostream>

#include "tests/integration/replay/campaign.h"
#include "tests/integration/replay/crdb_base.h"
#include "tests/integration/replay/shapes.h"
#include "tests/support/catch.h"

using namespace replay;
using namespace support::crdb;

namespace {

constexpr int kRuns = 16;

void check_kills(bool with_replay) {
    CrdbBase base;
    Arena arena(base, {}, with_replay ? Hiding::kReplay : Hiding::kNone);
    const auto tally = campaign(arena, crdb_shapes(), kRuns, false);
    std::cout << "killed: " << tally.runs << " runs, " << tally.struck << " struck, " << tally.hidden
              << " hidden\n";
    if (!tally.all) return;
    CHECK(tally.struck > tally.runs / 2);
    CHECK(tally.hidden < tally.struck);
}

struct Ordered {
    const char* text;
    Fault fault;
    bool hidden;        ///< nothing was committed, and the node says so
    bool lies = false;  ///< it was committed, and the node says that it was not
};

Fault fault_at(Point point, std::optional<Error> error, bool applied = false, Cut cut = Cut::kNone,
               int nth = 1) {
    Fault fault;
    fault.point = point;
    fault.nth = nth;
    fault.applied = applied;
    fault.error = std::move(error);
    fault.cut = cut;
    return fault;
}

/// `proves`: 40001 at COMMIT means that nothing was committed.
std::vector<Ordered> orders(bool proves) {
    using errors::Reason;
    std::vector<Ordered> all = {
        {"40001 at the first statement", fault_at(Point::kStatement, errors::retry(Reason::kWriteTooOld)),
         true},
        {"40001 at the second statement",
         fault_at(Point::kStatement, errors::retry(Reason::kPusherAborted), false, Cut::kNone, 2), true},
        {"40001 at COMMIT", fault_at(Point::kCommit, errors::retry(Reason::kSerializable)), proves},
        {"40001 at RELEASE", fault_at(Point::kRelease, errors::retry(Reason::kSerializable)), proves},
        {"ambiguous at COMMIT, applied", fault_at(Point::kCommit, errors::ambiguous(), true), false},
        {"ambiguous at COMMIT, not applied", fault_at(Point::kCommit, errors::ambiguous()), false},
        {"ambiguous at RELEASE, applied", fault_at(Point::kRelease, errors::ambiguous(), true), false},
        {"cut after the first statement", fault_at(Point::kStatement, {}, true, Cut::kFin), false},
        {"cut before the second statement", fault_at(Point::kStatement, {}, false, Cut::kReset, 2), false},
        {"cut after COMMIT", fault_at(Point::kCommit, {}, true, Cut::kFin), false},
        {"cut before COMMIT", fault_at(Point::kCommit, {}, false, Cut::kReset), false},
        {"cut after RELEASE", fault_at(Point::kRelease, {}, true, Cut::kFin), false},
    };
    const auto committed = fault_at(Point::kCommit, errors::retry(Reason::kSerializable), true);
    if (!proves) all.push_back({"40001 at COMMIT, applied", committed, false, true});
    return all;
}

void check_orders(bool with_replay, const char* version = CrdbBase::kProves) {
    CrdbBase base(version);
    Arena arena(base, {}, with_replay ? Hiding::kReplay : Hiding::kNone);
    int struck = 0;
    for (const auto& shape : crdb_shapes()) {
        if (shape.disturbed) continue;
        INFO("shape: " << shape.name);
        const auto reference = arena.reference(shape);
        for (const auto& ordered : orders(version == CrdbBase::kProves)) {
            INFO(ordered.text);
            Trouble trouble{ordered.text, [&] { base.node().order(ordered.fault); },
                            [&] { return base.node().orders_waiting() == 0; }, ordered.hidden};
            const auto result = arena.run(shape, reference, trouble);
            for (const auto& fault : result.faults) {
                const bool told = fault.find("though the client was told") != std::string::npos;
                if (!ordered.lies || !told) FAIL_CHECK(fault << "; the dialogue:" << result.dialogue);
            }
            base.node().forget_orders();
            struck += result.struck ? 1 : 0;
        }
    }
    CHECK(struck > 100);
}

}  // namespace

TEST_CASE("crdb kill: without replay a cut at any byte loses no commit and invents none") {
    check_kills(false);
}

TEST_CASE("crdb kill: with replay a cut at any byte loses no commit, and a lost transaction goes on") {
    check_kills(true);
}

TEST_CASE("crdb kill: without replay errors at statements, COMMIT and RELEASE say of a commit what is so") {
    check_orders(false);
}

TEST_CASE("crdb kill: with replay only errors that may have committed are seen") { check_orders(true); }

TEST_CASE("crdb kill: without replay a version whose 40001 at COMMIT proves nothing is passed on") {
    check_orders(false, CrdbBase::kProvesNothing);
}

TEST_CASE("crdb kill: with replay a version whose 40001 at COMMIT proves nothing is not repeated there") {
    check_orders(true, CrdbBase::kProvesNothing);
}
