#include "tests/unit/pooler/server/server_peer.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/support/catch.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wire_message.h"
#include "tls/context.h"
#include "tls/trust.h"

namespace server_peer {

namespace wire = support::wire;
using pooler::ServerState;

namespace {

/// A Unix socket: what has been written can be read, all of it.
int listen_at(const pooler::Address& address) {
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listener, address.get(), address.length) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    return listener;
}

pooler::TlsPlan unverified() {
    tls::Options options;
    options.role = tls::Role::kClient;
    tls::TrustCache trust;
    auto made = tls::Context::make(options, trust);
    if (!made) FAIL(made.error().text);
    return {.context = *made, .name = {.host = "127.0.0.1", .direct = true}, .required = true};
}

const support::TempDir& certificates() {
    static const support::TempDir folder;
    return folder;
}

}  // namespace

Scene::Scene(support::TestLoop& loop, Tls tls) : loop_{&loop}, server{io_, *this, tracked_, 1} {
    std::signal(SIGPIPE, SIG_IGN);  // as the program does
    io_.loop = loop.get();
    log_in(tls);
}

Scene::~Scene() {
    server.close();
    io_.tls.close();
    ssl_.reset();
    ::close(peer_);
}

void Scene::log_in(Tls tls) {
    const support::TempDir folder;
    const pooler::Address address = *pooler::unix_path_address(folder.path("socket"));
    const int listener = listen_at(address);
    server.connect(address, {.user = "u", .database = "d", .parameters = {}, .secret = {}, .captured = {}},
                   tls == Tls::kYes ? unverified() : pooler::TlsPlan{}, keys_);
    peer_ = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    REQUIRE(peer_ >= 0);
    constexpr int kRoom = 1024 * 1024;
    REQUIRE(::setsockopt(peer_, SOL_SOCKET, SO_SNDBUF, &kRoom, sizeof kRoom) == 0);
    ::close(listener);
    if (tls == Tls::kYes) accept_tls();
    write(wire::message('R', wire::int32(0)) + wire::message('K', wire::int32(1) + wire::int32(2)) +
          wire::message('Z', "I"));
    REQUIRE(run_until([this] { return logged_in_; }));
    REQUIRE(server.reusable());
}

void Scene::accept_tls() {
    const auto shown = support::self_signed({.common_name = "server"});
    ctx_.reset(SSL_CTX_new(TLS_server_method()));
    REQUIRE(SSL_CTX_use_certificate_file(ctx_.get(), certificates().write("s.crt", shown.certificate).c_str(),
                                         SSL_FILETYPE_PEM) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(ctx_.get(), certificates().write("s.key", shown.key).c_str(),
                                        SSL_FILETYPE_PEM) == 1);
    const auto choose = [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                           unsigned, void*) {  // the only one that is offered
        *out = offered + 1;
        *size = *offered;
        return SSL_TLSEXT_ERR_OK;
    };
    SSL_CTX_set_alpn_select_cb(ctx_.get(), choose, nullptr);
    ssl_.reset(SSL_new(ctx_.get()));
    SSL_set_fd(ssl_.get(), peer_);
    SSL_set_accept_state(ssl_.get());
    REQUIRE(run_until(
        [this] { return SSL_do_handshake(ssl_.get()) == 1 && server.socket().secured() != nullptr; }));
}

void Scene::expect(pooler::Request request) {
    REQUIRE(server.ledger().push({request, pooler::Delivery::kSwallow, io_.next_sequence()}));
}

void Scene::write(std::string_view bytes) {
    if (ssl_) {
        REQUIRE(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
                static_cast<int>(bytes.size()));
        return;
    }
    REQUIRE(::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}

void Scene::say(std::string_view bytes) {
    const auto before = server.last_reply;
    write(bytes);
    REQUIRE(run_until([&] { return server.last_reply != before; }));
}

void Scene::drain() {
    std::array<char, 65536> into{};
    while (::recv(peer_, into.data(), into.size(), MSG_DONTWAIT) > 0) {
    }
}

void Scene::on_login_done(pooler::ServerConnection& connection) {
    connection.forget_login();
    connection.enter(ServerState::kIdle);
    logged_in_ = true;
}

void Scene::on_login_failed(pooler::ServerConnection&, const pooler::LoginFailure& failure) {
    FAIL("login: " << failure.message);
}

void Scene::on_own_query_done(pooler::ServerConnection& connection, bool /*ok*/) {
    ++own_queries_done;
    reusable_when_done = connection.reusable();
    pending_when_done = connection.socket().pending();
}

void Scene::on_lost(pooler::ServerConnection&, std::string_view reason) { FAIL("lost: " << reason); }

}  // namespace server_peer
