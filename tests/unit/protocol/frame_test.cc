#include "protocol/frame.h"

#include "tests/support/catch.h"

TEST_CASE("frame: the length counts itself but not the tag") {
    const auto header = protocol::read_header(std::string_view{"Z\0\0\0\5I", 6});
    CHECK(header.type == 'Z');
    CHECK(header.valid());
    CHECK(header.body_bytes() == 1);
    CHECK(header.total_bytes() == 6);
    CHECK_FALSE(protocol::read_header(std::string_view{"Z\0\0\0\3", 5}).valid());
}
