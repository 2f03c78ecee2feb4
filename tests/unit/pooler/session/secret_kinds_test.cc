#include "pooler/session/secret_kinds.h"

#include <string>

#include "pooler/session/secret_cache.h"
#include "protocol/md5.h"
#include "protocol/scram.h"
#include "tests/support/catch.h"

using pooler::SecretKinds;

namespace {

std::string verifier() {
    return protocol::format_scram_verifier(*protocol::build_scram_verifier("x", "0123456789abcdef", 4096));
}

/// How many of a thousand invented names are asked in SCRAM.
int in_scram(const SecretKinds& kinds, const std::string& process_secret = "process secret") {
    int count = 0;
    for (int i = 0; i < 1000; ++i)
        if (kinds.ask_scram("no" + std::to_string(i), process_secret)) ++count;
    return count;
}

}  // namespace

TEST_CASE("secret kinds: unknown users are asked like known ones, in the same parts") {
    CHECK(in_scram({}) == 1000);
    CHECK(in_scram({.scram = 3, .other = 0}) == 1000);
    CHECK(in_scram({.scram = 0, .other = 1}) == 0);
    const int half = in_scram({.scram = 70'000, .other = 70'000});
    CHECK(half > 400);
    CHECK(half < 600);
    const int few = in_scram({.scram = 1, .other = 9});
    CHECK(few > 50);
    CHECK(few < 150);
}

TEST_CASE("secret kinds: a name is always asked in the same way, another process asks others") {
    const SecretKinds kinds{.scram = 1, .other = 1};
    bool differs = false;
    for (int i = 0; i < 50; ++i) {
        const std::string name = "no" + std::to_string(i);
        const bool said = kinds.ask_scram(name, "a");
        CHECK(kinds.ask_scram(name, "a") == said);
        // More verifiers never turn one who is asked in SCRAM into one who is not.
        if (said) CHECK(SecretKinds{.scram = 3, .other = 1}.ask_scram(name, "a"));
        if (kinds.ask_scram(name, "b") != said) differs = true;
    }
    CHECK(differs);
}

TEST_CASE("secret kinds: what is seen counts by its kind, what was seen long ago less") {
    SecretKinds kinds;
    kinds.add("");
    CHECK(kinds.scram + kinds.other == 0);
    kinds.add("SCRAM-SHA-256$broken");
    kinds.add("plain");
    kinds.add(protocol::md5_password_hash("x", "ann"));
    CHECK(kinds.other == 3);
    kinds.add(verifier());
    CHECK(kinds.scram == 1);
    for (int i = 0; i < 20'000; ++i) kinds.add(verifier());
    CHECK(kinds.other == 0);
    CHECK(in_scram(kinds) == 1000);
}

TEST_CASE("secret kinds: those of a userlist and of what auth_query returned") {
    std::vector<std::string> warnings;
    const auto list = conf::parse_userlist("\"a\" \"" + verifier() +
                                               "\"\n\"b\" \"plain\"\n\"c\" \"\"\n\"d\" \"md5\"\n\"b\" \"" +
                                               verifier() + "\"\n",
                                           "users.txt", warnings);
    CHECK(SecretKinds::of(list).scram == 2);
    CHECK(SecretKinds::of(list).other == 1);

    pooler::SecretCache cache;
    const pooler::Clock::time_point now{};
    cache.store({"db", "role", "query", "ann"}, pooler::UserSecret{"ann", "x"}, now);
    cache.store({"db", "role", "query", "bob"}, pooler::UserSecret{"bob", ""}, now);
    cache.store({"db", "role", "query", "no"}, std::nullopt, now);
    cache.clear();
    CHECK(cache.kinds().other == 1);
    CHECK(cache.kinds().scram == 0);
}
