#include "pooler/base/timestamp.h"

#include "tests/support/catch.h"

using std::chrono::milliseconds;
using Time = std::chrono::system_clock::time_point;

TEST_CASE("timestamp: UTC with milliseconds, also before 1970") {
    CHECK(pooler::rfc3339(Time{}) == "1970-01-01T00:00:00.000Z");
    CHECK(pooler::rfc3339(Time{milliseconds{1'769'860'800'125}}) == "2026-01-31T12:00:00.125Z");
    CHECK(pooler::rfc3339(Time{milliseconds{-1}}) == "1969-12-31T23:59:59.999Z");
}
