#include "protocol/byte_writer.h"

#include "tests/support/catch.h"

using protocol::MessageWriter;

TEST_CASE("byte writer: the length is filled in and counts itself, not the tag") {
    std::string out = "before";
    MessageWriter{out, 'X'}.int8('a').int16(-2).int32(1).cstring("hi").bytes("raw");
    CHECK(out == std::string_view{"beforeX\0\0\0\x11"
                                  "a\xFF\xFE\0\0\0\1hi\0raw",
                                  24});
    const auto header = protocol::read_header(std::string_view{out}.substr(6));
    CHECK(header.total_bytes() == out.size() - 6);
}

TEST_CASE("byte writer: a tag of zero makes an untagged packet") {
    std::string out;
    MessageWriter{out, '\0'}.uint32(0x01020304);
    CHECK(out == std::string_view{"\0\0\0\x08\1\2\3\4", 8});
}

TEST_CASE("byte writer: a text cannot smuggle a field in behind a zero byte") {
    std::string out;
    MessageWriter{out, 'Q'}.cstring(std::string_view{"ab\0cd", 5});
    CHECK(out == std::string_view{"Q\0\0\0\7ab\0", 8});
}

TEST_CASE("byte writer: int32 keeps all four bytes") {
    std::string out;
    protocol::append_int32(out, 0xFEDCBA98U);
    CHECK(protocol::read_uint32(out.data()) == 0xFEDCBA98U);
}
