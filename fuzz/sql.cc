// The SQL classifier on any bytes: the first one is the dialect and how the rest is cut into pieces. A text
// in pieces is read as the whole; what is not understood is never a read; a text taken for a read is
// complete, so that a write behind it is seen.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/check.h"
#include "pooler/sql/literal.h"
#include "pooler/sql/reader.h"
#include "pooler/sql/statement.h"
#include "pooler/sql/statement_cache.h"

namespace {

using pooler::Dialect;
using pooler::SqlScript;
using pooler::SqlStatement;
using pooler::TextSpan;

SqlScript in_pieces(std::string_view text, Dialect dialect, std::size_t bytes) {
    pooler::SqlReader reader{dialect};
    for (std::size_t at = 0; at < text.size(); at += bytes) {
        // A block of exactly this piece, so that a sanitizer sees a byte read beyond it.
        const std::string piece{text.substr(at, bytes)};
        reader.feed(piece);
    }
    return reader.finish();
}

bool within(const TextSpan& inner, const TextSpan& outer) {
    return inner.empty() || (inner.begin >= outer.begin && inner.begin < inner.end && inner.end <= outer.end);
}

void check_spans(const SqlScript& script, std::string_view text) {
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < script.size(); ++i) {
        const SqlStatement& statement = script[i];
        fuzz::require(statement.text.begin >= end && statement.text.begin < statement.text.end,
                      "statements come in order and are not empty");
        end = statement.text.end;
        fuzz::require(end <= text.size(), "a statement lies within the text");
        fuzz::require(within(statement.name, statement.text), "a name lies within its statement");
        fuzz::require(within(statement.value, statement.text), "a value lies within its statement");
        (void)pooler::variable_name(statement, text);
        (void)pooler::string_value(statement.value.in(text));
    }
}

void check_read(const SqlScript& script, std::string_view text, Dialect dialect) {
    if (!script.read_only()) return;
    fuzz::require(script.understood() && !script.may_commit() && !script.hidden_state(),
                  "a read is harmless");
    const std::string with_write = std::string{text} + "\n;DELETE FROM t";
    const SqlScript longer = pooler::classify(with_write, dialect);
    if (longer.size() <= SqlScript::kMaxStatements && script.size() == SqlScript::kMaxStatements) return;
    fuzz::require(!longer.read_only(), "a write behind a read is seen");
    fuzz::require(longer.size() == script.size() + 1, "a write behind a read is a statement of its own");
    fuzz::require(longer[script.size()].kind == pooler::StatementKind::kDelete, "and known as what it is");
}

/// With other digits, and in places another number of them.
std::string with_other_digits(std::string_view text, unsigned how) {
    std::string other;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        how = how * 1103515245U + 12345U;
        const unsigned count = digit && (how >> 16U) % 4 == 0 ? (how >> 20U) % 70 : 1;
        for (unsigned i = 0; i < count; ++i)
            other += digit ? static_cast<char>('0' + (how >> (i % 24U)) % 10) : c;
    }
    return other;
}

/// What the cache has kept of texts with other numbers is what the text itself says.
void check_cache(std::string_view text, Dialect dialect, unsigned how) {
    pooler::StatementClassCache cache;
    for (unsigned i = 0; i < 4; ++i) {
        const std::string other = i % 2 == 0 ? std::string{text} : with_other_digits(text, how + i);
        fuzz::require(cache.classify(other, dialect) == pooler::classify(other, dialect),
                      "the cache says what the text says");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text{reinterpret_cast<const char*>(data), size};
    if (text.empty()) return 0;
    const auto how = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    const Dialect dialect = (how & 1U) != 0 ? Dialect::kCockroach : Dialect::kPostgres;
    const SqlScript whole = pooler::classify(text, dialect);
    fuzz::require(in_pieces(text, dialect, 1 + how / 2) == whole, "pieces are read as the whole");
    fuzz::require(whole.understood() || (!whole.read_only() && whole.may_commit() && whole.hidden_state()),
                  "what is not understood is dangerous");
    check_spans(whole, text);
    check_read(whole, text, dialect);
    check_cache(text, dialect, how);
    return 0;
}
