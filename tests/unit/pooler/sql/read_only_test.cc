#include <string>
#include <string_view>

#include "pooler/sql/statement.h"
#include "tests/support/catch.h"

using namespace pooler;

namespace {

bool reads(std::string_view text, Dialect dialect = Dialect::kPostgres) {
    return classify(text, dialect).read_only();
}

}  // namespace

TEST_CASE("read-only: a call in a place where a name might be taken for an alias or a word of the grammar") {
    for (const char* text : {"SELECT DISTINCT ON (a) f(b) FROM t",
                             "SELECT DISTINCT ON (a) filter(b) FROM t",
                             "SELECT DISTINCT ON (a) over(b) FROM t",
                             "SELECT filter(1)",
                             "SELECT first(1)",
                             "SELECT by(1)",
                             "SELECT sets(1), zone(1)",
                             "SELECT operator(1)",
                             "SELECT a FROM t ORDER BY f(a)",
                             "SELECT a FROM t GROUP BY cube(a), rollup(b)",
                             "SELECT a FROM t ORDER BY cube(a)",
                             "SELECT rank() OVER (PARTITION BY rollup(a)) FROM t",
                             "SELECT * FROM f(1) AS x (a)",
                             "SELECT * FROM t, LATERAL f(t.a) AS x",
                             "SELECT * FROM ROWS FROM (f(1), g(2))",
                             "SELECT * FROM t JOIN f(1) ON true",
                             "SELECT * FROM t TABLESAMPLE f(1)",
                             "SELECT a IS DISTINCT FROM f(b) FROM t",
                             "SELECT extract(year FROM f(a)) FROM t",
                             "SELECT * FROM t WHERE a LIKE 'x' ESCAPE f(1)",
                             "SELECT * FROM t LIMIT f(1)",
                             "SELECT * FROM t WINDOW w AS (ORDER BY f(a))",
                             "SELECT materialized(1)",
                             "SELECT join(1)",
                             "WITH a AS (SELECT f(1)) SELECT 1",
                             "WITH a AS (SELECT 1) SELECT * FROM a, f(1)",
                             "SELECT x::timestamp with time zone, f(1) FROM t",
                             "SELECT CASE WHEN a THEN f(1) END FROM t",
                             "SELECT a OPERATOR(pg_catalog.+) f(1) FROM t",
                             "SELECT f/**/(1)",
                             "SELECT f\n(1)",
                             "SELECT \"lower\" (1), \"f\" (1)",
                             "SELECT \"xmlelement\"(1)",
                             "SELECT a over(1) FROM t",
                             "SELECT xmlserialize(content c AS mood)",
                             "SELECT 'a' LIKE 'b' ESCAPE filter(1)",
                             "SELECT xmlelement(name a, f(1))",
                             "SELECT * FROM json_to_record(a) AS MATERIALIZED (b mood)",
                             "SELECT pg_catalog . f(1)",
                             "SELECT a.lower(1)",
                             "SELECT insert(1)"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(reads(text));
    }
}

TEST_CASE("read-only: aliases with columns and words of the grammar are no calls") {
    for (const char* text :
         {"SELECT * FROM (VALUES (1, 2)) v (a, b)", "SELECT * FROM t AS x (a) JOIN u y (b) ON x.a = y.b",
          "SELECT * FROM unnest($1::int[]) WITH ORDINALITY AS x (a, n)",
          "WITH a (b), c (d) AS (SELECT 1) SELECT 1",
          "SELECT sum(a) FILTER (WHERE b) OVER (PARTITION BY c ORDER BY d) FROM t",
          "SELECT a FROM t GROUP BY GROUPING SETS ((a), ())", "SELECT a FROM t GROUP BY ROLLUP (a)",
          "SELECT * FROM t WHERE a LIKE ('x') AND (b, c) OVERLAPS (d, e)",
          "SELECT * FROM t JOIN (SELECT 1) x ON true JOIN (SELECT 2) y USING (a)",
          "SELECT now() AT TIME ZONE ('UTC')", "SELECT * FROM t FETCH FIRST (1) ROWS ONLY",
          "SELECT * FROM t TABLESAMPLE system (10) REPEATABLE (1)", "SELECT current_timestamp(3)",
          "SELECT a OPERATOR(pg_catalog.~) '^x' COLLATE pg_catalog.default FROM t",
          "WITH a AS NOT MATERIALIZED (SELECT 1) SELECT * FROM a",
          "SELECT * FROM t WHERE type LIKE 'x' AND key[1] = 2 AND level ILIKE ('y')",
          "SELECT xmlelement(name a, b), xmlserialize(content c AS text) FROM t",
          "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t",
          "SELECT ARRAY(SELECT 1), ROW (1, 2), EXISTS (SELECT 1), a IN (1, 2), a = ANY (b) FROM t"}) {
        CAPTURE(std::string{text});
        CHECK(reads(text));
    }
}

TEST_CASE("read-only: types and operators of a user are not") {
    for (const char* text :
         {"SELECT 'x'::mood", "SELECT CAST(a AS mood) FROM t", "SELECT mood 'x'", "SELECT public.mood 'x'",
          "SELECT a::public.text FROM t", "SELECT a::text.mood FROM t", "SELECT a === b FROM t",
          "SELECT a OPERATOR(public.+) b FROM t", "SELECT * FROM json_to_record(j) AS x (a int, b mood)",
          "SELECT 'x'::\"Text\"", "SELECT key 'x'", "SELECT 'a'::mood[]",
          "SELECT jsonb_populate_record(a, b) FROM t", "SELECT '{a}'::pg_catalog[]", "SELECT 'a'::pg_catalog",
          "SELECT CAST(a AS pg_catalog), b::int4 FROM t"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(reads(text));
        CHECK_FALSE(classify(text).hidden_state());
    }
    for (const char* text :
         {"SELECT a::text, b::pg_catalog.int4, c::varchar(10)[], d::numeric(10, 2) FROM t",
          "SELECT 'x'::\"char\"",
          "SELECT CAST(a AS timestamp(3) with time zone), CAST(b AS double precision) FROM t",
          "SELECT date '2020-01-01' + interval '1 day', pg_catalog.int4 '1'",
          "SELECT a=-1, b<+2, c!=3 FROM t", "SELECT 'a'::character varying(10), 'x'::_text",
          "SELECT * FROM json_to_record(j) AS x (a int, b text)"}) {
        CAPTURE(std::string{text});
        CHECK(reads(text));
    }
}

TEST_CASE("read-only: data changed inside a query, locks, INTO") {
    for (const char* text : {"SELECT * FROM t FOR UPDATE",
                             "SELECT * FROM t FOR NO KEY UPDATE",
                             "SELECT * FROM t FOR KEY SHARE",
                             "SELECT * FROM t FOR SHARE SKIP LOCKED",
                             "SELECT (SELECT 1 FROM t FOR UPDATE)",
                             "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a",
                             "SELECT 1 INTO t",
                             "SELECT * INTO TABLE t FROM u",
                             "SELECT * FROM [INSERT INTO t VALUES (1) RETURNING a]",
                             "SELECT * FROM t, [SHOW x]",
                             "EXPLAIN ANALYZE SELECT 1",
                             "EXPLAIN (ANALYZE) SELECT 1",
                             "EXPLAIN (VERBOSE, ANALYZE false) SELECT 1",
                             "EXPLAIN INSERT INTO t VALUES (1)",
                             "EXPLAIN EXECUTE p",
                             "EXPLAIN (FOO) SELECT 1",
                             "DECLARE c CURSOR FOR SELECT 1",
                             "SHOW x",
                             "COPY (SELECT 1) TO STDOUT",
                             "PREPARE p AS SELECT 1"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(reads(text));
    }
    CHECK(classify("SELECT 1 FOR NO KEY UPDATE").any(StatementFlag::kRowLocking));
    CHECK(classify("SELECT 1 FOR KEY SHARE").any(StatementFlag::kRowLocking));
    CHECK(reads("EXPLAIN (COSTS OFF, FORMAT json) SELECT 1"));
    CHECK(reads("EXPLAIN VERBOSE SELECT 1"));
}

TEST_CASE("read-only: words of writing in strings, comments, quotes and behind dots do not count") {
    for (const char* text :
         {"SELECT 'DELETE FROM t; UPDATE'", "SELECT 1 -- INSERT INTO t", "SELECT /* DROP */ 1",
          "SELECT $$FOR UPDATE$$", "SELECT \"update\" FROM t", "SELECT t.delete, t.into FROM t"}) {
        CAPTURE(std::string{text});
        CHECK(reads(text));
    }
}

TEST_CASE("read-only: what speaks of the session or the server is marked") {
    for (const char* text :
         {"SELECT pg_backend_pid()", "SELECT current_setting('x')", "SELECT * FROM pg_settings",
          "SELECT pg_is_in_recovery()", "SELECT * FROM pg_stat_activity", "SHOW x",
          "SELECT * FROM pg_catalog.pg_locks", "SELECT pg_stat_get_numscans(1)"}) {
        CAPTURE(std::string{text});
        CHECK(classify(text).any(StatementFlag::kSessionBound));
    }
    CHECK_FALSE(classify("SELECT * FROM pg_class").any(StatementFlag::kSessionBound));
}

TEST_CASE("read-only: CockroachDB's own functions, types and forms count only there") {
    for (const char* text :
         {"SELECT unique_rowid()", "SELECT 'a'::STRING", "SELECT 7 // 2", "SELECT ifnull(a, b) FROM t",
          "SELECT * FROM t AS OF SYSTEM TIME follower_read_timestamp()"}) {
        CAPTURE(std::string{text});
        CHECK(reads(text, Dialect::kCockroach));
        CHECK_FALSE(reads(text));
    }
    CHECK(classify("SELECT * FROM t AS OF SYSTEM TIME '-10s'").any(StatementFlag::kAsOfSystemTime));
    CHECK(reads("SELECT * FROM t@primary WHERE a = 1", Dialect::kCockroach));
    CHECK_FALSE(reads("SELECT crdb_internal.force_retry('1s')", Dialect::kCockroach));
}
