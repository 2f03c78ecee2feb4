#include "pooler/sql/statement.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pooler/sql/reader.h"
#include "tests/support/catch.h"

using namespace pooler;

namespace {

using Kinds = std::vector<StatementKind>;

Kinds kinds(std::string_view text) {
    const SqlScript script = classify(text);
    Kinds out;
    for (std::size_t i = 0; i < script.size(); ++i) out.push_back(script[i].kind);
    return out;
}

std::string name(std::string_view text) { return std::string{classify(text)[0].name.in(text)}; }
bool has(std::string_view text, StatementFlag flag) { return classify(text).any(flag); }

SqlScript in_pieces(std::string_view text, std::size_t bytes) {
    SqlReader reader{Dialect::kPostgres};
    for (std::size_t at = 0; at < text.size(); at += bytes) reader.feed(text.substr(at, bytes));
    return reader.finish();
}

}  // namespace

TEST_CASE("statement: the kind of each first word") {
    const std::pair<const char*, StatementKind> cases[] = {
        {"SELECT 1", StatementKind::kSelect},
        {"((SELECT 1) UNION SELECT 2)", StatementKind::kSelect},
        {"VALUES (1)", StatementKind::kSelect},
        {"TABLE t", StatementKind::kSelect},
        {"WITH a AS (SELECT 1) DELETE FROM t", StatementKind::kDelete},
        {"WITH RECURSIVE a(b) AS (SELECT 1) SELECT 1", StatementKind::kSelect},
        {"UPSERT INTO t VALUES (1)", StatementKind::kUpsert},
        {"MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", StatementKind::kMerge},
        {"COPY t FROM STDIN", StatementKind::kCopy},
        {"TRUNCATE t", StatementKind::kDdl},
        {"GRANT SELECT ON t TO u", StatementKind::kDdl},
        {"DO $$BEGIN END$$", StatementKind::kDo},
        {"CALL p()", StatementKind::kCall},
        {"LOCK TABLE t", StatementKind::kLock},
        {"SHOW ALL", StatementKind::kShow},
        {"VACUUM t", StatementKind::kUtility},
        {"CHECKPOINT", StatementKind::kUtility},
        {"BACKUP TO 'x'", StatementKind::kUtility},
        {"MOVE 5 IN c", StatementKind::kFetch},
        {"CLOSE ALL", StatementKind::kCloseAll},
        {"UNLISTEN *", StatementKind::kUnlistenAll},
        {"DEALLOCATE PREPARE ALL", StatementKind::kDeallocateAll},
        {"frobnicate", StatementKind::kUnknown},
        {"WITH a AS (SELECT 1)", StatementKind::kUnknown},
        {"\"select\" 1", StatementKind::kUnknown},
        {"(DELETE FROM t)", StatementKind::kUnknown},
    };
    for (const auto& [text, kind] : cases) {
        CAPTURE(std::string{text});
        CHECK(kinds(text) == Kinds{kind});
    }
}

TEST_CASE("statement: names of prepared statements, cursors and channels") {
    CHECK(name("PREPARE \"P 1\" (int, text) AS SELECT $1") == "\"P 1\"");
    CHECK(kinds("PREPARE transaction (int) AS SELECT $1") == Kinds{StatementKind::kPrepare});
    CHECK(name("EXECUTE p(1, 'a')") == "p");
    CHECK(name("DEALLOCATE PREPARE p") == "p");
    CHECK(name("DEALLOCATE prepare") == "prepare");
    CHECK(kinds("DEALLOCATE \"all\"") == Kinds{StatementKind::kDeallocate});
    CHECK(name("LISTEN c") == "c");
    CHECK(name("NOTIFY c, 'x'") == "c");
    CHECK(name("DECLARE c SCROLL CURSOR FOR SELECT 1") == "c");
    CHECK(kinds("DECLARE c CURSOR WITH HOLD FOR SELECT 1") == Kinds{StatementKind::kDeclareHold});
    CHECK(kinds("DECLARE c NO SCROLL CURSOR WITHOUT HOLD FOR SELECT 1") == Kinds{StatementKind::kDeclare});
    CHECK(name("FETCH FORWARD 5 FROM c") == "c");
    CHECK(name("FETCH c") == "c");
    CHECK(name("CLOSE c") == "c");
}

TEST_CASE("statement: several statements are split at semicolons outside of everything") {
    using K = StatementKind;
    CHECK(kinds(";; ;").empty());
    CHECK(classify("-- nothing\n").understood());
    CHECK(kinds("BEGIN; SELECT ';'; -- ;\n COMMIT;") == Kinds{K::kBegin, K::kSelect, K::kCommit});
    CHECK_FALSE(classify("CREATE RULE r AS ON SELECT TO t DO (SELECT 1; SELECT 2)").understood());
    CHECK_FALSE(classify("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END").understood());
    const std::string_view text = " SELECT 1 ; SELECT a ";
    const SqlScript script = classify(text);
    CHECK(script[0].text.in(text) == "SELECT 1");
    CHECK(script[1].text.in(text) == "SELECT a");
}

TEST_CASE("statement: a script is read-only if every statement is") {
    CHECK(classify("SELECT 1; SELECT 2; SELECT 3").read_only());
    CHECK_FALSE(classify("SELECT 1; DELETE FROM t").read_only());
    CHECK_FALSE(classify("").read_only());
    CHECK_FALSE(classify("SELECT 1; SELECT 'a\\'").read_only());
}

TEST_CASE("statement: too many statements, too deep parentheses, parentheses that do not match") {
    std::string many;
    for (std::size_t i = 0; i < SqlScript::kMaxStatements; ++i) many += "SELECT 1;";
    CHECK(classify(many).read_only());
    CHECK_FALSE(classify(many + "SELECT 1").understood());
    const auto nested = [](std::size_t depth) {
        return "SELECT " + std::string(depth, '(') + "1" + std::string(depth, ')');
    };
    CHECK(classify(nested(Scan::kMaxDepth)).read_only());
    CHECK_FALSE(classify(nested(Scan::kMaxDepth + 1)).understood());
    for (const char* text :
         {"SELECT (1", "SELECT 1)", "SELECT (1]", "SELECT a[1)", "SELECT ]", ")", "SELECT [1"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(classify(text).understood());
    }
}

TEST_CASE("statement: what pins a session") {
    CHECK(has("CREATE TEMP TABLE t (a int)", StatementFlag::kTempObject));
    CHECK(has("CREATE LOCAL TEMPORARY VIEW v AS SELECT 1", StatementFlag::kTempObject));
    CHECK(has("SELECT 1 INTO TEMP t", StatementFlag::kTempObject));
    CHECK(has("INSERT INTO pg_temp.t VALUES (1)", StatementFlag::kTempObject));
    CHECK_FALSE(has("CREATE TABLE temp (a int)", StatementFlag::kTempObject));
    CHECK(has("SELECT pg_advisory_lock(1)", StatementFlag::kAdvisoryLock));
    CHECK(has("SELECT pg_try_advisory_lock_shared(1, 2)", StatementFlag::kAdvisoryLock));
    CHECK_FALSE(has("SELECT pg_advisory_xact_lock(1)", StatementFlag::kAdvisoryLock));
    CHECK(has("SELECT pg_catalog.pg_advisory_unlock(1)", StatementFlag::kAdvisoryUnlock));
    CHECK(has("SELECT pg_advisory_unlock_all()", StatementFlag::kAdvisoryUnlockAll));
    CHECK(has("SELECT nextval('s')", StatementFlag::kSequence));
    CHECK(has("SELECT lastval()", StatementFlag::kSequence));
}

TEST_CASE("statement: hidden state is what calls unlisted functions, and nothing else") {
    for (const char* text :
         {"SELECT f(1)",
          "SELECT public.lower('a')",
          "INSERT INTO t VALUES (f(1))",
          "DO $$$$",
          "CALL p()",
          "EXECUTE p",
          "SELECT query_to_xml('DELETE FROM t', true, true, '')",
          "UPDATE t SET a = s.f(1)",
          "SELECT \"Lower\"('a')",
          "WITH a AS (SELECT f()) SELECT 1",
          "nonsense",
          "SELECT 'a\\'",
          "CREATE TABLE t AS SELECT f()",
          "SELECT unique_rowid()",
          "ALTER TABLE t ALTER c TYPE text USING f(c)",
          "ALTER TABLE t ADD PRIMARY KEY (a), ALTER d SET DATA TYPE text USING f(1, d), ADD UNIQUE (b)",
          "CREATE TABLE x AS SELECT a.n FROM a JOIN b ON f(a.n)",
          "CREATE MATERIALIZED VIEW x AS (SELECT a.n FROM a JOIN b ON f(a.n))",
          "CREATE TABLE x AS WITH d AS (DELETE FROM t USING f(1) RETURNING *) SELECT 1",
          "CREATE TABLE x AS SELECT list(a) FROM t",
          "CREATE TABLE x AS VALUES (range(1))",
          "CREATE TABLE x AS SELECT concat(VARIADIC f())"}) {
        CAPTURE(std::string{text});
        CHECK(classify(text).hidden_state());
    }
    for (const char* text :
         {"SELECT lower('a')",
          "INSERT INTO t (a, b) VALUES (now(), random())",
          "SELECT pg_notify('a', 'b')",
          "INSERT INTO s.t AS x (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET (a, b) = (1, 2)",
          "SELECT pg_sleep(1)",
          "CREATE TABLE t (a numeric(10, 2) PRIMARY KEY, UNIQUE (b), b varchar(10) REFERENCES u (c))",
          "CREATE INDEX ON t (a)",
          "CREATE INDEX i ON t USING gin (a)",
          "COPY t (a, b) FROM STDIN",
          "CREATE TABLE t (a int REFERENCES u (b) ON DELETE CASCADE, EXCLUDE USING gist (a WITH =))",
          "ALTER TABLE t ADD EXCLUDE USING gist (a WITH =)",
          "ALTER TABLE t ALTER a TYPE text USING lower(a), ADD PRIMARY KEY (a)",
          "CREATE TABLE p PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (a)",
          "CREATE TRIGGER g BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(1)",
          "CREATE TABLE x AS SELECT * FROM t y (a, b)",
          "CREATE VIEW v (a) AS SELECT 1",
          "SELECT * FROM t x (a, b)",
          "PREPARE p (int) AS SELECT $1",
          "SELECT 'x'::mood",
          "SELECT a === b",
          "ALTER TABLE t ADD COLUMN a varchar(10)",
          "GRANT SELECT (a) ON t TO u",
          "SELECT nextval('s')"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(classify(text).hidden_state());
    }
    CHECK_FALSE(classify("SELECT unique_rowid()", Dialect::kCockroach).hidden_state());
}

TEST_CASE("statement: hints in comments belong to the statement they stand in or before") {
    const SqlScript script = classify("/* weir: primary */ SELECT 1; SELECT /*weir:replica*/ 2; SELECT 3");
    CHECK(script[0].has(StatementFlag::kHintPrimary));
    CHECK_FALSE(script[0].has(StatementFlag::kHintReplica));
    CHECK(script[1].has(StatementFlag::kHintReplica));
    CHECK(script[2].flags == static_cast<std::uint32_t>(StatementFlag::kReadOnly));
    CHECK_FALSE(has("SELECT ' /* weir: primary */'", StatementFlag::kHintPrimary));
}

TEST_CASE("statement: what may be repeated alone") {
    for (const char* text : {"SELECT 1", "INSERT INTO t VALUES (1)", "UPSERT INTO t VALUES (1)"})
        CHECK(repeatable_alone(classify(text)[0]));
    for (const char* text : {"CALL p()", "SELECT f()", "CREATE TABLE t (a int)", "DO $$$$", "EXECUTE p", "x"})
        CHECK_FALSE(repeatable_alone(classify(text)[0]));
}

TEST_CASE("statement: a text in pieces gives the same, spans included") {
    const std::string text =
        "/* weir: replica */ SELECT a, lower('x;y') FROM t WHERE b = $1 FOR UPDATE; SET \"a.b\" TO 'c'\n'd';"
        "SELECT set_config('a', E'b\\'c', true); BEGIN ISOLATION LEVEL SERIALIZABLE; WITH x AS MATERIALIZED "
        "(SELECT "
        "$t$;$t$) INSERT INTO u (a) SELECT f(1)";
    const SqlScript whole = classify(text);
    CHECK(whole.size() == 5);
    for (std::size_t bytes = 1; bytes < text.size(); ++bytes) {
        CAPTURE(bytes);
        CHECK(in_pieces(text, bytes) == whole);
    }
}
