// Two ends of one connection in one thread: our Connection in each role over a socket pair, and the files of
// an authority.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"
#include "tls/connection.h"
#include "tls/trust.h"

namespace tls_test {

/// A server and its authority as files.
struct Files {
    Files();
    support::TempDir folder;
    support::Authority authority{"test authority"};
    support::CertificateRequest request{.common_name = "db.example.com", .dns = {"db.example.com"}};
    std::string ca;

    [[nodiscard]] tls::Options server(const support::Credentials& credentials,
                                      const std::string& name = "server") const;
    [[nodiscard]] tls::Options good_server() { return server(authority.issue(request)); }
    [[nodiscard]] tls::Options client(tls::PeerCheck check) const;
};

/// Makes it or fails the test.
std::shared_ptr<const tls::Context> context(const tls::Options& options);

/// Two connected, non-blocking sockets: local ones, or those of a TCP connection.
std::array<int, 2> connected_sockets(bool tcp = false);

class Pair {
 public:
    /// Takes the sockets; the first is the server's.
    Pair(const std::shared_ptr<const tls::Context>& server_context,
         const std::shared_ptr<const tls::Context>& client_context, const tls::ServerName& name,
         std::array<int, 2> sockets = connected_sockets());
    ~Pair();
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    /// Both in turn until both are done or one fails.
    [[nodiscard]] bool handshake();
    /// Reads what the client has sent to its end: one read, which must succeed.
    std::string read_at_server();
    std::string read_at_client();

    std::unique_ptr<tls::Connection> server;
    std::unique_ptr<tls::Connection> client;
    int server_fd = -1;
    int client_fd = -1;
};

}  // namespace tls_test
