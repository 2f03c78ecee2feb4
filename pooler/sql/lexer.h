// Cuts SQL text into tokens, in pieces of any size: the same tokens wherever the text is split. Bytes come in
// by feed(), tokens go out to a sink at once; nothing is kept but one name. For PostgreSQL and CockroachDB:
// where the two, or the two settings of standard_conforming_strings, would cut a text differently, or where
// it has no valid reading, the lexer says so by readable() and goes on with one of the readings.
//
// Source: PostgreSQL docs, "Lexical Structure"; CockroachDB docs, "SQL Lexical Structure".
//
// Owned by who reads a text; one thread; no end of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pooler/sql/token.h"

namespace pooler {

class TokenSink {
 public:
    virtual void on_token(const Token& token) = 0;
    /// The text inside a comment of at most Lexer::kNameBytes bytes, blanks at its ends included.
    virtual void on_comment(std::string_view text) = 0;

 protected:
    ~TokenSink() = default;
};

class Lexer {
 public:
    /// Longest name that matters: PostgreSQL cuts names at 63 bytes.
    static constexpr std::size_t kNameBytes = 63;

    explicit Lexer(TokenSink& sink) : sink_(sink) {}

    void feed(std::string_view piece);
    /// The end of the text. Nothing may be fed afterwards but restart().
    void finish();
    /// As new: the next text begins.
    void restart();
    /// False once something was seen that has no reading, or two.
    [[nodiscard]] bool readable() const { return readable_; }

 private:
    enum class State : std::uint8_t {
        kBlank,
        kWord,
        kUnicodePrefix,  ///< U& was read: string, name, or a word and an operator
        kNumber,
        kParameter,
        kOperator,
        kColon,
        kString,
        kStringQuote,  ///< a quote inside a string: doubled, or the end
        kStringGap,    ///< blanks behind a string: it goes on if they hold a newline
        kStringComment,
        kName,
        kNameQuote,
        kDollarTag,
        kDollarBody,
        kLineComment,
        kBlockComment,
    };
    enum class StringMode : std::uint8_t { kPlain, kEscape, kBits, kUnicode };

    std::size_t skip_ahead(std::string_view piece, std::size_t at);
    [[nodiscard]] bool step(char c);  ///< false: the character is still to be read, in the new state
    [[nodiscard]] bool on_blank(char c);
    [[nodiscard]] bool begin_token(char c);
    [[nodiscard]] bool on_word(char c);
    [[nodiscard]] bool on_unicode_prefix(char c);
    [[nodiscard]] bool on_number(char c);
    [[nodiscard]] bool on_parameter(char c);
    [[nodiscard]] bool on_operator(char c);
    [[nodiscard]] bool on_colon(char c);
    [[nodiscard]] bool on_string(char c);
    [[nodiscard]] bool on_string_quote(char c);
    [[nodiscard]] bool on_string_gap(char c);
    [[nodiscard]] bool on_string_comment(char c);
    [[nodiscard]] bool on_name(char c);
    [[nodiscard]] bool on_name_quote(char c);
    [[nodiscard]] bool on_dollar_tag(char c);
    [[nodiscard]] bool on_dollar_body(char c);
    [[nodiscard]] bool on_line_comment(char c);
    [[nodiscard]] bool on_block_comment(char c);

    void begin(State state);
    void begin_string(StringMode mode);
    void begin_comment(State state);
    std::size_t keep_word(std::string_view rest);
    void keep(char c);
    void emit(TokenKind kind, std::uint32_t end);
    void emit_word();
    void emit_single(TokenKind kind);
    void end_comment();
    void unreadable() { readable_ = false; }

    TokenSink& sink_;
    State state_ = State::kBlank;
    StringMode mode_ = StringMode::kPlain;
    bool readable_ = true;
    bool too_long_ = false;     ///< what buffer_ should hold did not fit
    bool ascii_ = true;         ///< the word being read
    bool backslash_ = false;    ///< inside a string: an odd run of backslashes stands right before this byte
    bool newline_ = false;      ///< in kStringGap: seen
    bool gap_comment_ = false;  ///< in kStringGap: a comment was seen
    char previous_ = '\0';      ///< in comments and operators
    std::uint32_t at_ = 0;      ///< offset of the byte being read
    std::uint32_t begin_ = 0;   ///< of the token being read
    std::uint32_t string_end_ = 0;
    std::uint32_t depth_ = 0;   ///< of nested comments
    std::uint8_t matched_ = 0;  ///< in kDollarBody: bytes of the closing delimiter
    std::uint8_t kept_ = 0;
    std::array<char, kNameBytes + 1> buffer_{};
};

}  // namespace pooler
