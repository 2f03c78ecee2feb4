#include "pooler/base/recent_values.h"

#include <string>

#include "tests/support/catch.h"

using pooler::RecentValues;

namespace {
std::shared_ptr<const std::string> text(const std::string& value) {
    return std::make_shared<const std::string>(value);
}
}  // namespace

TEST_CASE("recent values: equal ones become one object, others do not") {
    RecentValues<std::string> cache;
    const auto first = cache.share(text("a"));
    CHECK(cache.share(text("a")) == first);
    CHECK(cache.share(first) == first);
    const auto second = cache.share(text("b"));
    CHECK(*second == "b");
    CHECK(cache.share(text("b")) == second);
    CHECK(cache.share(text("a")) == first);
}

TEST_CASE("recent values: the oldest makes room, and lives on with whoever holds it") {
    RecentValues<std::string> cache;
    const auto oldest = cache.share(text("0"));
    const auto next = cache.share(text("1"));
    for (int i = 2; i <= 64; ++i) static_cast<void>(cache.share(text(std::to_string(i))));
    CHECK(cache.share(text("1")) == next);
    CHECK(*oldest == "0");
    const auto again = cache.share(text("0"));
    CHECK(again != oldest);
    CHECK(oldest.use_count() == 1);
}
