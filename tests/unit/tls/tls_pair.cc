#include "tests/unit/tls/tls_pair.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
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

Pair::Pair(const std::shared_ptr<const tls::Context>& server_context,
           const std::shared_ptr<const tls::Context>& client_context, const tls::ServerName& name) {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    server_fd = ends[0];
    client_fd = ends[1];
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
    for (int turn = 0; turn < 20 && (waits(at_client) || waits(at_server)); ++turn) {
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
