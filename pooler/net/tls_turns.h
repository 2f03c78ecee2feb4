// What TLS needs of the loop turn. Bytes that are inside a TLS object raise no event of the descriptor, so
// sockets that hold some are served in the next turn without waiting. And handshakes, a hundred times dearer
// than a query, get a part of each turn only: the others' queries go on while a thousand clients connect. Who
// waits for his part is not watched by the poll: libuv would go round a thousand ready descriptors, up to 48
// times, before the turn ends. One per worker, in its IoContext; its thread only.
#pragma once

#include <chrono>
#include <cstdint>

#include "pooler/base/latency.h"
#include "pooler/net/handle.h"
#include "pooler/net/intrusive_list.h"

namespace pooler {

class Socket;
struct TlsReadyTag;

/// A socket that may be in one of the lists.
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

    /// False: the turn has no time left for this handshake, or others wait for theirs; its socket's
    /// continue_handshake() is called when it has. `urgent`: ahead of those who only begin.
    [[nodiscard]] bool handshake_now(uv_loop_t* loop, TlsReady& ready, bool urgent);
    void count_handshake(std::uint64_t nanoseconds) { spent_ns_ += nanoseconds; }

    HandshakeStats clients;  ///< handshakes of the worker so far
    HandshakeStats servers;

 private:
    void run();
    void run_soon(uv_loop_t* loop);
    [[nodiscard]] bool time_left();

    IntrusiveList<TlsReady> ready_;
    IntrusiveList<TlsReady> handshakes_;
    Idle idle_;
    const uv_loop_t* loop_ = nullptr;  // since the first time there was something to do
    std::uint64_t turn_ = 0;           // the loop's time, which it sets once a turn
    std::uint64_t spent_ns_ = 0;
};

}  // namespace pooler
