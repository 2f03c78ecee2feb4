#include "bench/null_server/statement.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bench {

namespace {

constexpr std::string_view kSpace = " \t\r\n;";
constexpr std::string_view kLargeMark = "bench_large:";

struct Keyword {
    std::string_view word;
    StatementKind kind;
    std::string_view tag;
};

constexpr std::array kKeywords{
    Keyword{"select", StatementKind::kSelect, "SELECT 1"},
    Keyword{"begin", StatementKind::kBegin, "BEGIN"},
    Keyword{"start", StatementKind::kBegin, "START TRANSACTION"},
    Keyword{"commit", StatementKind::kCommit, "COMMIT"},
    Keyword{"end", StatementKind::kCommit, "COMMIT"},
    Keyword{"rollback", StatementKind::kRollback, "ROLLBACK"},
    Keyword{"abort", StatementKind::kRollback, "ROLLBACK"},
    Keyword{"set", StatementKind::kSet, "SET"},
    Keyword{"reset", StatementKind::kReset, "RESET"},
    Keyword{"show", StatementKind::kShow, "SHOW"},
    Keyword{"discard", StatementKind::kDiscard, "DISCARD ALL"},
    Keyword{"deallocate", StatementKind::kDeallocate, "DEALLOCATE"},
    Keyword{"insert", StatementKind::kOther, "INSERT 0 1"},
    Keyword{"update", StatementKind::kOther, "UPDATE 1"},
    Keyword{"delete", StatementKind::kOther, "DELETE 1"},
};

std::string_view trim(std::string_view text) {
    const auto begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view text, std::string_view lower_word) {
    return std::equal(text.begin(), text.end(), lower_word.begin(), lower_word.end(),
                      [](char a, char b) { return lower(a) == b; });
}

// Cuts the first word off `text`; '=' is a word of its own.
std::string_view next_word(std::string_view& text) {
    text = trim(text);
    const auto end = text.starts_with('=') ? 1 : std::min(text.find_first_of(" \t\r\n;=(,"), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

std::string unquote(std::string_view text) {
    text = trim(text);
    const bool quoted =
        text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
    if (!quoted) return std::string{text};
    std::string out;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        out.push_back(text[i]);
        if (text[i] == text.front()) ++i;
    }
    return out;
}

// SET [SESSION | LOCAL] name { = | TO } value. LOCAL is treated like SESSION: good enough for a server that
// does nothing.
void read_set(std::string_view rest, Statement& out) {
    auto name = next_word(rest);
    if (same_word(name, "session") || same_word(name, "local")) name = next_word(rest);
    out.name = std::string{name};
    auto after = rest;
    const auto sign = next_word(after);
    if (sign == "=" || same_word(sign, "to")) rest = after;
    out.value = unquote(rest);
}

std::uint32_t read_number(std::string_view text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::uint16_t highest_parameter(std::string_view text) {
    std::uint32_t highest = 0;
    for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
        highest = std::max(highest, read_number(text.substr(at + 1)));
    }
    return static_cast<std::uint16_t>(std::min<std::uint32_t>(highest, 0xffff));
}

void read_details(std::string_view text, std::string_view rest, Statement& out) {
    const auto mark = text.find(kLargeMark);
    if (out.kind == StatementKind::kSelect && mark != std::string_view::npos) {
        out.kind = StatementKind::kLarge;
        out.megabytes = read_number(text.substr(mark + kLargeMark.size()));
    } else if (out.kind == StatementKind::kSet) {
        read_set(rest, out);
    } else if (out.kind == StatementKind::kRollback && same_word(next_word(rest), "to")) {
        out.kind = StatementKind::kOther;
    } else if (out.kind == StatementKind::kShow || out.kind == StatementKind::kReset ||
               out.kind == StatementKind::kDeallocate) {
        const auto name = next_word(rest);
        if (!same_word(name, "all")) out.name = std::string{name};
    }
}

}  // namespace

Statement read_statement(std::string_view text) {
    Statement out;
    text = trim(text);
    if (text.empty()) return out;
    out.parameters = highest_parameter(text);
    auto rest = text;
    const auto first = next_word(rest);
    const auto known = std::find_if(kKeywords.begin(), kKeywords.end(),
                                    [&](const Keyword& keyword) { return same_word(first, keyword.word); });
    if (known != kKeywords.end()) {
        out.kind = known->kind;
        out.tag = std::string{known->tag};
        read_details(text, rest, out);
        return out;
    }
    out.kind = StatementKind::kOther;
    for (const char c : first) out.tag.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    return out;
}

std::vector<std::string_view> split_statements(std::string_view text) {
    std::vector<std::string_view> out;
    char quote = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const bool end = i == text.size();
        if (!end && quote != 0) {
            if (text[i] == quote) quote = 0;
        } else if (!end && (text[i] == '\'' || text[i] == '"')) {
            quote = text[i];
        } else if (end || text[i] == ';') {
            const auto one = trim(text.substr(start, i - start));
            if (!one.empty()) out.push_back(one);
            start = i + 1;
        }
    }
    return out;
}

}  // namespace bench
