// A client that begins with TLS and says what it is told, record by record: libpq before 17 knows no direct
// TLS, and sends whole messages only.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/catch.h"
#include "tests/support/wire_client.h"

namespace tls_scene {

/// OpenSSL on top of a socket of its own.
class DirectClient {
 public:
    /// `alpn`: names, each with its length in front; empty: the extension is left out.
    explicit DirectClient(std::uint16_t port, std::string_view alpn = {}) : below_{port} {
        SSL_set_fd(ssl_.get(), below_.fd());
        if (!alpn.empty())
            SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                                static_cast<unsigned>(alpn.size()));
        secured_ = SSL_connect(ssl_.get()) == 1;
        const unsigned long error = ERR_get_error();
        if (!secured_ && error != 0) refusal_ = ERR_reason_error_string(error);
    }

    [[nodiscard]] bool secured() const { return secured_; }
    [[nodiscard]] const std::string& refusal() const { return refusal_; }
    [[nodiscard]] std::string chosen() const {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_.get(), &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }
    /// One record.
    void send(const std::string& bytes) {
        CHECK(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
              static_cast<int>(bytes.size()));
    }
    /// Until these bytes or the end.
    [[nodiscard]] bool receives(std::string_view wanted) {
        std::string said;
        std::array<char, 4096> bytes{};
        while (said.find(wanted) == std::string::npos) {
            const int got = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (got <= 0) return false;
            said.append(bytes.data(), static_cast<std::size_t>(got));
        }
        return true;
    }

 private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ctx_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    support::WireClient below_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{SSL_new(ctx_.get()), SSL_free};
    bool secured_ = false;
    std::string refusal_;
};

}  // namespace tls_scene
