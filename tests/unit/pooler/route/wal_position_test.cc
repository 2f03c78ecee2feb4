// Positions in PostgreSQL's log.
#include "pooler/route/wal_position.h"

#include "tests/support/catch.h"

using pooler::end_before;
using pooler::parse_wal_position;

TEST_CASE("wal position: a timeline stands in front of a position") {
    using pooler::parse_timeline_position;
    CHECK(parse_timeline_position("0000000A 16/B374D848") == pooler::TimelinePosition{10, 0x16B374D848});
    CHECK(parse_timeline_position("2 0/0") == pooler::TimelinePosition{2, 0});
    for (const char* wrong :
         {"", "16/B374D848", "0 0/1", "x 0/1", "1 0", "1  0/1", " 0/1", "1FFFFFFFF 0/1"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_timeline_position(wrong));
    }
}

TEST_CASE("wal position: two hexadecimal halves") {
    CHECK(parse_wal_position("16/B374D848") == 0x16B374D848U);
    CHECK(parse_wal_position("0/0") == 0U);
    CHECK(parse_wal_position("FFFFFFFF/FFFFFFFF") == UINT64_MAX);
    for (const char* bad : {"", "/", "1/", "/1", "1", "g/1", "1/1 ", "100000000/0", "-1/1", "0x1/1"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_wal_position(bad));
    }
}

TEST_CASE("wal position: behind the header of a page nothing was written on it") {
    CHECK(end_before(0x2000018) == 0x2000000);
    CHECK(end_before(0x2000028) == 0x2000000);
    CHECK(end_before(0x2002018) == 0x2002000);
    CHECK(end_before(0x2000020) == 0x2000020);
    CHECK(end_before(0x2000000) == 0x2000000);
}
