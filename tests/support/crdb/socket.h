// Non-blocking sockets of the fake cluster as values that close themselves. Used by its thread.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "tests/support/crdb/fault.h"

namespace support::crdb {

class Socket {
 public:
    Socket() = default;
    explicit Socket(int fd);
    ~Socket() { close(Cut::kFin); }
    Socket(Socket&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), ssl_(std::exchange(other.ssl_, nullptr)) {}
    Socket& operator=(Socket&&) = delete;

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] bool open() const { return fd_ >= 0; }
    /// Appends what is there to `bytes`; false at the end of the stream.
    [[nodiscard]] bool receive(std::string& bytes);
    /// Sends what fits of the first `most` bytes and removes it; false if the peer is gone.
    [[nodiscard]] bool send(std::string& bytes, std::size_t most);
    void close(Cut how);
    /// From here on everything is in TLS; the handshake goes on as bytes are received.
    void secure(SSL_CTX& context);
    /// The common name of the peer's certificate; empty if it has shown none.
    [[nodiscard]] std::string peer_name() const;

 private:
    [[nodiscard]] bool receive_secured(std::string& bytes) const;

    int fd_ = -1;
    SSL* ssl_ = nullptr;
};

/// What a secure node shows; it asks for a client's certificate without needing one.
[[nodiscard]] std::shared_ptr<SSL_CTX> make_tls_context(const std::string& certificate,
                                                        const std::string& key, const std::string& authority);

/// A listening socket on 127.0.0.1 whose port stays its own, also while it is shut.
class Listener {
 public:
    Listener();
    ~Listener() { shut(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void open();
    /// New connections are refused by the kernel.
    void shut();
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// A closed one if nobody waits.
    [[nodiscard]] Socket accept() const;

 private:
    const std::uint16_t port_;
    int fd_ = -1;
};

}  // namespace support::crdb
