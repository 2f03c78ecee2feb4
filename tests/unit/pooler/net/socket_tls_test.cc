// A socket with TLS and an OpenSSL client at its other end, which can do what our own Connection never does:
// what the socket says is left inside, and how it ends when the descriptor breaks.
#include <fcntl.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include "pooler/net/io_context.h"
#include "pooler/net/socket.h"
#include "tests/support/catch.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_loop.h"
#include "tls/connection.h"
#include "tls/trust.h"

using pooler::Socket;
using support::TestLoop;

namespace {

std::shared_ptr<const tls::Context> server_context() {
    static const support::TempDir folder;
    const auto shown = support::self_signed({.common_name = "weir.example.com"});
    tls::Options options;
    options.role = tls::Role::kServer;
    options.cert_file = folder.write("server.crt", shown.certificate);
    options.key_file = folder.write("server.key", shown.key);
    tls::TrustCache trust;
    auto made = tls::Context::make(options, trust);
    if (!made) FAIL(made.error().text);
    return *made;
}

/// The socket, its owner, and the client.
class Scene : private pooler::SocketOwner {
 public:
    explicit Scene(TestLoop& loop) : loop_{&loop} {
        std::signal(SIGPIPE, SIG_IGN);  // as the program does
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
        client_fd_ = ends[1];
        io_.loop = loop.get();
        socket.attach(loop.get(), ends[0]);
        auto connection = tls::Connection::accept(server_context(), ends[0]);
        REQUIRE(connection);
        socket.secure(io_, *std::move(connection), false);
        SSL_set_fd(ssl_.get(), client_fd_);
        REQUIRE(
            loop.run_until([this] { return SSL_connect(ssl_.get()) == 1 && socket.secured() != nullptr; }));
    }
    ~Scene() {
        socket.close();
        io_.tls.close();
        hang_up();
    }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    void write(const std::string& bytes) {
        REQUIRE(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
                static_cast<int>(bytes.size()));
    }
    /// A record without bytes for the reader; `answer`: who reads it must write.
    void update_key(bool answer) {
        REQUIRE(SSL_key_update(ssl_.get(),
                               answer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
        REQUIRE(SSL_do_handshake(ssl_.get()) == 1);
    }
    /// Nothing more fits into the descriptor. That it is no TLS is for nobody to see.
    void fill_kernel() const {
        const std::string junk(65536, 'j');
        while (::send(socket.descriptor(), junk.data(), junk.size(), MSG_NOSIGNAL) > 0) {
        }
        REQUIRE(errno == EAGAIN);
    }
    void hang_up() {
        if (client_fd_ >= 0) ::close(client_fd_);
        client_fd_ = -1;
    }
    [[nodiscard]] bool run_until_readable() {
        return loop_->run_until([this] { return readable > 0; });
    }

    Socket socket{*this};
    int readable = 0;  ///< times the owner was told

 private:
    void on_readable() override { ++readable; }

    TestLoop* loop_;
    pooler::IoContext io_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ctx_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{SSL_new(ctx_.get()), SSL_free};
    int client_fd_ = -1;
};

}  // namespace

TEST_CASE("TLS socket: a read that is filled to the last byte leaves nothing inside") {
    TestLoop loop;
    Scene scene{loop};
    const std::size_t size = GENERATE(1UL, 100UL, 16384UL);
    CAPTURE(size);
    scene.write(std::string(size, 'a'));
    REQUIRE(scene.run_until_readable());
    std::string into(size, '\0');
    const auto result = scene.socket.read(into.data(), into.size());
    CHECK(result.status == Socket::ReadStatus::kData);
    CHECK(into == std::string(size, 'a'));
    CHECK_FALSE(scene.socket.pending());
}

TEST_CASE("TLS socket: what a filled read leaves inside is told of in the next turn") {
    TestLoop loop;
    Scene scene{loop};
    scene.write("abcdef");
    REQUIRE(scene.run_until_readable());
    std::array<char, 4> into{};
    CHECK(scene.socket.read(into.data(), into.size()).bytes == 4);
    CHECK(scene.socket.pending());
    scene.readable = 0;
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).bytes == 2);
    CHECK_FALSE(scene.socket.pending());
}

TEST_CASE("TLS socket: a record without bytes behind a filled read is nothing to wait for") {
    TestLoop loop;
    Scene scene{loop};
    scene.write("abcd");
    scene.update_key(false);
    REQUIRE(scene.run_until_readable());
    std::array<char, 4> into{};
    CHECK(scene.socket.read(into.data(), into.size()).bytes == 4);
    CHECK_FALSE(scene.socket.pending());
    scene.write("e");
    scene.readable = 0;
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).bytes == 1);
}

TEST_CASE(
    "TLS socket: a descriptor that breaks while a read waits for room to write ends, without a busy loop") {
    TestLoop loop;
    Scene scene{loop};
    scene.fill_kernel();
    scene.update_key(true);
    REQUIRE(scene.run_until_readable());
    std::array<char, 4> into{};
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kBlocked);
    // The new key goes ahead of the next bytes, finds no room, and holds up reading as well.
    CHECK(scene.socket.send("answer"));
    scene.write("abcd");
    scene.readable = 0;
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kBlocked);
    scene.readable = 0;
    scene.hang_up();  // with bytes unread, which is a reset
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kClosed);
}
