// The same oracle in front of a CockroachDB node: its connection is cut at any byte, and it fails by itself
// in all the ways that tell something, or nothing, of a commit.
#include <cstdlib>
#include <iostream>
#include <random>
#include <string_view>

#include "tests/integration/replay/campaign.h"
#include "tests/integration/replay/crdb_base.h"
#include "tests/integration/replay/shapes.h"
#include "tests/support/catch.h"

using namespace replay;
using namespace support::crdb;

namespace {

constexpr int kRuns = 8;
/// Of all pairs of a shape and a mishap so many are played, others in each run; all with WEIR_KILL=full.
constexpr unsigned kOneOf = 3;

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

struct Mishap {
    const char* text;
    Fault fault;
    bool hidden;        ///< nothing was committed, and the node says so
    bool lies = false;  ///< it was committed, and the node says that it was not
};

Fault fault_at(Point point, std::optional<Error> error, bool applied = false, Cut cut = Cut::kNone,
               int nth = 1) {
    Fault fault;
    fault.point = point;
    if (point == Point::kStatement) fault.containing = "00";  // of the run's number: no SET outside, say
    fault.nth = nth;
    fault.applied = applied;
    fault.error = std::move(error);
    fault.cut = cut;
    return fault;
}

Fault drained(Point point, std::optional<Error> error, bool applied = false, int nth = 1) {
    auto fault = fault_at(point, std::move(error), applied, Cut::kNone, nth);
    fault.drains = true;
    return fault;
}

/// `proves`: 40001 at COMMIT means that nothing was committed.
std::vector<Mishap> orders(bool proves) {
    using errors::Reason;
    std::vector<Mishap> all = {
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
        {"drained before the first statement", drained(Point::kStatement, {}), false},
        {"drained before the second statement", drained(Point::kStatement, {}, false, 2), false},
        {"57014 of a drain at the first statement", drained(Point::kStatement, errors::canceled()), false},
        {"57014 of a drain at the second statement, applied",
         drained(Point::kStatement, errors::canceled(), true, 2), false},
        {"57014 of a drain at COMMIT", drained(Point::kCommit, errors::canceled()), false},
        {"57014 of a drain at COMMIT, applied", drained(Point::kCommit, errors::canceled(), true), false},
        {"57014 of a drain at RELEASE, applied", drained(Point::kRelease, errors::canceled(), true), false},
    };
    const auto committed = fault_at(Point::kCommit, errors::retry(Reason::kSerializable), true);
    if (!proves) all.push_back({"40001 at COMMIT, applied", committed, false, true});
    return all;
}

/// A commit stands in one request with what it commits: an error there may be its own.
bool commits_with_more(const Shape& shape) {
    const auto script = script_of(shape, run_id(0));
    for (const auto& group : script.groups())
        if (script.steps()[group.step].bytes.find(number_of(script.run())) != std::string::npos) return true;
    return false;
}

void check_orders(bool with_replay, const char* version = CrdbBase::kProves) {
    CrdbBase base(version);
    Arena arena(base, {}, with_replay ? Hiding::kReplay : Hiding::kNone);
    const char* full = std::getenv("WEIR_KILL");
    const unsigned one_of = full != nullptr && std::string_view(full) == "full" ? 1 : kOneOf;
    unsigned number = std::random_device{}();
    int struck = 0;
    for (const auto& shape : crdb_shapes()) {
        if (shape.disturbed || shape.ordered != Ordered::kNothing) continue;
        INFO("shape: " << shape.name);
        const auto reference = arena.reference(shape);
        const bool proves = version == CrdbBase::kProves;
        const bool attributed = proves || !commits_with_more(shape);
        for (const auto& ordered : orders(proves)) {
            INFO(ordered.text);
            if (number++ % one_of != 0) continue;
            Trouble trouble{ordered.text, [&] { base.node().order(ordered.fault); },
                            [&] { return base.node().orders_waiting() == 0; }, ordered.hidden && attributed};
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
