#include "pooler/sql/lexer.h"

#include <string>
#include <string_view>
#include <vector>

#include "pooler/sql/reader.h"
#include "tests/support/catch.h"

using namespace pooler;

namespace {

// Tokens as text: kind letter and spelling, e.g. "w:select n:1".
class Printer final : public TokenSink {
 public:
    explicit Printer(std::string_view text) : text_(text) {}

    void on_token(const Token& token) override {
        constexpr std::string_view kLetters = "wqsnpo,;.()[]c:=?";
        const char letter = kLetters[static_cast<std::size_t>(token.kind)];
        const auto spelled = text_.substr(token.begin, token.end - token.begin);
        if (!out_.empty()) out_ += ' ';
        out_ += letter;
        if (std::string_view{"wqsnpo?"}.find(letter) != std::string_view::npos)
            out_ += ":" + std::string{spelled};
    }
    void on_comment(std::string_view text) override { comments_.emplace_back(text); }

    std::string out_;
    std::vector<std::string> comments_;

 private:
    std::string_view text_;
};

struct Lexed {
    std::string tokens;
    std::vector<std::string> comments;
    bool readable;
    bool operator==(const Lexed&) const = default;
};

Lexed lex(std::string_view text, std::size_t split) {
    Printer printer{text};
    Lexer lexer{printer};
    lexer.feed(text.substr(0, split));
    lexer.feed(text.substr(split));
    lexer.finish();
    return {printer.out_, printer.comments_, lexer.readable()};
}

std::string tokens(std::string_view text) {
    const Lexed lexed = lex(text, text.size());
    return lexed.readable ? lexed.tokens : "unreadable";
}

}  // namespace

TEST_CASE("lexer: words, names, numbers, parameters, signs") {
    CHECK(tokens("Select a_1$,\"B\"\"c\".d;") == "w:Select w:a_1$ , q:\"B\"\"c\" . w:d ;");
    CHECK(tokens("1 1.5 .5 1e5 1.5E-3 0x1F 1_000") == "n:1 n:1.5 . n:5 n:1e5 n:1.5E-3 n:0x1F n:1_000");
    CHECK(tokens("$1+$22") == "p:$1 o:+ p:$22");
    CHECK(tokens("a::b:::c :d :=e") == "w:a c w:b c w:c : w:d = w:e");
    CHECK(tokens("a[1]") == "w:a [ n:1 ]");
    CHECK(tokens("a<=b||c->>'d'") == "w:a o:<= w:b o:|| w:c o:->> s:'d'");
    CHECK(tokens("\xC3\xA9t\xC3\xA9") == "w:\xC3\xA9t\xC3\xA9");
    CHECK(tokens("u&u") == "w:u o:& w:u");
    CHECK(tokens("a{") == "w:a ?:{");
}

TEST_CASE("lexer: strings in all their forms") {
    CHECK(tokens("'a''b' E'c\\'d' e'\\\\' B'01' x'1F' N'n' U&'u'") ==
          "s:'a''b' s:E'c\\'d' s:e'\\\\' s:B'01' s:x'1F' s:N'n' s:U&'u'");
    CHECK(tokens("U&\"a\" 'x'") == "q:U&\"a\" s:'x'");
    CHECK(tokens("$$a;'b$$ $x$ $y$ $$ $x$") == "s:$$a;'b$$ s:$x$ $y$ $$ $x$");
    CHECK(tokens("$a$$$a$") == "s:$a$$$a$");
    CHECK(tokens("a$b$c") == "w:a$b$c");
    CHECK(tokens("te'x'") == "w:te s:'x'");
}

TEST_CASE("lexer: a string goes on behind a newline, and not behind a blank") {
    CHECK(tokens("'a'\n'b' c") == "s:'a'\n'b' w:c");
    CHECK(tokens("'a' -- x\n  'b'") == "s:'a' -- x\n  'b'");
    CHECK(tokens("E'a' \n 'b\\'c'") == "s:E'a' \n 'b\\'c'");
    CHECK(tokens("'a' 'b'") == "s:'a' s:'b'");
    CHECK(tokens("'a' /* \n */ 'b'") == "s:'a' s:'b'");
    CHECK(tokens("'a'-1") == "s:'a' o:- n:1");
    CHECK(tokens("'a' - 1") == "s:'a' o:- n:1");
    CHECK(tokens("'a'--") == "s:'a'");
    CHECK(tokens("'a' -") == "s:'a' o:-");
}

TEST_CASE("lexer: comments nest, and may stand inside operators") {
    CHECK(tokens("a /* /* ' */ \" */ b -- c ' \n d") == "w:a w:b w:d");
    CHECK(tokens("a+/* */-b") == "w:a o:+ o:- w:b");
    CHECK(tokens("a*--x\nb") == "w:a o:* w:b");
    CHECK(tokens("a/**/b") == "w:a w:b");
    CHECK(tokens("/*/**/*/a") == "w:a");
    CHECK(tokens("/***/a") == "w:a");
    CHECK(tokens("a<--b") == "w:a o:<");
    CHECK(lex("/* weir: primary */ a", 3).comments == std::vector<std::string>{" weir: primary "});
}

TEST_CASE("lexer: what has two readings, or none, is not readable") {
    for (const char* text : {"'a\\'",
                             "'a\\' b'",
                             "B'\\''",
                             "'a",
                             "\"a",
                             "$$a",
                             "$a$ $b$",
                             "/* a",
                             "/* /* */",
                             "1a",
                             "1..2",
                             "1e+",
                             "$1a",
                             "$",
                             "$a",
                             "E'a' -- x\n 'b\\''",
                             "-- a\rb\n",
                             "a//*b*/c",
                             "a|/*b*/c",
                             "a#--b",
                             "1e--x",
                             "bac\xE2\x84\xAAup",
                             "\xC4\xB0nsert",
                             "'a' -- b\rc\n'd'"}) {
        CAPTURE(std::string{text});
        CHECK(tokens(text) == "unreadable");
    }
    CHECK(tokens(std::string_view{"a\0b", 3}) == "unreadable");
    CHECK(tokens(std::string_view{"'a\0b'", 5}) == "unreadable");
    for (const char* text : {"'a\\\\'", "'a\\b'", "-- a\r\nb", "E'\\'' 'a'"})
        CHECK(tokens(text) != "unreadable");
}

TEST_CASE("lexer: a text split at any byte gives the same tokens") {
    const std::string text =
        "SELECT 'a''b', E'x\\'y'\n 'z', $t$ $u$ $t$, U&\"q\" , u&1, a->>b /* /* c */ d */ -- e\r\n"
        "FROM \"T\"\"\" x::y:::z :=w WHERE 1.5e-3<$12 AND b'01'--f\n=c+/*g*/-1; COMMIT";
    const Lexed whole = lex(text, text.size());
    CHECK(whole.readable);
    for (std::size_t split = 0; split < text.size(); ++split) {
        CAPTURE(split);
        CHECK(lex(text, split) == whole);
    }
}

TEST_CASE("lexer: names and operators of any length are tokens without a spelling") {
    const std::string name(200, 'a');
    CHECK(tokens(name + " " + std::string(80, '+')) == "w:" + name + " o:" + std::string(80, '+'));
}
