#include "protocol/startup.h"

#include "protocol/byte_reader.h"
#include "protocol/byte_writer.h"

namespace protocol {
namespace {

constexpr char kUntagged = '\0';

Result<StartupPacket> fault_at(DecodeFault fault, std::size_t offset) {
    return tl::make_unexpected(DecodeError{fault, static_cast<std::uint32_t>(offset)});
}

Result<StartupPacket> decode_parameters(ByteReader& in, std::uint32_t version) {
    StartupMessage message;
    message.version = version;
    while (true) {
        const std::string_view name = in.cstring();
        if (in.failed() || name.empty()) break;
        message.parameters.emplace_back(name, in.cstring());
    }
    return in.finish(StartupPacket{std::move(message)});
}

Result<StartupPacket> decode_cancel(ByteReader& in) {
    const CancelRequest request{in.rest()};
    if (request.key.size() < kMinCancelKeyBytes || request.key.size() > kMaxCancelKeyBytes) {
        return fault_at(DecodeFault::kBadLength, 0);
    }
    return in.finish(StartupPacket{request});
}

template <class Request>
Result<StartupPacket> decode_bare_request(ByteReader& in) {
    if (in.remaining() != 0) return fault_at(DecodeFault::kBadLength, 0);
    return in.finish(StartupPacket{Request{}});
}

}  // namespace

const std::string_view* StartupMessage::find(std::string_view name) const {
    for (auto it = parameters.rbegin(); it != parameters.rend(); ++it) {
        if (it->first == name) return &it->second;
    }
    return nullptr;
}

Result<std::size_t> startup_packet_bytes(ByteView prefix) {
    if (prefix.size() < 4) return tl::make_unexpected(DecodeError{DecodeFault::kShort, 0});
    const std::size_t length = read_uint32(prefix.data());
    if (length < kMinStartupBytes || length > kMaxStartupBytes) {
        return tl::make_unexpected(DecodeError{DecodeFault::kBadLength, 0});
    }
    return length;
}

Result<StartupPacket> decode_startup_packet(ByteView whole_packet) {
    const auto length = startup_packet_bytes(whole_packet);
    if (!length) return tl::make_unexpected(length.error());
    if (*length != whole_packet.size()) return fault_at(DecodeFault::kBadLength, 0);
    ByteReader in{whole_packet};
    static_cast<void>(in.uint32());
    const std::uint32_t code = in.uint32();
    if (code == kSslRequestCode) return decode_bare_request<SslRequest>(in);
    if (code == kGssEncRequestCode) return decode_bare_request<GssEncRequest>(in);
    if (code == kCancelRequestCode) return decode_cancel(in);
    if (major_version(code) == 3) return decode_parameters(in, code);
    return fault_at(major_version(code) == 2 ? DecodeFault::kProtocolTwo : DecodeFault::kUnsupportedVersion,
                    4);
}

void encode_startup(std::string& out, std::uint32_t version, std::span<const ParameterView> parameters) {
    MessageWriter message{out, kUntagged};
    message.uint32(version);
    for (const auto& [name, value] : parameters) message.cstring(name).cstring(value);
    message.int8('\0');
}

void encode_cancel_request(std::string& out, ByteView key) {
    MessageWriter{out, kUntagged}.uint32(kCancelRequestCode).bytes(key);
}

void encode_ssl_request(std::string& out) { MessageWriter{out, kUntagged}.uint32(kSslRequestCode); }

void encode_gssenc_request(std::string& out) { MessageWriter{out, kUntagged}.uint32(kGssEncRequestCode); }

SslAnswer decode_ssl_answer(ByteView received) {
    const char answer = received.front();
    if (answer == 'E') return SslAnswer::kError;
    if (received.size() > 1) return SslAnswer::kGlued;
    if (answer == 'S') return SslAnswer::kTls;
    return answer == 'N' ? SslAnswer::kNoTls : SslAnswer::kInvalid;
}

void encode_negotiate_protocol_version(std::string& out, std::uint32_t newest_version,
                                       std::span<const std::string_view> unrecognised) {
    MessageWriter message{out, BackendType::kNegotiateProtocolVersion};
    message.uint32(newest_version).uint32(static_cast<std::uint32_t>(unrecognised.size()));
    for (const std::string_view name : unrecognised) message.cstring(name);
}

Result<NegotiateProtocolVersion> decode_negotiate_protocol_version(ByteView body) {
    ByteReader in{body};
    NegotiateProtocolVersion message;
    message.newest_version = in.uint32();
    const std::uint32_t count = in.uint32();
    if (count > in.remaining()) in.fail(DecodeFault::kBadLength);  // each name takes a byte at least
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i) message.unrecognised.push_back(in.cstring());
    return in.finish(std::move(message));
}

}  // namespace protocol
