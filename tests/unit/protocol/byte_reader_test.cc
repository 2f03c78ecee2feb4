#include "protocol/byte_reader.h"

#include "tests/support/catch.h"

using protocol::ByteReader;
using protocol::DecodeError;
using protocol::DecodeFault;

TEST_CASE("byte reader: reads big-endian, signed and unsigned") {
    ByteReader in{std::string_view{"\x80\xFF\xFE\xFF\xFF\xFF\xFE\x80\0\0\1ab", 13}};
    CHECK(in.int8() == '\x80');
    CHECK(in.int16() == -2);
    CHECK(in.int32() == -2);
    CHECK(in.uint32() == 0x80000001U);
    CHECK(in.remaining() == 2);
    CHECK(in.bytes(1) == "a");
    CHECK(in.rest() == "b");
    CHECK(in.finish(7).value() == 7);
}

TEST_CASE("byte reader: the first fault sticks and everything after it is empty") {
    ByteReader in{"abc"};
    CHECK(in.int8() == 'a');
    CHECK(in.int32() == 0);
    CHECK(in.failed());
    CHECK(in.int8() == '\0');
    CHECK(in.int16() == 0);
    CHECK(in.cstring().empty());
    CHECK(in.rest().empty());
    CHECK(in.remaining() == 0);
    in.fail(DecodeFault::kBadValue);
    CHECK(in.finish(0).error() == DecodeError{DecodeFault::kShort, 1});
}

TEST_CASE("byte reader: a string needs its terminator") {
    ByteReader good{std::string_view{"ab\0\0", 4}};
    CHECK(good.cstring() == "ab");
    CHECK(good.cstring().empty());
    CHECK_FALSE(good.failed());
    CHECK(good.cstring().empty());
    CHECK(good.finish(0).error() == DecodeError{DecodeFault::kNoTerminator, 4});
    ByteReader empty{{}};
    CHECK(empty.cstring().empty());
    CHECK(empty.finish(0).error() == DecodeError{DecodeFault::kNoTerminator, 0});
}

TEST_CASE("byte reader: unread bytes are a fault") {
    ByteReader in{"ab"};
    CHECK(in.int8() == 'a');
    CHECK(in.finish(0).error() == DecodeError{DecodeFault::kTrailingBytes, 1});
}

TEST_CASE("byte reader: an impossible count is short, not a wrap-around") {
    ByteReader in{"ab"};
    CHECK(in.bytes(SIZE_MAX).empty());
    CHECK(in.finish(0).error().fault == DecodeFault::kShort);
}

TEST_CASE("byte reader: every fault has a name") {
    for (int i = 0; i <= static_cast<int>(DecodeFault::kUnsupportedVersion); ++i) {
        CHECK(protocol::name_of(static_cast<DecodeFault>(i)) != "unknown fault");
    }
}
