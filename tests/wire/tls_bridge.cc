#include "tests/wire/tls_bridge.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <string>

#include "tests/support/catch.h"

namespace recording {

namespace {

constexpr std::size_t kSslRequestBytes = 8;

/// Closed with its owner.
class Descriptor {
 public:
    explicit Descriptor(int fd) : fd_{fd} {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

 private:
    int fd_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// OpenSSL reads from memory as it reads from a file.
template <class T, class Read, class Free>
std::unique_ptr<T, Free> from_pem(const std::string& text, Read read, Free release) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory{
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
    return {read(memory.get(), nullptr, nullptr, nullptr), release};
}

Ssl handshake(int server, const std::optional<support::Credentials>& shown) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ctx{SSL_CTX_new(TLS_client_method()),
                                                                &SSL_CTX_free};
    Ssl ssl{SSL_new(ctx.get()), &SSL_free};
    if (shown) {
        const auto certificate = from_pem<X509>(shown->certificate, PEM_read_bio_X509, &X509_free);
        const auto key = from_pem<EVP_PKEY>(shown->key, PEM_read_bio_PrivateKey, &EVP_PKEY_free);
        SSL_use_certificate(ssl.get(), certificate.get());
        SSL_use_PrivateKey(ssl.get(), key.get());
    }
    SSL_set_fd(ssl.get(), server);
    if (SSL_connect(ssl.get()) != 1) ssl.reset();
    return ssl;
}

/// As many bytes as that, from one to the other.
bool carry(int from, int to, std::size_t bytes) {
    std::array<char, kSslRequestBytes> block{};
    const auto size = static_cast<ssize_t>(bytes);
    return ::recv(from, block.data(), bytes, MSG_WAITALL) == size &&
           ::send(to, block.data(), bytes, MSG_NOSIGNAL) == size;
}

/// Until one of them closes.
void pump(int client, SSL* ssl) {
    std::array<char, 16384> block{};
    SSL_clear_mode(ssl, SSL_MODE_AUTO_RETRY);  // a ticket is no reason to wait for what follows
    for (;;) {
        std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {SSL_get_fd(ssl), POLLIN, 0}}};
        if (SSL_pending(ssl) == 0 && ::poll(ends.data(), ends.size(), -1) < 0) return;
        if (ends[0].revents != 0) {
            const ssize_t got = ::recv(client, block.data(), block.size(), 0);
            if (got <= 0 || SSL_write(ssl, block.data(), static_cast<int>(got)) <= 0) return;
        }
        if (SSL_pending(ssl) == 0 && ends[1].revents == 0) continue;
        const int got = SSL_read(ssl, block.data(), static_cast<int>(block.size()));
        if (got <= 0 && SSL_get_error(ssl, got) == SSL_ERROR_WANT_READ) continue;
        if (got <= 0 || ::send(client, block.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got)
            return;
    }
}

}  // namespace

TlsBridge::TlsBridge(std::uint16_t server_port, const std::optional<support::Credentials>& shown)
    : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    std::signal(SIGPIPE, SIG_IGN);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, raw, length) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    REQUIRE(::getsockname(listener_, raw, &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this, server_port, shown] { serve(server_port, shown); }};
}

TlsBridge::~TlsBridge() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

/// By the time of the end the client or the server has closed: so has this.
void TlsBridge::serve(std::uint16_t server_port, const std::optional<support::Credentials>& shown) const {
    const Descriptor client{::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)};
    if (client.get() < 0) return;
    const Descriptor server{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const sockaddr_in address = loopback(server_port);
    if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
    if (!carry(client.get(), server.get(), kSslRequestBytes)) return;
    if (!carry(server.get(), client.get(), 1)) return;
    if (const Ssl ssl = handshake(server.get(), shown)) pump(client.get(), ssl.get());
}

}  // namespace recording
