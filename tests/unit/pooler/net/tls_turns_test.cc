// The part of a loop turn that handshakes get.
#include "pooler/net/tls_turns.h"

#include "pooler/net/socket.h"
#include "tests/support/catch.h"
#include "tests/support/test_loop.h"

using pooler::TlsReady;
using pooler::TlsTurns;
using std::chrono::nanoseconds;

namespace {

constexpr auto kShare = static_cast<std::uint64_t>(nanoseconds{TlsTurns::kHandshakeShare}.count());

struct NobodysSocket : private pooler::SocketOwner {
    void on_readable() override {}
    void on_drained() override {}
    pooler::Socket socket{*this};
    TlsReady ready{socket};
};

}  // namespace

TEST_CASE("TLS turns: handshakes get their share of a turn, whoever is left over waits for his") {
    support::TestLoop loop;
    NobodysSocket one;
    NobodysSocket other;
    NobodysSocket third;
    TlsTurns turns;
    CHECK(turns.handshake_now(loop.get(), one.ready, false));
    turns.count_handshake(kShare - 1);
    CHECK(turns.handshake_now(loop.get(), one.ready, false));  // the last may go over it, by one step
    turns.count_handshake(kShare / 2);
    CHECK_FALSE(turns.handshake_now(loop.get(), one.ready, false));
    CHECK(one.ready.linked());
    CHECK_FALSE(turns.handshake_now(loop.get(), other.ready, true));

    // A later turn has time, but others have waited for it.
    const auto now = uv_now(loop.get());
    while (uv_now(loop.get()) == now) uv_update_time(loop.get());
    CHECK_FALSE(turns.handshake_now(loop.get(), third.ready, false));
    for (NobodysSocket* waiting : {&one, &other, &third}) waiting->ready.unlink();
    CHECK(turns.handshake_now(loop.get(), third.ready, false));
    turns.close();
}
