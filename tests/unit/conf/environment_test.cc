#include "conf/environment.h"

#include <cstdlib>

#include "tests/support/catch.h"

TEST_CASE("environment: variables, defaults and literal dollar signs") {
    const conf::Environment environment{
        {"HOST", "db.example.com"}, {"EMPTY", ""}, {"A_1", "x"}, {"NEST", "${HOST}"}};
    struct Row {
        const char* text;
        const char* expanded;
    };
    for (const Row& row : {Row{"", ""}, Row{"plain", "plain"}, Row{"${HOST}", "db.example.com"},
                           Row{"a${HOST}b${A_1}c", "adb.example.combxc"},
                           Row{"${NONE:-fall back}", "fall back"}, Row{"${NONE:-}", ""}, Row{"${EMPTY}", ""},
                           Row{"${EMPTY:-used}", "used"}, Row{"${HOST:-unused}", "db.example.com"},
                           Row{"$${HOST}", "${HOST}"}, Row{"$1 and $$ and $HOST", "$1 and $$ and $HOST"},
                           Row{"$", "$"}, Row{"${NEST}", "${HOST}"}, Row{"{HOST}", "{HOST}"}}) {
        CAPTURE(row.text);
        const auto expanded = conf::expand(row.text, environment);
        REQUIRE(expanded);
        CHECK(*expanded == row.expanded);
    }
}

TEST_CASE("environment: an unset variable without default is an error that names it") {
    const auto missing = conf::expand("x${SECRET}y", {});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().text.find("'SECRET'") != std::string::npos);
}

TEST_CASE("environment: a malformed variable is an error and never taken literally") {
    for (const char* bad : {"${", "${}", "${HOST", "${1A}", "${A B}", "${A-x}", "${A:x}", "${:-x}"}) {
        CAPTURE(bad);
        CHECK_FALSE(conf::expand(bad, {{"A", "1"}, {"HOST", "1"}}));
    }
}

TEST_CASE("environment: the process's variables are the ones that are set") {
    REQUIRE(setenv("WEIR_TEST_VARIABLE", "a=b", 1) == 0);
    CHECK(conf::process_environment().at("WEIR_TEST_VARIABLE") == "a=b");
    REQUIRE(unsetenv("WEIR_TEST_VARIABLE") == 0);
    CHECK_FALSE(conf::process_environment().contains("WEIR_TEST_VARIABLE"));
}
