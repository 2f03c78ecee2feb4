#include "protocol/auth.h"

#include "protocol/byte_reader.h"
#include "protocol/byte_writer.h"

namespace protocol {
namespace {

constexpr std::int32_t kNoInitialResponse = -1;

void encode_authentication(std::string& out, AuthCode code, ByteView data) {
    MessageWriter{out, BackendType::kAuthentication}.int32(static_cast<std::int32_t>(code)).bytes(data);
}

}  // namespace

void encode_authentication_ok(std::string& out) { encode_authentication(out, AuthCode::kOk, {}); }

void encode_authentication_cleartext(std::string& out) {
    encode_authentication(out, AuthCode::kCleartextPassword, {});
}

void encode_authentication_md5(std::string& out, const Md5Salt& salt) {
    encode_authentication(out, AuthCode::kMd5Password, {salt.data(), salt.size()});
}

void encode_authentication_sasl(std::string& out, std::span<const std::string_view> mechanisms) {
    MessageWriter message{out, BackendType::kAuthentication};
    message.int32(static_cast<std::int32_t>(AuthCode::kSasl));
    for (const std::string_view mechanism : mechanisms) message.cstring(mechanism);
    message.int8('\0');
}

void encode_authentication_sasl_continue(std::string& out, ByteView data) {
    encode_authentication(out, AuthCode::kSaslContinue, data);
}

void encode_authentication_sasl_final(std::string& out, ByteView data) {
    encode_authentication(out, AuthCode::kSaslFinal, data);
}

Result<Authentication> decode_authentication(ByteView body) {
    ByteReader in{body};
    Authentication message{static_cast<AuthCode>(in.int32()), {}};
    if (in.failed()) return in.finish(message);
    switch (message.code) {
        case AuthCode::kMd5Password: message.data = in.bytes(4); break;
        case AuthCode::kGssContinue:
        case AuthCode::kSasl:
        case AuthCode::kSaslContinue:
        case AuthCode::kSaslFinal: message.data = in.rest(); break;
        case AuthCode::kScmCredential:
        case AuthCode::kOk:
        case AuthCode::kKerberosV5:
        case AuthCode::kCleartextPassword:
        case AuthCode::kGss:
        case AuthCode::kSspi: break;
        default: in.fail(DecodeFault::kBadValue);
    }
    return in.finish(message);
}

Result<std::vector<std::string_view>> decode_sasl_mechanisms(ByteView data) {
    ByteReader in{data};
    std::vector<std::string_view> mechanisms;
    while (true) {
        const std::string_view mechanism = in.cstring();
        if (in.failed() || mechanism.empty()) break;
        mechanisms.push_back(mechanism);
    }
    return in.finish(std::move(mechanisms));
}

void encode_password(std::string& out, std::string_view text) {
    out.reserve(out.size() + kHeaderBytes + text.size() + 1);  // growing would leave copies of a secret
    MessageWriter{out, FrontendType::kPassword}.cstring(text);
}

void encode_sasl_initial(std::string& out, std::string_view mechanism, ByteView data) {
    MessageWriter{out, FrontendType::kPassword}
        .cstring(mechanism)
        .uint32(static_cast<std::uint32_t>(data.size()))
        .bytes(data);
}

void encode_sasl_response(std::string& out, ByteView data) {
    MessageWriter{out, FrontendType::kPassword}.bytes(data);
}

Result<std::string_view> decode_password(ByteView body) {
    ByteReader in{body};
    const std::string_view text = in.cstring();
    return in.finish(text);
}

Result<SaslInitial> decode_sasl_initial(ByteView body) {
    ByteReader in{body};
    SaslInitial message;
    message.mechanism = in.cstring();
    const std::int32_t length = in.int32();
    if (length < kNoInitialResponse) in.fail(DecodeFault::kBadLength);
    if (length > 0) message.data = in.bytes(static_cast<std::size_t>(length));
    return in.finish(message);
}

}  // namespace protocol
