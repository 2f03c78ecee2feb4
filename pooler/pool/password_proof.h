// One login to a server with a client's password, to see whether the server takes it. Owned by the desk that
// asks, on its worker's thread; ends with on_proof_done(), or when it is destroyed. The connection is no
// pool's yet: it counts for no limit until a pool takes it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "conf/configuration.h"
#include "pooler/net/resolver.h"
#include "pooler/net/tcp_options.h"
#include "pooler/pool/pool_environment.h"
#include "pooler/server/server_connection.h"

namespace pooler {

class PasswordProof;

class PasswordProofOwner {
 public:
    /// nullptr: the server has let the user in. The proof is not to be destroyed in this call, but buried.
    virtual void on_proof_done(PasswordProof& proof, const LoginFailure* failure) = 0;

 protected:
    ~PasswordProofOwner() = default;
};

class PasswordProof final : public Mortal, private ServerHost, private ResolveWaiter {
 public:
    /// What a proof needs of its worker.
    struct Place {
        IoContext* io = nullptr;
        Resolver* resolver = nullptr;
        ScramKeyCache* keys = nullptr;
        const TrackedNames* tracked = nullptr;
    };

    PasswordProof(PasswordProofOwner& owner, const Place& place, std::uint64_t id);
    ~PasswordProof() override;

    /// `host` is one of the database's. The failure if it fails at once; else the owner hears, later.
    [[nodiscard]] std::optional<LoginFailure> start(const conf::Settings& settings, LoginRequest request,
                                                    TlsPlan tls, const std::string& host, int port);
    /// Gives up what has been going on for longer than `limit`.
    void check_deadline(Clock::time_point now, Microseconds limit);
    /// After success.
    [[nodiscard]] ServerLogin& login() { return server_->login(); }
    [[nodiscard]] std::unique_ptr<ServerConnection> release() { return std::move(server_); }

 private:
    // ServerHost
    void on_login_done(ServerConnection& server) override;
    void on_login_failed(ServerConnection& server, const LoginFailure& failure) override;
    void on_own_query_done(ServerConnection& /*server*/, bool /*ok*/) override {}
    void on_cleaned(ServerConnection& /*server*/) override {}
    void on_lost(ServerConnection& server, std::string_view reason) override;
    // ResolveWaiter
    void on_resolved(const Resolved& answer) override;

    void connect_to(const Address& address);
    void finish(const LoginFailure& failure);

    PasswordProofOwner* owner_;
    Place place_;
    std::unique_ptr<ServerConnection> server_;
    LoginRequest request_;
    TlsPlan tls_;
    TcpOptions tcp_;
    bool starting_ = false;
    std::optional<LoginFailure> failed_;
};

}  // namespace pooler
