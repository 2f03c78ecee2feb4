#include "pooler/replay/policy.h"

#include "tests/support/catch.h"

using pooler::Dialect;
using pooler::Ruling;
using pooler::ServerTraits;
using pooler::Shown;
using pooler::TransactionWindow;
using pooler::Trigger;
using Status = protocol::TransactionStatus;

namespace {

struct Case {
    const char* name;
    bool open;             ///< a BEGIN goes in front
    const char* answered;  ///< nullptr: nothing
    const char* query;     ///< the one that is under way; nullptr: none
    const char* behind;    ///< another behind it
    Shown shown;
    Ruling on_error;
    Ruling on_loss;
};

constexpr Shown kNo = Shown::kNothing;
constexpr Shown kData = Shown::kData;
constexpr Shown kHeaders = Shown::kHeaders;

constexpr Case kCases[] = {
    {"write in a transaction", true, "UPDATE t SET a = 1", "UPDATE t SET a = 2", nullptr, kNo,
     Ruling::kReplay, Ruling::kReplay},
    {"rows were shown", true, "UPDATE t SET a = 1", "SELECT 2", nullptr, kData, Ruling::kReplay,
     Ruling::kReplay},
    {"COMMIT", true, "UPDATE t SET a = 1", "COMMIT", nullptr, kNo, Ruling::kReplay, Ruling::kAmbiguous},
    {"COMMIT in the pipeline", true, nullptr, "UPDATE t SET a = 1", "COMMIT", kNo, Ruling::kReplay,
     Ruling::kAmbiguous},
    {"ROLLBACK", true, "UPDATE t SET a = 1", "ROLLBACK", nullptr, kNo, Ruling::kReplay, Ruling::kRollback},
    {"idle in a transaction", true, "UPDATE t SET a = 1", nullptr, nullptr, kNo, Ruling::kPass,
     Ruling::kReplay},
    {"nothing but BEGIN yet", true, nullptr, nullptr, nullptr, kNo, Ruling::kPass, Ruling::kReplay},
    {"nothing yet", false, nullptr, nullptr, nullptr, kNo, Ruling::kPass, Ruling::kPass},
    {"unread text", true, nullptr, "what is this", nullptr, kNo, Ruling::kPass, Ruling::kAmbiguous},
    {"CALL", true, nullptr, "CALL p()", nullptr, kNo, Ruling::kPass, Ruling::kAmbiguous},
    {"DDL", true, nullptr, "CREATE TABLE t ()", nullptr, kNo, Ruling::kPass, Ruling::kLost},
    {"several statements", true, nullptr, "SELECT 1; SELECT 2", nullptr, kNo, Ruling::kPass, Ruling::kLost},
    {"autocommit write", false, nullptr, "UPDATE t SET a = 1", nullptr, kNo, Ruling::kReplay,
     Ruling::kAmbiguous},
    {"autocommit write, columns shown", false, nullptr, "UPDATE t SET a = 1 RETURNING a", nullptr, kHeaders,
     Ruling::kPass, Ruling::kAmbiguous},
    {"autocommit write, rows shown", false, nullptr, "UPDATE t SET a = 1 RETURNING a", nullptr, kData,
     Ruling::kPass, Ruling::kAmbiguous},
    {"autocommit read", false, nullptr, "SELECT 1", nullptr, kHeaders, Ruling::kReplay, Ruling::kReplay},
    {"autocommit read, rows shown", false, nullptr, "SELECT 1", nullptr, kData, Ruling::kPass, Ruling::kLost},
    {"autocommit writes in a pipeline", false, nullptr, "UPDATE t SET a = 1", "UPDATE t SET a = 2", kNo,
     Ruling::kPass, Ruling::kAmbiguous},
    {"autocommit function", false, nullptr, "SELECT f()", nullptr, kNo, Ruling::kPass, Ruling::kAmbiguous},
    {"autocommit COPY", false, nullptr, "COPY t FROM STDIN", nullptr, kNo, Ruling::kPass, Ruling::kAmbiguous},
    {"BEGIN and more behind it", false, nullptr, "BEGIN", "UPDATE t SET a = 1", kNo, Ruling::kPass,
     Ruling::kAmbiguous},
    {"behind the end", true, nullptr, "COMMIT", "UPDATE t SET a = 1", kNo, Ruling::kPass, Ruling::kAmbiguous},
};

}  // namespace

TEST_CASE("replay policy: what each trigger permits") {
    for (const Case& c : kCases) {
        CAPTURE(c.name);
        TransactionWindow window;
        window.begin(c.open);
        std::uint64_t sequence = 0;
        for (const char* text : {c.answered, c.query, c.behind}) {
            if (text == nullptr) continue;
            window.on_message(0);
            window.on_statement(pooler::facts_of(pooler::classify(text), text, Dialect::kPostgres));
            window.end_unit(++sequence, true);
            if (text == c.answered) REQUIRE(window.on_ready(Status::kInTransaction));
        }
        CHECK(rule_on_error(Trigger::kSerialization, window, c.shown, {}) == c.on_error);
        CHECK(rule_on_loss(window, c.shown) == c.on_loss);
    }
}

TEST_CASE("replay policy: 25006 is run again if a primary was wanted and a standby is there") {
    const auto ruling = [](const char* begin, const char* text, bool in_recovery) {
        const auto said = pooler::facts_of(pooler::classify(begin), begin, Dialect::kPostgres);
        TransactionWindow window;
        window.begin(said.begins);
        window.note_begin(said);
        window.on_message(0);
        window.on_statement(pooler::facts_of(pooler::classify(text), text, Dialect::kPostgres));
        window.end_unit(1, true);
        ServerTraits server;
        server.in_recovery = in_recovery;
        return rule_on_error(Trigger::kRecovery, window, Shown::kNothing, server);
    };
    CHECK(ruling("BEGIN", "UPDATE t SET a = 1", true) == Ruling::kReplay);
    CHECK(ruling("", "UPDATE t SET a = 1", true) == Ruling::kReplay);
    CHECK(ruling("BEGIN", "UPDATE t SET a = 1", false) == Ruling::kPass);
    CHECK(ruling("BEGIN READ ONLY", "UPDATE t SET a = 1", true) == Ruling::kPass);
    CHECK(ruling("BEGIN", "SET TRANSACTION READ ONLY", true) == Ruling::kPass);
    CHECK(ruling("BEGIN", "SET transaction_read_only = on", true) == Ruling::kPass);
    CHECK(ruling("BEGIN", "CREATE TABLE t ()", true) == Ruling::kPass);
}

TEST_CASE("replay policy: a deadlock outside a transaction is passed on") {
    TransactionWindow window;
    window.begin(false);
    window.on_message(0);
    window.on_statement(
        pooler::facts_of(pooler::classify("DELETE FROM t"), "DELETE FROM t", Dialect::kPostgres));
    window.end_unit(1, true);
    CHECK(rule_on_error(Trigger::kDeadlock, window, kNo, {}) == Ruling::kPass);
}

TEST_CASE(
    "replay policy: COMMIT's error proves nothing on servers where it may have committed all the same") {
    TransactionWindow window;
    window.begin(true);
    window.on_message(0);
    window.on_statement(pooler::facts_of(pooler::classify("COMMIT"), "COMMIT", Dialect::kCockroach));
    window.end_unit(1, true);
    CHECK(rule_on_error(Trigger::kSerialization, window, kNo, {true, false}) == Ruling::kPass);
    CHECK(rule_on_error(Trigger::kSerialization, window, kNo, {true, true}) == Ruling::kReplay);
}

TEST_CASE(
    "replay policy: where READ COMMITTED proves nothing, COMMIT's error needs a serializable transaction") {
    struct Said {
        const char* text;
        bool by_default;
        bool proves;
    };
    const Said cases[] = {{"BEGIN", true, true},
                          {"BEGIN", false, false},
                          {"BEGIN ISOLATION LEVEL SERIALIZABLE", false, true},
                          {"BEGIN ISOLATION LEVEL READ COMMITTED", true, false},
                          {"SET TRANSACTION ISOLATION LEVEL READ COMMITTED", true, false},
                          {"SET transaction_isolation = 'serializable'", true, false},
                          {"SELECT set_config($1, $2, false)", true, false},
                          {"SET application_name = 'x'", true, true}};
    for (const auto& said : cases) {
        CAPTURE(said.text);
        TransactionWindow window;
        window.begin(true);
        std::uint64_t sequence = 0;
        for (const char* text : {said.text, "COMMIT"}) {
            window.on_message(0);
            window.on_statement(pooler::facts_of(pooler::classify(text), text, Dialect::kCockroach));
            window.end_unit(++sequence, true);
            if (text == said.text) REQUIRE(window.on_ready(Status::kInTransaction));
        }
        const ServerTraits server{true, false, true, said.by_default};
        const bool replayed = rule_on_error(Trigger::kSerialization, window, kNo, server) == Ruling::kReplay;
        CHECK(replayed == said.proves);
    }
}

TEST_CASE("replay policy: a draining CockroachDB node has not run what it answers with 57P01 alone") {
    TransactionWindow window;
    window.begin(false);
    window.on_message(0);
    const char* text = "UPDATE t SET a = 1";
    window.on_statement(pooler::facts_of(pooler::classify(text), text, Dialect::kCockroach));
    window.end_unit(1, true);
    CHECK(rule_on_refusal(window, kNo, {true, true}) == Ruling::kReplay);
    CHECK(rule_on_refusal(window, kData, {true, true}) == Ruling::kAmbiguous);
    CHECK(rule_on_refusal(window, kNo, {false, true}) == Ruling::kAmbiguous);
    window.on_message(0);
    window.end_unit(2, true);
    CHECK(rule_on_refusal(window, kNo, {true, true}) == Ruling::kAmbiguous);
}

TEST_CASE("replay policy: only 40001 and 40P01 are proof") {
    CHECK(pooler::trigger_of("40001") == Trigger::kSerialization);
    CHECK(pooler::trigger_of("40P01") == Trigger::kDeadlock);
    CHECK(pooler::trigger_of("25006") ==
          Trigger::kRecovery);  // of no commit; whether it helps is another matter
    for (const char* code : {"40003", "XXA00", "25000", "40000", "40002", "57014", "23505", ""})
        CHECK(pooler::trigger_of(code) == Trigger::kNone);
}
