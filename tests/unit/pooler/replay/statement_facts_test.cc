#include "pooler/replay/statement_facts.h"

#include "tests/support/catch.h"

using pooler::Dialect;
using pooler::StatementFacts;
using pooler::Unfit;

namespace {

StatementFacts facts(std::string_view text, Dialect dialect = Dialect::kPostgres) {
    return pooler::facts_of(pooler::classify(text, dialect), text, dialect);
}

}  // namespace

TEST_CASE("replay facts: what can commit") {
    for (const char* text : {"COMMIT", "END", "PREPARE TRANSACTION 'x'", "CALL p()", "DO $$ BEGIN END $$",
                             "COMMIT AND CHAIN", "EXECUTE s", "VACUUM", "SELECT 1; COMMIT", "what is this"}) {
        CAPTURE(text);
        CHECK(facts(text).commits);
    }
    for (const char* text : {"SELECT 1", "UPDATE t SET a = 1", "ROLLBACK", "SAVEPOINT a", "RELEASE a",
                             "CREATE TABLE t ()", "BEGIN", "COPY t FROM STDIN", ""}) {
        CAPTURE(text);
        CHECK_FALSE(facts(text).commits);
    }
    CHECK(facts("CREATE TABLE t (a INT)", Dialect::kCockroach).commits);
    CHECK(facts("RELEASE SAVEPOINT cockroach_restart", Dialect::kCockroach).commits);
}

TEST_CASE("replay facts: what must not run again, and why") {
    CHECK(facts("SELECT 1; SELECT 2").unfit == Unfit::kSeveral);
    CHECK(facts("CREATE TABLE t ()").unfit == Unfit::kDdl);
    CHECK(facts("CALL p()").unfit == Unfit::kProcedure);
    CHECK(facts("what is this").unfit == Unfit::kUnread);
    CHECK(facts("LISTEN a").unfit == Unfit::kSessionObject);
    CHECK(facts("CREATE TEMP TABLE t ()").unfit == Unfit::kDdl);
    CHECK(facts("DECLARE c CURSOR WITH HOLD FOR SELECT 1").unfit == Unfit::kSessionObject);
    CHECK(facts("DECLARE c CURSOR FOR SELECT 1").unfit == Unfit::kNone);
    CHECK(facts("SELECT pg_advisory_lock(1)").unfit == Unfit::kAdvisoryLock);
    CHECK(facts("SELECT setval('s', 1)").unfit == Unfit::kSetval);
    CHECK(facts("SELECT nextval('s')").unfit == Unfit::kNone);
    CHECK(facts("COMMIT AND CHAIN").unfit == Unfit::kChain);
    CHECK(facts("SAVEPOINT cockroach_restart", Dialect::kCockroach).unfit == Unfit::kOwnRestart);
    CHECK(facts("SAVEPOINT \"cockroach_restart2\"", Dialect::kCockroach).unfit == Unfit::kOwnRestart);
    CHECK(facts("SAVEPOINT a", Dialect::kCockroach).unfit == Unfit::kNone);
}

TEST_CASE("replay facts: what may be repeated alone, and what only reads") {
    CHECK(facts("INSERT INTO t VALUES (1)").repeatable);
    CHECK_FALSE(facts("INSERT INTO t VALUES (1)").reads_only);
    CHECK(facts("SELECT 1").reads_only);
    CHECK(facts("SELECT 1").repeatable);
    CHECK_FALSE(facts("CALL p()").repeatable);
    CHECK_FALSE(facts("SELECT f()").reads_only);
    CHECK_FALSE(facts("COPY t FROM STDIN").repeatable);
    CHECK(facts(" ; ").nothing);
    CHECK(facts("ROLLBACK").ends);
    CHECK(facts("ROLLBACK").rolls_back);
    CHECK(facts("START TRANSACTION READ ONLY").begins);
}
