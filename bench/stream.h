// A non-blocking connection of the bench tools, in clear or with TLS. OpenSSL on the descriptor, nothing of
// tls/, so that the pooler is not measured with its own code. One owner, one thread.
#pragma once

#include <openssl/ssl.h>
#include <sys/types.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bench/socket.h"

namespace bench {

struct FreeSsl {
    void operator()(SSL_CTX* context) const;
    void operator()(SSL* ssl) const;
    void operator()(SSL_SESSION* session) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeSsl>;
using TlsSession = std::unique_ptr<SSL_SESSION, FreeSsl>;

/// Of clients: TLS 1.2 and later, nothing is verified (that would cost the load, not the pooler).
[[nodiscard]] Result<TlsContext> client_tls();
/// Of a server that shows this certificate; PEM files.
[[nodiscard]] Result<TlsContext> server_tls(const std::string& certificate, const std::string& key);

class Stream {
 public:
    Stream() = default;
    explicit Stream(Fd socket) : socket_{std::move(socket)} {}

    [[nodiscard]] const Fd& socket() const { return socket_; }
    void close();

    /// From now on TLS, beginning with the handshake. `session`: one to resume, or null.
    [[nodiscard]] bool secure_as_client(SSL_CTX* context, SSL_SESSION* session);
    [[nodiscard]] bool secure_as_server(SSL_CTX* context);
    [[nodiscard]] bool secured() const { return ssl_ != nullptr; }

    enum class Shake { kDone, kWantRead, kWantWrite, kFailed };
    [[nodiscard]] Shake shake();
    [[nodiscard]] bool resumed() const;
    /// The newest session that the server has given, if it may be resumed.
    [[nodiscard]] TlsSession take_session();

    /// As recv() and send(): -1 with errno EAGAIN if the descriptor has to be waited for; 0 at the end of the
    /// stream. What send() did not take must be offered again, with the same bytes in front.
    [[nodiscard]] ssize_t receive(std::span<char> into);
    [[nodiscard]] ssize_t send(std::string_view bytes);

 private:
    [[nodiscard]] bool secure(SSL_CTX* context);
    [[nodiscard]] ssize_t failed(int returned) const;

    Fd socket_;
    std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace bench
