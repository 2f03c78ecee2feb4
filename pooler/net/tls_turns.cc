#include "pooler/net/tls_turns.h"

#include "pooler/net/socket.h"

namespace pooler {

void TlsTurns::add(uv_loop_t* loop, TlsReady& ready) {
    if (ready.linked()) return;
    ready_.push_back(ready);
    if (!idle_.is_open()) idle_.open<&TlsTurns::run>(loop, this);
    idle_.start();
}

/// Who joins meanwhile has his turn in the next one.
void TlsTurns::run() {
    IntrusiveList<TlsReady> due;
    while (!ready_.empty()) due.push_back(ready_.pop_front());
    while (!due.empty()) due.pop_front().socket->on_pending();
    if (ready_.empty()) idle_.stop();
}

bool TlsTurns::handshake_allowed(const uv_loop_t* loop) {
    const std::uint64_t turn = uv_now(loop);
    if (turn != turn_) {
        turn_ = turn;
        spent_ns_ = 0;
    }
    return std::chrono::nanoseconds{spent_ns_} < kHandshakeShare;
}

}  // namespace pooler
