// What a server says about the session itself. All views point into the body decoded.
// Source: PostgreSQL docs, "Message Formats": ParameterStatus, BackendKeyData, ReadyForQuery,
// NotificationResponse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/decode_error.h"
#include "protocol/frame.h"
#include "protocol/message_type.h"

namespace protocol {

struct ParameterStatus {
    std::string_view name;
    std::string_view value;
};
void encode_parameter_status(std::string& out, std::string_view name, std::string_view value);
[[nodiscard]] Result<ParameterStatus> decode_parameter_status(ByteView body);

/// `key`: process id and secret, as a CancelRequest will carry them; 8 bytes in protocol 3.0, up to 260
/// in 3.2.
void encode_backend_key_data(std::string& out, ByteView key);
/// Errors: kBadLength.
[[nodiscard]] Result<ByteView> decode_backend_key_data(ByteView body);

void encode_ready_for_query(std::string& out, TransactionStatus status);
/// Errors: kShort, kTrailingBytes, kBadValue for a byte that is none of I, T, E.
[[nodiscard]] Result<TransactionStatus> decode_ready_for_query(ByteView body);

struct Notification {
    std::uint32_t process_id = 0;
    std::string_view channel;
    std::string_view payload;
};
[[nodiscard]] Result<Notification> decode_notification(ByteView body);

}  // namespace protocol
