// Query and what answers an empty one.
// Source: PostgreSQL docs, "Message Formats": Query, EmptyQueryResponse.
#pragma once

#include <string>
#include <string_view>

#include "protocol/decode_error.h"
#include "protocol/frame.h"

namespace protocol {

void encode_query(std::string& out, std::string_view text);

/// The text, a view into the body. Errors: kNoTerminator, kTrailingBytes.
[[nodiscard]] Result<std::string_view> decode_query(ByteView body);

void encode_empty_query_response(std::string& out);

}  // namespace protocol
