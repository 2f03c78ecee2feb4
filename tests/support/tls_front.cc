#include "tests/support/tls_front.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace support {

namespace {

using SslCtx = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;
using Opening = TlsFrontOptions::Opening;

constexpr std::string_view kSslRequest{"\0\0\0\x08\x04\xd2\x16\x2f", 8};
constexpr std::array<unsigned char, 11> kAlpn{10, 'p', 'o', 's', 't', 'g', 'r', 'e', 's', 'q', 'l'};

/// A blocking stream, in clear or in TLS.
struct Stream {
    int fd = -1;
    Ssl ssl{nullptr, SSL_free};

    /// 0: a record without bytes, such as a ticket, after which nothing may come for long; -1: the end.
    [[nodiscard]] long read(char* into, std::size_t size) const {
        if (!ssl) {
            const ssize_t got = ::recv(fd, into, size, 0);
            return got > 0 ? got : -1;
        }
        SSL_clear_mode(ssl.get(), SSL_MODE_AUTO_RETRY);
        const int got = SSL_read(ssl.get(), into, static_cast<int>(size));
        if (got > 0) return got;
        return SSL_get_error(ssl.get(), got) == SSL_ERROR_WANT_READ ? 0 : -1;
    }
    [[nodiscard]] bool write(const char* from, std::size_t size) const {
        if (ssl) return SSL_write(ssl.get(), from, static_cast<int>(size)) > 0;
        while (size > 0) {
            const ssize_t sent = ::send(fd, from, size, MSG_NOSIGNAL);
            if (sent <= 0) return false;
            from += sent;
            size -= static_cast<std::size_t>(sent);
        }
        return true;
    }
    [[nodiscard]] bool pending() const { return ssl && SSL_pending(ssl.get()) > 0; }
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

/// One direction, once; false at its end.
bool pass_on(const Stream& from, const Stream& to) {
    std::array<char, 16384> bytes{};
    const long got = from.read(bytes.data(), bytes.size());
    return got == 0 || (got > 0 && to.write(bytes.data(), static_cast<std::size_t>(got)));
}

void pump(const Stream& client, const Stream& server) {
    for (;;) {
        std::array<pollfd, 2> ends{{{client.fd, POLLIN, 0}, {server.fd, POLLIN, 0}}};
        if (!client.pending() && !server.pending() && ::poll(ends.data(), ends.size(), -1) < 0) return;
        if ((client.pending() || ends[0].revents != 0) && !pass_on(client, server)) return;
        if ((server.pending() || ends[1].revents != 0) && !pass_on(server, client)) return;
    }
}

template <class T, class Read, class Free>
std::unique_ptr<T, Free> from_pem(const std::string& text, Read read, Free release) {
    BIO* memory = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    std::unique_ptr<T, Free> object{read(memory, nullptr, nullptr, nullptr), release};
    BIO_free(memory);
    return object;
}

int choose_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                unsigned offered_size, void*) {
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, size, kAlpn.data(), kAlpn.size(), offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

SslCtx server_context(const TlsFrontOptions& options) {
    SslCtx ctx{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    SSL_CTX_set_security_level(ctx.get(), 0);  // it may show what nobody should
    const auto certificate = from_pem<X509>(options.credentials.certificate, PEM_read_bio_X509, X509_free);
    const auto key = from_pem<EVP_PKEY>(options.credentials.key, PEM_read_bio_PrivateKey, EVP_PKEY_free);
    if (SSL_CTX_use_certificate(ctx.get(), certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(ctx.get(), key.get()) != 1)
        std::abort();
    if (options.opening == Opening::kDirect) SSL_CTX_set_alpn_select_cb(ctx.get(), choose_alpn, nullptr);
    return ctx;
}

}  // namespace

struct TlsFront::Shared {
    explicit Shared(const TlsFrontOptions& given) : options{given} {}

    TlsFrontOptions options;
    SslCtx accept_context{nullptr, SSL_CTX_free};
    SslCtx connect_context{nullptr, SSL_CTX_free};
    int listener = -1;
    std::uint16_t port = 0;
    std::thread acceptor;
    mutable std::mutex lock;
    std::vector<std::thread> threads;
    std::vector<int> open;
    std::string server_name;
    bool alpn = false;
    int secured = 0;
    int resumed = 0;

    void listen();
    void run();
    void serve(int fd);
    [[nodiscard]] bool open_client(Stream& client);
    [[nodiscard]] bool secure(Stream& client);
    [[nodiscard]] bool open_server(Stream& server);
    void keep(int fd) {
        const std::lock_guard hold{lock};
        open.push_back(fd);
    }
};

void TlsFront::Shared::listen() {
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, raw, length) != 0 || ::listen(listener, 64) != 0 ||
        ::getsockname(listener, raw, &length) != 0)
        std::abort();
    port = ntohs(address.sin_port);
}

void TlsFront::Shared::run() {
    for (;;) {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        keep(fd);
        const std::lock_guard hold{lock};
        threads.emplace_back([this, fd] { serve(fd); });
    }
}

void TlsFront::Shared::serve(int fd) {
    Stream client;
    client.fd = fd;
    Stream server;
    if (open_client(client) && open_server(server)) pump(client, server);
    ::shutdown(fd, SHUT_RDWR);
    if (server.fd >= 0) ::shutdown(server.fd, SHUT_RDWR);
}

bool TlsFront::Shared::open_client(Stream& client) {
    constexpr std::string_view kRefusal{"E\0\0\0\x1fSERROR\0C08P01\0Mno TLS today\0\0", 32};
    if (options.opening == Opening::kDirect) return secure(client);
    std::array<char, 8> request{};
    if (::recv(client.fd, request.data(), request.size(), MSG_WAITALL) != 8) return false;
    if (std::string_view{request.data(), request.size()} != kSslRequest) return false;
    switch (options.opening) {
        case Opening::kRefuse: return client.write("N", 1);
        case Opening::kError: return client.write(kRefusal.data(), kRefusal.size()) && false;
        case Opening::kGlue: return client.write("SR\0\0\0\x08\0\0\0\0", 10) && secure(client);
        case Opening::kRequest:
        case Opening::kDirect: break;
    }
    return client.write("S", 1) && secure(client);
}

bool TlsFront::Shared::secure(Stream& client) {
    client.ssl.reset(SSL_new(accept_context.get()));
    SSL_set_fd(client.ssl.get(), client.fd);
    if (SSL_accept(client.ssl.get()) != 1) return false;
    const char* name = SSL_get_servername(client.ssl.get(), TLSEXT_NAMETYPE_host_name);
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.ssl.get(), &chosen, &size);
    const std::lock_guard hold{lock};
    server_name = name == nullptr ? "" : name;
    alpn = size == kAlpn[0];
    ++secured;
    resumed += SSL_session_reused(client.ssl.get());
    return true;
}

bool TlsFront::Shared::open_server(Stream& server) {
    server.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    keep(server.fd);
    const sockaddr_in address = loopback(options.server_port);
    if (::connect(server.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return false;
    if (!options.server_tls) return true;
    char answer = 0;
    if (!server.write(kSslRequest.data(), kSslRequest.size()) || server.read(&answer, 1) != 1 ||
        answer != 'S')
        return false;
    server.ssl.reset(SSL_new(connect_context.get()));
    SSL_set_fd(server.ssl.get(), server.fd);
    return SSL_connect(server.ssl.get()) == 1;
}

TlsFront::TlsFront(const TlsFrontOptions& options) : shared_{std::make_shared<Shared>(options)} {
    std::signal(SIGPIPE, SIG_IGN);
    shared_->accept_context = server_context(options);
    shared_->connect_context.reset(SSL_CTX_new(TLS_client_method()));
    shared_->listen();
    shared_->acceptor = std::thread{[shared = shared_.get()] { shared->run(); }};
}

TlsFront::~TlsFront() {
    ::shutdown(shared_->listener, SHUT_RDWR);
    shared_->acceptor.join();
    {
        const std::lock_guard hold{shared_->lock};
        for (const int fd : shared_->open) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : shared_->threads) thread.join();
    for (const int fd : shared_->open) ::close(fd);
    ::close(shared_->listener);
}

std::uint16_t TlsFront::port() const { return shared_->port; }

std::string TlsFront::server_name() const {
    const std::lock_guard hold{shared_->lock};
    return shared_->server_name;
}

bool TlsFront::alpn() const {
    const std::lock_guard hold{shared_->lock};
    return shared_->alpn;
}

int TlsFront::secured() const {
    const std::lock_guard hold{shared_->lock};
    return shared_->secured;
}

int TlsFront::resumed() const {
    const std::lock_guard hold{shared_->lock};
    return shared_->resumed;
}

}  // namespace support
