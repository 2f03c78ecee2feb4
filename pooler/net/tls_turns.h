// What TLS needs of the loop turn. Bytes that are inside a TLS object raise no event of the descriptor, so
// sockets that hold some are served in the next turn without waiting. And handshakes, a hundred times dearer
// than a query, get a part of each turn only: the others' queries go on while a thousand clients connect.
// One per worker, in its IoContext; its thread only.
#pragma once

#include <chrono>
#include <cstdint>

#include "pooler/base/latency.h"
#include "pooler/net/handle.h"
#include "pooler/net/intrusive_list.h"

namespace pooler {

class Socket;
struct TlsReadyTag;

/// A socket that may be in the list.
struct TlsReady : ListHook<TlsReadyTag> {
    using ListTag = TlsReadyTag;
    explicit TlsReady(Socket& of) : socket{&of} {}
    Socket* socket;
};

class TlsTurns {
 public:
    /// Handshakes may use this much of a loop turn; who comes later waits for the next one.
    static constexpr std::chrono::microseconds kHandshakeShare{2000};

    /// The socket is read in the next turn although its descriptor may be silent.
    void add(uv_loop_t* loop, TlsReady& ready);
    /// Before the loop ends.
    void close() { idle_.close(); }

    [[nodiscard]] bool handshake_allowed(const uv_loop_t* loop);
    void count_handshake(std::uint64_t nanoseconds) { spent_ns_ += nanoseconds; }

    HandshakeStats clients;  ///< handshakes of the worker so far
    HandshakeStats servers;

 private:
    void run();

    IntrusiveList<TlsReady> ready_;
    Idle idle_;
    std::uint64_t turn_ = 0;  // the loop's time, which it sets once a turn
    std::uint64_t spent_ns_ = 0;
};

}  // namespace pooler
