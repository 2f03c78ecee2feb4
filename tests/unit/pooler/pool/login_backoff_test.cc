#include "pooler/pool/login_backoff.h"

#include "tests/support/catch.h"

using pooler::LoginBackoff;
using namespace std::chrono_literals;

namespace {

const pooler::Clock::time_point kStart{1h};
const pooler::LoginFailure kRefusal{"28P01", "password authentication failed for user"};

/// How long `key` is held back after another refusal at `now`, to the tenth of a second.
pooler::Clock::duration pause_after(LoginBackoff& backoff, const std::string& key,
                                    pooler::Clock::time_point now, pooler::Microseconds retry) {
    backoff.record(key, kRefusal, now, retry);
    auto pause = pooler::Clock::duration{0};
    while (backoff.refused(key, now + pause)) pause += 100ms;
    return pause;
}

}  // namespace

TEST_CASE("backoff: a refused secret rests, longer each time, up to a limit") {
    LoginBackoff backoff;
    CHECK(backoff.empty());
    const std::string key = backoff.key_of({"server", "ann", "secret"});
    const std::vector<pooler::Clock::duration> expected{1s, 1s, 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
    for (const auto& pause : expected) CHECK(pause_after(backoff, key, kStart, 1s) == pause);
    CHECK_FALSE(backoff.empty());
    CHECK(backoff.refused(key, kStart)->message == kRefusal.message);
    CHECK(pause_after(backoff, backoff.key_of({"slow"}), kStart, 100s) == 100s);
}

TEST_CASE("backoff: another secret, user or server is tried at once, and a success ends it") {
    LoginBackoff backoff;
    const std::string key = backoff.key_of({"server", "ann", "secret"});
    backoff.record(key, kRefusal, kStart, 1s);
    CHECK(backoff.refused(key, kStart));
    for (const auto& other : {std::vector<std::string_view>{"server", "ann", "new"},
                              {"server", "bob", "secret"},
                              {"other", "ann", "secret"},
                              {"server", "anns", "ecret"}})
        CHECK_FALSE(backoff.refused(backoff.key_of(other), kStart));
    backoff.forget(key);
    CHECK_FALSE(backoff.refused(key, kStart));
    CHECK(backoff.empty());
}

TEST_CASE("backoff: its keys do not show the secret and differ between processes") {
    const LoginBackoff one;
    const LoginBackoff other;
    CHECK(one.key_of({"a", "secret"}).find("secret") == std::string::npos);
    CHECK(one.key_of({"a", "secret"}) == one.key_of({"a", "secret"}));
    CHECK(one.key_of({"a", "secret"}) != other.key_of({"a", "secret"}));
}

TEST_CASE("backoff: it stays bounded") {
    LoginBackoff backoff;
    for (std::size_t i = 0; i <= LoginBackoff::kMaxEntries; ++i)
        backoff.record(std::to_string(i), kRefusal, kStart, 1s);
    CHECK(backoff.refused(std::to_string(LoginBackoff::kMaxEntries), kStart));
    CHECK_FALSE(backoff.refused("0", kStart));
}

TEST_CASE("backoff: only what a server says of user and password counts as a refused secret") {
    CHECK(pooler::is_refused_secret({"28P01", ""}));
    CHECK(pooler::is_refused_secret({"28000", ""}));
    CHECK(pooler::is_refused_secret({"XXUUU", "", true, true}));
    CHECK_FALSE(pooler::is_refused_secret({"XXUUU", ""}));
    for (const char* other : {"", "57P03", "53300", "3D000", "08P01"})
        CHECK_FALSE(pooler::is_refused_secret({other, ""}));
}
