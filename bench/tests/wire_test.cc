#include "bench/wire.h"

#include "tests/support/catch.h"

using bench::MessageWriter;

TEST_CASE("wire: the walker finds every message however the stream is cut") {
    std::string stream;
    MessageWriter{stream, '1'};
    MessageWriter{stream, 'D'}.bytes(std::string(1000, 'x'));
    MessageWriter{stream, 'E'}.byte('C').cstring("40001").byte('M').cstring("again").byte('\0');
    MessageWriter{stream, 'Z'}.byte('I');
    const std::size_t step = GENERATE(1U, 2U, 3U, 5U, 7U, 1000U, 5000U);
    CAPTURE(step);
    bench::StreamWalker walker;
    std::string tags;
    std::string sqlstate;
    for (std::size_t at = 0; at < stream.size(); at += step) {
        REQUIRE(walker.feed(std::string_view{stream}.substr(at, step), [&](char tag, std::string_view body) {
            tags += tag;
            if (tag == 'E') sqlstate = bench::error_field(body, 'C');
            return true;
        }));
    }
    CHECK(tags == "1DEZ");
    CHECK(sqlstate == "40001");
}

TEST_CASE("wire: a length below 4 stops the walk") {
    bench::StreamWalker walker;
    CHECK_FALSE(walker.feed(std::string_view{"Z\0\0\0\3I", 6}, [](char, std::string_view) { return true; }));
}

TEST_CASE("wire: a reader past the end says so and gives nothing") {
    bench::BodyReader in{std::string_view{"\0\1ab", 4}};
    CHECK(in.int16() == 1);
    CHECK(in.cstring().empty());
    CHECK_FALSE(in.ok());
    CHECK(in.int32() == 0);
}
