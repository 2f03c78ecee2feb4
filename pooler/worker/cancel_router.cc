#include "pooler/worker/cancel_router.h"

#include <algorithm>

namespace pooler {

namespace {

constexpr unsigned kHopBits = 3;

/// More than anybody needs; the rest is dropped.
constexpr std::size_t kMaxWaiting = 1000;

unsigned byte_of(const CancelKey& key, std::size_t i) { return static_cast<unsigned char>(key[i]); }

/// CockroachDB before 22.1 sends zeros and does nothing about a cancel.
bool can_cancel(const std::string& key) { return key.find_first_not_of('\0') != std::string::npos; }

void set_hops(CancelKey& key, unsigned hops) {
    key[7] = static_cast<char>((byte_of(key, 7) & ~kHopBits) | hops);
}

}  // namespace

void stamp_key(CancelKey& key, int peer_id) {
    if (peer_id == 0) return;
    key[1] = static_cast<char>(peer_id & 0xff);
    key[2] = static_cast<char>(peer_id >> 8 & 0xff);
    set_hops(key, kHopBits);
}

CancelRoute route_of(CancelKey key, int own_peer_id) {
    if (own_peer_id == 0) return {CancelRoute::Kind::kHere, 0, key};
    const int id = static_cast<int>(byte_of(key, 1) | byte_of(key, 2) << 8U);
    const unsigned hops = byte_of(key, 7) & kHopBits;
    if (id == own_peer_id) {
        set_hops(key, kHopBits);
        return {CancelRoute::Kind::kHere, id, key};
    }
    if (hops == 0) return {CancelRoute::Kind::kDrop, id, key};
    set_hops(key, hops - 1);
    return {CancelRoute::Kind::kPeer, id, key};
}

/// One cancel under way; the host of a peer may have to be looked up first.
struct CancelRouter::Running final : ResolveWaiter {
    Running(CancelRouter& owner, std::unique_ptr<CancelConnection> made)
        : router{&owner}, connection{std::move(made)} {}
    ~Running() { connection->close(); }

    void on_resolved(const Resolved& answer) override {
        if (answer.addresses.empty() || !connection->start(answer.addresses.front(), {}))
            router->finish(*this, false);
    }

    void take(CancelTicket ticket) {
        if (ticket != nullptr) ticket->forwarded = connected;
        tickets.push_back(std::move(ticket));
    }

    CancelRouter* router;
    std::unique_ptr<CancelConnection> connection;
    Pool* pool = nullptr;
    int peer_id = 0;
    bool connected = false;
    std::vector<CancelTicket> tickets;
};

CancelRouter::CancelRouter(IoContext& io, Resolver& resolver, std::function<std::uint64_t()> next_id)
    : io_{&io}, resolver_{&resolver}, next_id_{std::move(next_id)} {}

CancelRouter::~CancelRouter() = default;

void CancelRouter::to_server(Pool& pool, ServerConnection& server, std::size_t limit, CancelTicket ticket) {
    if (!can_cancel(server.backend_key())) return;
    if (server.cancels_in_flight > 0) {  // one is enough
        for (const auto& item : running_)
            if (item->pool == &pool && item->connection->server_id() == server.id()) item->take(ticket);
        return;
    }
    if (running_for(pool) >= limit) return;
    CancelOwner& owner = *this;
    auto running = std::make_unique<Running>(
        *this,
        std::make_unique<CancelConnection>(*io_, owner, server.backend_key(), server.id(), next_id_()));
    running->pool = &pool;
    // The key is a secret: it goes the way the connection that it belongs to went, also after a RELOAD.
    TlsPlan tls = server.socket().secured() != nullptr ? server.tls_plan() : TlsPlan{};
    tls.required = true;
    if (!running->connection->start(server.address(), std::move(tls))) return;
    ++server.cancels_in_flight;
    server.expect_cancel();
    running->take(std::move(ticket));
    running_.push_back(std::move(running));
}

void CancelRouter::to_peer(const conf::Peer& peer, const CancelKey& key, int pool_size, CancelTicket ticket) {
    const auto same = std::count_if(running_.begin(), running_.end(),
                                    [&peer](const auto& item) { return item->peer_id == peer.id; });
    Waiting request{peer, key, std::move(ticket), IoContext::now()};
    if (pool_size <= 0 || same < pool_size) return start(std::move(request));
    if (waiting_.size() < kMaxWaiting) waiting_.push_back(std::move(request));
}

void CancelRouter::start(Waiting request) {
    const conf::Peer& peer = request.peer;
    CancelOwner& owner = *this;
    auto made = std::make_unique<Running>(
        *this, std::make_unique<CancelConnection>(
                   *io_, owner, std::string{request.key.data(), request.key.size()}, 0, next_id_()));
    Running& running = *made;
    running.peer_id = peer.id;
    running.take(std::move(request.ticket));
    running_.push_back(std::move(made));
    const auto port = static_cast<std::uint16_t>(peer.port);
    if (is_unix(peer.host)) {
        const auto address = unix_address(peer.host, port);
        Resolved answer;
        if (address) answer.addresses.push_back(*address);
        return running.on_resolved(answer);
    }
    if (const auto known = resolver_->resolve(peer.host, port, running)) running.on_resolved(*known);
}

/// One of the peer's is over: the longest waiting one takes its place.
void CancelRouter::start_next(int peer_id) {
    const auto next = std::find_if(waiting_.begin(), waiting_.end(),
                                   [peer_id](const Waiting& item) { return item.peer.id == peer_id; });
    if (next == waiting_.end()) return;
    Waiting request = std::move(*next);
    waiting_.erase(next);
    start(std::move(request));
}

CancelRouter::Running* CancelRouter::find(const CancelConnection& cancel) {
    for (const auto& item : running_)
        if (item->connection.get() == &cancel) return item.get();
    return nullptr;
}

void CancelRouter::on_cancel_connected(CancelConnection& cancel) {
    Running* const running = find(cancel);
    if (running == nullptr) return;
    running->connected = true;
    for (const CancelTicket& ticket : running->tickets)
        if (ticket != nullptr) ticket->forwarded = true;
}

void CancelRouter::on_cancel_closed(CancelConnection& cancel) {
    if (Running* const running = find(cancel); running != nullptr) finish(*running, false);
}

void CancelRouter::finish(Running& running, bool timed_out) {
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [&running](const auto& item) { return item.get() == &running; });
    if (found == running_.end()) return;
    const std::unique_ptr<Running> done = std::move(*found);
    running_.erase(found);
    done->connection->close();
    if (done->pool != nullptr) done->pool->on_cancel_done(done->connection->server_id(), timed_out);
    // The connection may be the caller; it is freed after the I/O callbacks.
    CancelOwner& owner = *this;
    io_->bury(std::exchange(done->connection,
                            std::make_unique<CancelConnection>(*io_, owner, std::string{}, 0, 0)));
    if (done->peer_id != 0) start_next(done->peer_id);
}

void CancelRouter::sweep(Clock::time_point now, conf::Duration limit) {
    if (limit.count() == 0) return;
    std::erase_if(waiting_, [&](const Waiting& item) { return now - item.since >= limit; });
    std::vector<Running*> late;
    for (const auto& item : running_)
        if (now - item->connection->started() >= limit) late.push_back(item.get());
    for (Running* running : late) finish(*running, true);
}

void CancelRouter::forget_removed(const std::map<int, conf::Peer>& peers) {
    std::erase_if(waiting_, [&peers](const Waiting& item) { return !peers.contains(item.peer.id); });
    std::vector<Running*> orphans;
    for (const auto& item : running_)
        if (item->peer_id != 0 && !peers.contains(item->peer_id)) orphans.push_back(item.get());
    for (Running* running : orphans) finish(*running, true);
}

void CancelRouter::forget(const Pool& pool) {
    for (const auto& item : running_)
        if (item->pool == &pool) item->pool = nullptr;
}

std::size_t CancelRouter::running_for(const Pool& pool) const {
    return static_cast<std::size_t>(std::count_if(running_.begin(), running_.end(),
                                                  [&pool](const auto& item) { return item->pool == &pool; }));
}

/// As PgBouncer counts: until its connection is open, a cancel waits and the connection logs in.
void CancelRouter::report(const Pool& pool, PoolRow& row) const {
    for (const auto& item : running_) {
        if (item->pool != &pool) continue;
        const auto clients =
            static_cast<std::uint64_t>(std::count_if(item->tickets.begin(), item->tickets.end(),
                                                     [](const auto& ticket) { return ticket != nullptr; }));
        (item->connected ? row.cl_active_cancel_req : row.cl_waiting_cancel_req) += clients;
        ++(item->connected ? row.sv_active_cancel : row.sv_login);
    }
}

std::vector<CancelView> CancelRouter::running() const {
    std::vector<CancelView> views;
    for (const auto& item : running_) views.push_back({item->pool, item->connection.get(), item->connected});
    return views;
}

void CancelRouter::report(Report& report) const {
    for (const auto& item : running_) {
        if (item->peer_id == 0) continue;
        PeerPoolRow row;
        row.peer_id = item->peer_id;
        if (item->connected)
            row.cl_active_cancel_req = row.sv_active_cancel = 1;
        else
            row.cl_waiting_cancel_req = row.sv_login = 1;
        report.peer_pools.push_back(row);
    }
    for (const Waiting& item : waiting_) {
        PeerPoolRow row;
        row.peer_id = item.peer.id;
        row.cl_waiting_cancel_req = 1;
        report.peer_pools.push_back(row);
    }
}

}  // namespace pooler
