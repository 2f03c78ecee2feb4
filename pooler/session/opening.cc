#include "pooler/session/opening.h"

#include <utility>
#include <variant>

#include "pooler/session/wire_fault.h"
#include "protocol/message_type.h"

namespace pooler {

using protocol::DecodeFault;
using Kind = Opening::Kind;

namespace {

std::string startup_fault(protocol::DecodeError error, std::string_view packet) {
    switch (error.fault) {
        case DecodeFault::kProtocolTwo: return "old V2 protocol not supported";
        case DecodeFault::kNoTerminator:
        case DecodeFault::kTrailingBytes: return "invalid startup packet layout";
        case DecodeFault::kShort:
        case DecodeFault::kBadLength:
        case DecodeFault::kBadValue:
        case DecodeFault::kUnsupportedVersion: break;
    }
    return bad_header(packet);
}

Opening broken(std::string fault) {
    Opening opening;
    opening.kind = Kind::kFault;
    opening.fault = std::move(fault);
    return opening;
}

/// Whoever answers a request for encryption must not take along what was sent in clear behind it.
Opening encryption_request(bool offered, bool secured, bool followed) {
    if (secured) {  // whoever asks this expects one byte, not a message
        Opening opening = broken("SSL req inside SSL");
        opening.silent = true;
        return opening;
    }
    if (followed) {
        Opening opening = broken("received unencrypted data after SSL or GSSENC request");
        opening.refuse_encryption = true;
        return opening;
    }
    Opening opening;
    opening.kind = offered ? Kind::kTls : Kind::kInClear;
    return opening;
}

}  // namespace

Opening read_opening(std::string_view data, bool tls_offered, bool secured) {
    if (data.size() < 4) return {};
    const auto length = protocol::startup_packet_bytes(data);
    if (!length) {
        const bool early = data.front() == static_cast<char>(protocol::FrontendType::kPassword);
        return broken(early ? "password message before startup packet" : bad_header(data));
    }
    if (data.size() < *length) return {};
    const std::string_view packet = data.substr(0, *length);
    const auto decoded = protocol::decode_startup_packet(packet);
    if (!decoded) return broken(startup_fault(decoded.error(), packet));
    Opening opening;
    if (std::holds_alternative<protocol::StartupMessage>(*decoded)) {
        opening.kind = Kind::kMessage;
    } else if (std::holds_alternative<protocol::CancelRequest>(*decoded)) {
        opening.kind = Kind::kCancel;
    } else {
        const bool ssl = std::holds_alternative<protocol::SslRequest>(*decoded);
        opening = encryption_request(ssl && tls_offered, secured, data.size() > *length);
    }
    opening.packet = *decoded;
    if (opening.kind != Kind::kFault) opening.bytes = *length;
    return opening;
}

}  // namespace pooler
