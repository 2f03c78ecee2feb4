// The oracle itself: every kind of lie is noticed, and honest trouble is not called one.
#include "tests/integration/replay/judge.h"

#include "tests/integration/replay/arena.h"
#include "tests/support/catch.h"

using namespace replay;
using support::wire::Message;

namespace {

std::string error(const std::string& state, const std::string& text = "server conn crashed?") {
    return "SFATAL" + std::string(1, '\0') + "C" + state + '\0' + "M" + text + std::string(2, '\0');
}

/// BEGIN, an insert that returns its value, COMMIT; and an item that is rolled back before.
struct Scene {
    Scene() : script(run_id(1)) {
        script.query("BEGIN").query(script.put_returning(1)).query("COMMIT").commits({1, 2});
        const std::vector<std::pair<char, std::string>> answers[] = {
            {{'C', "BEGIN"}, {'Z', "T"}},
            {{'D', "told 1"}, {'C', "INSERT 0 1"}, {'Z', "T"}},
            {{'C', "COMMIT"}, {'Z', "I"}}};
        for (std::size_t step = 0; step < 3; ++step) {
            for (const auto& [type, body] : answers[step]) {
                reference.messages.push_back({type, body});
                reference.step_of.push_back(step);
            }
        }
        reference.steps_begun = 3;
        reference.told = {{1, "x"}};
        seen = reference;
        ledger = {{1, "x"}, {2, ""}};
    }

    /// Only the first messages arrived, in so many steps, and then the connection ended.
    void cut(std::size_t messages, std::size_t steps) {
        seen.messages.resize(messages);
        seen.step_of.resize(messages);
        seen.steps_begun = steps;
        seen.closed = true;
    }
    void fail(const std::string& state) { seen.messages.push_back({'E', error(state)}); }
    [[nodiscard]] std::vector<std::string> faults() const {
        return faults_of({script, reference, seen, ledger, struck, must_survive, must_hide});
    }
    [[nodiscard]] bool fair() const { return faults().empty(); }
    /// Exactly this is found.
    [[nodiscard]] bool finds(const std::string& text) const {
        const auto found = faults();
        for (const auto& fault : found) UNSCOPED_INFO(fault);
        return found.size() == 1 && found[0].find(text) != std::string::npos;
    }

    Script script;
    Observation reference;
    Observation seen;
    std::vector<LedgerRow> ledger;
    bool struck = true;
    bool must_survive = false;
    bool must_hide = false;
};

}  // namespace

TEST_CASE("judge: an undisturbed run and a hidden cut are fair") {
    Scene scene;
    CHECK(scene.fair());
    scene.struck = false;
    scene.must_survive = true;
    CHECK(scene.fair());
}

TEST_CASE("judge: a connection that ends says nothing, so both outcomes of a COMMIT under way are fair") {
    Scene scene;
    scene.cut(5, 3);
    CHECK(scene.fair());
    scene.fail("08007");
    CHECK(scene.fair());
    scene.ledger.clear();
    CHECK(scene.fair());
}

TEST_CASE("judge: an acknowledged commit that is lost, or there twice, is found") {
    Scene scene;
    SECTION("lost") {
        scene.ledger.clear();
        CHECK(scene.finds("acknowledged and is lost"));
    }
    SECTION("lost after its tag") {
        scene.cut(6, 3);
        scene.ledger.clear();
        CHECK(scene.finds("acknowledged and is lost"));
    }
    SECTION("twice") {
        scene.ledger.push_back({1, "x"});
        CHECK(scene.finds("there 2 times"));
    }
    SECTION("in part") {
        scene.ledger.pop_back();
        CHECK(scene.finds("only a part"));
    }
    SECTION("twice without an acknowledgement") {
        scene.cut(5, 3);
        scene.ledger.push_back({2, ""});
        CHECK(scene.finds("there 2 times"));
    }
}

TEST_CASE("judge: what was undone, or not committed yet, must not be there") {
    Scene scene;
    SECTION("an item of no commit") {
        scene.ledger.push_back({7, ""});
        CHECK(scene.finds("undone or never written"));
    }
    SECTION("a commit that was never sent") {
        scene.cut(4, 2);
        CHECK(scene.finds("commit was never sent"));
    }
}

TEST_CASE("judge: an error that says 'not committed' must be true") {
    Scene scene;
    scene.cut(5, 3);
    scene.seen.closed = false;
    scene.fail("40001");
    CHECK(scene.finds("told that it is not"));
    scene.ledger.clear();
    CHECK(scene.fair());
}

TEST_CASE("judge: a reply that an undisturbed run does not give is found") {
    Scene scene;
    SECTION("another row") {
        scene.cut(2, 2);
        scene.seen.messages.push_back({'D', "told 2"});
        scene.ledger.clear();
        CHECK(scene.finds("not what an undisturbed run gives"));
    }
    SECTION("another tag at COMMIT") {
        scene.cut(5, 3);
        scene.seen.messages.push_back({'C', "ROLLBACK"});
        scene.ledger.clear();
        CHECK(scene.finds("not what an undisturbed run gives"));
    }
    SECTION("the beginning of another message") {
        scene.cut(5, 3);
        scene.seen.partial = "T";
        CHECK(scene.finds("under way is T"));
    }
    SECTION("an end without a reason") {
        scene.cut(5, 3);
        scene.seen.closed = false;
        CHECK(scene.finds("ends without a reason"));
    }
    SECTION("trouble without a cut") {
        scene.cut(5, 3);
        scene.struck = false;
        CHECK(scene.finds("nothing was cut"));
    }
}

TEST_CASE("judge: an error of another kind, or an open connection after a lost one, is found") {
    Scene scene;
    scene.cut(5, 3);
    SECTION("another error") {
        scene.fail("22012");
        CHECK(scene.finds("neither lost nor undone"));
    }
    SECTION("57014 that no good-bye follows") {
        scene.fail("57014");
        CHECK(scene.finds("neither lost nor undone"));
        scene.fail("57P01");
        CHECK(scene.fair());
    }
    SECTION("open") {
        scene.seen.closed = false;
        scene.fail("08007");
        CHECK(scene.finds("stays open"));
    }
    SECTION("ROLLBACK that does not end the transaction") {
        scene.seen.closed = false;
        scene.fail("40001");
        scene.ledger.clear();
        scene.seen.recovered = 'T';
        CHECK(scene.finds("transaction status is T"));
    }
}

TEST_CASE("judge: a value other than the committed one is found") {
    Scene scene;
    scene.seen.told = {{1, "y"}};
    CHECK(scene.finds("was told 'y'"));
    scene.cut(4, 2);
    scene.ledger.clear();
    scene.seen.told = {{1, "x"}, {1, "y"}};
    CHECK(scene.finds("was told 'x' and then 'y'"));
}

TEST_CASE("judge: with replay a cut before the commit is no excuse") {
    Scene scene;
    scene.must_survive = true;
    scene.cut(4, 3);
    scene.ledger.clear();
    scene.seen.struck_before_step = 1;
    CHECK(scene.finds("the client noticed"));
    scene.seen.struck_before_step = 2;  // the step of the COMMIT: it may be under way by then
    CHECK(scene.fair());
    scene.seen.struck_before_step.reset();
    CHECK(scene.fair());
    scene.seen.steps_begun = 2;
    CHECK(scene.finds("never sent, and the client noticed"));
    scene.seen.steps_begun = 3;
    scene.must_hide = true;
    CHECK(scene.finds("was known, and the client noticed"));
}

TEST_CASE("judge: a blow is written as it is read") {
    for (const char* text : {"to,0,close,now", "from,123,reset,next", "to,7,terminate,now",
                             "to,1,close,now+from,9,reset,next"}) {
        const auto blow = Blow::parse(text);
        REQUIRE(blow);
        CHECK(blow->text() == text);
    }
    CHECK_FALSE(Blow::parse("to,0"));
    CHECK_FALSE(Blow::parse("to,1,close,now+x"));
}

TEST_CASE("judge: in a pipeline only the unit that failed must be undone") {
    Script script(run_id(1));
    script.send(unit("SELECT 1/0") + unit(script.put(1)), 2).commits({1}, ready(2));
    Observation reference;
    reference.messages = {{'E', error("22012")}, {'Z', "I"}, {'C', "INSERT 0 1"}, {'Z', "I"}};
    reference.step_of = {0, 0, 0, 0};
    reference.steps_begun = 1;
    Observation seen = reference;
    seen.messages[0].body = error("40001");
    const std::vector<LedgerRow> ledger{{1, "x"}};
    CHECK(faults_of({script, reference, seen, ledger, true}).empty());
    reference.messages[1].body = "T";
    CHECK(faults_of({script, reference, seen, ledger, true}).size() == 1);
}
