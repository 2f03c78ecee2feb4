#include "pooler/sql/lexer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace pooler {

namespace {

enum CharClass : std::uint8_t { kSpace = 1, kDigit = 2, kNameStart = 4, kNamePart = 8, kOperatorSign = 16 };

constexpr std::uint8_t class_of(unsigned char c) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    if (letter) return kNameStart | kNamePart;
    if (digit) return kDigit | kNamePart;
    if (c == '$') return kNamePart;
    if (c == ' ' || (c >= '\t' && c <= '\r')) return kSpace;
    return std::string_view{"+-*/<>=~!@#%^&|`?"}.find(static_cast<char>(c)) != std::string_view::npos
               ? kOperatorSign
               : 0;
}

constexpr std::array<std::uint8_t, 256> kClasses = [] {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned c = 0; c < classes.size(); ++c) classes[c] = class_of(static_cast<unsigned char>(c));
    return classes;
}();

constexpr unsigned kFirstBeyondAscii = 0x80;

constexpr char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Bytes of a word, folded; 0 for those that end it.
constexpr std::array<char, 256> kWordBytes = [] {
    std::array<char, 256> bytes{};
    for (unsigned c = 0; c < bytes.size(); ++c)
        if ((kClasses[c] & kNamePart) != 0) bytes[c] = fold(static_cast<char>(c));
    return bytes;
}();

bool is_a(CharClass wanted, char c) { return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0; }
bool is_newline(char c) { return c == '\n' || c == '\r'; }
bool is_blank(char c) { return is_a(kSpace, c); }
bool is_digit(char c) { return is_a(kDigit, c); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool begins_name(char c) { return is_a(kNameStart, c); }
bool continues_name(char c) { return is_a(kNamePart, c); }
bool is_operator(char c) { return is_a(kOperatorSign, c); }

// Letters outside ASCII whose lower case is an ASCII letter: CockroachDB folds the Kelvin sign to k and the
// dotted capital I to i, PostgreSQL does not.
bool folds_to_ascii(std::string_view word) {
    return word.find("\xE2\x84\xAA") != std::string_view::npos ||
           word.find("\xC4\xB0") != std::string_view::npos;
}

// How a comment that begins right behind this operator character is read differs: CockroachDB has the
// operators
// //, |/ and #-.
bool operator_takes_comment(char before) { return before == '/' || before == '|' || before == '#'; }

std::string_view skip_digits(std::string_view text) {
    while (!text.empty() && (is_digit(text.front()) || text.front() == '_')) text.remove_prefix(1);
    return text;
}

bool is_prefixed_integer(std::string_view text) {
    return text.size() > 2 && text[0] == '0' && std::strchr("xob", fold(text[1])) != nullptr &&
           text.find('.') == std::string_view::npos;
}

// Anything else is a number with a name stuck to it, which versions read differently.
bool is_number(std::string_view text) {
    if (is_prefixed_integer(text)) return true;
    text = skip_digits(text);
    if (!text.empty() && text.front() == '.') text = skip_digits(text.substr(1));
    if (text.empty()) return true;
    if (fold(text.front()) != 'e') return false;
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
    return !text.empty() && skip_digits(text).empty();
}

// The first of the (at most two) stop bytes or NUL from `at` on.
std::size_t skip_until(std::string_view piece, std::size_t at, const char* stops) {
    while (at < piece.size() && piece[at] != '\0' && piece[at] != stops[0] && piece[at] != stops[1]) ++at;
    return at;
}

}  // namespace

void Lexer::feed(std::string_view piece) {
    if (piece.size() > std::numeric_limits<std::uint32_t>::max() - at_) return unreadable();
    for (std::size_t i = 0; i < piece.size();) {
        const std::size_t skipped = skip_ahead(piece, i);
        i += skipped;
        at_ += static_cast<std::uint32_t>(skipped);
        if (i == piece.size()) break;
        if (!step(piece[i])) continue;
        ++i;
        ++at_;
    }
}

// Consumes bytes that do not change the state.
std::size_t Lexer::skip_ahead(std::string_view piece, std::size_t at) {
    std::size_t end = at;
    switch (state_) {
        case State::kBlank:
            while (end < piece.size() && is_blank(piece[end])) ++end;
            break;
        case State::kWord: return keep_word(piece.substr(at));
        case State::kNumber:
            while (end < piece.size() && is_digit(piece[end])) keep(piece[end++]);
            break;
        case State::kString:
            if (!backslash_) end = skip_until(piece, at, "'\\");
            break;
        case State::kDollarBody:
            if (matched_ == 0) end = skip_until(piece, at, "$");
            break;
        case State::kLineComment:
            if (previous_ != '\r') end = skip_until(piece, at, "\r\n");
            break;
        case State::kUnicodePrefix:
        case State::kParameter:
        case State::kOperator:
        case State::kColon:
        case State::kStringQuote:
        case State::kStringGap:
        case State::kStringComment:
        case State::kName:
        case State::kNameQuote:
        case State::kDollarTag:
        case State::kBlockComment: break;
    }
    return end - at;
}

// The rest of a word, folded, up to the byte that ends it; returns its length.
std::size_t Lexer::keep_word(std::string_view rest) {
    const std::size_t room = std::min(rest.size(), kNameBytes - kept_);
    char* const word = buffer_.data() + kept_;
    std::size_t size = 0;
    unsigned all = 0;
    for (; size < room; ++size) {
        const char folded = kWordBytes[static_cast<unsigned char>(rest[size])];
        if (folded == '\0') break;
        word[size] = folded;
        all |= static_cast<unsigned char>(folded);
    }
    kept_ = static_cast<std::uint8_t>(kept_ + size);
    for (; size >= room && size < rest.size() && continues_name(rest[size]); ++size) {
        all |= static_cast<unsigned char>(rest[size]);
        too_long_ = true;
    }
    if (all >= kFirstBeyondAscii) ascii_ = false;
    return size;
}

bool Lexer::step(char c) {
    if (c == '\0') unreadable();
    switch (state_) {
        case State::kBlank: return on_blank(c);
        case State::kWord: return on_word(c);
        case State::kUnicodePrefix: return on_unicode_prefix(c);
        case State::kNumber: return on_number(c);
        case State::kParameter: return on_parameter(c);
        case State::kOperator: return on_operator(c);
        case State::kColon: return on_colon(c);
        case State::kString: return on_string(c);
        case State::kStringQuote: return on_string_quote(c);
        case State::kStringGap: return on_string_gap(c);
        case State::kStringComment: return on_string_comment(c);
        case State::kName: return on_name(c);
        case State::kNameQuote: return on_name_quote(c);
        case State::kDollarTag: return on_dollar_tag(c);
        case State::kDollarBody: return on_dollar_body(c);
        case State::kLineComment: return on_line_comment(c);
        case State::kBlockComment: return on_block_comment(c);
    }
    return true;
}

void Lexer::restart() {
    begin(State::kBlank);
    at_ = 0;
    readable_ = true;
}

void Lexer::finish() {
    switch (state_) {
        case State::kBlank:
        case State::kLineComment: break;
        case State::kWord: emit_word(); break;
        case State::kUnicodePrefix:
        case State::kNumber:
        case State::kParameter:
        case State::kOperator:
        case State::kColon:
        case State::kStringQuote:
        case State::kStringGap:
        case State::kNameQuote:
            while (!step(' ')) {
            }
            break;
        case State::kStringComment: emit(TokenKind::kString, string_end_); break;
        case State::kString:
        case State::kName:
        case State::kDollarTag:
        case State::kDollarBody:
        case State::kBlockComment: unreadable(); break;
    }
    if (state_ == State::kStringGap) emit(TokenKind::kString, string_end_);
    state_ = State::kBlank;
}

bool Lexer::on_blank(char c) {
    if (is_blank(c)) return true;
    return begin_token(c);
}

bool Lexer::begin_token(char c) {
    if (begins_name(c)) return begin(State::kWord), false;
    if (is_digit(c)) return begin(State::kNumber), keep(c), true;
    if (is_operator(c)) return begin(State::kOperator), keep(c), true;
    switch (c) {
        case '\'': begin(State::kString), begin_string(StringMode::kPlain); break;
        case '"': begin(State::kName); break;
        case '$': begin(State::kDollarTag), keep(c); break;
        case ':': begin(State::kColon), keep(c); break;
        case ',': emit_single(TokenKind::kComma); break;
        case ';': emit_single(TokenKind::kSemicolon); break;
        case '.': emit_single(TokenKind::kDot); break;
        case '(': emit_single(TokenKind::kOpen); break;
        case ')': emit_single(TokenKind::kClose); break;
        case '[': emit_single(TokenKind::kOpenBracket); break;
        case ']': emit_single(TokenKind::kCloseBracket); break;
        default: emit_single(TokenKind::kOther);
    }
    return true;
}

bool Lexer::on_word(char c) {
    if (kept_ == 1 && c == '\'' && std::strchr("ebxn", buffer_[0]) != nullptr) {
        const char prefix = buffer_[0];
        begin_string(prefix == 'e'   ? StringMode::kEscape
                     : prefix == 'n' ? StringMode::kPlain
                                     : StringMode::kBits);
        return true;
    }
    if (kept_ == 1 && c == '&' && buffer_[0] == 'u') return state_ = State::kUnicodePrefix, true;
    emit_word();
    return false;
}

bool Lexer::on_unicode_prefix(char c) {
    if (c == '\'') return begin_string(StringMode::kUnicode), true;
    if (c == '"') {
        state_ = State::kName;
        too_long_ = true;  // its escapes are not decoded
        return true;
    }
    const std::uint32_t operator_at = at_ - 1;
    sink_.on_token({TokenKind::kWord, find_keyword("u"), begin_, operator_at, "u"});
    begin(State::kOperator);
    begin_ = operator_at;
    keep('&');
    return false;
}

bool Lexer::on_number(char c) {
    const char last = fold(kept_ > 0 ? buffer_[kept_ - 1U] : '0');
    const bool prefixed = kept_ > 1 && is_letter(buffer_[1]) && fold(buffer_[1]) != 'e';
    const bool sign = (c == '+' || c == '-') && last == 'e' && !prefixed;
    if (is_digit(c) || begins_name(c) || c == '.' || c == '$' || sign) return keep(c), true;
    if (too_long_ || !is_number({buffer_.data(), kept_})) unreadable();
    emit(TokenKind::kNumber, at_);
    return false;
}

bool Lexer::on_parameter(char c) {
    if (is_digit(c)) return true;
    if (continues_name(c)) unreadable();
    emit(TokenKind::kParameter, at_);
    return false;
}

bool Lexer::on_operator(char c) {
    const char last = previous_;
    if ((last == '/' && c == '*') || (last == '-' && c == '-')) {
        if (too_long_ || (kept_ > 1 && operator_takes_comment(buffer_[kept_ - 2U]))) unreadable();
        if (--kept_ > 0) emit(TokenKind::kOperator, at_ - 1);
        begin_comment(c == '*' ? State::kBlockComment : State::kLineComment);
        return true;
    }
    if (is_operator(c)) return keep(c), previous_ = c, true;
    emit(TokenKind::kOperator, at_);
    return false;
}

bool Lexer::on_colon(char c) {
    if (c == ':' && kept_ < 3) return keep(c), true;
    if (c == '=' && kept_ == 1) {
        emit(TokenKind::kColonEquals, at_ + 1);
        return true;
    }
    emit(kept_ == 1 ? TokenKind::kColon : TokenKind::kCast, at_);
    return false;
}

bool Lexer::on_string(char c) {
    if (c == '\\') return backslash_ = !backslash_, true;
    const bool escaped = backslash_;
    backslash_ = false;
    if (c != '\'') return true;
    if (escaped && mode_ == StringMode::kEscape) return true;
    if (escaped)
        unreadable();  // the end, or not: that depends on standard_conforming_strings and on the server
    state_ = State::kStringQuote;
    return true;
}

bool Lexer::on_string_quote(char c) {
    if (c == '\'') return state_ = State::kString, true;
    state_ = State::kStringGap;
    string_end_ = at_;
    newline_ = gap_comment_ = false;
    previous_ = '\0';
    return false;
}

// Source: PostgreSQL docs, "String Constants": two constants with a newline between them are one.
bool Lexer::on_string_gap(char c) {
    if (previous_ == '-') {
        previous_ = '\0';
        if (c == '-') return state_ = State::kStringComment, true;
        emit(TokenKind::kString, string_end_);
        begin(State::kOperator);
        --begin_;
        keep('-');
        return false;
    }
    if (is_blank(c)) return newline_ = newline_ || is_newline(c), true;
    if (c == '-') return previous_ = c, true;
    if (c == '\'' && newline_) {
        // CockroachDB does not look past comments, and would begin a plain string here.
        if (gap_comment_ && mode_ != StringMode::kPlain) unreadable();
        return state_ = State::kString, true;
    }
    emit(TokenKind::kString, string_end_);
    return false;
}

bool Lexer::on_string_comment(char c) {
    const bool after_return = previous_ == '\r';
    previous_ = c;
    if (c != '\n' && !after_return) return true;
    if (c != '\n') unreadable();  // see on_line_comment()
    newline_ = gap_comment_ = true;
    previous_ = '\0';
    state_ = State::kStringGap;
    return c == '\n';
}

bool Lexer::on_name(char c) {
    if (c == '"') return state_ = State::kNameQuote, true;
    return keep(c), true;
}

bool Lexer::on_name_quote(char c) {
    if (c == '"') return state_ = State::kName, keep(c), true;
    emit(TokenKind::kQuotedName, at_);
    return false;
}

bool Lexer::on_dollar_tag(char c) {
    if (kept_ == 1 && is_digit(c)) return state_ = State::kParameter, true;
    if (c == '$') {
        keep(c);
        if (too_long_) unreadable();
        state_ = State::kDollarBody;
        matched_ = 0;
        return true;
    }
    if (begins_name(c) || is_digit(c)) return keep(c), true;
    unreadable();
    emit(TokenKind::kOther, at_);
    return false;
}

bool Lexer::on_dollar_body(char c) {
    if (c != buffer_[matched_]) matched_ = 0;  // of the delimiter only its ends are dollars
    if (c != buffer_[matched_]) return true;
    if (++matched_ == kept_) {
        matched_ = 0;
        emit(TokenKind::kString, at_ + 1);
    }
    return true;
}

// PostgreSQL ends it at a carriage return, CockroachDB only at a newline.
bool Lexer::on_line_comment(char c) {
    if (previous_ == '\r') {
        if (c != '\n') unreadable();
        state_ = State::kBlank;
        return false;
    }
    previous_ = c;
    if (c == '\n') state_ = State::kBlank;
    return true;
}

bool Lexer::on_block_comment(char c) {
    const char last = previous_;
    previous_ = c;
    keep(c);
    if (last == '*' && c == '/') {
        previous_ = '\0';
        if (--depth_ == 0) end_comment();
    } else if (last == '/' && c == '*') {
        previous_ = '\0';
        ++depth_;
    }
    return true;
}

void Lexer::begin(State state) {
    state_ = state;
    begin_ = at_;
    kept_ = 0;
    too_long_ = false;
    ascii_ = true;
    previous_ = '\0';
    matched_ = 0;
    backslash_ = false;
}

void Lexer::begin_string(StringMode mode) {
    state_ = State::kString;
    mode_ = mode;
    backslash_ = false;
    matched_ = 0;
    previous_ = '\0';
}

void Lexer::begin_comment(State state) {
    begin(state);
    depth_ = 1;
}

void Lexer::end_comment() {
    state_ = State::kBlank;
    if (!too_long_ && kept_ >= 2) sink_.on_comment({buffer_.data(), kept_ - 2U});
}

void Lexer::keep(char c) {
    if (state_ == State::kOperator) previous_ = c;
    if (kept_ == kNameBytes) {
        too_long_ = true;
        return;
    }
    buffer_[kept_++] = c;
}

void Lexer::emit(TokenKind kind, std::uint32_t end) {
    const bool spelled = kind == TokenKind::kQuotedName || kind == TokenKind::kOperator;
    const std::string_view text = spelled && !too_long_ ? std::string_view{buffer_.data(), kept_} : "";
    state_ = State::kBlank;
    sink_.on_token({kind, Keyword::kNoKeyword, begin_, end, text});
}

void Lexer::emit_word() {
    const std::string_view word = too_long_ ? std::string_view{} : std::string_view{buffer_.data(), kept_};
    if (!ascii_ && folds_to_ascii(word)) unreadable();
    state_ = State::kBlank;
    sink_.on_token({TokenKind::kWord, find_keyword(word), begin_, at_, word});
}

void Lexer::emit_single(TokenKind kind) { sink_.on_token({kind, Keyword::kNoKeyword, at_, at_ + 1, {}}); }

}  // namespace pooler
