#include "protocol/simple_query.h"

#include "protocol/byte_reader.h"
#include "protocol/byte_writer.h"

namespace protocol {

void encode_query(std::string& out, std::string_view text) {
    MessageWriter{out, FrontendType::kQuery}.cstring(text);
}

Result<std::string_view> decode_query(ByteView body) {
    ByteReader in{body};
    const std::string_view text = in.cstring();
    return in.finish(text);
}

void encode_empty_query_response(std::string& out) { MessageWriter{out, BackendType::kEmptyQueryResponse}; }

}  // namespace protocol
