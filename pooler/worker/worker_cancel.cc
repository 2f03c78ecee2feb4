// Cancel requests that arrive at one worker, and those it sends on, on its thread.
#include <cstring>

#include "pooler/worker/worker.h"

namespace pooler {

namespace {

/// Cancels under way for a pool without a limit of its own.
constexpr std::size_t kMaxCancels = 100;

}  // namespace

/// Keys are random, so the session may be on any worker: each is asked.
void Worker::route_cancel(std::string_view bytes, std::uint64_t session) {
    auto progress = std::make_shared<CancelProgress>();
    cancel_requests_[session] = progress;
    // Shares nothing with `progress` but the address: its end is that of the request, not of the memory.
    const CancelTicket ticket{progress.get(), [this, session, progress](const CancelProgress*) {
                                  post([this, session] { end_cancel(session); });
                              }};
    CancelKey key{};
    if (bytes.size() != key.size()) return;
    std::memcpy(key.data(), bytes.data(), key.size());
    const CancelRoute route = route_of(key, configuration_->settings.peer_id);
    if (route.kind == CancelRoute::Kind::kDrop) return;
    if (route.kind == CancelRoute::Kind::kPeer) {
        const auto peer = configuration_->peers.find(route.peer_id);
        if (peer != configuration_->peers.end())
            cancels_->to_peer(peer->second, route.key, configuration_->peer_pool_size(peer->second), ticket);
        return;
    }
    key = route.key;
    if (cancel_by_key(key, ticket)) return;
    for (Worker* peer : peers_)
        if (peer != this)
            peer->post([peer, key, ticket] { static_cast<void>(peer->cancel_by_key(key, ticket)); });
}

bool Worker::cancel_by_key(const CancelKey& key, const CancelTicket& ticket) {
    ClientSession* session = sessions_.find_key(key);
    if (session == nullptr) return false;
    session->on_cancel_request(ticket);
    return true;
}

void Worker::end_cancel(std::uint64_t session) {
    cancel_requests_.erase(session);
    if (ClientSession* client = sessions_.find_login(session)) client->close_left("cancel request");
}

void Worker::forward_cancel(Pool& pool, ServerConnection& server, CancelTicket ticket) {
    const int size = configuration_->pool_size(pool.database(), pool.shared().user);
    cancels_->to_server(pool, server, size > 0 ? static_cast<std::size_t>(size) : kMaxCancels,
                        std::move(ticket));
}

}  // namespace pooler
