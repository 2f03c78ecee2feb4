// Cuts SQL into tokens.
#include "tests/support/crdb/token.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace support::crdb {
namespace {

bool is_space(char byte) { return std::isspace(static_cast<unsigned char>(byte)) != 0; }
bool is_digit(char byte) { return std::isdigit(static_cast<unsigned char>(byte)) != 0; }
bool is_word(char byte) { return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_'; }

class Lexer {
 public:
    explicit Lexer(std::string_view sql) : sql_(sql) {}

    Token next() {
        skip_blanks();
        Token token;
        token.begin = at_;
        if (at_ == sql_.size()) {
            token.end = at_;
            return token;
        }
        read(token);
        token.end = at_;
        return token;
    }

 private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
    }

    void skip_blanks() {
        for (;;) {
            while (at_ < sql_.size() && is_space(sql_[at_])) ++at_;
            if (peek() == '-' && peek(1) == '-') {
                at_ = std::min(sql_.find('\n', at_), sql_.size());
            } else if (peek() == '/' && peek(1) == '*') {
                const auto end = sql_.find("*/", at_ + 2);
                at_ = end == std::string_view::npos ? sql_.size() : end + 2;
            } else {
                return;
            }
        }
    }

    void read(Token& token) {
        const char first = peek();
        if (first == '\'' || first == '"') return read_quoted(token, first);
        if (is_digit(first)) {
            token.kind = Token::Kind::kNumber;
            return take_while(token, [](char byte) { return is_digit(byte) || byte == '.'; });
        }
        if (first == '$' && is_digit(peek(1))) {
            ++at_;
            token.kind = Token::Kind::kParameter;
            return take_while(token, is_digit);
        }
        if (is_word(first)) {
            token.kind = Token::Kind::kWord;
            take_while(token, is_word);
            token.text = lower(token.text);
            return;
        }
        read_symbol(token);
    }

    template <class Belongs>
    void take_while(Token& token, Belongs&& belongs) {
        while (at_ < sql_.size() && belongs(sql_[at_])) token.text += sql_[at_++];
    }

    void read_quoted(Token& token, char quote) {
        token.kind = quote == '"' ? Token::Kind::kWord : Token::Kind::kText;
        for (++at_; at_ < sql_.size(); ++at_) {
            if (sql_[at_] == quote && peek(1) != quote) break;
            if (sql_[at_] == quote) ++at_;
            token.text += sql_[at_];
        }
        if (at_ < sql_.size()) ++at_;
    }

    void read_symbol(Token& token) {
        constexpr std::array<std::string_view, 6> kPairs{"::", "<=", ">=", "<>", "!=", "||"};
        const auto two = sql_.substr(at_, 2);
        const bool pair = std::find(kPairs.begin(), kPairs.end(), two) != kPairs.end();
        token.kind = Token::Kind::kSymbol;
        token.text = pair ? two : sql_.substr(at_, 1);
        at_ += token.text.size();
    }

    std::string_view sql_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view sql) {
    Lexer lexer(sql);
    std::vector<Token> tokens;
    do {
        tokens.push_back(lexer.next());
    } while (tokens.back().kind != Token::Kind::kEnd);
    return tokens;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
    return result;
}

}  // namespace support::crdb
