#include "bench/null_server/null_server.h"

#include <sys/socket.h>

#include <cerrno>

namespace bench {

namespace {

constexpr std::uint64_t kListenerTag = ~std::uint64_t{0};
constexpr std::uint64_t kStopTag = kListenerTag - 1;
constexpr std::size_t kEventsAtOnce = 256;
constexpr std::chrono::milliseconds kForever{-1};

// Bytes taken by the socket; 0 if it is full. An error also counts as full: the next read will say so.
std::size_t send_some(Stream& stream, std::string_view bytes) {
    const auto count = stream.send(bytes);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace

NullServerTotals NullServer::run(int stop) {
    if (!poller_.add(listener_.get(), EPOLLIN, kListenerTag) || !poller_.add(stop, EPOLLIN, kStopTag))
        return totals_;
    std::array<epoll_event, kEventsAtOnce> room{};
    for (;;) {
        for (const auto& event : poller_.wait(room, kForever)) {
            if (event.data.u64 == kStopTag) {
                for (const auto& [fd, connection] : connections_)
                    totals_.queries += connection->session.queries();
                return totals_;
            }
            if (event.data.u64 == kListenerTag) {
                accept_all();
                continue;
            }
            const auto found = connections_.find(static_cast<int>(event.data.u64));
            if (found != connections_.end()) serve(*found->second, event.events);
        }
    }
}

void NullServer::accept_all() {
    for (auto socket = accept_from(listener_); socket.valid(); socket = accept_from(listener_)) {
        const int fd = socket.get();
        ++totals_.sessions;
        auto connection =
            std::make_unique<Connection>(std::move(socket), static_cast<std::uint32_t>(totals_.sessions));
        if (poller_.add(fd, EPOLLIN, static_cast<std::uint64_t>(fd)))
            connections_.emplace(fd, std::move(connection));
    }
}

void NullServer::serve(Connection& connection, std::uint32_t events) {
    if (connection.state == Connection::State::kNew) begin(connection);
    if (connection.state == Connection::State::kShaking) {
        shake(connection);
        if (connection.peer_done) close_connection(connection.stream.socket().get());
        return;
    }
    if ((events & EPOLLOUT) != 0 && send_unsent(connection) && send_large(connection)) {
        process(connection, {});
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(connection);
    const bool finished = connection.session.finished() && connection.unsent.empty();
    if (connection.peer_done || finished) return close_connection(connection.stream.socket().get());
    watch(connection);
}

// The first bytes tell whether TLS is asked for. They are looked at without being taken; a packet that comes
// in pieces, which no pooler sends, is taken for a login.
void NullServer::begin(Connection& connection) {
    connection.state = Connection::State::kOpen;
    if (!tls_) return;
    std::array<char, 8> first{};
    const int fd = connection.stream.socket().get();
    const auto count = ::recv(fd, first.data(), first.size(), MSG_PEEK);
    const bool asked =
        count == static_cast<ssize_t>(first.size()) && read_uint32(first.data() + 4) == kSslRequest;
    if (!asked) return;
    if (::recv(fd, first.data(), first.size(), 0) <= 0 || ::send(fd, "S", 1, MSG_NOSIGNAL) != 1) return;
    if (connection.stream.secure_as_server(tls_.get())) connection.state = Connection::State::kShaking;
}

void NullServer::shake(Connection& connection) {
    using Shake = Stream::Shake;
    const Shake step = connection.stream.shake();
    if (step == Shake::kDone) connection.state = Connection::State::kOpen;
    if (step == Shake::kFailed) connection.peer_done = true;
    const std::uint32_t wanted = step == Shake::kWantWrite ? EPOLLOUT : EPOLLIN;
    if (wanted == connection.watched) return;
    connection.watched = wanted;
    const int fd = connection.stream.socket().get();
    (void)poller_.modify(fd, wanted, static_cast<std::uint64_t>(fd));
}

void NullServer::receive(Connection& connection) {
    const auto count = connection.stream.receive(read_block_);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
        connection.peer_done = true;
        return;
    }
    process(connection, {read_block_.data(), static_cast<std::size_t>(count)});
}

// Feeds what was kept and what has come until the session wants more bytes or a large result blocks.
void NullServer::process(Connection& connection, std::string_view bytes) {
    auto& unread = connection.unread;
    const bool kept = !unread.empty();
    if (kept) {
        unread.append(bytes);
        bytes = unread;
    }
    std::size_t used = 0;
    while (!connection.large.active()) {
        used += connection.session.feed(bytes.substr(used), replies_);
        const auto megabytes = connection.session.large_megabytes();
        send_replies(connection);
        if (megabytes == 0) break;
        connection.large = LargeResult{block_, megabytes};
        if (!connection.unsent.empty() || !send_large(connection)) break;
    }
    if (kept) {
        unread.erase(0, used);
    } else {
        unread.assign(bytes.substr(used));
    }
}

bool NullServer::send_unsent(Connection& connection) {
    if (connection.unsent.empty()) return true;
    connection.unsent.erase(0, send_some(connection.stream, connection.unsent));
    return connection.unsent.empty();
}

// True if no rows are left to send.
bool NullServer::send_large(Connection& connection) {
    auto& large = connection.large;
    if (!large.active()) return true;
    while (large.active()) {
        const auto count = send_some(connection.stream, large.next(block_));
        if (count == 0) return false;
        large.sent(count, block_);
    }
    connection.session.end_large_result(large.rows(), replies_);
    send_replies(connection);
    return true;
}

void NullServer::send_replies(Connection& connection) {
    if (replies_.empty()) return;
    std::size_t count = 0;
    if (connection.unsent.empty()) count = send_some(connection.stream, replies_);
    connection.unsent.append(replies_, count);
    replies_.clear();
}

// Reading stops while replies wait, so that a client that never reads cannot fill the memory.
void NullServer::watch(Connection& connection) {
    const bool blocked = !connection.unsent.empty() || connection.large.active();
    const std::uint32_t wanted = blocked ? EPOLLOUT : EPOLLIN;
    if (wanted == connection.watched) return;
    connection.watched = wanted;
    const int fd = connection.stream.socket().get();
    (void)poller_.modify(fd, wanted, static_cast<std::uint64_t>(fd));
}

void NullServer::close_connection(int fd) {
    const auto found = connections_.find(fd);
    totals_.queries += found->second->session.queries();
    connections_.erase(found);
}

}  // namespace bench
