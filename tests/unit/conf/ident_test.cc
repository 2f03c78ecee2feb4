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

TEST_CASE("ident: a missing file is a warning") {
    std::vector<std::string> warnings;
    CHECK(conf::read_ident("gone", texts::reader_of({}), warnings).maps.empty());
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("auth_ident_file: cannot read gone") == 0);
}
