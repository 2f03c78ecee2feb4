// A result set on the wire, in text or binary. Pure functions, any thread.
// Source: PostgreSQL docs, "Message Formats": RowDescription, DataRow; for binary numeric the send and
// receive functions of the type, which drivers follow.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "pooler/console/result_set.h"

namespace pooler {

/// Values are those of the protocol.
enum class Format : std::int16_t { kText = 0, kBinary = 1 };

/// The format of column `index` under Bind's rule: no code means text, one code holds for all columns.
[[nodiscard]] Format format_of(std::span<const Format> formats, std::size_t index);

void encode_row_description(std::string& out, std::span<const Column> columns,
                            std::span<const Format> formats);

/// The cells are text; an integer or numeric cell holds a decimal whole number.
void encode_data_row(std::string& out, std::span<const Column> columns, const Row& row,
                     std::span<const Format> formats);

}  // namespace pooler
