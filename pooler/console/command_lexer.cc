#include "pooler/console/command_lexer.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace pooler {
namespace {

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Lexer {
 public:
    explicit Lexer(std::string_view text) : rest_(text) {}

    /// Skips white space and comments; true if there was any, or the text is over. A comment that is not
    /// closed stays, so that the next reader fails on it.
    bool skip_space() {
        const std::size_t before = rest_.size();
        while (!rest_.empty()) {
            if (is_space(rest_.front())) {
                rest_.remove_prefix(1);
            } else if (!skip_comment()) {
                break;
            }
        }
        return rest_.empty() || rest_.size() < before;
    }

    std::string word() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_word);
        std::string result(rest_.begin(), end);
        rest_.remove_prefix(result.size());
        return result;
    }

    /// A quoted text whose opening quote is next. None if it is not closed.
    std::optional<std::string> quoted() {
        const char quote = rest_.front();
        std::string result;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] != quote) {
                result += rest_[i];
            } else if (i + 1 < rest_.size() && rest_[i + 1] == quote) {
                result += quote;
                ++i;
            } else {
                rest_.remove_prefix(i + 1);
                return result;
            }
        }
        return std::nullopt;
    }

    /// A word or a text in one of the given quotes; none if there is neither.
    std::optional<std::string> value(std::string_view quotes) {
        if (at_end()) return std::nullopt;
        if (quotes.find(rest_.front()) != std::string_view::npos) return quoted();
        std::string result = word();
        if (result.empty()) return std::nullopt;
        return result;
    }

    bool take(char c) {
        if (at_end() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// The optional semicolon and nothing after it.
    bool finish() {
        skip_space();
        take(';');
        skip_space();
        return at_end();
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    [[nodiscard]] bool saw_comment() const { return saw_comment_; }

 private:
    bool skip_comment() {
        std::size_t end = std::string_view::npos;
        if (rest_.substr(0, 2) == "--") {
            end = std::min(rest_.find('\n'), rest_.size());
        } else if (rest_.substr(0, 2) == "/*") {
            end = rest_.find("*/", 2);
            if (end == std::string_view::npos) return false;
            end += 2;
        } else {
            return false;
        }
        saw_comment_ = true;
        rest_.remove_prefix(end);
        return true;
    }

    std::string_view rest_;
    bool saw_comment_ = false;
};

std::optional<Statement> read_set(Lexer& in) {
    SetStatement set;
    if (!is_letter(in.peek())) return std::nullopt;
    set.key = in.word();
    const bool spaced = in.skip_space();
    if (!in.take('=')) {
        if (!spaced || !equals_ignoring_case(in.word(), "TO") || !in.skip_space()) return std::nullopt;
    }
    in.skip_space();
    std::optional<std::string> value = in.value("\"'");
    if (!value || !in.finish()) return std::nullopt;
    set.value = *std::move(value);
    return set;
}

/// `word argument`, if that is what comes next: true. False: something else stands there.
bool read_clause(Lexer& in, std::string_view word, std::string& argument) {
    Lexer ahead = in;
    if (!equals_ignoring_case(ahead.word(), word) || !ahead.skip_space()) return false;
    std::optional<std::string> value = ahead.value("\"");
    if (!value) return false;
    argument = *std::move(value);
    in = ahead;
    in.skip_space();
    return true;
}

std::optional<Statement> read_explain(Lexer& in) {
    ExplainStatement explain;
    if (!equals_ignoring_case(in.word(), "ROUTE")) return std::nullopt;
    in.skip_space();
    if (in.peek() != '\'') return std::nullopt;
    std::optional<std::string> sql = in.quoted();
    if (!sql) return std::nullopt;
    explain.sql = *std::move(sql);
    in.skip_space();
    read_clause(in, "FOR", explain.database);
    read_clause(in, "AS", explain.user);
    return in.finish() ? std::optional<Statement>(std::move(explain)) : std::nullopt;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<Statement> read_statement(std::string_view text) {
    Lexer in(text);
    in.skip_space();
    if (!is_letter(in.peek())) {
        if (in.finish() && in.saw_comment()) return EmptyStatement{};
        return std::nullopt;
    }
    PlainStatement plain;
    plain.verb = in.word();
    const bool spaced = in.skip_space();
    if (equals_ignoring_case(plain.verb, "SET")) return spaced ? read_set(in) : std::nullopt;
    if (equals_ignoring_case(plain.verb, "EXPLAIN")) return spaced ? read_explain(in) : std::nullopt;
    if (in.at_end() || in.peek() == ';') return in.finish() ? std::optional<Statement>(plain) : std::nullopt;
    if (!spaced) return std::nullopt;
    std::optional<std::string> argument = in.value("\"");
    if (!argument || !in.finish()) return std::nullopt;
    plain.argument = *std::move(argument);
    return plain;
}

}  // namespace pooler
