#include "conf/connstr.h"

#include "tests/support/catch.h"

namespace {

/// "<URL> key=[value] key=[value]", or "error".
std::string flat(std::string_view text, const conf::Environment& environment = {}) {
    const auto found = conf::parse_connstr(text, environment);
    if (!found) return "error";
    std::string out = found->url.empty() ? "" : "<" + found->url + ">";
    for (const auto& pair : found->pairs)
        out += (out.empty() ? "" : " ") + pair.key + "=[" + pair.value + "]";
    return out;
}

}  // namespace

TEST_CASE("connstr: pairs, spaces and quotes are read as PgBouncer reads them") {
    struct Row {
        const char* text;
        const char* pairs;
    };
    for (const Row& row : {
             Row{"", ""},
             Row{"   ", ""},
             Row{"host=a port=1", "host=[a] port=[1]"},
             Row{"  host  =  a   port=1 ", "host=[a] port=[1]"},
             Row{"host=a host=b", "host=[a] host=[b]"},
             Row{"password='a b'", "password=[a b]"},
             Row{"password='it''s'", "password=[it's]"},
             Row{R"(password='a\' user=b)", R"(password=[a\] user=[b])"},
             Row{R"(password=a\b)", R"(password=[a\b])"},
             Row{"password=a'b", "password=[a'b]"},
             Row{"password=a=b", "password=[a=b]"},
             Row{"host=a\tport=1", "host=[a\tport=1]"},
             Row{"password=''''", "password=[']"},
         }) {
        CAPTURE(row.text);
        CHECK(flat(row.text) == row.pairs);
    }
}

TEST_CASE("connstr: what PgBouncer refuses is refused") {
    for (const char* bad : {"host", "host=", "password=''", "host= ", "=a", "host a", "password='a",
                            "password='a'b=c", "host=a port", "'host'=a =b"}) {
        CAPTURE(bad);
        CHECK(flat(bad) == "error");
    }
}

TEST_CASE("connstr: a variable is replaced inside its value and never adds a key") {
    const conf::Environment environment{
        {"PW", "it's a 'b' user=root"}, {"ALL", "host=a port=5"}, {"EMPTY", ""}};
    CHECK(flat("user=x password=${PW}", environment) == "user=[x] password=[it's a 'b' user=root]");
    CHECK(flat("password='<${PW}>'", environment) == "password=[<it's a 'b' user=root>]");
    CHECK(flat("host='${NONE:-a b}'", environment) == "host=[a b]");
    CHECK(flat("password=$${PW}", environment) == "password=[${PW}]");
    CHECK(flat("password=${NONE}", environment) == "error");
    CHECK(flat("password=${EMPTY}", environment) == "error");
    CHECK(flat("host=b ${ALL}", environment) == "error");
    CHECK(flat("${PW}=a", environment) == "${PW}=[a]");
}

TEST_CASE("connstr: a whole connect string may come from one variable") {
    const conf::Environment environment{{"ALL", "host=a port=5"}, {"EMPTY", ""}, {"NEST", "password=${ALL}"}};
    CHECK(flat("${ALL}", environment) == "host=[a] port=[5]");
    CHECK(flat("${EMPTY}", environment).empty());
    CHECK(flat("${NONE:-host=b}", environment) == "host=[b]");
    CHECK(flat("${NEST}", environment) == "password=[${ALL}]");
    CHECK(flat("${ALL} user=x port=${NONE:-6}", environment) == "host=[a] port=[5] user=[x] port=[6]");
    CHECK(flat("${ALL}user=x", environment) == "${ALL}user=[x]");
}

TEST_CASE("connstr: a URL may stand first, as it is or as a variable") {
    const conf::Environment environment{{"URL", "postgresql://u:p%20w@h:1/d?sslmode=verify-full"},
                                        {"MORE", " postgres://h/  pool_size=3 "},
                                        {"PW", "a=b"}};
    CHECK(flat("postgresql://h/d", environment) == "<postgresql://h/d>");
    CHECK(flat("  postgres://u:${PW}@h/?a=b  pool_size=2", environment) ==
          "<postgres://u:a=b@h/?a=b> pool_size=[2]");
    CHECK(flat("${URL}", environment) == "<postgresql://u:p%20w@h:1/d?sslmode=verify-full>");
    CHECK(flat("${URL} pool_size=2", environment) ==
          "<postgresql://u:p%20w@h:1/d?sslmode=verify-full> pool_size=[2]");
    CHECK(flat("${MORE} user=${PW}", environment) == "<postgres://h/> pool_size=[3] user=[a=b]");
    CHECK(flat("${NONE:-postgresql://h/} user=x", environment) == "<postgresql://h/> user=[x]");
    CHECK(flat("postgresql://u:${NONE}@h/", environment) == "error");
    const auto behind = conf::parse_connstr("user=x postgresql://u:hunter2@h/", environment);
    REQUIRE_FALSE(behind);
    CHECK(behind.error().text == "a URL must stand first, and be a postgresql:// one");
}

TEST_CASE("connstr: an error names the key and never shows a value") {
    const auto failed = conf::parse_connstr("user=a password='hunter2", {});
    REQUIRE_FALSE(failed);
    CHECK(failed.error().text.find("'password'") != std::string::npos);
    CHECK(failed.error().text.find("hunter2") == std::string::npos);
}
