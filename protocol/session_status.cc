#include "protocol/session_status.h"

#include "protocol/byte_reader.h"
#include "protocol/byte_writer.h"
#include "protocol/startup.h"

namespace protocol {

void encode_parameter_status(std::string& out, std::string_view name, std::string_view value) {
    MessageWriter{out, BackendType::kParameterStatus}.cstring(name).cstring(value);
}

Result<ParameterStatus> decode_parameter_status(ByteView body) {
    ByteReader in{body};
    ParameterStatus message;
    message.name = in.cstring();
    message.value = in.cstring();
    return in.finish(message);
}

void encode_backend_key_data(std::string& out, ByteView key) {
    MessageWriter{out, BackendType::kBackendKeyData}.bytes(key);
}

Result<ByteView> decode_backend_key_data(ByteView body) {
    if (body.size() < kMinCancelKeyBytes || body.size() > kMaxCancelKeyBytes) {
        return tl::make_unexpected(DecodeError{DecodeFault::kBadLength, 0});
    }
    return body;
}

void encode_ready_for_query(std::string& out, TransactionStatus status) {
    MessageWriter{out, BackendType::kReadyForQuery}.int8(static_cast<char>(status));
}

Result<TransactionStatus> decode_ready_for_query(ByteView body) {
    ByteReader in{body};
    const auto status = static_cast<TransactionStatus>(in.int8());
    if (status != TransactionStatus::kIdle && status != TransactionStatus::kInTransaction &&
        status != TransactionStatus::kFailed) {
        in.fail(DecodeFault::kBadValue);
    }
    return in.finish(status);
}

Result<Notification> decode_notification(ByteView body) {
    ByteReader in{body};
    Notification message;
    message.process_id = in.uint32();
    message.channel = in.cstring();
    message.payload = in.cstring();
    return in.finish(message);
}

}  // namespace protocol
