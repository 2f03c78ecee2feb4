#include "protocol/startup.h"
#include "tests/support/catch.h"

using Settings = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("startup options: all three forms of a setting") {
    const Settings expected = {{"a", "1"}};
    for (const char* text : {"-c a=1", "-ca=1", "--a=1", "  -c   a=1\t\n", "-c\ta=1"}) {
        CAPTURE(text);
        CHECK(protocol::parse_options(text).value() == expected);
    }
    CHECK(protocol::parse_options("").value().empty());
    CHECK(protocol::parse_options(" \t ").value().empty());
}

TEST_CASE("startup options: several settings keep their order, values may be empty or hold an equals sign") {
    CHECK(protocol::parse_options("-c a=1 --b= -cc=x=y -c a=2").value() ==
          Settings{{"a", "1"}, {"b", ""}, {"c", "x=y"}, {"a", "2"}});
}

TEST_CASE("startup options: a backslash takes the next character literally") {
    CHECK(protocol::parse_options(R"(-c search_path=a,\ b)").value() == Settings{{"search_path", "a, b"}});
    CHECK(protocol::parse_options(R"(-c a=x\\y)").value() == Settings{{"a", R"(x\y)"}});
    CHECK(protocol::parse_options(R"(-c a=x\)").value() == Settings{{"a", "x"}});
    CHECK(protocol::parse_options(R"(\-c a=1)").value() == Settings{{"a", "1"}});
}

TEST_CASE("startup options: a hyphen in a name is an underscore, in a value it is itself") {
    CHECK(protocol::parse_options("--statement-timeout=1-2").value() ==
          Settings{{"statement_timeout", "1-2"}});
}

TEST_CASE("startup options: the word that has another form is pointed at") {
    const std::pair<const char*, std::uint32_t> cases[] = {
        {"-c", 0}, {"-c a", 0}, {"-c =1", 0},       {"--a", 0},    {"--", 0},  {"-e", 0},
        {"x", 0},  {"-", 0},    {"-c a=1 -B 4", 7}, {"  --=1", 2}, {"-d5", 0},
    };
    for (const auto& [text, offset] : cases) {
        CAPTURE(text);
        const auto parsed = protocol::parse_options(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error() == protocol::DecodeError{protocol::DecodeFault::kBadValue, offset});
    }
}
