#include "pooler/net/tls_turns.h"

#include "pooler/net/socket.h"

namespace pooler {

void TlsTurns::add(uv_loop_t* loop, TlsReady& ready) {
    if (ready.linked()) return;
    ready_.push_back(ready);
    run_soon(loop);
}

bool TlsTurns::handshake_now(uv_loop_t* loop, TlsReady& ready, bool urgent) {
    loop_ = loop;
    if (handshakes_.empty() && time_left()) return true;
    if (urgent)
        handshakes_.push_front(ready);
    else
        handshakes_.push_back(ready);
    run_soon(loop);
    return false;
}

void TlsTurns::run_soon(uv_loop_t* loop) {
    loop_ = loop;
    if (!idle_.is_open()) idle_.open<&TlsTurns::run>(loop, this);
    idle_.start();
}

/// Who joins meanwhile has his turn in the next one.
void TlsTurns::run() {
    IntrusiveList<TlsReady> due;
    while (!ready_.empty()) due.push_back(ready_.pop_front());
    while (!due.empty()) due.pop_front().socket->on_pending();
    while (!handshakes_.empty() && time_left()) handshakes_.pop_front().socket->continue_handshake();
    if (ready_.empty() && handshakes_.empty()) idle_.stop();
}

bool TlsTurns::time_left() {
    const std::uint64_t turn = uv_now(loop_);
    if (turn != turn_) {
        turn_ = turn;
        spent_ns_ = 0;
    }
    return std::chrono::nanoseconds{spent_ns_} < kHandshakeShare;
}

}  // namespace pooler
