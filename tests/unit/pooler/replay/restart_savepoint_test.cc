#include "pooler/replay/restart_savepoint.h"

#include "tests/support/catch.h"

using namespace pooler;

namespace {

StatementFacts facts(std::string_view text, Dialect dialect = Dialect::kCockroach) {
    return facts_of(classify(text, dialect), text, dialect);
}

RestartSavepoint opened() {
    RestartSavepoint savepoint;
    savepoint.begin(true);
    REQUIRE(savepoint.goes_in_front(RestartPlace::kFront, true));
    return savepoint;
}

}  // namespace

TEST_CASE("restart savepoint: it goes in front of the first statement that works on data") {
    for (const char* text : {"SELECT 1", "INSERT INTO t VALUES (1)", "UPSERT INTO t VALUES (1)", "SHOW a",
                             "COPY t FROM STDIN", "BEGIN", "BEGIN ISOLATION LEVEL SERIALIZABLE",
                             "BEGIN READ WRITE", "BEGIN PRIORITY HIGH", "SET a = 'b'"}) {
        CAPTURE(text);
        CHECK(facts(text).restart == RestartPlace::kFront);
    }
    CHECK(facts("SET TRANSACTION PRIORITY HIGH").restart == RestartPlace::kBehind);
}

TEST_CASE("restart savepoint: none where a client restarts by itself, and where none is of use") {
    for (const char* text :
         {"BEGIN READ ONLY", "BEGIN AS OF SYSTEM TIME '-1s'", "BEGIN ISOLATION LEVEL READ COMMITTED",
          "SET TRANSACTION READ ONLY", "SET TRANSACTION AS OF SYSTEM TIME '-1s'", "SAVEPOINT a",
          "SAVEPOINT cockroach_restart", "SET force_savepoint_restart = on", "CREATE TABLE t (a INT)",
          "SELECT 1; SELECT 2", "COMMIT", "ROLLBACK", "SELECT a FROM t AS OF SYSTEM TIME '-1s'",
          "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"}) {
        CAPTURE(text);
        CHECK(facts(text).restart == RestartPlace::kNever);
    }
    CHECK(facts("SELECT 1", Dialect::kPostgres).restart == RestartPlace::kNever);
}

TEST_CASE("restart savepoint: opened once, behind SET TRANSACTION, and not where the state is uncertain") {
    RestartSavepoint savepoint;
    CHECK_FALSE(savepoint.goes_in_front(RestartPlace::kFront, true));
    savepoint.begin(true);
    CHECK_FALSE(savepoint.goes_in_front(RestartPlace::kBehind, true));
    CHECK(savepoint.due());
    CHECK(savepoint.goes_in_front(RestartPlace::kFront, true));
    CHECK_FALSE(savepoint.goes_in_front(RestartPlace::kFront, true));
    savepoint.begin(true);
    CHECK_FALSE(savepoint.goes_in_front(RestartPlace::kFront, false));
    CHECK_FALSE(savepoint.due());
    savepoint.begin(false);
    CHECK_FALSE(savepoint.goes_in_front(RestartPlace::kFront, true));
}

TEST_CASE("restart savepoint: released in front of a COMMIT that nothing is in doubt of") {
    RestartSavepoint savepoint = opened();
    CHECK(savepoint.releases(facts("COMMIT"), true));
    CHECK(savepoint.releases(facts("END"), true));
    CHECK_FALSE(savepoint.releases(facts("COMMIT"), false));
    CHECK_FALSE(savepoint.releases(facts("ROLLBACK"), true));
    CHECK_FALSE(savepoint.releases(facts("SELECT 1; COMMIT"), true));
    CHECK_FALSE(savepoint.releases(facts("COMMIT AND CHAIN"), true));
    savepoint.release();
    CHECK(savepoint.released());
    CHECK_FALSE(savepoint.releases(facts("COMMIT"), true));
}

TEST_CASE("restart savepoint: a COMMIT that was sent without RELEASE comes without it again") {
    RestartSavepoint savepoint = opened();
    savepoint.commits_plainly();
    savepoint.begin_again(true);
    CHECK(savepoint.goes_in_front(RestartPlace::kFront, true));
    CHECK_FALSE(savepoint.releases(facts("COMMIT"), true));
    savepoint.begin(true);
    CHECK(savepoint.goes_in_front(RestartPlace::kFront, true));
    CHECK(savepoint.releases(facts("COMMIT"), true));
}

TEST_CASE("restart savepoint: it leads back for the first attempt only, and then is open again") {
    RestartSavepoint savepoint;
    CHECK_FALSE(savepoint.leads_back(1));
    savepoint = opened();
    CHECK(savepoint.leads_back(1));
    CHECK_FALSE(savepoint.leads_back(2));
    savepoint.release();
    CHECK(savepoint.leads_back(1));
    savepoint.back();
    CHECK(savepoint.releases(facts("COMMIT"), true));
    savepoint.end();
    CHECK_FALSE(savepoint.leads_back(1));
}
