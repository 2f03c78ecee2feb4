#include "pooler/session/secret_cache.h"

#include "pooler/session/secret_query.h"
#include "protocol/error_notice.h"
#include "protocol/extended_query.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "tests/support/catch.h"

using pooler::SecretCache;
using pooler::SecretKey;
using namespace std::chrono_literals;

namespace {

SecretKey key(const std::string& user) { return {"db", "role", "query", user}; }

const pooler::Clock::time_point kStart{1h};

using Values = std::vector<std::optional<std::string_view>>;

std::string reply(const std::vector<Values>& rows) {
    std::string out;
    protocol::encode_parse_complete(out);
    protocol::encode_bind_complete(out);
    for (const Values& row : rows) protocol::encode_data_row(out, row);
    protocol::encode_command_complete(out, "SELECT");
    protocol::encode_ready_for_query(out, protocol::TransactionStatus::kIdle);
    return out;
}

std::string fault(const std::string& replies) {
    const auto read = pooler::read_secret_reply(replies);
    return read ? "" : read.error();
}

}  // namespace

TEST_CASE("secrets: an answer counts for its time, also that there is no such user") {
    SecretCache cache;
    cache.store(key("ann"), pooler::UserSecret{"ann", "x"}, kStart);
    cache.store(key("nobody"), std::nullopt, kStart);
    CHECK(cache.find(key("ann"), kStart + 5s, 5s)->answer->secret == "x");
    CHECK_FALSE(cache.find(key("ann"), kStart + 5001ms, 5s));
    REQUIRE(cache.find(key("nobody"), kStart, 5s));
    CHECK_FALSE(cache.find(key("nobody"), kStart, 5s)->answer);
    CHECK_FALSE(cache.find(key("bob"), kStart, 5s));
    CHECK_FALSE(cache.find({"other db", "role", "query", "ann"}, kStart, 5s));
}

TEST_CASE("secrets: an answer that did not help is forgotten, unless it is newer than that") {
    SecretCache cache;
    cache.store(key("ann"), pooler::UserSecret{"ann", "x"}, kStart);
    cache.forget(key("ann"), kStart - 1s);
    CHECK(cache.find(key("ann"), kStart, 5s));
    cache.forget(key("ann"), kStart);
    CHECK_FALSE(cache.find(key("ann"), kStart, 5s));
    cache.store(key("ann"), pooler::UserSecret{"ann", "y"}, kStart);
    cache.clear();
    CHECK(cache.size() == 0);
}

TEST_CASE("secrets: invented names do not push out real users, and the cache stays bounded") {
    SecretCache cache;
    cache.store(key("ann"), pooler::UserSecret{"ann", "x"}, kStart);
    for (std::size_t i = 0; i < 2 * SecretCache::kMaxEntries; ++i)
        cache.store(key("no" + std::to_string(i)), std::nullopt, kStart);
    CHECK(cache.size() <= SecretCache::kMaxEntries);
    CHECK(cache.find(key("ann"), kStart, 5s));
    for (std::size_t i = 0; i < 2 * SecretCache::kMaxEntries; ++i)
        cache.store(key("real" + std::to_string(i)), pooler::UserSecret{"real", ""}, kStart);
    CHECK(cache.size() <= SecretCache::kMaxEntries);
}

TEST_CASE("secrets: a reply is no row, or one with a name and a secret") {
    CHECK_FALSE(pooler::read_secret_reply(reply({})).value());
    const auto found = pooler::read_secret_reply(reply({{"ann", "secret"}})).value();
    REQUIRE(found);
    CHECK(found->user == "ann");
    CHECK(found->secret == "secret");
    CHECK(pooler::read_secret_reply(reply({{"ann", std::nullopt}})).value()->secret.empty());
}

TEST_CASE("secrets: any other reply says what is wrong with it") {
    CHECK(fault(reply({{std::nullopt, "x"}})) == "it returned no user name");
    CHECK(fault(reply({{"", "x"}})) == "it returned no user name");
    CHECK(fault(reply({{"a"}})) == "it must return two columns, not 1");
    CHECK(fault(reply({{"a", "b", "c"}})) == "it must return two columns, not 3");
    CHECK(fault(reply({{"a", "b"}, {"a", "b"}})) == "it returned more than one row");
    std::string error;
    protocol::encode_error(error, "ERROR", "42501", "permission denied");
    CHECK(fault(error) == "permission denied");
    const std::string whole = reply({{"ann", "secret"}});
    for (std::size_t cut = 0; cut < whole.size(); ++cut)
        CHECK(fault(whole.substr(0, cut)) == "the answer is cut off");
}
