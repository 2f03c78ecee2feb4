#include "pooler/sql/statement_cache.h"

#include <random>
#include <string>

#include "tests/support/catch.h"

using namespace pooler;

namespace {

/// Twice, with another text between: now it is kept.
void keep(StatementClassCache& cache, const std::string& text, Dialect dialect = Dialect::kPostgres) {
    (void)cache.classify(text, dialect);
    (void)cache.classify("other", dialect);
    (void)cache.classify(text, dialect);
}

}  // namespace

TEST_CASE("statement cache: the same text, asked again at once, is read once") {
    StatementClassCache cache;
    const SqlScript first = cache.classify("SELECT 1", Dialect::kPostgres);
    CHECK(first.read_only());
    CHECK(cache.classify(std::string{"SELECT 1"}, Dialect::kPostgres) == first);
    CHECK(cache.counters().hits == 1);
    CHECK(cache.counters().misses == 1);
    CHECK(cache.size() == 0);
}

TEST_CASE("statement cache: a text is kept when it comes for the second time") {
    StatementClassCache cache;
    keep(cache, "SELECT a");
    CHECK(cache.size() == 1);
    const auto misses = cache.counters().misses;
    (void)cache.classify("SELECT b", Dialect::kPostgres);
    CHECK(cache.classify("SELECT a", Dialect::kPostgres).read_only());
    CHECK(cache.counters().misses == misses + 1);
    CHECK(cache.size() == 1);
}

TEST_CASE("statement cache: dialects are kept apart") {
    StatementClassCache cache;
    const std::string text = "SELECT unique_rowid()";
    for (int i = 0; i < 3; ++i) {
        CHECK(cache.classify(text, Dialect::kCockroach).read_only());
        CHECK_FALSE(cache.classify(text, Dialect::kPostgres).read_only());
    }
    CHECK(cache.size() == 2);
}

TEST_CASE("statement cache: the least recently used goes, and the bound holds") {
    StatementClassCache::Limits limits;
    limits.bytes = 4096;
    StatementClassCache cache{limits};
    const auto text = [](int i) { return "SELECT a" + std::to_string(i); };
    keep(cache, text(0));
    for (int i = 1; i < 100; ++i) {
        (void)cache.classify(text(i), Dialect::kPostgres);
        (void)cache.classify(text(0), Dialect::kPostgres);
        (void)cache.classify(text(i), Dialect::kPostgres);
        CHECK(cache.bytes() <= limits.bytes);
    }
    CHECK(cache.counters().evictions == 100 - cache.size());
    CHECK(cache.counters().hits == 99);  // text 0 was never the oldest
    const auto misses = cache.counters().misses;
    (void)cache.classify(text(98), Dialect::kPostgres);
    CHECK(cache.counters().misses == misses);
    (void)cache.classify(text(1), Dialect::kPostgres);
    CHECK(cache.counters().misses == misses + 1);
}

TEST_CASE("statement cache: a long text is read but not kept") {
    StatementClassCache cache;
    const std::string text = "SELECT '" + std::string(9000, 'x') + "'";
    CHECK(cache.classify(text, Dialect::kPostgres).read_only());
    CHECK(cache.classify(text, Dialect::kPostgres).read_only());
    CHECK(cache.size() == 0);
    CHECK(cache.counters().misses == 2);
}

TEST_CASE("statement cache: says what classify says, whatever is asked in which order") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    StatementClassCache::Limits limits;
    limits.bytes = 8192;
    StatementClassCache cache{limits};
    const char* const texts[] = {
        "BEGIN", "SELECT 1; SELECT 2; SELECT 3", "SELECT f()",           "SET a = 'b'", "",
        "'",     "INSERT INTO t VALUES (1)",     "SELECT unique_rowid()"};
    for (int i = 0; i < 2000; ++i) {
        std::string text = texts[random() % std::size(texts)];
        if (random() % 2 == 0) text += " -- " + std::to_string(random() % 16);
        const auto dialect = random() % 2 == 0 ? Dialect::kPostgres : Dialect::kCockroach;
        REQUIRE(cache.classify(text, dialect) == classify(text, dialect));
    }
}

TEST_CASE("statement cache: queries that differ in their numbers are read once") {
    StatementClassCache cache;
    const auto text = [](int i) { return "SELECT a FROM t1 WHERE b = " + std::to_string(i) + " LIMIT 10;"; };
    for (int i = 1; i < 2000; i = i * 3 + 1) CHECK(cache.classify(text(i), Dialect::kPostgres).read_only());
    CHECK(cache.size() == 1);
    CHECK(cache.counters().misses == 2);
    CHECK_FALSE(cache.classify("SELECT a FROM t1 WHERE b = 7 LIMIT 10; DELETE FROM t", Dialect::kPostgres)
                    .read_only());
    CHECK(cache.counters().misses == 3);
}

TEST_CASE("statement cache: numbers that are read from the text, or are no plain numbers, are not left out") {
    StatementClassCache cache;
    for (const char* head : {"SET a = ", "FETCH ", "SELECT 1.", "SELECT 1e", "SELECT t", "SELECT $",
                             "SELECT '", "SELECT set_config('a.b', '1', true), ", "PREPARE a", "SELECT 0x"}) {
        const std::string before = head;
        const std::string behind = before.back() == '\'' ? "'" : "";
        for (int i = 1; i < 5; ++i)
            REQUIRE(cache.classify(before + std::to_string(i) + behind, Dialect::kPostgres) ==
                    classify(before + std::to_string(i) + behind));
        CHECK(cache.size() == 0);
    }
    CHECK(cache.counters().hits == 0);
}

TEST_CASE("statement cache: a number is read as it was, however long") {
    StatementClassCache cache;
    for (std::size_t digits = 1; digits < 80; ++digits)
        for (const char* behind : {"", " ", ";", "a", ".", "e1", "::int", "--", "/**/", "'x'"}) {
            const std::string text = "SELECT a, " + std::string(digits, '7') + behind;
            REQUIRE(cache.classify(text, Dialect::kPostgres) == classify(text));
        }
}
