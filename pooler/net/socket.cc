#include "pooler/net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "pooler/net/socket_tls.h"

namespace pooler {

namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

ssize_t send_vectors(int descriptor, iovec* vectors, std::size_t count) {
    if (count == 1) return ::send(descriptor, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL);
    msghdr message{};
    message.msg_iov = vectors;
    message.msg_iovlen = count;
    return ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

}  // namespace

Socket::Socket(SocketOwner& owner) : owner_{&owner} {}

Socket::~Socket() { close(); }

void Socket::attach(uv_loop_t* loop, int descriptor) {
    descriptor_ = descriptor;
    poll_.open<&Socket::on_poll>(loop, descriptor, this);
    reading_ = true;
    update_watch();
}

int Socket::connect(uv_loop_t* loop, const sockaddr* address, socklen_t length) {
    const int descriptor = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    if (address->sa_family != AF_UNIX) {
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (::connect(descriptor, address, length) != 0 && errno != EINPROGRESS) {
        const int error = errno;
        ::close(descriptor);
        return error;
    }
    descriptor_ = descriptor;
    connecting_ = true;
    poll_.open<&Socket::on_poll>(loop, descriptor, this);
    update_watch();
    return 0;
}

int Socket::detach() {
    poll_.close();
    reading_ = false;
    if (tls_) tls_->ready.unlink();
    return std::exchange(descriptor_, -1);
}

void Socket::close() {
    if (descriptor_ < 0) return;
    if (tls_) close_tls();
    poll_.close();
    ::close(descriptor_);
    descriptor_ = -1;
    backlog_.reset();
}

Socket::ReadResult Socket::read(char* into, std::size_t size) {
    if (tls_) return read_tls(into, size);
    for (;;) {
        const ssize_t got = ::recv(descriptor_, into, size, 0);
        if (got > 0) return {ReadStatus::kData, static_cast<std::size_t>(got), 0};
        if (got == 0) return {ReadStatus::kClosed, 0, 0};
        if (errno == EINTR) continue;
        if (would_block(errno)) return {ReadStatus::kBlocked, 0, 0};
        return {ReadStatus::kClosed, 0, errno};
    }
}

Socket::Peeked Socket::peek() const {
    if (tls_) return peek_tls();
    char byte = 0;
    const ssize_t got = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0) return {ReadStatus::kData, byte};
    const bool gone = got == 0 || (!would_block(errno) && errno != EINTR);
    return {gone ? ReadStatus::kClosed : ReadStatus::kBlocked};
}

bool Socket::send(std::string_view bytes) {
    if (descriptor_ < 0) return false;
    if (tls_) return send_tls(bytes);
    std::size_t sent = 0;
    while (backlog_bytes() == 0 && sent < bytes.size()) {
        const ssize_t n = ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (n >= 0) {
            sent += static_cast<std::size_t>(n);
            continue;
        }
        if (errno == EINTR) continue;
        if (!would_block(errno)) return false;
        break;
    }
    if (sent < bytes.size()) {
        keep(bytes.data() + sent, bytes.size() - sent);
        update_watch();
    }
    return true;
}

void Socket::keep(const char* bytes, std::size_t size) {
    if (!backlog_) backlog_ = std::make_unique<Backlog>();
    if (backlog_->sent > kHighBytes) {
        backlog_->bytes.erase(0, backlog_->sent);
        backlog_->sent = 0;
    }
    backlog_->bytes.append(bytes, size);
}

std::chrono::steady_clock::time_point Socket::stuck_since(std::chrono::steady_clock::time_point now) {
    if (!backlog_) return now;
    if (std::exchange(backlog_->left_then, backlog_bytes()) != backlog_bytes()) backlog_->seen_at = now;
    return backlog_->seen_at;
}

bool Socket::send(OutBatch& batch) {
    if (descriptor_ < 0) return false;
    if (tls_) return send_tls(batch);
    constexpr std::size_t kMaxVectors = 512;
    const auto vectors = batch.vectors();
    std::size_t at = 0;
    while (at < vectors.size() && backlog_bytes() == 0) {
        const std::size_t count = std::min(vectors.size() - at, kMaxVectors);
        const ssize_t n = send_vectors(descriptor_, &vectors[at], count);
        if (n < 0) {
            if (errno == EINTR) continue;
            if (!would_block(errno)) return false;
            break;
        }
        auto taken = static_cast<std::size_t>(n);
        while (at < vectors.size() && taken >= vectors[at].iov_len) taken -= vectors[at++].iov_len;
        if (at < vectors.size() && taken > 0) {
            vectors[at].iov_base = static_cast<char*>(vectors[at].iov_base) + taken;
            vectors[at].iov_len -= taken;
        }
    }
    if (at < vectors.size()) {
        for (; at < vectors.size(); ++at) keep(static_cast<char*>(vectors[at].iov_base), vectors[at].iov_len);
        update_watch();
    }
    return true;
}

void Socket::read_on(bool wanted) {
    if (reading_ == wanted) return;
    reading_ = wanted;
    update_watch();
    if (tls_ && wanted) read_soon();
}

void Socket::finish_sending() {
    if (descriptor_ < 0) return;
    static_cast<void>(send_backlog());
    if (tls_) close_tls();
    ::shutdown(descriptor_, SHUT_WR);
    std::array<char, 4096> dropped;
    for (int i = 0; i < 64 && ::recv(descriptor_, dropped.data(), dropped.size(), MSG_DONTWAIT) > 0; ++i) {
    }
}

void Socket::update_watch() {
    int events = reading_ && !connecting_ ? UV_READABLE : 0;
    if (connecting_ || backlog_bytes() > 0) events |= UV_WRITABLE;
    if (backlog_bytes() > 0) drain_owed_ = true;
    if (backlog_bytes() > kLowBytes) above_low_ = true;
    if (tls_) events = tls_events(events);
    poll_.watch(events);
}

bool Socket::send_backlog() {
    if (tls_) return send_backlog_tls();
    while (backlog_bytes() > 0) {
        const ssize_t n =
            ::send(descriptor_, backlog_->bytes.data() + backlog_->sent, backlog_bytes(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return would_block(errno);
        backlog_->sent += static_cast<std::size_t>(n);
    }
    backlog_.reset();
    return true;
}

void Socket::on_poll(int status, int events) {
    if (status <
        0) {  // error condition on the descriptor: libuv has stopped watching; what is left shows by reading
        poll_.mark_stopped();
        events = connecting_ ? UV_WRITABLE : UV_READABLE;
    }
    if (connecting_) return finish_connect();
    if (tls_) return on_tls_poll(status, events);
    if (status < 0) drop_backlog();
    if ((events & UV_WRITABLE) != 0) {
        if (!send_backlog()) drop_backlog();
        update_watch();
        tell_drained();
        if (descriptor_ < 0) return;
    }
    if ((events & UV_READABLE) != 0 && (reading_ || status < 0)) owner_->on_readable();
    if (status < 0 && descriptor_ >= 0) update_watch();
}

void Socket::finish_connect() {
    connecting_ = false;
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &length);
    reading_ = true;
    update_watch();
    owner_->on_connected(error);
}

/// The connection is broken: what waits can never leave. The end shows by reading.
void Socket::drop_backlog() {
    backlog_.reset();
    reading_ = true;
}

/// The other side may be read again when little is left, and is told when nothing is left.
void Socket::tell_drained() {
    const bool low = above_low_ && backlog_bytes() <= kLowBytes;
    const bool empty = drain_owed_ && backlog_bytes() == 0;
    if (!low && !empty) return;
    above_low_ = false;
    if (empty) drain_owed_ = false;
    owner_->on_drained();
}

}  // namespace pooler
