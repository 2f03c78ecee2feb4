#include "pooler/sql/number_pattern.h"

#include <algorithm>
#include <array>
#include <utility>

#include "pooler/sql/lexer.h"

namespace pooler {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Behind one of these a digit belongs to a name, a number or a parameter that has begun.
constexpr std::array<bool, 256> kNamePart = [] {
    std::array<bool, 256> parts{};
    for (unsigned c = 0; c < parts.size(); ++c)
        parts[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                   c == '$' || c >= 0x80;
    return parts;
}();

class NumberFinder final : private TokenSink {
 public:
    explicit NumberFinder(std::string_view text) : text_{text} {}

    [[nodiscard]] NumberSpans find() {
        Lexer lexer{*this};
        lexer.feed(text_);
        lexer.finish();
        return lexer.readable() ? std::move(found_) : NumberSpans{};
    }

 private:
    void on_token(const Token& token) override {
        if (!token.is(TokenKind::kNumber)) return;
        const std::string_view digits = text_.substr(token.begin, token.end - token.begin);
        if (std::all_of(digits.begin(), digits.end(), is_digit)) found_.push_back({token.begin, token.end});
    }
    void on_comment(std::string_view /*text*/) override {}

    std::string_view text_;
    NumberSpans found_;
};

/// Nothing but the statement's own span lies behind a number, and no value is read from the text.
bool numbers_are_free(const SqlScript& script) {
    if (!script.understood() || script.size() != 1) return false;
    const SqlStatement& statement = script[0];
    const bool plain = statement.kind == StatementKind::kSelect || statement.kind == StatementKind::kInsert ||
                       statement.kind == StatementKind::kUpdate || statement.kind == StatementKind::kDelete ||
                       statement.kind == StatementKind::kUpsert || statement.kind == StatementKind::kMerge;
    return plain && statement.set_config == SetConfig::kNone && statement.name.empty() &&
           statement.value.empty();
}

}  // namespace

std::string_view fold_numbers(std::string_view text, std::string& scratch) {
    if (scratch.size() < text.size()) scratch.resize(text.size());
    char* out = scratch.data();
    bool folded = false;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t digits = at;
        while (digits < text.size() && !is_digit(text[digits])) ++digits;
        std::size_t end = digits;
        while (end < text.size() && is_digit(text[end])) ++end;
        const bool named = digits > 0 && kNamePart[static_cast<unsigned char>(text[digits - 1])];
        const bool number = digits < end && !named;
        out = std::copy_n(text.begin() + at, (number ? digits : end) - at, out);
        if (number) *out++ = '0';
        folded = folded || number;
        at = end;
    }
    return folded ? std::string_view{scratch.data(), static_cast<std::size_t>(out - scratch.data())}
                  : std::string_view{};
}

NumberSpans free_numbers(std::string_view text, const SqlScript& script) {
    return numbers_are_free(script) ? NumberFinder{text}.find() : NumberSpans{};
}

bool same_but_for_numbers(std::string_view own, const NumberSpans& numbers, std::string_view text) {
    std::size_t from = 0;
    for (const TextSpan& number : numbers) {
        const std::string_view fixed = own.substr(from, number.begin - from);
        if (!text.starts_with(fixed)) return false;
        text.remove_prefix(fixed.size());
        std::size_t digits = 0;
        while (digits < text.size() && is_digit(text[digits])) ++digits;
        if (digits == 0 || digits > Lexer::kNameBytes) return false;  // the lexer reads no longer number
        text.remove_prefix(digits);
        from = number.end;
    }
    return text == own.substr(from);
}

SqlScript with_other_numbers(const SqlScript& script, std::string_view own, std::string_view text) {
    SqlStatement statement = script[0];
    statement.text.end = static_cast<std::uint32_t>(statement.text.end + text.size() - own.size());
    SqlScript adapted;
    adapted.add(statement);
    return adapted;
}

}  // namespace pooler
