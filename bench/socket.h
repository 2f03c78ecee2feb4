// Descriptors, loopback sockets and epoll for the bench tools, one owner each, no thread of their own.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace bench {

template <class T>
using Result = tl::expected<T, std::string>;  ///< the error is a text for stderr

/// Owns one descriptor; closed by the destructor.
class Fd {
 public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        reset(std::exchange(other.fd_, -1));
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool valid() const { return fd_ >= 0; }
    void reset(int fd = -1);

 private:
    int fd_ = -1;
};

/// A numeric IPv4 address and port.
struct Address {
    std::uint32_t ip = 0;  ///< network byte order
    std::uint16_t port = 0;
};

[[nodiscard]] Result<Address> parse_address(const std::string& host, int port);

/// A listening, non-blocking socket; port 0 lets the kernel choose.
[[nodiscard]] Result<Fd> listen_on(const Address& address);
[[nodiscard]] Result<std::uint16_t> local_port(const Fd& socket);

/// Next waiting connection, non-blocking, TCP_NODELAY on. An invalid Fd: none is waiting (or no descriptor is
/// left).
[[nodiscard]] Fd accept_from(const Fd& listener);

/// Starts a connection; it is open, or has failed (socket_error), at the first writability.
[[nodiscard]] Result<Fd> start_connect(const Address& address);
[[nodiscard]] int socket_error(const Fd& socket);

/// An epoll set; `tag` comes back with each event. Level-triggered.
class Poller {
 public:
    [[nodiscard]] static Result<Poller> create();

    [[nodiscard]] bool add(int fd, std::uint32_t events, std::uint64_t tag) const;
    [[nodiscard]] bool modify(int fd, std::uint32_t events, std::uint64_t tag) const;
    void remove(int fd) const;
    /// Events until the first one or the time is over; an interrupted wait gives none.
    [[nodiscard]] std::span<const epoll_event> wait(std::span<epoll_event> room,
                                                    std::chrono::milliseconds at_most) const;

 private:
    explicit Poller(Fd epoll) : epoll_(std::move(epoll)) {}

    Fd epoll_;
};

/// Lifts the soft limit of open descriptors to the hard one; gives the limit now in force.
std::uint64_t raise_descriptor_limit();

}  // namespace bench
