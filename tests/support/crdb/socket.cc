// Loopback sockets, plain or in TLS.
#include "tests/support/crdb/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "tests/support/catch.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"

namespace support::crdb {

Socket::Socket(int fd) : fd_(fd) {
    const int on = 1;
    if (fd_ >= 0) ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool Socket::receive(std::string& bytes) {
    if (ssl_ != nullptr) return receive_secured(bytes);
    std::array<char, 65536> block;
    for (;;) {
        const auto got = ::recv(fd_, block.data(), block.size(), MSG_DONTWAIT);
        if (got < 0) return errno == EAGAIN || errno == EINTR;
        if (got == 0) return false;
        bytes.append(block.data(), static_cast<std::size_t>(got));
    }
}

bool Socket::receive_secured(std::string& bytes) const {
    std::array<char, 65536> block;
    for (;;) {
        ERR_clear_error();
        const int got = SSL_read(ssl_, block.data(), static_cast<int>(block.size()));
        if (got <= 0) {
            const int error = SSL_get_error(ssl_, got);
            return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
        }
        bytes.append(block.data(), static_cast<std::size_t>(got));
    }
}

bool Socket::send(std::string& bytes, std::size_t most) {
    if (ssl_ != nullptr) {
        ERR_clear_error();
        const int taken = SSL_write(ssl_, bytes.data(), static_cast<int>(std::min(most, bytes.size())));
        if (taken <= 0) {
            const int error = SSL_get_error(ssl_, taken);
            return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
        }
        bytes.erase(0, static_cast<std::size_t>(taken));
        return true;
    }
    const auto sent = ::send(fd_, bytes.data(), std::min(most, bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    bytes.erase(0, static_cast<std::size_t>(sent));
    return true;
}

void Socket::close(Cut how) {
    if (fd_ < 0) return;
    if (ssl_ != nullptr) {
        if (how == Cut::kFin && SSL_is_init_finished(ssl_) == 1) SSL_shutdown(ssl_);
        SSL_free(std::exchange(ssl_, nullptr));
    }
    const linger hard{1, 0};
    if (how == Cut::kReset) ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(std::exchange(fd_, -1));
}

void Socket::secure(SSL_CTX& context) {
    ssl_ = SSL_new(&context);
    SSL_set_fd(ssl_, fd_);
    SSL_set_accept_state(ssl_);
}

std::string Socket::peer_name() const {
    if (ssl_ == nullptr) return {};
    X509* shown = SSL_get0_peer_certificate(ssl_);
    if (shown == nullptr) return {};
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    return name.data();
}

namespace {

template <class T, class Read>
std::shared_ptr<T> from_pem(const std::string& text, Read read, void (*release)(T*)) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory{
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
    return {read(memory.get(), nullptr, nullptr, nullptr), release};
}

}  // namespace

std::shared_ptr<SSL_CTX> make_tls_context(const std::string& certificate, const std::string& key,
                                          const std::string& authority) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    // A retried send may come from another place in memory, and with more behind it.
    SSL_CTX_set_mode(context.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
    const auto own = from_pem<X509>(certificate, PEM_read_bio_X509, X509_free);
    const auto secret = from_pem<EVP_PKEY>(key, PEM_read_bio_PrivateKey, EVP_PKEY_free);
    const auto root = from_pem<X509>(authority, PEM_read_bio_X509, X509_free);
    if (SSL_CTX_use_certificate(context.get(), own.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), secret.get()) != 1)
        FAIL("the fake node cannot use its certificate");
    if (root) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get());
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
        // Else a session that is taken up again is an error.
        constexpr std::array<unsigned char, 4> kContext{'c', 'r', 'd', 'b'};
        SSL_CTX_set_session_id_context(context.get(), kContext.data(), kContext.size());
    }
    return context;
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
