#include "pooler/server/variable_tracker.h"

#include "tests/support/catch.h"

using pooler::VariableEffect;
using pooler::VariableEffects;
using pooler::VariableTracker;
using protocol::TransactionStatus;
using Kind = VariableEffect::Kind;

namespace {

VariableEffect set(const char* name, const char* value) { return {Kind::kSet, name, {value}, 0}; }
VariableEffect reset(const char* name) { return {Kind::kReset, name, {}, 0}; }
VariableEffect save(Kind kind, const char* name) { return {kind, name, {}, 0}; }
VariableEffect plain(Kind kind) { return {kind, {}, {}, 0}; }

/// Feeds whole units: what the server answers, in order.
class Session {
 public:
    explicit Session(bool undoes = true) { tracker.begin(undoes); }

    /// One simple Query: its effects, the tags that come, whether an error follows, the status at the end.
    void query(VariableEffects effects, std::vector<const char*> tags, bool error, TransactionStatus status) {
        tracker.record(++sequence, std::make_shared<const VariableEffects>(std::move(effects)));
        for (const char* tag : tags) tracker.on_command_complete(sequence, tag);
        if (error) tracker.on_error();
        tracker.on_ready(sequence, status);
    }
    /// One statement that succeeds.
    void run(VariableEffect effect, const char* tag, TransactionStatus status = TransactionStatus::kIdle) {
        query({std::move(effect)}, {tag}, false, status);
    }
    [[nodiscard]] std::string value(const char* name) const {
        const auto* found = tracker.state().variables.get(name);
        return found == nullptr ? "" : found->text;
    }

    VariableTracker tracker;
    std::uint64_t sequence = 0;
};

constexpr auto kIdle = TransactionStatus::kIdle;
constexpr auto kOpen = TransactionStatus::kInTransaction;
constexpr auto kFailed = TransactionStatus::kFailed;

}  // namespace

TEST_CASE("variable tracker: SET and RESET outside a transaction hold at once") {
    Session session;
    session.run(set("work_mem", "'1MB'"), "SET");
    CHECK(session.value("work_mem") == "'1MB'");
    CHECK(session.tracker.settled());
    session.run(reset("work_mem"), "RESET");
    CHECK(session.tracker.state().variables.empty());
}

TEST_CASE("variable tracker: what failed changed nothing") {
    Session session;
    session.query({set("work_mem", "'nonsense'")}, {}, true, kIdle);
    CHECK(session.value("work_mem").empty());
    CHECK(session.tracker.settled());
    CHECK(session.tracker.known());
}

TEST_CASE("variable tracker: ROLLBACK undoes a SET, COMMIT keeps it") {
    Session session;
    session.run(plain(Kind::kNone), "BEGIN", kOpen);
    session.run(set("work_mem", "'1MB'"), "SET", kOpen);
    CHECK(session.value("work_mem") == "'1MB'");
    CHECK_FALSE(session.tracker.settled());
    session.run(plain(Kind::kNone), "ROLLBACK");
    CHECK(session.value("work_mem").empty());
    session.run(set("work_mem", "'2MB'"), "SET", kOpen);
    session.run(plain(Kind::kNone), "COMMIT");
    CHECK(session.value("work_mem") == "'2MB'");
}

TEST_CASE("variable tracker: CockroachDB keeps a SET through ROLLBACK and errors") {
    Session session{false};
    session.run(set("work_mem", "'1MB'"), "SET", kOpen);
    session.query({plain(Kind::kNone)}, {}, true, kFailed);
    session.run(plain(Kind::kNone), "ROLLBACK");
    CHECK(session.value("work_mem") == "'1MB'");
    CHECK(session.tracker.settled());
    session.query({set("work_mem", "'2MB'"), plain(Kind::kNone)}, {"SET"}, true, kIdle);
    CHECK(session.value("work_mem") == "'2MB'");
}

TEST_CASE("variable tracker: an error in a text of several statements undoes those before it") {
    Session session;
    session.query({set("work_mem", "'1MB'"), plain(Kind::kNone)}, {"SET"}, true, kIdle);
    CHECK(session.value("work_mem").empty());
    session.query({set("work_mem", "'1MB'"), plain(Kind::kNone), set("geqo", "'off'"), plain(Kind::kNone)},
                  {"SET", "COMMIT", "SET"}, true, kIdle);
    CHECK(session.value("work_mem") == "'1MB'");
    CHECK(session.value("geqo").empty());
}

TEST_CASE("variable tracker: savepoints take back what was set behind them") {
    Session session;
    session.run(set("a.a", "'0'"), "SET");
    session.run(plain(Kind::kNone), "BEGIN", kOpen);
    session.run(save(Kind::kSavepoint, "s"), "SAVEPOINT", kOpen);
    session.run(set("a.a", "'1'"), "SET", kOpen);
    session.run(save(Kind::kSavepoint, "s"), "SAVEPOINT", kOpen);
    session.run(set("a.a", "'2'"), "SET", kOpen);
    session.run(save(Kind::kRollbackTo, "s"), "ROLLBACK", kOpen);
    CHECK(session.value("a.a") == "'1'");
    session.run(save(Kind::kRelease, "s"), "RELEASE", kOpen);
    session.run(save(Kind::kRollbackTo, "s"), "ROLLBACK", kOpen);
    CHECK(session.value("a.a") == "'0'");
    session.run(save(Kind::kRollbackTo, "t"), "ROLLBACK", kOpen);
    CHECK_FALSE(session.tracker.known());
}

TEST_CASE("variable tracker: a COMMIT that the server turns into ROLLBACK undoes") {
    Session session;
    session.run(set("work_mem", "'1MB'"), "SET", kOpen);
    session.query({plain(Kind::kNone)}, {}, true, kFailed);
    session.run(plain(Kind::kNone), "ROLLBACK");  // the tag that COMMIT gets
    CHECK(session.value("work_mem").empty());
}

TEST_CASE("variable tracker: requests that are skipped change nothing") {
    Session session;
    const auto effects = [](const char* value) {
        return std::make_shared<const VariableEffects>(VariableEffects{set("work_mem", value)});
    };
    session.tracker.record(1, effects("'1MB'"));
    session.tracker.record(3, effects("'2MB'"));
    session.tracker.record(5, effects("'3MB'"));  // behind the Sync, which is 4
    session.tracker.on_command_complete(1, "SET");
    session.tracker.on_error();
    session.tracker.on_ready(4, kIdle);
    CHECK(session.value("work_mem").empty());
    session.tracker.on_command_complete(5, "SET");
    session.tracker.on_ready(6, kIdle);
    CHECK(session.value("work_mem") == "'3MB'");
    CHECK(session.tracker.settled());
}

TEST_CASE("variable tracker: answers that do not fit the statements leave the state unknown") {
    Session fewer;
    fewer.query({set("a.a", "'1'"), set("a.b", "'1'")}, {"SET"}, false, kIdle);
    CHECK_FALSE(fewer.tracker.known());
    Session more;
    more.query({set("a.a", "'1'")}, {"SET", "SET"}, false, kIdle);
    CHECK_FALSE(more.tracker.known());
    Session suspended;
    suspended.tracker.record(1, std::make_shared<const VariableEffects>(VariableEffects{set("a.a", "'1'")}));
    suspended.tracker.on_suspended(1);
    CHECK_FALSE(suspended.tracker.known());
}

TEST_CASE("variable tracker: a failed batch with a statement that may have committed leaves it unknown") {
    Session session;
    session.query({set("a.a", "'1'"), plain(Kind::kNone)}, {"SET", "CALL"}, true, kIdle);
    CHECK_FALSE(session.tracker.known());
    session.run(plain(Kind::kDiscardAll), "DISCARD ALL");
    CHECK(session.tracker.known());
    CHECK(session.tracker.state().variables.empty());
}

TEST_CASE("variable tracker: DISCARD ALL forgets everything, RESET ALL keeps the identity") {
    Session session;
    session.run(set("role", "'r'"), "SET");
    session.run(set("work_mem", "'1MB'"), "SET");
    session.run({Kind::kSet, "timezone", {"'UTC'"}, 3}, "SET");
    CHECK(session.tracker.state().tracked == 4);
    session.run(plain(Kind::kResetAll), "RESET");
    CHECK(session.value("role") == "'r'");
    CHECK(session.value("work_mem").empty());
    CHECK(session.tracker.state().tracked == 0);
    session.run(plain(Kind::kDiscardAll), "DISCARD ALL");
    CHECK(session.tracker.state().variables.empty());
}

TEST_CASE("variable tracker: a role ends with the session authorization it was taken under") {
    Session session;
    session.run(set("role", "'r'"), "SET");
    session.run(set("session_authorization", "'o'"), "SET");
    CHECK(session.value("role") == "'none'");
    CHECK(session.tracker.known());
    session.run(plain(Kind::kNone), "BEGIN", kOpen);
    session.run(set("session_authorization", "'p'"), "SET", kOpen);
    session.run(plain(Kind::kNone), "ROLLBACK");
    CHECK_FALSE(session.tracker.known());
}

TEST_CASE("variable tracker: what weir itself sets inside a transaction is undone with it") {
    Session session;
    session.run(plain(Kind::kNone), "BEGIN", kOpen);
    VariableTracker::State state = session.tracker.state();
    state.variables.set("work_mem", {"'1MB'"});
    session.tracker.adopt(state, true);
    session.tracker.on_ready(++session.sequence, kOpen);
    session.run(plain(Kind::kNone), "ROLLBACK");
    CHECK(session.value("work_mem").empty());
}

TEST_CASE("variable tracker: a request that is never answered leaves the next user in no doubt") {
    Session session;
    session.tracker.record(40, std::make_shared<const VariableEffects>(VariableEffects{set("a", "'1'")}));
    session.tracker.forget_requests();
    session.run(set("b", "'2'"), "SET");  // numbered anew, as on another worker
    session.sequence = 50;
    session.run(plain(Kind::kNone), "SELECT 1");
    CHECK(session.tracker.known());
    CHECK(session.value("a").empty());
    CHECK(session.value("b") == "'2'");
}
