// The first tokens of a statement, and what they say: its kind, names and options. Pure.
#pragma once

#include <array>
#include <cstddef>

#include "pooler/sql/statement.h"
#include "pooler/sql/token.h"

namespace pooler {

/// A token without its spelling.
struct HeadToken {
    TokenKind kind = TokenKind::kOther;
    Keyword word = Keyword::kNoKeyword;
    char sign = '\0';  ///< an operator of one character
    TextSpan span;

    [[nodiscard]] bool is(TokenKind other) const { return kind == other; }
    [[nodiscard]] bool is(Keyword other) const { return kind == TokenKind::kWord && word == other; }
    [[nodiscard]] bool is_name() const { return kind == TokenKind::kWord || kind == TokenKind::kQuotedName; }
};

class Head {
 public:
    static constexpr std::size_t kTokens = 48;  ///< a SET of more is not read

    void clear() { size_ = 0, truncated_ = false; }
    void add(const Token& token) {
        if (size_ == kTokens) {
            truncated_ = true;
            return;
        }
        const char sign =
            token.is(TokenKind::kOperator) && token.spelled.size() == 1 ? token.spelled[0] : '\0';
        tokens_[size_++] = {token.kind, token.word, sign, {token.begin, token.end}};
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const HeadToken& operator[](std::size_t i) const { return tokens_[i]; }
    /// The statement has more tokens than these.
    [[nodiscard]] bool truncated() const { return truncated_; }

 private:
    std::array<HeadToken, kTokens> tokens_{};
    std::size_t size_ = 0;
    bool truncated_ = false;
};

/// Fills kind, form, scope, name, value, transaction; kUnknown if the head is not understood. `kind` of a
/// WITH is left to the scan. Of SELECT set_config(...) it fills set_config if that is readable.
void read_head(const Head& head, SqlStatement& statement);

}  // namespace pooler
