#include "tests/unit/pooler/net/tls_socket_scene.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "tests/support/catch.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"
#include "tls/connection.h"
#include "tls/trust.h"

namespace tls_socket {

namespace {

std::shared_ptr<const tls::Context> server_context(int chain) {
    static const support::TempDir folder;
    static const auto shown = support::self_signed({.common_name = "weir.example.com"});
    std::string certificates;
    for (int n = 0; n < chain; ++n) certificates += shown.certificate;
    tls::Options options;
    options.role = tls::Role::kServer;
    options.cert_file = folder.write("server.crt", certificates);
    options.key_file = folder.write("server.key", shown.key);
    tls::TrustCache trust;
    auto made = tls::Context::make(options, trust);
    if (!made) FAIL(made.error().text);
    return *made;
}

bool writable(int descriptor) {
    pollfd entry{descriptor, POLLOUT, 0};
    return ::poll(&entry, 1, 0) == 1;
}

}  // namespace

void Scene::count(int write, int /*version*/, int type, const void* bytes, std::size_t size, SSL* /*ssl*/,
                  void* scene) {
    const bool data = write == 0 && type == SSL3_RT_HEADER && size > 0 &&
                      *static_cast<const unsigned char*>(bytes) == SSL3_RT_APPLICATION_DATA;
    if (data) ++static_cast<Scene*>(scene)->records_;
}

Scene::Scene(support::TestLoop& loop, const Options& options) : loop_{&loop} {
    std::signal(SIGPIPE, SIG_IGN);  // as the program does
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    client_fd_ = ends[1];
    if (options.send_buffer > 0)
        REQUIRE(::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &options.send_buffer, sizeof(int)) == 0);
    io_.loop = loop.get();
    socket.attach(loop.get(), ends[0]);
    auto connection = tls::Connection::accept(server_context(options.chain), ends[0]);
    REQUIRE(connection);
    socket.secure(io_, *std::move(connection), false);
    REQUIRE(SSL_CTX_set_max_proto_version(ctx_.get(), options.version) == 1);
    SSL_CTX_set_mode(ctx_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
    ssl_.reset(SSL_new(ctx_.get()));
    SSL_set_fd(ssl_.get(), client_fd_);
    SSL_set_connect_state(ssl_.get());
    static_cast<void>(SSL_do_handshake(ssl_.get()));
    bool done = false;
    REQUIRE(loop.run_until([&] {
        if (!writable(ends[0])) ++handshake_waits_to_write;
        if (!done && SSL_do_handshake(ssl_.get()) == 1) {
            done = true;
            if (!options.early.empty()) write(options.early);
        }
        return done && socket.secured() != nullptr;
    }));
    read();  // tickets
    SSL_set_msg_callback(ssl_.get(), &Scene::count);
    SSL_set_msg_callback_arg(ssl_.get(), this);
}

Scene::~Scene() {
    socket.close();
    io_.tls.close();
    hang_up();
}

void Scene::write(const std::string& bytes) {
    BIO* memory = hold_from_ ? BIO_new(BIO_s_mem()) : nullptr;
    if (memory != nullptr) SSL_set0_wbio(ssl_.get(), memory);
    REQUIRE(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
            static_cast<int>(bytes.size()));
    if (memory == nullptr) return;
    std::string record(bytes.size() + 1024, '\0');
    record.resize(static_cast<std::size_t>(BIO_read(memory, record.data(), static_cast<int>(record.size()))));
    SSL_set0_wbio(ssl_.get(), BIO_new_socket(client_fd_, BIO_NOCLOSE));
    held_ = record.substr(*hold_from_);
    REQUIRE(::send(client_fd_, record.data(), *hold_from_, 0) == static_cast<ssize_t>(*hold_from_));
    hold_from_.reset();
}

void Scene::hold_from(std::size_t bytes) { hold_from_ = bytes; }

void Scene::release() {
    REQUIRE(::send(client_fd_, held_.data(), held_.size(), 0) == static_cast<ssize_t>(held_.size()));
}

void Scene::update_key(bool answer) {
    REQUIRE(SSL_key_update(ssl_.get(), answer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) ==
            1);
    REQUIRE(SSL_do_handshake(ssl_.get()) == 1);
}

std::string Scene::renegotiate() {
    ERR_clear_error();
    REQUIRE(SSL_renegotiate(ssl_.get()) == 1);
    int returned = SSL_do_handshake(ssl_.get());
    const bool ended = loop_->run_until([&] {
        std::array<char, 64> block{};
        static_cast<void>(socket.read(block.data(), block.size()));
        returned = SSL_do_handshake(ssl_.get());
        return returned == 1 || SSL_get_error(ssl_.get(), returned) == SSL_ERROR_SSL;
    });
    REQUIRE(ended);
    if (returned == 1) return {};
    return ERR_reason_error_string(ERR_peek_error());
}

void Scene::fill_kernel() {
    const std::string junk(65536, 'j');
    ssize_t sent = 0;
    while ((sent = ::send(socket.descriptor(), junk.data(), junk.size(), MSG_NOSIGNAL)) > 0)
        junk_ += static_cast<std::size_t>(sent);
    REQUIRE(errno == EAGAIN);
}

void Scene::discard() {
    std::string into(junk_, '\0');
    for (std::size_t got = 0; got < junk_;) {
        const ssize_t n = ::recv(client_fd_, into.data(), junk_ - got, 0);
        REQUIRE(n > 0);
        got += static_cast<std::size_t>(n);
    }
    junk_ = 0;
}

std::string Scene::read() {
    std::string all;
    std::string block(16384, '\0');
    int got = 0;
    ERR_clear_error();
    while ((got = SSL_read(ssl_.get(), block.data(), static_cast<int>(block.size()))) > 0)
        all.append(block, 0, static_cast<std::size_t>(got));
    return all;
}

void Scene::hang_up() {
    if (client_fd_ >= 0) ::close(client_fd_);
    client_fd_ = -1;
}

bool Scene::run_until_readable() {
    return loop_->run_until([this] { return readable > 0; });
}

void Scene::run_idle_turns() {
    int turns = 0;
    static_cast<void>(loop_->run_until([&turns] { return ++turns > 5; }));
}

}  // namespace tls_socket
