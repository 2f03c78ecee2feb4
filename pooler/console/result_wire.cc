#include "pooler/console/result_wire.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "protocol/byte_writer.h"

namespace pooler {
namespace {

template <class Number>
Number number_of(std::string_view text) {
    Number value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string binary_int8(std::string_view text) {
    const auto value = static_cast<std::uint64_t>(number_of<std::int64_t>(text));
    std::string bytes;
    protocol::append_int32(bytes, static_cast<std::uint32_t>(value >> 32U));
    protocol::append_int32(bytes, static_cast<std::uint32_t>(value));
    return bytes;
}

/// Digits in base 10000, the first with the weight given, without zeros at the end; then sign and scale.
std::string binary_numeric(std::string_view text) {
    constexpr std::size_t kDigitsPerGroup = 4;
    constexpr std::uint16_t kNegative = 0x4000;
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    const std::size_t groups = (text.size() + kDigitsPerGroup - 1) / kDigitsPerGroup;
    std::vector<std::uint16_t> digits;
    std::size_t length = groups == 0 ? 0 : text.size() - (groups - 1) * kDigitsPerGroup;
    for (std::size_t at = 0; at < text.size(); at += length, length = kDigitsPerGroup) {
        digits.push_back(number_of<std::uint16_t>(text.substr(at, length)));
    }
    while (!digits.empty() && digits.back() == 0) digits.pop_back();
    std::string bytes;
    protocol::append_int16(bytes, static_cast<std::uint16_t>(digits.size()));
    protocol::append_int16(bytes, static_cast<std::uint16_t>(groups == 0 ? 0 : groups - 1));
    protocol::append_int16(bytes, negative ? kNegative : 0);
    protocol::append_int16(bytes, 0);
    for (const std::uint16_t digit : digits) protocol::append_int16(bytes, digit);
    return bytes;
}

std::string binary(ColumnType type, std::string_view text) {
    switch (type) {
        case ColumnType::kInt4: {
            std::string bytes;
            protocol::append_int32(bytes, static_cast<std::uint32_t>(number_of<std::int32_t>(text)));
            return bytes;
        }
        case ColumnType::kInt8: return binary_int8(text);
        case ColumnType::kNumeric: return binary_numeric(text);
        case ColumnType::kText: break;
    }
    return std::string(text);
}

}  // namespace

Format format_of(std::span<const Format> formats, std::size_t index) {
    if (formats.empty()) return Format::kText;
    return formats.size() == 1 ? formats[0] : formats[index];
}

void encode_row_description(std::string& out, std::span<const Column> columns,
                            std::span<const Format> formats) {
    constexpr std::int32_t kNoModifier = -1;
    protocol::MessageWriter message(out, protocol::BackendType::kRowDescription);
    message.int16(static_cast<std::int16_t>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        message.cstring(columns[i].name).int32(0).int16(0);  // belongs to no table
        message.uint32(static_cast<std::uint32_t>(columns[i].type)).int16(type_length(columns[i].type));
        message.int32(kNoModifier).int16(static_cast<std::int16_t>(format_of(formats, i)));
    }
}

void encode_data_row(std::string& out, std::span<const Column> columns, const Row& row,
                     std::span<const Format> formats) {
    constexpr std::int32_t kNull = -1;
    protocol::MessageWriter message(out, protocol::BackendType::kDataRow);
    message.int16(static_cast<std::int16_t>(row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (!row[i]) {
            message.int32(kNull);
            continue;
        }
        const bool as_text = format_of(formats, i) == Format::kText;
        const std::string value = as_text ? *row[i] : binary(columns[i].type, *row[i]);
        message.int32(static_cast<std::int32_t>(value.size())).bytes(value);
    }
}

}  // namespace pooler
