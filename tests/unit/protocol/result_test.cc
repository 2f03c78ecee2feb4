#include "protocol/result.h"

#include "protocol/copy.h"
#include "tests/support/catch.h"

using protocol::DecodeFault;
using Value = std::optional<std::string_view>;

namespace {

std::string_view body_of(const std::string& message) { return std::string_view{message}.substr(5); }

}  // namespace

TEST_CASE("result: columns come back with name, type and size") {
    std::string out;
    const protocol::Column columns[] = {{"id", protocol::kOidInt8, 8}, {"", 4294967295U, -1}};
    protocol::encode_row_description(out, columns);
    const auto decoded = protocol::decode_row_description(body_of(out)).value();
    REQUIRE(decoded.size() == 2);
    CHECK(decoded[0].name == "id");
    CHECK(decoded[0].oid == protocol::kOidInt8);
    CHECK(decoded[0].size == 8);
    CHECK(decoded[1].name.empty());
    CHECK(decoded[1].oid == 4294967295U);
    CHECK(decoded[1].size == -1);
}

TEST_CASE("result: the bytes of a row description are those of the documentation") {
    std::string out;
    const protocol::Column column{"v", protocol::kOidInt4, 4};
    protocol::encode_row_description(out, {&column, 1});
    const std::string_view expected{
        "T\0\0\0\x1a\0\1v\0"
        "\0\0\0\0\0\0\0\0\0\x17\0\4\xFF\xFF\xFF\xFF\0\0",
        27};
    CHECK(out == expected);
}

TEST_CASE("result: a row tells NULL from an empty text") {
    std::string out;
    const Value values[] = {"1", std::nullopt, "", std::string_view{"a\0b", 3}};
    protocol::encode_data_row(out, values);
    CHECK(protocol::decode_data_row(body_of(out)).value() ==
          std::vector<Value>{"1", std::nullopt, "", std::string_view{"a\0b", 3}});
}

TEST_CASE("result: a row without columns is a row") {
    std::string out;
    protocol::encode_data_row(out, {});
    CHECK(protocol::decode_data_row(body_of(out)).value().empty());
    std::string description;
    protocol::encode_row_description(description, {});
    CHECK(protocol::decode_row_description(body_of(description)).value().empty());
}

TEST_CASE("result: hostile counts and lengths are refused without an allocation of that size") {
    CHECK(protocol::decode_row_description(std::string_view{"\xFF\xFF", 2}).error().fault ==
          DecodeFault::kShort);
    CHECK(protocol::decode_data_row(std::string_view{"\xFF\xFF", 2}).error().fault == DecodeFault::kShort);
    CHECK(protocol::decode_data_row(std::string_view{"\0\1\xFF\xFF\xFF\xFE", 6}).error().fault ==
          DecodeFault::kBadLength);
    CHECK(protocol::decode_data_row(std::string_view{"\0\1\x7F\xFF\xFF\xFF", 6}).error().fault ==
          DecodeFault::kShort);
}

TEST_CASE("result: a command tag comes back") {
    std::string out;
    protocol::encode_command_complete(out, "INSERT 0 1");
    CHECK(protocol::decode_command_complete(body_of(out)).value() == "INSERT 0 1");
}

TEST_CASE("simple query: a text comes back and ends at its terminator") {
    std::string out;
    protocol::encode_query(out, "SELECT 1");
    CHECK(protocol::decode_query(body_of(out)).value() == "SELECT 1");
    CHECK(protocol::decode_query(std::string_view{"a\0b\0", 4}).error().fault == DecodeFault::kTrailingBytes);
    CHECK(protocol::decode_query("a").error().fault == DecodeFault::kNoTerminator);
    std::string empty;
    protocol::encode_empty_query_response(empty);
    CHECK(empty == std::string_view{"I\0\0\0\4", 5});
}

TEST_CASE("copy: messages have the bytes of the documentation") {
    std::string out;
    protocol::encode_copy_in_response(out, 2);
    CHECK(out == std::string_view{"G\0\0\0\x0b\0\0\2\0\0\0\0", 12});
    out.clear();
    protocol::encode_copy_out_response(out, 1);
    CHECK(out == std::string_view{"H\0\0\0\x09\0\0\1\0\0", 10});
    out.clear();
    protocol::encode_copy_data(out, std::string_view{"1\0", 2});
    protocol::encode_copy_done(out);
    CHECK(out == std::string_view{"d\0\0\0\x06"
                                  "1\0c\0\0\0\4",
                                  12});
    out.clear();
    protocol::encode_copy_fail(out, "no more");
    CHECK(protocol::decode_copy_fail(body_of(out)).value() == "no more");
}
