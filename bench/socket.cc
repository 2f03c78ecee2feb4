#include "bench/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bench {

namespace {

constexpr int kListenBacklog = 4096;

tl::unexpected<std::string> system_error(const char* what) {
    return tl::make_unexpected(std::string{what} + ": " + std::strerror(errno));
}

sockaddr_in to_sockaddr(const Address& address) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_addr.s_addr = address.ip;
    out.sin_port = htons(address.port);
    return out;
}

// The socket calls take any address family through a pointer to the generic struct.
template <class Sockaddr>
auto* generic(Sockaddr* address) {
    return static_cast<sockaddr*>(static_cast<void*>(address));
}

void set_no_delay(int fd) {
    const int on = 1;
    // A failure only delays small packets; the figures would show it.
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

void Fd::reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

Result<Address> parse_address(const std::string& host, int port) {
    in_addr ip{};
    if (::inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &ip) != 1) {
        return tl::make_unexpected("not a numeric IPv4 address: " + host);
    }
    if (port < 0 || port > 65535) return tl::make_unexpected("no such port: " + std::to_string(port));
    return Address{ip.s_addr, static_cast<std::uint16_t>(port)};
}

Result<Fd> listen_on(const Address& address) {
    Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket.valid()) return system_error("socket");
    const int on = 1;
    (void)::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    auto name = to_sockaddr(address);
    if (::bind(socket.get(), generic(&name), sizeof name) != 0) return system_error("bind");
    if (::listen(socket.get(), kListenBacklog) != 0) return system_error("listen");
    return socket;
}

Result<std::uint16_t> local_port(const Fd& socket) {
    sockaddr_in name{};
    socklen_t size = sizeof name;
    if (::getsockname(socket.get(), generic(&name), &size) != 0) return system_error("getsockname");
    return ntohs(name.sin_port);
}

Fd accept_from(const Fd& listener) {
    Fd socket{::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (socket.valid()) set_no_delay(socket.get());
    return socket;
}

Result<Fd> start_connect(const Address& address) {
    Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket.valid()) return system_error("socket");
    set_no_delay(socket.get());
    auto name = to_sockaddr(address);
    if (::connect(socket.get(), generic(&name), sizeof name) != 0 && errno != EINPROGRESS) {
        return system_error("connect");
    }
    return socket;
}

int socket_error(const Fd& socket) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
}

Result<Poller> Poller::create() {
    Fd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    if (!epoll.valid()) return system_error("epoll_create1");
    return Poller{std::move(epoll)};
}

bool Poller::add(int fd, std::uint32_t events, std::uint64_t tag) const {
    epoll_event event{events, {}};
    event.data.u64 = tag;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Poller::modify(int fd, std::uint32_t events, std::uint64_t tag) const {
    epoll_event event{events, {}};
    event.data.u64 = tag;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
}

void Poller::remove(int fd) const { (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const epoll_event> Poller::wait(std::span<epoll_event> room,
                                          std::chrono::milliseconds at_most) const {
    const int count = ::epoll_wait(epoll_.get(), room.data(), static_cast<int>(room.size()),
                                   static_cast<int>(at_most.count()));
    return room.first(count > 0 ? static_cast<std::size_t>(count) : 0);
}

std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace bench
