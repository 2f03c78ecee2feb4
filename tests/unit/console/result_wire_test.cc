#include "pooler/console/result_wire.h"

#include <array>
#include <string>
#include <vector>

#include "protocol/frame.h"
#include "protocol/result.h"
#include "tests/support/catch.h"

using namespace pooler;
using namespace std::string_literals;

namespace {

/// The one value of a row with one column, as it is on the wire behind its length.
std::string wire_value(ColumnType type, const std::string& text, Format format) {
    const std::array columns{Column{"x", type}};
    const std::array formats{format};
    std::string out;
    encode_data_row(out, columns, {text}, formats);
    const auto values = protocol::decode_data_row(std::string_view(out).substr(protocol::kHeaderBytes));
    REQUIRE(values);
    return std::string(values->at(0).value_or("NULL"));
}

struct BinaryCase {
    ColumnType type;
    std::string text;
    std::string bytes;
};

}  // namespace

TEST_CASE("result wire: a row description as PgBouncer sends it") {
    const std::array columns{Column{"name", ColumnType::kText}, Column{"n", ColumnType::kInt4}};
    std::string out;
    encode_row_description(out, columns, {});
    CHECK(out == "T\0\0\0\x31\0\x02"s +                                             //
                     "name\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"s +  //
                     "n\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0"s);
}

TEST_CASE("result wire: formats are announced per column") {
    const std::array columns{Column{"a", ColumnType::kText}, Column{"b", ColumnType::kInt8}};
    const std::array both{Format::kText, Format::kBinary};
    std::string out;
    encode_row_description(out, columns, both);
    CHECK(out.substr(out.size() - 9) == "\x14\0\x08\xff\xff\xff\xff\0\x01"s);
    CHECK(format_of({}, 1) == Format::kText);
    CHECK(format_of(std::array{Format::kBinary}, 1) == Format::kBinary);
    CHECK(format_of(both, 0) == Format::kText);
}

TEST_CASE("result wire: NULL has no bytes, an empty text has none either but is there") {
    const std::array columns{Column{"a", ColumnType::kText}, Column{"b", ColumnType::kText}};
    std::string out;
    encode_data_row(out, columns, {std::nullopt, ""}, {});
    CHECK(out == "D\0\0\0\x0e\0\x02\xff\xff\xff\xff\0\0\0\0"s);
}

TEST_CASE("result wire: binary values are what the types' receive functions take") {
    const std::vector<BinaryCase> cases{
        {ColumnType::kInt4, "6432", "\0\0\x19\x20"s},
        {ColumnType::kInt4, "-2", "\xff\xff\xff\xfe"s},
        {ColumnType::kInt8, "4294967296", "\0\0\0\x01\0\0\0\0"s},
        {ColumnType::kInt8, "-1", std::string(8, '\xff')},
        {ColumnType::kText, "caf\xc3\xa9", "caf\xc3\xa9"},
        // numeric: digits, weight, sign, scale, then the digits in base 10000
        {ColumnType::kNumeric, "0", "\0\0\0\0\0\0\0\0"s},
        {ColumnType::kNumeric, "7", "\0\x01\0\0\0\0\0\0\0\x07"s},
        {ColumnType::kNumeric, "9999", "\0\x01\0\0\0\0\0\0\x27\x0f"s},
        {ColumnType::kNumeric, "10000", "\0\x01\0\x01\0\0\0\0\0\x01"s},
        {ColumnType::kNumeric, "10001", "\0\x02\0\x01\0\0\0\0\0\x01\0\x01"s},
        {ColumnType::kNumeric, "123456789", "\0\x03\0\x02\0\0\0\0\0\x01\x09\x29\x1a\x85"s},
        {ColumnType::kNumeric, "-20000", "\0\x01\0\x01\x40\0\0\0\0\x02"s},
        {ColumnType::kNumeric, "9223372036854775807",
         "\0\x05\0\x04\0\0\0\0\x03\x9a\x0d\x2c\x01\x70\x15\x65\x16\xaf"s},
    };
    for (const BinaryCase& c : cases) {
        INFO(c.text);
        CHECK(wire_value(c.type, c.text, Format::kText) == c.text);
        CHECK(wire_value(c.type, c.text, Format::kBinary) == c.bytes);
    }
}
