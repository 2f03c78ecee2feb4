// Plain loopback sockets.
#include "tests/support/crdb/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "tests/support/catch.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"

namespace support::crdb {

Socket::Socket(int fd) : fd_(fd) {
    const int on = 1;
    if (fd_ >= 0) ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool Socket::receive(std::string& bytes) {
    std::array<char, 65536> block;
    for (;;) {
        const auto got = ::recv(fd_, block.data(), block.size(), MSG_DONTWAIT);
        if (got < 0) return errno == EAGAIN || errno == EINTR;
        if (got == 0) return false;
        bytes.append(block.data(), static_cast<std::size_t>(got));
    }
}

bool Socket::send(std::string& bytes, std::size_t most) {
    const auto sent = ::send(fd_, bytes.data(), std::min(most, bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    bytes.erase(0, static_cast<std::size_t>(sent));
    return true;
}

void Socket::close(Cut how) {
    if (fd_ < 0) return;
    const linger hard{1, 0};
    if (how == Cut::kReset) ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(std::exchange(fd_, -1));
}

Listener::Listener() : port_(free_port()) {}

void Listener::open() {
    if (fd_ >= 0) return;
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The one before is there until a poll() that watches it has returned.
    const bool bound = eventually(
        [&] { return ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0; });
    if (!bound || ::listen(fd_, SOMAXCONN) != 0) FAIL("the fake node cannot listen on port " << port_);
}

void Listener::shut() {
    if (fd_ < 0) return;
    ::shutdown(fd_, SHUT_RDWR);  // refuses at once, also while a poll() holds it
    ::close(std::exchange(fd_, -1));
}

Socket Listener::accept() const {
    if (fd_ < 0) return Socket();
    return Socket(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

}  // namespace support::crdb
