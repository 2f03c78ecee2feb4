#include "conf/units.h"

#include "tests/support/catch.h"

using std::chrono::microseconds;

TEST_CASE("units: an integer is decimal, hexadecimal or octal, and nothing else") {
    CHECK(conf::parse_int("10").value() == 10);
    CHECK(conf::parse_int("0x10").value() == 16);
    CHECK(conf::parse_int("010").value() == 8);
    CHECK(conf::parse_int("-3").value() == -3);
    CHECK(conf::parse_int("2147483647").value() == 2147483647);
    CHECK(conf::parse_int("-2147483648").value() == -2147483647 - 1);
    for (const char* bad :
         {"", " ", "7 ; x", "yes", "99999999999", "1.5", "2147483648", "0x", "08", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK_FALSE(conf::parse_int(bad));
    }
    CHECK_FALSE(conf::parse_int(std::string_view{"7\0", 2}));
}

TEST_CASE("units: an unsigned integer reaches 4294967295 and is not negative") {
    CHECK(conf::parse_uint("4294967295").value() == 4294967295U);
    CHECK(conf::parse_uint("0").value() == 0);
    CHECK_FALSE(conf::parse_uint("4294967296"));
    CHECK_FALSE(conf::parse_uint("-1"));
}

TEST_CASE("units: a boolean is an integer, and words are refused") {
    CHECK_FALSE(conf::parse_bool("0").value());
    CHECK(conf::parse_bool("1").value());
    CHECK(conf::parse_bool("-7").value());
    for (const char* bad : {"yes", "on", "true", "no", "off", "false", ""}) {
        CAPTURE(bad);
        CHECK_FALSE(conf::parse_bool(bad));
    }
}

TEST_CASE("units: a time is a number of seconds without a unit, and not negative") {
    CHECK(conf::parse_time("3600").value() == microseconds{3'600'000'000});
    CHECK(conf::parse_time("1.5").value() == microseconds{1'500'000});
    CHECK(conf::parse_time("0").value() == microseconds{0});
    CHECK(conf::parse_time(".25").value() == microseconds{250'000});
    CHECK(conf::parse_time("0.000001").value() == microseconds{1});
    for (const char* bad : {"", "-1", "5s", "5 s", "abc", "nan", "inf", "-inf", "1,5"}) {
        CAPTURE(bad);
        CHECK_FALSE(conf::parse_time(bad));
    }
}

TEST_CASE("units: a time too long to compute with is cut") {
    CHECK(conf::parse_time("1e300").value() == conf::kLongestTime);
    CHECK(conf::parse_time("1000000001").value() == conf::kLongestTime);
}

TEST_CASE("units: a time is shown as the shortest decimal number") {
    for (const char* text : {"0", "1.5", "3600", "0.25", "0.000001", "1000000000", "12.000345"}) {
        CAPTURE(text);
        CHECK(conf::show_time(conf::parse_time(text).value()) == text);
    }
    CHECK(conf::show_time(conf::parse_time("1.50").value()) == "1.5");
    CHECK(conf::show_time(conf::parse_time("1e1").value()) == "10");
}

TEST_CASE("units: an integer of a connect string counts its leading digits and says if it was clean") {
    struct Row {
        const char* text;
        int value;
        bool clean;
    };
    for (const Row& row :
         {Row{"15", 15, true}, Row{"-1", -1, true}, Row{"010", 10, true}, Row{"15abc", 15, false},
          Row{"abc", 0, false}, Row{"", 0, false}, Row{"0x10", 0, false},
          Row{"99999999999", 2147483647, false}, Row{"-99999999999999999999", -2147483647 - 1, false}}) {
        CAPTURE(row.text);
        const conf::LenientInt number = conf::parse_lenient_int(row.text);
        CHECK(number.value == row.value);
        CHECK(number.clean == row.clean);
    }
}
