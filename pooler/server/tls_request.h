// How a connection to a server gets its TLS: an SSLRequest with its answer of one byte, or a handshake at
// once. Used by connections that log in and by those that carry a cancel; belongs to one of them, on its
// worker's thread, and is of no use once it has said anything but kWait. Source: PostgreSQL docs, "Message
// Flow", SSL Session Encryption.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "pooler/net/socket.h"
#include "protocol/startup.h"
#include "tls/connection.h"

namespace pooler {

struct TlsPlan {
    std::shared_ptr<const tls::Context> context;  ///< null: no TLS
    tls::ServerName name;
    bool required = false;  ///< a server without TLS is refused
};

/// What a server's answer to the SSLRequest leads to, decided without a socket.
struct TlsAnswer {
    enum class Next : std::uint8_t { kHandshake, kPlain, kFailed };
    Next next = Next::kFailed;
    std::string_view fault;  ///< kFailed: why
};
/// `received`: what has come so far, at least one byte. `required`: a server without TLS is refused.
[[nodiscard]] TlsAnswer judge_tls_answer(protocol::ByteView received, bool required);

class TlsRequest {
 public:
    enum class Step {
        kWait,    ///< for the answer, or for the handshake (SocketOwner::on_secured)
        kPlain,   ///< go on in clear
        kFailed,  ///< error() says why
    };

    TlsRequest(IoContext& io, Socket& socket, TlsPlan plan)
        : io_{&io}, socket_{&socket}, plan_{std::move(plan)} {}

    /// The socket is connected.
    [[nodiscard]] Step start();
    /// While waiting for the answer.
    [[nodiscard]] Step on_readable();
    [[nodiscard]] const std::string& error() const { return error_; }

 private:
    [[nodiscard]] Step begin_handshake();
    [[nodiscard]] Step fail(std::string text);

    IoContext* io_;
    Socket* socket_;
    TlsPlan plan_;
    std::string error_;
};

}  // namespace pooler
