// For a client that speaks in clear: passes its SSLRequest on, does the handshake in its stead, and is its
// TLS from then on. One connection, in a thread that ends with the object.
#pragma once

#include <cstdint>
#include <optional>
#include <thread>

#include "tests/support/certificates.h"

namespace recording {

class TlsBridge {
 public:
    /// `shown`: the client's certificate, if it has one. The server's is not looked at.
    TlsBridge(std::uint16_t server_port, const std::optional<support::Credentials>& shown);
    ~TlsBridge();
    TlsBridge(const TlsBridge&) = delete;
    TlsBridge& operator=(const TlsBridge&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
    void serve(std::uint16_t server_port, const std::optional<support::Credentials>& shown) const;

    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace recording
