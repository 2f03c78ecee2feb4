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
    keep(cache, "SELECT 1");
    CHECK(cache.size() == 1);
    const auto misses = cache.counters().misses;
    (void)cache.classify("SELECT 2", Dialect::kPostgres);
    CHECK(cache.classify("SELECT 1", Dialect::kPostgres).read_only());
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
    const auto text = [](int i) { return "SELECT " + std::to_string(i); };
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
