#include "protocol/copy.h"

#include "protocol/byte_reader.h"
#include "protocol/byte_writer.h"

namespace protocol {
namespace {

void encode_copy_response(std::string& out, BackendType type, std::size_t columns) {
    MessageWriter message{out, type};
    message.int8('\0').int16(static_cast<std::int16_t>(columns));
    for (std::size_t i = 0; i < columns; ++i) message.int16(0);
}

}  // namespace

void encode_copy_data(std::string& out, ByteView data) {
    MessageWriter{out, FrontendType::kCopyData}.bytes(data);
}

void encode_copy_done(std::string& out) { MessageWriter{out, FrontendType::kCopyDone}; }

void encode_copy_fail(std::string& out, std::string_view reason) {
    MessageWriter{out, FrontendType::kCopyFail}.cstring(reason);
}

Result<std::string_view> decode_copy_fail(ByteView body) {
    ByteReader in{body};
    const std::string_view reason = in.cstring();
    return in.finish(reason);
}

void encode_copy_in_response(std::string& out, std::size_t columns) {
    encode_copy_response(out, BackendType::kCopyInResponse, columns);
}

void encode_copy_out_response(std::string& out, std::size_t columns) {
    encode_copy_response(out, BackendType::kCopyOutResponse, columns);
}

}  // namespace protocol
