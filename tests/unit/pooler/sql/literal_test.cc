#include "pooler/sql/literal.h"

#include "tests/support/catch.h"

using namespace pooler;

TEST_CASE("literal: names are folded outside quotes only") {
    CHECK(identifier_value("Abc_1$") == "abc_1$");
    CHECK(identifier_value("\"A\"\"b\"") == "A\"b");
    CHECK(identifier_value("My . \"Var\"") == "my.Var");
    CHECK(identifier_value("\xC3\x84x") == "\xC3\x84x");
    CHECK(name_parts("My . \"Va.r\"") == std::vector<std::string>{"my", "Va.r"});
    CHECK_FALSE(name_parts("a. "));
    CHECK_FALSE(identifier_value(""));
    CHECK_FALSE(identifier_value("a."));
    CHECK_FALSE(identifier_value("\"a"));
    CHECK_FALSE(identifier_value("U&\"a\""));
}

TEST_CASE("literal: string constants in their forms") {
    CHECK(string_value("'a''b'") == "a'b");
    CHECK(string_value("''") == "");
    CHECK(string_value("E'a\\n\\'\\\\b'") == "a\n'\\b");
    CHECK(string_value("$$a'b$$") == "a'b");
    CHECK(string_value("$x$a$y$x$") == "a$y");
    CHECK(string_value("'a'\n  'b'") == "ab");
}

TEST_CASE("literal: what could be read in two ways has no value") {
    for (const char* spelled :
         {"'a\\b'", "E'\\u0041'", "E'\\101'", "E'\\x41'", "U&'a'", "B'1'", "1", "'a", ""})
        CHECK_FALSE(string_value(spelled));
}

TEST_CASE("literal: encodings whose characters hide ASCII bytes are not safe") {
    for (const char* name :
         {"UTF8", "utf-8", "LATIN1", "SQL_ASCII", "EUC_JP", "WIN1252", "ISO_8859_5", "KOI8R"})
        CHECK(is_ascii_safe_encoding(name));
    for (const char* name : {"SJIS", "BIG5", "GBK", "GB18030", "UHC", "JOHAB", "WIN932", "win949", "x", ""})
        CHECK_FALSE(is_ascii_safe_encoding(name));
}
