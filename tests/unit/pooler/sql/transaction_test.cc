#include <string>
#include <string_view>

#include "pooler/sql/statement.h"
#include "tests/support/catch.h"

using namespace pooler;

namespace {

SqlStatement only(std::string_view text) {
    const SqlScript script = classify(text);
    CAPTURE(std::string{text});
    REQUIRE(script.understood());
    REQUIRE(script.size() == 1);
    return script[0];
}

StatementKind kind(std::string_view text) { return only(text).kind; }
std::string name(std::string_view text) { return std::string{only(text).name.in(text)}; }

}  // namespace

TEST_CASE("transaction: plain BEGIN has no options") {
    for (const char* text : {"BEGIN", "begin;", "BEGIN WORK", "BEGIN TRANSACTION", "START TRANSACTION",
                             " /* a */ BEGIN -- b", "bEgIn\n;;"}) {
        const SqlStatement statement = only(text);
        CHECK(statement.kind == StatementKind::kBegin);
        CHECK(statement.transaction == TransactionOptions{});
    }
}

TEST_CASE("transaction: the options of BEGIN are read with and without commas") {
    const auto options =
        only("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY NOT DEFERRABLE, PRIORITY HIGH").transaction;
    CHECK(options.isolation == Isolation::kRepeatableRead);
    CHECK(options.access == AccessMode::kReadOnly);
    CHECK(options.deferrable == Deferrable::kNotDeferrable);
    CHECK(options.priority == Priority::kHigh);
    CHECK_FALSE(options.unknown);
    CHECK(only("start transaction isolation level serializable").transaction.isolation ==
          Isolation::kSerializable);
    CHECK(only("begin isolation level read committed").transaction.isolation == Isolation::kReadCommitted);
    CHECK(only("begin isolation level read uncommitted").transaction.isolation ==
          Isolation::kReadUncommitted);
    CHECK(only("begin read write deferrable").transaction.deferrable == Deferrable::kDeferrable);
    CHECK(only("BEGIN AS OF SYSTEM TIME '-10s'").transaction.as_of);
    CHECK_FALSE(only("BEGIN AS OF SYSTEM TIME '-10s'").transaction.unknown);
}

TEST_CASE("transaction: an option that is not known, doubled or cut off is said to be unknown") {
    for (const char* text : {"BEGIN FAST", "BEGIN READ", "BEGIN READ ONLY,", "BEGIN READ ONLY READ WRITE",
                             "BEGIN ISOLATION LEVEL", "BEGIN (1)", "BEGIN ISOLATION LEVEL READ WRITE",
                             "BEGIN AS OF SYSTEM TIME '-1s', READ ONLY"}) {
        CAPTURE(std::string{text});
        CHECK(only(text).kind == StatementKind::kBegin);
        CHECK(only(text).transaction.unknown);
    }
}

TEST_CASE("transaction: ends are told apart") {
    CHECK(kind("COMMIT") == StatementKind::kCommit);
    CHECK(kind("END TRANSACTION") == StatementKind::kCommit);
    CHECK(kind("ROLLBACK WORK") == StatementKind::kRollback);
    CHECK(kind("ABORT") == StatementKind::kRollback);
    CHECK(only("COMMIT AND CHAIN").transaction.chain == Chain::kChain);
    CHECK(only("ROLLBACK AND NO CHAIN").transaction.chain == Chain::kNoChain);
    CHECK(kind("COMMIT PREPARED 'x'") == StatementKind::kCommitPrepared);
    CHECK(kind("ROLLBACK PREPARED 'x'") == StatementKind::kRollbackPrepared);
    CHECK(kind("PREPARE TRANSACTION 'x'") == StatementKind::kPrepareTransaction);
    CHECK(kind("COMMIT FOO") == StatementKind::kUnknown);
}

TEST_CASE("transaction: savepoints come with their names") {
    CHECK(kind("SAVEPOINT a") == StatementKind::kSavepoint);
    CHECK(name("SAVEPOINT cockroach_restart") == "cockroach_restart");
    CHECK(kind("RELEASE a") == StatementKind::kRelease);
    CHECK(name("RELEASE SAVEPOINT \"A b\"") == "\"A b\"");
    CHECK(name("release savepoint") == "savepoint");
    CHECK(kind("ROLLBACK TO a") == StatementKind::kRollbackTo);
    CHECK(name("rollback work to savepoint x") == "x");
    CHECK(kind("SAVEPOINT a b") == StatementKind::kUnknown);
}

TEST_CASE("transaction: what may commit is said so") {
    for (const char* text : {"COMMIT", "END", "RELEASE a", "CREATE TABLE a (b int)", "CALL f()", "DO $$ $$",
                             "EXECUTE p", "PREPARE TRANSACTION 'x'", "FOO", "VACUUM", "SHOW COMMIT TIMESTAMP",
                             "EXPLAIN ANALYZE SELECT 1", "SELECT 1; COMMIT", "SELECT 'a\\'"})
        CHECK(classify(text).may_commit());
    for (const char* text : {"", "BEGIN", "ROLLBACK", "SELECT 1", "INSERT INTO a VALUES (1)", "SHOW x",
                             "SAVEPOINT a", "ROLLBACK TO a", "SET a = 1", "EXPLAIN SELECT 1"})
        CHECK_FALSE(classify(text).may_commit());
}
