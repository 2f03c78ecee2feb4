// The COPY sub-protocol, as far as the pooler answers or ends it itself, and for test servers.
// Source: PostgreSQL docs, "Message Formats": CopyData, CopyDone, CopyFail, CopyInResponse, CopyOutResponse.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/decode_error.h"
#include "protocol/frame.h"

namespace protocol {

/// The same in both directions.
void encode_copy_data(std::string& out, ByteView data);
void encode_copy_done(std::string& out);
void encode_copy_fail(std::string& out, std::string_view reason);
[[nodiscard]] Result<std::string_view> decode_copy_fail(ByteView body);

/// Text format, `columns` of them.
void encode_copy_in_response(std::string& out, std::size_t columns);
void encode_copy_out_response(std::string& out, std::size_t columns);

}  // namespace protocol
