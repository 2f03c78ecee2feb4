// Cancel requests: to the session that has the key, on whichever worker; to another process if the key names
// it; and from a session on to its server. One per worker, its thread only. Own small limits, so that a flood
// of cancels starves nobody.
//
// Key layout with peering, as PgBouncer's: bytes 1 and 2 hold the peer id (low byte first), the two lowest
// bits of byte 7 count the hops that are left.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "conf/configuration.h"
#include "pooler/console/report.h"
#include "pooler/net/resolver.h"
#include "pooler/pool/pool.h"
#include "pooler/server/cancel_connection.h"
#include "pooler/session/session_environment.h"

namespace pooler {

/// Marks a fresh random key as this process's; nothing to do without peering.
void stamp_key(CancelKey& key, int peer_id);

/// What to do with the key of a cancel request.
struct CancelRoute {
    enum class Kind : std::uint8_t { kHere, kPeer, kDrop };
    Kind kind = Kind::kHere;
    int peer_id = 0;
    CancelKey key{};  ///< as to be compared or sent on
};
[[nodiscard]] CancelRoute route_of(CancelKey key, int own_peer_id);

/// A cancel under way, for SHOW.
struct CancelView {
    const Pool* pool = nullptr;  ///< none: to a peer, or its pool is gone
    const CancelConnection* connection = nullptr;
    bool connected = false;
};

class CancelRouter final : private CancelOwner {
 public:
    CancelRouter(IoContext& io, Resolver& resolver, std::function<std::uint64_t()> next_id);
    ~CancelRouter();

    /// To the server, on which a statement of the session runs. The server is not reusable until the cancel
    /// is over.
    void to_server(Pool& pool, ServerConnection& server, std::size_t limit, CancelTicket ticket);
    /// At most `pool_size` at once, the others wait.
    void to_peer(const conf::Peer& peer, const CancelKey& key, int pool_size, CancelTicket ticket);
    /// Gives up on those older than `limit`, waiting or under way; 0 = none.
    void sweep(Clock::time_point now, conf::Duration limit);
    /// Drops what is meant for peers that are no longer configured.
    void forget_removed(const std::map<int, conf::Peer>& peers);
    /// The pool is about to go.
    void forget(const Pool& pool);
    /// PEER_POOLS.
    void report(Report& report) const;
    /// The cells of POOLS that are about cancels.
    void report(const Pool& pool, PoolRow& row) const;
    [[nodiscard]] std::vector<CancelView> running() const;

 private:
    struct Running;
    /// For a peer with as many cancels under way as it may have.
    struct Waiting {
        conf::Peer peer;
        CancelKey key;
        CancelTicket ticket;
        Clock::time_point since;
    };
    [[nodiscard]] std::size_t running_for(const Pool& pool) const;
    [[nodiscard]] Running* find(const CancelConnection& cancel);
    void on_cancel_connected(CancelConnection& cancel) override;
    void on_cancel_closed(CancelConnection& cancel) override;
    void finish(Running& running, bool timed_out);
    void start(Waiting waiting);
    void start_next(int peer_id);

    IoContext* io_;
    Resolver* resolver_;
    std::function<std::uint64_t()> next_id_;
    std::vector<std::unique_ptr<Running>> running_;
    std::deque<Waiting> waiting_;
};

}  // namespace pooler
