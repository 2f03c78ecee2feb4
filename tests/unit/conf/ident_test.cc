#include "conf/ident.h"

#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

conf::IdentMaps maps_of(std::string_view text) {
    std::vector<std::string> warnings;
    auto maps = conf::parse_ident(text, "ident", warnings);
    CAPTURE(text);
    CHECK(warnings.empty());
    return maps;
}

}  // namespace

TEST_CASE("ident: without a map the names must be equal") {
    const conf::IdentMaps none;
    CHECK(none.allow("", "ann", "ann"));
    CHECK_FALSE(none.allow("", "ann", "Ann"));
    CHECK_FALSE(none.allow("m", "ann", "ann"));
}

TEST_CASE("ident: the lines of a map are tried in order, and all stands for every user") {
    const auto maps = maps_of("m ann app # her\nm \"bob b\" app\nm root all\nn ann other\nm eve \"all\"\n");
    CHECK(maps.allow("m", "ann", "app"));
    CHECK(maps.allow("m", "bob b", "app"));
    CHECK(maps.allow("m", "root", "anybody"));
    CHECK_FALSE(maps.allow("m", "ann", "other"));
    CHECK(maps.allow("n", "ann", "other"));
    CHECK_FALSE(maps.allow("n", "root", "other"));
    CHECK(maps.allow("m", "eve", "all"));
    CHECK_FALSE(maps.allow("m", "eve", "app"));
    CHECK_FALSE(maps.allow("m", "", "app"));
}

TEST_CASE("ident: a system user with a slash is a regular expression, \\1 what it found") {
    const auto maps = maps_of(
        "m \"/^(.*)@example\\.com$\" \\1\n"
        "m /^ops-[0-9]+$ admin\n"
        "m /^any all\n"
        "k /(x)(y) pre_\\1_post\n"
        "k /^none$ \\1\n");
    CHECK(maps.allow("m", "ann@example.com", "ann"));
    CHECK_FALSE(maps.allow("m", "ann@example.com", "bob"));
    CHECK_FALSE(maps.allow("m", "ann@exampleXcom", "ann"));
    CHECK_FALSE(maps.allow("m", "ann@example.com.example.net", "ann"));
    CHECK(maps.allow("m", "ops-17", "admin"));
    CHECK_FALSE(maps.allow("m", "ops-", "admin"));
    CHECK(maps.allow("m", "anybody", "whoever"));
    CHECK(maps.allow("k", "axyb", "pre_x_post"));
    CHECK_FALSE(maps.allow("k", "axyb", "pre_\\1_post"));
    CHECK(maps.allow("k", "none", ""));
}

TEST_CASE("ident: a name with a zero byte fits nothing") {
    const auto maps = maps_of("m /^ann$ app\nm ann app\n");
    CHECK(maps.allow("m", "ann", "app"));
    CHECK_FALSE(maps.allow("m", std::string_view{"ann\0x", 5}, "app"));
}

TEST_CASE("ident: a line that cannot be read is left out, the others stay") {
    for (const char* bad : {"m ann", "m", "m ann app more", "m ann app,other", "m \"ann app", "m /( app",
                            "m /[ app", "m ann +staff"}) {
        CAPTURE(bad);
        std::vector<std::string> warnings;
        const auto maps = conf::parse_ident(std::string{bad} + "\nm bob app\n", "ident", warnings);
        REQUIRE(warnings.size() == 1);
        CHECK(warnings[0].starts_with("ident:1: "));
        CHECK(maps.allow("m", "bob", "app"));
        CHECK_FALSE(maps.allow("m", "ann", "app"));
    }
}

TEST_CASE("ident: an expression that would take all memory is refused, with its file and line") {
    std::string ones;
    for (int i = 0; i < 3000; ++i) ones += "a?";
    const std::string deep = std::string(100'000, '(') + "a" + std::string(100'000, ')');
    for (const std::string& bad :
         {std::string{"x++++++++++++++++++++++++++++++++++++++++"},
          std::string{"x**"},
          std::string{"($()*){20}"},
          std::string{"((x?|y?){30})*"},
          std::string{"(^|b|\\b){9}"},
          std::string{"^?$?\\b?\\<?\\>?\\B?\\`?^?$?"},
          std::string{"x*+"},
          std::string{"x{2}{3}"},
          std::string{"x+??"},
          std::string{"(x)?{9}"},
          std::string{"[x]+{2,}"},
          std::string{"\\)++"},
          std::string{"((((a{255}){255}){255}){255})"},
          std::string{"(a{999}){999}"},
          std::string{"(a{,99}b{,99}){99}"},
          std::string{"((((((((((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+"},
          std::string{"([]+[:alpha:])]{30000}){30}"},
          std::string{"((x|y|z){32767}){9}"},
          std::string{"(a{1000}"},
          std::string{"(.*){2001}"},
          std::string{"(a*){1,}{1,}"},
          std::string{"(((x{200}){200}){1,}"},
          ones,
          deep}) {
        CAPTURE(bad.substr(0, 80));
        std::vector<std::string> warnings;
        const auto maps = conf::parse_ident("m bob app\nm \"/" + bad + "\" app\n", "maps.conf", warnings);
        REQUIRE(warnings.size() == 1);
        CHECK(warnings[0].starts_with("maps.conf:2: regular expression: "));
        CHECK(maps.maps.at("m").size() == 1);
    }
}

TEST_CASE("ident: expressions as they are written stay, with what repeats in them") {
    std::string names = "ann";
    for (int i = 0; i < 900; ++i) names += "|user" + std::to_string(i);
    const struct {
        std::string expression, fits, does_not;
    } cases[] = {
        {"^.*?@example$", "ann@example", "ann@example.com"},
        {"^([a-z0-9._-]{1,64})@example\\.com$", "a.b@example.com", "A@example.com"},
        {"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", "db-1.example.com", "-.example.com"},
        {"^[[:alpha:]_][[:alnum:]_$]{0,62}$", "a_1", "1a"},
        {"^[^]@]+@[]+*?{}(|)]+$", "a@]+*?{(", "a]@]"},
        {"^CN=(.{1,255}),O=(.{1,255}),C=([A-Z]{2})$", "CN=a,O=b,C=DE", "CN=a,O=b,C=de"},
        {"^([0-9]{1,3}\\.){3}[0-9]{1,3}$", "192.0.2.1", "192.0.2"},
        {"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "01234567-89ab-cdef-0123-456789abcdef", "0123"},
        {"^((a+)+)+\\+\\+\\*\\{2\\}$", "aa++*{2}", "aa"},
        {"^x{3}y{2,}z{,2}$", "xxxyyy", "xxxyyyzzz"},
        {"^a{10000}$", std::string(10'000, 'a'), "a"},
        {"^(" + names + ")$", "user899", "user900"},
        {"^a)$", "a)", "a"},
        {"^a$|^b$|^c$|^d$|^e$|^f$", "f", "ff"},
        {"^(a(@|$))?(b|$){1}(c|$){0,1}$", "a@bc", "a@c"},
    };
    for (const auto& one : cases) {
        CAPTURE(one.expression.substr(0, 80));
        const auto maps = maps_of("m \"/" + one.expression + "\" app\n");
        CHECK(maps.allow("m", one.fits, "app"));
        CHECK_FALSE(maps.allow("m", one.does_not, "app"));
    }
}

TEST_CASE("ident: a zero byte in an expression does not hide what follows") {
    std::vector<std::string> warnings;
    CHECK(conf::parse_ident(std::string_view{"m /ann\0x$ app\n", 14}, "ident", warnings).maps.empty());
    CHECK(warnings.size() == 1);
}

TEST_CASE("ident: a missing file is a warning") {
    std::vector<std::string> warnings;
    CHECK(conf::read_ident("gone", texts::reader_of({}), warnings).maps.empty());
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("auth_ident_file: cannot read gone") == 0);
}
