#include "bench/stream.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <cerrno>

namespace bench {

namespace {

tl::unexpected<std::string> ssl_error(const std::string& what) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    return tl::make_unexpected(what + ": " + (reason == nullptr ? "OpenSSL failed" : reason));
}

/// Partial writes from buffers that move, as a stream of records does it; memory goes back between them.
void set_modes(SSL_CTX* context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
}

/// How many more sessions the server gives to each client: one does.
constexpr std::size_t kTickets = 1;

}  // namespace

void FreeSsl::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void FreeSsl::operator()(SSL* ssl) const { SSL_free(ssl); }
void FreeSsl::operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }

Result<TlsContext> client_tls() {
    TlsContext context{SSL_CTX_new(TLS_client_method())};
    if (!context) return ssl_error("TLS");
    set_modes(context.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    return context;
}

Result<TlsContext> server_tls(const std::string& certificate, const std::string& key) {
    TlsContext context{SSL_CTX_new(TLS_server_method())};
    if (!context) return ssl_error("TLS");
    set_modes(context.get());
    SSL_CTX_set_num_tickets(context.get(), kTickets);
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
        return ssl_error(certificate);
    if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) return ssl_error(key);
    return context;
}

void Stream::close() {
    // A session that was not shut down is not resumed.
    if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) {
        ERR_clear_error();
        (void)SSL_shutdown(ssl_.get());
    }
    ssl_.reset();
    socket_.reset();
}

bool Stream::secure(SSL_CTX* context) {
    ERR_clear_error();
    ssl_.reset(SSL_new(context));
    return ssl_ && SSL_set_fd(ssl_.get(), socket_.get()) == 1;
}

bool Stream::secure_as_client(SSL_CTX* context, SSL_SESSION* session) {
    if (!secure(context)) return false;
    SSL_set_connect_state(ssl_.get());
    return session == nullptr || SSL_set_session(ssl_.get(), session) == 1;
}

bool Stream::secure_as_server(SSL_CTX* context) {
    if (!secure(context)) return false;
    SSL_set_accept_state(ssl_.get());
    return true;
}

Stream::Shake Stream::shake() {
    ERR_clear_error();
    const int returned = SSL_do_handshake(ssl_.get());
    if (returned == 1) return Shake::kDone;
    switch (SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ: return Shake::kWantRead;
        case SSL_ERROR_WANT_WRITE: return Shake::kWantWrite;
        default: return Shake::kFailed;
    }
}

bool Stream::resumed() const { return ssl_ && SSL_session_reused(ssl_.get()) == 1; }

TlsSession Stream::take_session() {
    if (!ssl_) return nullptr;
    TlsSession session{SSL_get1_session(ssl_.get())};
    if (session && SSL_SESSION_is_resumable(session.get()) == 0) session.reset();
    return session;
}

ssize_t Stream::failed(int returned) const {
    const int kind = SSL_get_error(ssl_.get(), returned);
    if (kind == SSL_ERROR_ZERO_RETURN) return 0;
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) {
        errno = EAGAIN;
    } else if (kind != SSL_ERROR_SYSCALL || errno == 0) {
        errno = EPROTO;
    }
    return -1;
}

ssize_t Stream::receive(std::span<char> into) {
    if (!ssl_) return ::recv(socket_.get(), into.data(), into.size(), 0);
    ERR_clear_error();
    errno = 0;
    std::size_t got = 0;
    const int returned = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
    return returned == 1 ? static_cast<ssize_t>(got) : failed(returned);
}

ssize_t Stream::send(std::string_view bytes) {
    if (!ssl_) return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ERR_clear_error();
    errno = 0;
    std::size_t taken = 0;
    const int returned = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken);
    return returned == 1 ? static_cast<ssize_t>(taken) : failed(returned);
}

}  // namespace bench
