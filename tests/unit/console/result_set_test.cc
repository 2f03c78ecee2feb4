#include "pooler/console/result_set.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "tests/support/catch.h"

using namespace pooler;

namespace {

constexpr std::array kColumns{Column{"small", ColumnType::kInt4}, Column{"big", ColumnType::kInt8},
                              Column{"sum", ColumnType::kNumeric}, Column{"word", ColumnType::kText}};

}  // namespace

TEST_CASE("result set: numbers stay within the column's type") {
    constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
    ResultSet set(kColumns);
    set.row().integer(kHuge).integer(kHuge).integer(std::uint64_t{5000000000}).text("x");
    set.row().integer(std::int64_t{-5000000000}).integer(std::int64_t{-5000000000}).null().null();
    REQUIRE(set.rows().size() == 2);
    CHECK(set.rows()[0] == Row{"2147483647", "9223372036854775807", "5000000000", "x"});
    CHECK(set.rows()[1] == Row{"-2147483648", "-5000000000", std::nullopt, std::nullopt});
}

TEST_CASE("result set: an optional text without value is NULL, an empty one is not") {
    ResultSet set(kColumns);
    set.row().boolean(true).boolean(false).text_or_null(std::nullopt).text("");
    CHECK(set.rows()[0] == Row{"1", "0", std::nullopt, ""});
}

TEST_CASE("result set: time is local time with the zone's name") {
    const char* const before = std::getenv("TZ");
    const std::string saved = before == nullptr ? "" : before;
    ::setenv("TZ", "XYZ-2", 1);  // two hours east of UTC
    ::tzset();
    ResultSet set(kColumns);
    set.row().time(WallTime{std::chrono::seconds{86400 + 3661}});
    CHECK(set.rows()[0][0] == "1970-01-02 03:01:01 XYZ");
    if (before == nullptr) {
        ::unsetenv("TZ");
    } else {
        ::setenv("TZ", saved.c_str(), 1);
    }
    ::tzset();
}

TEST_CASE("result set: type lengths are those of pg_type") {
    CHECK(type_length(ColumnType::kInt4) == 4);
    CHECK(type_length(ColumnType::kInt8) == 8);
    CHECK(type_length(ColumnType::kText) == -1);
    CHECK(type_length(ColumnType::kNumeric) == -1);
}
