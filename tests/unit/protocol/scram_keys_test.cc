#include "protocol/scram_keys.h"

#include "tests/support/catch.h"

TEST_CASE("scram keys: a verifier is built, written and read back") {
    const auto verifier = protocol::build_scram_verifier("pencil", "0123456789abcdef", 4096);
    REQUIRE(verifier);
    const std::string text = protocol::format_scram_verifier(*verifier);
    CHECK(text.substr(0, 44) == "SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg==$");
    const auto parsed = protocol::parse_scram_verifier(text);
    REQUIRE(parsed);
    CHECK(parsed->same_as(*verifier));
    CHECK_FALSE(parsed->same_as(protocol::build_scram_verifier("Pencil", "0123456789abcdef", 4096).value()));
}

TEST_CASE("scram keys: every spoiled verifier is refused") {
    const std::string text = protocol::format_scram_verifier(
        protocol::build_scram_verifier("pencil", "0123456789abcdef", 1).value());
    for (std::size_t n = 0; n < text.size(); ++n)
        CHECK_FALSE(protocol::parse_scram_verifier(text.substr(0, n)));
    for (const char* bad : {"SCRAM-SHA-1$1:AAAA$AAAA:AAAA",
                            "SCRAM-SHA-256$0:", "SCRAM-SHA-256$x:AAAA$AAAA:AAAA", "scram-sha-256$"}) {
        CHECK_FALSE(protocol::parse_scram_verifier(bad));
    }
    const auto replaced = [&text](std::string_view from, std::string_view to) {
        std::string copy = text;
        return copy.replace(copy.find(from), from.size(), to);
    };
    CHECK_FALSE(protocol::parse_scram_verifier(replaced("$1:", "$0:")));
    CHECK_FALSE(protocol::parse_scram_verifier(replaced("$1:", "$-1:")));
    CHECK_FALSE(protocol::parse_scram_verifier(replaced("$1:", "$+1:")));
    CHECK_FALSE(protocol::parse_scram_verifier(replaced("$1:", "$99999999999:")));
    CHECK_FALSE(protocol::parse_scram_verifier(replaced("MDEyMzQ1Njc4OWFiY2RlZg==", "")));
    CHECK_FALSE(protocol::parse_scram_verifier(text + "AAAA"));
    CHECK_FALSE(protocol::parse_scram_verifier(text + " "));
}

TEST_CASE("scram keys: SASLprep follows the examples of RFC 4013 and leaves the rest alone") {
    CHECK(protocol::saslprep("I\xC2\xADX") == "IX");  // soft hyphen is mapped to nothing
    CHECK(protocol::saslprep("user") == "user");
    CHECK(protocol::saslprep("USER") == "USER");
    CHECK(protocol::saslprep("\xC2\xAA") == "a");       // feminine ordinal, by NFKC
    CHECK(protocol::saslprep("\xE2\x85\xA8") == "IX");  // Roman numeral nine
    CHECK(protocol::saslprep("a\xC2\xA0z") == "a z");   // no-break space
    CHECK(protocol::saslprep("\x07") == "\x07");        // prohibited, but ASCII
    CHECK(protocol::saslprep("\xD8\xA7\x31") ==
          "\xD8\xA7\x31");  // bidirectional rule: prohibited, so taken as it is
    CHECK(protocol::saslprep("\xFFnot utf-8") == "\xFFnot utf-8");
    CHECK(protocol::saslprep("\xC2\xAD") == "\xC2\xAD");  // nothing would be left
    CHECK(protocol::saslprep("").empty());
}

TEST_CASE("scram keys: passwords of any length are derived") {
    const auto one = protocol::derive_keys(std::string(1024, 'p'), "salt", 2);
    const auto two = protocol::derive_keys(std::string(65535, 'p'), "salt", 2);
    const auto none = protocol::derive_keys("", "salt", 2);
    REQUIRE((one && two && none));
    CHECK(one->client_key != two->client_key);
    CHECK(none->client_key != one->client_key);
    CHECK_FALSE(protocol::derive_keys("p", "salt", 0));
    CHECK_FALSE(protocol::derive_keys("p", "salt", -1));
}

TEST_CASE("scram keys: base64 is strict and inverse to itself") {
    for (std::size_t n = 0; n < 70; ++n) {
        std::string data(n, '\0');
        for (std::size_t i = 0; i < n; ++i) data[i] = static_cast<char>(i * 37);
        const std::string text = protocol::base64_encode(data);
        CHECK(text.find('\0') == std::string::npos);
        CHECK(protocol::base64_decode(text) == data);
        if (n != 0) CHECK_FALSE(protocol::base64_decode(text.substr(1)));
    }
    for (const char* bad :
         {"A", "AA", "AAA", "A===", "====", "=AAA", "AA=A", "AAA\n", " AAA", "AA-_", "AAAA===="}) {
        CAPTURE(bad);
        CHECK_FALSE(protocol::base64_decode(bad));
    }
}
