#include "pooler/server/shape.h"

#include <vector>

#include "protocol/byte_writer.h"
#include "tests/support/catch.h"

using pooler::Shape;

namespace {

std::string int16(int value) {
    std::string bytes;
    protocol::append_int16(bytes, static_cast<std::uint16_t>(value));
    return bytes;
}

std::string int32(std::uint32_t value) {
    std::string bytes;
    protocol::append_int32(bytes, value);
    return bytes;
}

struct Field {
    std::string name = "a";
    std::uint32_t table = 1000;
    int number = 1;
    std::uint32_t type = 23;
    int size = 4;
    std::uint32_t modifier = 0xFFFFFFFFU;
    int format = 0;
};

std::string description(const std::vector<Field>& fields) {
    std::string body = int16(static_cast<int>(fields.size()));
    for (const Field& field : fields)
        body += field.name + std::string(1, '\0') + int32(field.table) + int16(field.number) +
                int32(field.type) + int16(field.size) + int32(field.modifier) + int16(field.format);
    return body;
}

Field changed(void (*change)(Field&)) {
    Field field;
    change(field);
    return field;
}

}  // namespace

TEST_CASE("shape: names, types, sizes, modifiers and the number of columns count") {
    const std::string none = int16(0);
    const Shape shape{none, description({Field{}, Field{}})};
    CHECK(shape.is(none, description({Field{}, Field{}})));
    CHECK_FALSE(shape.is(none, description({Field{}})));
    CHECK_FALSE(shape.is(none, description({Field{}, Field{}, Field{}})));
    CHECK_FALSE(shape.is(none, std::nullopt));
    for (const auto& other :
         {changed([](Field& f) { f.name = "b"; }), changed([](Field& f) { f.type = 20; }),
          changed([](Field& f) { f.size = 8; }), changed([](Field& f) { f.modifier = 7; })})
        CHECK_FALSE(shape.is(none, description({Field{}, other})));
}

TEST_CASE("shape: the table behind a column and the format of a portal do not count") {
    const Shape shape{int16(0), description({Field{}})};
    for (const auto& other : {changed([](Field& f) { f.table = 0; }), changed([](Field& f) { f.number = 9; }),
                              changed([](Field& f) { f.format = 1; })})
        CHECK(shape.is(int16(0), description({other})));
}

TEST_CASE("shape: parameters count where both sides know them") {
    const Shape of_statement{int16(1) + int32(23), std::nullopt};
    const Shape of_portal{std::nullopt, std::nullopt};
    CHECK(of_statement.fits(of_portal));
    CHECK(of_portal.fits(of_statement));
    CHECK_FALSE(of_statement.fits(Shape{int16(1) + int32(25), std::nullopt}));
    CHECK(of_statement.knows_parameters());
    CHECK_FALSE(of_portal.knows_parameters());
}

TEST_CASE("shape: a body that is cut off is compared as it is") {
    const std::string whole = description({Field{}});
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        const Shape shape{std::nullopt, whole.substr(0, cut)};
        CHECK(shape.is(std::nullopt, whole.substr(0, cut)));
        CHECK_FALSE(shape.is(std::nullopt, whole));
    }
}
