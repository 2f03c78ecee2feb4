// The part of a socket that only one with TLS has. Internal to socket.cc and socket_tls.cc.
#pragma once

#include <memory>
#include <utility>

#include "pooler/net/io_context.h"
#include "pooler/net/tls_turns.h"
#include "tls/connection.h"

namespace pooler {

struct SocketTls {
    SocketTls(Socket& socket, IoContext& context, std::unique_ptr<tls::Connection> made)
        : ready{socket}, io{&context}, connection{std::move(made)} {}

    TlsReady ready;
    IoContext* io;
    std::unique_ptr<tls::Connection> connection;
    HandshakeStats* handshakes = nullptr;  ///< of its side
    std::uint64_t handshake_began = 0;     ///< uv_hrtime()
    int handshake_events = 0;              ///< what the handshake waits for; 0 once it is done
    bool urgent = false;                   ///< a handshake that has begun, or on which clients wait
    bool more = false;              ///< bytes, or the end, are inside: the next read has something to say
    bool read_wants_write = false;  ///< a read goes on when the descriptor is writable
    bool write_wants_read = false;  ///< and the reverse
};

}  // namespace pooler
