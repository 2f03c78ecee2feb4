#include "pooler/worker/acceptor.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "pooler/log/log.h"
#include "pooler/pool/tcp_settings.h"
#include "pooler/worker/worker.h"

namespace pooler {

Acceptor::Acceptor(uv_loop_t* loop, ProcessShared& shared, std::vector<Worker*> workers, Worker& own)
    : loop_{loop}, shared_{&shared}, workers_{std::move(workers)}, own_{&own} {}

void Acceptor::open(std::vector<ListenSocket> sockets, const conf::Settings& settings) {
    ListenerOwner& owner = *this;
    for (ListenSocket& socket : sockets) {
        listeners_.push_back(std::make_unique<Listener>(loop_, owner));
        listeners_.back()->open(std::move(socket));
    }
    apply(settings);
}

void Acceptor::apply(const conf::Settings& settings) {
    for (const auto& listener : listeners_) {
        if (!listener->is_open() || listener->address().is_unix()) continue;
        const int descriptor = listener->socket().descriptor();
        set_defer_accept(descriptor, settings.tcp_defer_accept);
        apply_inherited_options(descriptor, tcp_options_of(settings));
    }
}

void Acceptor::suspend() {
    for (const auto& listener : listeners_) listener->suspend();
}

void Acceptor::resume() {
    for (const auto& listener : listeners_) listener->resume();
}

void Acceptor::close_tcp(std::function<void()> closed) {
    if (tcp_is_closed()) return closed();
    on_closed_.push_back(std::move(closed));
    for (const auto& listener : listeners_)
        if (listener->is_open() && !listener->address().is_unix()) listener->retire();
}

bool Acceptor::tcp_is_closed() const {
    return std::ranges::none_of(listeners_, [](const auto& listener) {
        return listener->is_open() && !listener->address().is_unix();
    });
}

void Acceptor::on_retired(const Listener& /*listener*/) {
    if (!tcp_is_closed()) return;
    for (const auto& closed : std::exchange(on_closed_, {})) closed();
}

void Acceptor::on_accept(int descriptor, const Address& /*peer*/, const Listener& from) {
    static_cast<void>(shared_->clients.try_reserve(0));
    Worker* fewest = workers_.front();
    for (Worker* worker : workers_)
        if (worker->client_count() < fewest->client_count()) fewest = worker;
    fewest->reserve_client();
    const bool unix_socket = from.address().is_unix();
    if (log_enabled(LogLevel::kDebug))
        log_debug({}, "connection accepted on " + from.address().to_text() + " by descriptor " +
                          std::to_string(descriptor));
    if (fewest == own_) return own_->accept(descriptor, unix_socket);
    fewest->post([fewest, descriptor, unix_socket] { fewest->accept(descriptor, unix_socket); });
}

void Acceptor::on_accept_paused(int error, const Listener& from) {
    log_warning(
        {}, "cannot accept on " + from.address().to_text() + ": " + std::strerror(error) + "; trying again");
}

}  // namespace pooler
