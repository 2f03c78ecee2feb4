// The packets of a client before its session begins, in clear or inside TLS: what each leads to, decided
// without a socket. Source: PostgreSQL docs, "Message Flow": Start-up, SSL Session Encryption, GSSAPI Session
// Encryption.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/startup.h"

namespace pooler {

struct Opening {
    enum class Kind : std::uint8_t {
        kIncomplete,  ///< more bytes are to come
        kMessage,     ///< a StartupMessage
        kCancel,      ///< a CancelRequest
        kInClear,     ///< a request for encryption: to be answered with N, then the next packet
        kTls,         ///< the same: to be answered with S, then the handshake
        kFault,       ///< the end, for the reason in `fault`
    };
    Kind kind = Kind::kIncomplete;
    std::size_t bytes = 0;           ///< of the packet; 0 for kIncomplete and kFault
    protocol::StartupPacket packet;  ///< views into the data
    std::string fault;
    bool refuse_encryption = false;  ///< kFault: an N goes in front of the error
    bool silent = false;             ///< kFault: the client is told nothing, as PgBouncer does
};

/// `data`: what has come and was not taken by an earlier packet. `tls_offered`: TLS is configured for this
/// socket; `secured`: it is up.
[[nodiscard]] Opening read_opening(std::string_view data, bool tls_offered, bool secured);

/// Direct TLS: the first byte is that of a handshake record, which no start-up packet can begin with.
[[nodiscard]] constexpr bool begins_handshake(char first) {
    constexpr char kHandshakeRecord = 0x16;
    return first == kHandshakeRecord;
}

}  // namespace pooler
