// A connection of our own to a server, for questions of ours: look up, connect, log in, ask one thing after
// the other. Health checks and the measuring of lag stand on it. Owned by whoever asks, on one loop's thread;
// it is closed with its owner. What happens is told to the owner, who may close it there, or destroy it
// later.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pooler/net/io_context.h"
#include "pooler/net/resolver.h"
#include "pooler/server/server_connection.h"

namespace pooler {

/// How far it came.
enum class ProbeStage : std::uint8_t { kResolve, kConnect, kLogin, kQuery };

/// What it needs of the loop it runs on; must outlive it.
struct ProbeContext {
    IoContext& io;
    Resolver& resolver;
    ScramKeyCache& keys;
    const TrackedNames& tracked;
};

struct OwnLineTarget {
    std::string host;  ///< name, address, folder of a Unix socket or "@abstract"
    std::uint16_t port = 0;
    LoginRequest login;
    TlsPlan tls;
    std::uint64_t id = 0;  ///< of the connection
};

class OwnLine;

class OwnLineOwner {
 public:
    virtual void on_line_open(OwnLine& line) = 0;
    virtual void on_line_answer(OwnLine& line, bool ok, const OwnResult& result) = 0;
    /// It could not be opened, or is lost. `sqlstate`: the server's; empty if the reason is ours.
    virtual void on_line_failed(OwnLine& line, const std::string& sqlstate, const std::string& reason) = 0;

 protected:
    ~OwnLineOwner() = default;
};

class OwnLine final : private ServerHost, private ResolveWaiter {
 public:
    OwnLine(ProbeContext context, OwnLineOwner& owner) : context_{context}, owner_{&owner} {}
    ~OwnLine() { close(); }
    OwnLine(const OwnLine&) = delete;
    OwnLine& operator=(const OwnLine&) = delete;

    /// The owner may hear of a failure inside this call.
    void open(OwnLineTarget target);
    /// Only while it is open and nothing else is asked.
    void ask(std::string_view question) { server_->ask(question); }
    void close();

    [[nodiscard]] ProbeStage stage() const { return stage_; }
    /// For the log; null while there is none.
    [[nodiscard]] const ServerConnection* connection() const { return server_.get(); }
    [[nodiscard]] bool cockroach() const { return cockroach_; }
    /// Where it went, "192.0.2.1:26257"; empty if it had no address.
    [[nodiscard]] const std::string& address() const { return address_; }

 private:
    // ServerHost
    void on_login_done(ServerConnection& server) override;
    void on_login_failed(ServerConnection& server, const LoginFailure& failure) override;
    void on_own_query_done(ServerConnection& server, bool ok) override;
    void on_cleaned(ServerConnection& /*server*/) override {}
    void on_lost(ServerConnection& server, std::string_view reason) override;
    // ResolveWaiter
    void on_resolved(const Resolved& answer) override;

    void connect_to(const Address& address);

    ProbeContext context_;
    OwnLineOwner* owner_;
    OwnLineTarget target_;
    std::unique_ptr<ServerConnection> server_;
    std::string address_;
    ProbeStage stage_ = ProbeStage::kResolve;
    bool cockroach_ = false;
};

}  // namespace pooler
