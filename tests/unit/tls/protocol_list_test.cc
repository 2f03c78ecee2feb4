#include "tls/protocol_list.h"

#include "tests/support/catch.h"

using tls::parse_versions;
using tls::Versions;

TEST_CASE("tls versions: the words of PgBouncer") {
    CHECK(*parse_versions("secure") == Versions{false, false, true, true});
    CHECK(*parse_versions("default") == *parse_versions("secure"));
    CHECK(*parse_versions("") == *parse_versions("secure"));
    CHECK(*parse_versions("all") == Versions{true, true, true, true});
    CHECK(*parse_versions("tlsv1") == *parse_versions("all"));
    CHECK(*parse_versions("TLSv1.3") == Versions{.v13 = true});
}

TEST_CASE("tls versions: gaps are honoured and an exclamation mark takes one out") {
    CHECK(*parse_versions("tlsv1.1:tlsv1.3") == Versions{false, true, false, true});
    CHECK(*parse_versions("all, !tlsv1.0") == Versions{false, true, true, true});
    CHECK(*parse_versions("!tlsv1.3") == Versions{true, true, true, false});
}

TEST_CASE("tls versions: an unknown word and an empty rest are errors") {
    CHECK(parse_versions("legacy").error().text == "unknown TLS version \"legacy\"");
    CHECK(parse_versions("tlsv1.2,!tlsv1.2").error().text == "no TLS version is left");
    CHECK_FALSE(parse_versions("!"));
}
