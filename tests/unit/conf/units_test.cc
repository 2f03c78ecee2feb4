#include "conf/units.h"

#include "tests/support/catch.h"

TEST_CASE("units: an integer is decimal, hexadecimal or octal, and nothing else") {
    CHECK(conf::parse_int("10").value() == 10);
    CHECK(conf::parse_int("0x10").value() == 16);
    CHECK(conf::parse_int("010").value() == 8);
    CHECK(conf::parse_int("-3").value() == -3);
    for (const char* bad : {"", "7 ; x", "yes", "99999999999", "1.5"}) CHECK_FALSE(conf::parse_int(bad));
}
