// The corpus against the classifier. Zero writes may be taken for reads; of the reads a few may be
// missed.
#include <cctype>
#include <random>
#include <set>
#include <string>

#include "pooler/sql/reader.h"
#include "pooler/sql/statement_cache.h"
#include "tests/support/catch.h"
#include "tests/unit/pooler/sql/corpus.h"

using namespace pooler;

namespace {

struct File {
    const char* name;
    Dialect dialect;
};
constexpr File kFiles[] = {{"postgres_reads", Dialect::kPostgres},
                           {"postgres_others", Dialect::kPostgres},
                           {"cockroach", Dialect::kCockroach}};

SqlScript in_pieces(std::string_view text, Dialect dialect, std::size_t split) {
    SqlReader reader{dialect};
    reader.feed(text.substr(0, split));
    reader.feed(text.substr(split));
    return reader.finish();
}

/// The text with other digits, and another number of them, wherever one stands.
std::string with_other_digits(const std::string& text, std::mt19937& random) {
    std::string other;
    for (const char c : text) {
        const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
        const auto count = digit && random() % 4 == 0 ? random() % 70 : 1;
        for (unsigned i = 0; i < count; ++i) other += digit ? static_cast<char>('0' + random() % 10) : c;
    }
    return other;
}

}  // namespace

TEST_CASE("corpus: it is large, and no statement is in it twice") {
    std::set<std::string> texts;
    std::size_t count = 0;
    for (const File& file : kFiles) {
        for (const auto& sample : corpus::load(file.name)) {
            ++count;
            texts.insert(std::string{file.name} + sample.text);
        }
    }
    CHECK(count >= 3000);
    CHECK(texts.size() == count);
}

TEST_CASE("corpus: every statement that is no read has its class, and none is taken for a read") {
    for (const File& file : kFiles) {
        for (const auto& sample : corpus::load(file.name)) {
            if (sample.klass == "read") continue;
            const auto wrong = corpus::mismatch(sample, classify(sample.text, file.dialect));
            if (wrong.empty()) continue;
            INFO(sample.klass << ": " << sample.text);
            CHECK(wrong == "");
        }
    }
}

TEST_CASE("corpus: at least 95 of 100 plain reads are recognised") {
    for (const File& file : kFiles) {
        std::size_t reads = 0;
        std::size_t missed = 0;
        std::string names;
        for (const auto& sample : corpus::load(file.name)) {
            if (sample.klass != "read") continue;
            ++reads;
            if (classify(sample.text, file.dialect).read_only()) continue;
            ++missed;
            names += "\n    " + sample.text;
        }
        INFO(file.name << ": " << missed << " of " << reads << " missed:" << names);
        CHECK(missed * 20 <= reads);
    }
}

TEST_CASE(
    "corpus: what is true only on CockroachDB is never a read for PostgreSQL when it names such a function") {
    for (const auto& sample : corpus::load("cockroach")) {
        if (sample.klass == "read" || sample.klass == "unreadable") continue;
        INFO(sample.text);
        CHECK_FALSE(classify(sample.text, Dialect::kPostgres).read_only());
    }
}

TEST_CASE("corpus: split at any byte, each text gives the same") {
    for (const File& file : kFiles) {
        for (const auto& sample : corpus::load(file.name)) {
            const SqlScript whole = classify(sample.text, file.dialect);
            for (std::size_t split = 1; split < sample.text.size(); ++split) {
                if (in_pieces(sample.text, file.dialect, split) == whole) continue;
                INFO(sample.text << " at " << split);
                CHECK(false);
            }
        }
    }
}

TEST_CASE("corpus: whatever the numbers, what is kept of other texts says what the text itself says") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    std::uint64_t hits = 0;
    for (const File& file : kFiles) {
        StatementClassCache cache;
        for (const auto& sample : corpus::load(file.name)) {
            for (int i = 0; i < 8; ++i) {
                const std::string text = i < 2 ? sample.text : with_other_digits(sample.text, random);
                CAPTURE(text);
                REQUIRE(cache.classify(text, file.dialect) == classify(text, file.dialect));
            }
        }
        hits += cache.counters().hits;
    }
    CHECK(hits > 10'000);
}
