// Tokens of SQL text, as the lexer hands them on.
#pragma once

#include <cstdint>
#include <string_view>

#include "pooler/sql/keyword.h"

namespace pooler {

enum class TokenKind : std::uint8_t {
    kWord,        ///< keyword or name without quotes
    kQuotedName,  ///< "..." or U&"..."
    kString,      ///< '...', E'...', B'...', X'...', N'...', U&'...', $tag$...$tag$
    kNumber,
    kParameter,  ///< $1
    kOperator,
    kComma,
    kSemicolon,
    kDot,
    kOpen,
    kClose,
    kOpenBracket,
    kCloseBracket,
    kCast,  ///< :: and CockroachDB's :::
    kColon,
    kColonEquals,
    kOther,  ///< a character that begins none of the above, braces for instance
};

struct Token {
    TokenKind kind = TokenKind::kOther;
    Keyword word = Keyword::kNoKeyword;  ///< of kWord only
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    /// kWord: folded to lower case; kQuotedName: without its quotes; kOperator: as it stands. Empty when
    /// longer than a name may be, and for U&"...". Dies with the call that hands it over.
    std::string_view spelled;

    [[nodiscard]] bool is(TokenKind other) const { return kind == other; }
    [[nodiscard]] bool is(Keyword other) const { return kind == TokenKind::kWord && word == other; }
    [[nodiscard]] bool is_name() const { return kind == TokenKind::kWord || kind == TokenKind::kQuotedName; }
};

}  // namespace pooler
