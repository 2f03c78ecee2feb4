// The accept loop: bounded per turn, and quiet for a second when the system has no descriptor left.
#include "pooler/net/listener.h"

#include <cerrno>
#include <chrono>
#include <utility>

namespace pooler {

namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr std::chrono::milliseconds kPause{1'000};

// How long a listener of a shared port goes on when it retires. Connections that tcp_defer_accept has kept
// back come out when the kernel repeats its part of the handshake (RFC 6298, 2.1: after a second); then there
// must be time for the last round trips.
constexpr std::chrono::milliseconds kDeferredCome{1'100};
constexpr std::chrono::milliseconds kHandshakesEnd{200};

/// The connection died in the queue; Linux reports its network error here. The next one may be well.
bool concerns_one_connection(int error) {
    switch (error) {
        case ECONNABORTED:
        case EINTR:
        case EPROTO:
        case EPERM:  // a firewall rule forbids it
        case ENETDOWN:
        case ENETUNREACH:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case EHOSTUNREACH:
        case ENONET:
        case EOPNOTSUPP: return true;
        default: return false;
    }
}

}  // namespace

Listener::Listener(uv_loop_t* loop, ListenerOwner& owner) : loop_{loop}, owner_{&owner} {
    timer_.open<&Listener::on_timer>(loop, this);
    retirement_timer_.open<&Listener::on_retirement>(loop, this);
}

void Listener::open(ListenSocket socket) {
    close();
    socket_ = std::move(socket);
    poll_.open<&Listener::on_poll>(loop_, socket_.descriptor(), this);
    update_watch();
}

void Listener::close() {
    poll_.close();
    timer_.stop();
    retirement_timer_.stop();
    retirement_ = Retirement::kNone;
    paused_ = pause_known_ = false;
    socket_.close();
}

void Listener::retire() {
    if (retirement_ != Retirement::kNone) return;
    if (!socket_.shares_port()) return accept_rest_and_close();
    retirement_ = Retirement::kDeferredCome;
    set_defer_accept(socket_.descriptor(), false);
    retirement_timer_.start(kDeferredCome);
}

void Listener::on_retirement() {
    if (retirement_ == Retirement::kHandshakesEnd) return accept_rest_and_close();
    retirement_ = Retirement::kHandshakesEnd;
    use_syn_cookies(socket_.descriptor());
    retirement_timer_.start(kHandshakesEnd);
}

void Listener::accept_rest_and_close() {
    while (poll_.is_open() && accept_one()) {
    }
    close();
    owner_->on_retired(*this);
}

void Listener::suspend() {
    suspended_ = true;
    update_watch();
}

void Listener::resume() {
    suspended_ = false;
    update_watch();
}

void Listener::update_watch() { poll_.watch(suspended_ || paused_ ? 0 : UV_READABLE); }

void Listener::on_poll(int status, int /*events*/) {
    if (status < 0) {  // libuv has stopped watching; accept() takes the error off the socket
        poll_.mark_stopped();
        static_cast<void>(accept_one());
        return update_watch();
    }
    for (int count = 0; count < kAcceptsPerTurn; ++count)
        if (!accept_one() || !poll_.is_open() || suspended_) return;
}

/// False if there is nothing more to take now.
bool Listener::accept_one() {
    Address peer;
    peer.length = sizeof peer.storage;
    const int descriptor = ::accept4(socket_.descriptor(), reinterpret_cast<sockaddr*>(&peer.storage),
                                     &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
        pause_known_ = false;
        owner_->on_accept(descriptor, peer, *this);
        return true;
    }
    const int error = errno;
    if (error == EAGAIN || error == EWOULDBLOCK) return false;
    if (concerns_one_connection(error)) return true;
    pause(error);
    return false;
}

/// Without a free descriptor the socket stays readable: watching on would spin.
void Listener::pause(int error) {
    paused_ = true;
    update_watch();
    timer_.start(kPause);
    if (!std::exchange(pause_known_, true)) owner_->on_accept_paused(error, *this);
}

void Listener::on_timer() {
    paused_ = false;
    update_watch();
}

}  // namespace pooler
