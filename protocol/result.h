// The rows a server answers with; written by the console and read by probes and tests. Forwarded rows are
// never decoded. Source: PostgreSQL docs, "Message Formats": RowDescription, DataRow, CommandComplete.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/decode_error.h"
#include "protocol/frame.h"
#include "protocol/simple_query.h"

namespace protocol {

/// Text format, no table behind it, no type modifier.
struct Column {
    std::string_view name;
    std::uint32_t oid = 25;  ///< type; 25 is text
    std::int16_t size = -1;  ///< bytes of the type; -1 = variable
};

inline constexpr std::uint32_t kOidText = 25;
inline constexpr std::uint32_t kOidInt4 = 23;
inline constexpr std::uint32_t kOidInt8 = 20;

void encode_row_description(std::string& out, std::span<const Column> columns);
[[nodiscard]] Result<std::vector<Column>> decode_row_description(ByteView body);

/// nullopt is NULL.
void encode_data_row(std::string& out, std::span<const std::optional<std::string_view>> values);
[[nodiscard]] Result<std::vector<std::optional<std::string_view>>> decode_data_row(ByteView body);

void encode_command_complete(std::string& out, std::string_view tag);
/// The tag, such as "INSERT 0 1". Errors: kNoTerminator, kTrailingBytes.
[[nodiscard]] Result<std::string_view> decode_command_complete(ByteView body);

}  // namespace protocol
