#include "protocol/result.h"

#include "protocol/byte_reader.h"
#include "protocol/byte_writer.h"

namespace protocol {
namespace {

constexpr std::int32_t kNull = -1;

/// Bytes of a column after its name: table, attribute, type, size, modifier, format.
constexpr std::size_t kColumnFixedBytes = 18;

Column read_column(ByteReader& in) {
    Column column;
    column.name = in.cstring();
    static_cast<void>(in.bytes(6));
    column.oid = in.uint32();
    column.size = in.int16();
    static_cast<void>(in.bytes(6));
    return column;
}

std::optional<std::string_view> read_value(ByteReader& in) {
    const std::int32_t length = in.int32();
    if (length == kNull) return std::nullopt;
    if (length < 0) in.fail(DecodeFault::kBadLength);
    return in.bytes(static_cast<std::size_t>(length < 0 ? 0 : length));
}

}  // namespace

void encode_row_description(std::string& out, std::span<const Column> columns) {
    MessageWriter message{out, BackendType::kRowDescription};
    message.int16(static_cast<std::int16_t>(columns.size()));
    for (const Column& column : columns) {
        message.cstring(column.name)
            .int32(0)
            .int16(0)
            .uint32(column.oid)
            .int16(column.size)
            .int32(-1)
            .int16(0);
    }
}

Result<std::vector<Column>> decode_row_description(ByteView body) {
    ByteReader in{body};
    const std::size_t count = static_cast<std::uint16_t>(in.int16());
    if (count * (kColumnFixedBytes + 1) > in.remaining()) in.fail(DecodeFault::kShort);
    std::vector<Column> columns;
    if (!in.failed()) columns.reserve(count);
    for (std::size_t i = 0; i < count && !in.failed(); ++i) columns.push_back(read_column(in));
    return in.finish(std::move(columns));
}

void encode_data_row(std::string& out, std::span<const std::optional<std::string_view>> values) {
    MessageWriter message{out, BackendType::kDataRow};
    message.int16(static_cast<std::int16_t>(values.size()));
    for (const auto& value : values) {
        if (!value) {
            message.int32(kNull);
            continue;
        }
        message.uint32(static_cast<std::uint32_t>(value->size())).bytes(*value);
    }
}

Result<std::vector<std::optional<std::string_view>>> decode_data_row(ByteView body) {
    ByteReader in{body};
    const std::size_t count = static_cast<std::uint16_t>(in.int16());
    if (count * 4 > in.remaining()) in.fail(DecodeFault::kShort);
    std::vector<std::optional<std::string_view>> values;
    if (!in.failed()) values.reserve(count);
    for (std::size_t i = 0; i < count && !in.failed(); ++i) values.push_back(read_value(in));
    return in.finish(std::move(values));
}

void encode_command_complete(std::string& out, std::string_view tag) {
    MessageWriter{out, BackendType::kCommandComplete}.cstring(tag);
}

Result<std::string_view> decode_command_complete(ByteView body) {
    ByteReader in{body};
    const std::string_view tag = in.cstring();
    return in.finish(tag);
}

}  // namespace protocol
