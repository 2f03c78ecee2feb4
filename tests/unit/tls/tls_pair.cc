#include "tests/unit/tls/tls_pair.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "tests/support/catch.h"

namespace tls_test {

Files::Files() { ca = folder.write("ca.crt", authority.certificate()); }

tls::Options Files::server(const support::Credentials& credentials, const std::string& name) const {
    tls::Options options;
    options.role = tls::Role::kServer;
    options.cert_file = folder.write(name + ".crt", credentials.certificate);
    options.key_file = folder.write(name + ".key", credentials.key);
    return options;
}

tls::Options Files::client(tls::PeerCheck check) const {
    tls::Options options;
    options.role = tls::Role::kClient;
    options.check = check;
    if (check != tls::PeerCheck::kNone) options.ca_file = ca;
    return options;
}

std::shared_ptr<const tls::Context> context(const tls::Options& options) {
    tls::TrustCache trust;
    auto made = tls::Context::make(options, trust);
    if (!made) FAIL(made.error().text);
    return *made;
}

std::array<int, 2> connected_sockets(bool tcp) {
    std::array<int, 2> ends{};
    constexpr int kKind = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    if (!tcp) {
        REQUIRE(::socketpair(AF_UNIX, kKind, 0, ends.data()) == 0);
        return ends;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof address;
    const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listening, plain, length) == 0);
    REQUIRE(::listen(listening, 1) == 0);
    REQUIRE(::getsockname(listening, plain, &length) == 0);
    ends[1] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(ends[1], plain, length) == 0);
    REQUIRE(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    ends[0] = ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    REQUIRE(ends[0] >= 0);
    ::close(listening);
    return ends;
}

Pair::Pair(const std::shared_ptr<const tls::Context>& server_context,
           const std::shared_ptr<const tls::Context>& client_context, const tls::ServerName& name,
           std::array<int, 2> sockets)
    : server_fd{sockets[0]}, client_fd{sockets[1]} {
    std::signal(SIGPIPE, SIG_IGN);
    auto accepted = tls::Connection::accept(server_context, server_fd);
    auto connected = tls::Connection::connect(client_context, client_fd, name);
    REQUIRE(accepted);
    REQUIRE(connected);
    server = *std::move(accepted);
    client = *std::move(connected);
}

Pair::~Pair() {
    if (server_fd >= 0) ::close(server_fd);
    if (client_fd >= 0) ::close(client_fd);
}

bool Pair::handshake() {
    using tls::Status;
    Status at_client = Status::kWantRead;
    Status at_server = Status::kWantRead;
    const auto waits = [](Status status) {
        return status == Status::kWantRead || status == Status::kWantWrite;
    };
    constexpr int kLongestMs = 1000;  // between two turns, where the kernel decrypts: it does so later
    for (int turn = 0; turn < 20 && (waits(at_client) || waits(at_server)); ++turn) {
        std::array<pollfd, 2> ends{{{server_fd, POLLIN, 0}, {client_fd, POLLIN, 0}}};
        if (turn > 0) ::poll(ends.data(), ends.size(), kLongestMs);
        if (waits(at_client)) at_client = client->handshake();
        if (at_client == Status::kError) ::shutdown(client_fd, SHUT_WR);
        if (waits(at_server)) at_server = server->handshake();
        if (at_server == Status::kError) ::shutdown(server_fd, SHUT_WR);
    }
    return at_client == Status::kDone && at_server == Status::kDone;
}

namespace {

std::string read_once(tls::Connection& from) {
    std::string bytes(65536, '\0');
    const auto got = from.read(bytes.data(), bytes.size());
    REQUIRE(got.status == tls::Status::kDone);
    bytes.resize(got.bytes);
    return bytes;
}

}  // namespace

std::string Pair::read_at_server() { return read_once(*server); }
std::string Pair::read_at_client() { return read_once(*client); }

}  // namespace tls_test
