#include "protocol/error_notice.h"

#include "protocol/byte_reader.h"
#include "protocol/byte_writer.h"

namespace protocol {
namespace {

void store(ErrorFields& fields, char kind, std::string_view value) {
    switch (kind) {
        case 'S': fields.severity = value; break;
        case 'V': fields.severity_nonlocalized = value; break;
        case 'C': fields.code = value; break;
        case 'M': fields.message = value; break;
        case 'D': fields.detail = value; break;
        case 'H': fields.hint = value; break;
        default: break;
    }
}

void encode_fields(std::string& out, BackendType type, std::string_view severity, std::string_view code,
                   std::string_view message, std::string_view detail) {
    MessageWriter writer{out, type};
    writer.int8('S').cstring(severity).int8('C').cstring(code).int8('M').cstring(message);
    if (!detail.empty()) writer.int8('D').cstring(detail);
    writer.int8('\0');
}

}  // namespace

bool ErrorFields::fatal() const {
    const std::string_view level = severity_nonlocalized.empty() ? severity : severity_nonlocalized;
    return level == "FATAL" || level == "PANIC";
}

Result<ErrorFields> decode_error_fields(ByteView body) {
    ByteReader in{body};
    ErrorFields fields;
    while (true) {
        if (in.remaining() == 0) in.fail(DecodeFault::kNoTerminator);
        const char kind = in.int8();
        if (kind == '\0') break;
        store(fields, kind, in.cstring());
    }
    return in.finish(fields);
}

bool ErrorFieldReader::next() {
    start_ = at_;
    if (at_ >= body_.size() || body_[at_] == '\0') return false;
    const std::size_t end = body_.find('\0', at_ + 1);
    if (end == ByteView::npos) return false;
    kind_ = body_[at_];
    value_ = body_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return true;
}

void encode_error(std::string& out, std::string_view severity, std::string_view code,
                  std::string_view message, std::string_view detail) {
    encode_fields(out, BackendType::kErrorResponse, severity, code, message, detail);
}

void encode_notice(std::string& out, std::string_view severity, std::string_view code,
                   std::string_view message) {
    encode_fields(out, BackendType::kNoticeResponse, severity, code, message, {});
}

}  // namespace protocol
