// One question to one server over a connection of its own: resolve, connect, log in, ask, close. For health
// checks, write checks and the lag of replicas. Owned by whoever asks; on one loop's thread; ends in
// ProbeOwner::on_probe_done(), once, unless it is destroyed first.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pooler/net/handle.h"
#include "pooler/net/io_context.h"
#include "pooler/net/resolver.h"
#include "pooler/server/server_connection.h"

namespace pooler {

/// How far a probe came.
enum class ProbeStage : std::uint8_t { kResolve, kConnect, kLogin, kQuery };

struct ProbeFailure {
    ProbeStage stage = ProbeStage::kConnect;
    std::string sqlstate;  ///< the server's; empty if the reason is ours
    std::string message;
    bool timeout = false;
};

using ProbeRow = std::vector<std::optional<std::string>>;

struct ProbeResult {
    std::optional<ProbeFailure> failure;
    std::vector<ProbeRow> rows;  ///< the first row of each query that was answered, empty if it had none
    std::string node;            ///< CockroachDB: what SHOW node_id says; else empty
    bool cockroach = false;
    std::string address;      ///< where it went, "192.0.2.1:26257"; empty if it had no address
    Microseconds latency{0};  ///< of the last query, from writing it to its end

    [[nodiscard]] bool ok() const { return !failure; }
};

struct ProbeRequest {
    std::string host;  ///< name, address, folder of a Unix socket or "@abstract"
    std::uint16_t port = 0;
    LoginRequest login;
    TlsPlan tls;
    std::vector<std::string> queries;          ///< asked one after the other; an error ends the probe
    std::chrono::milliseconds timeout{5'000};  ///< for all of it
};

/// What a probe needs of the loop it runs on; must outlive it.
struct ProbeContext {
    IoContext& io;
    Resolver& resolver;
    ScramKeyCache& keys;
    const TrackedNames& tracked;
};

class Probe;

class ProbeOwner {
 public:
    /// The probe may be destroyed here.
    virtual void on_probe_done(Probe& probe, ProbeResult result) = 0;

 protected:
    ~ProbeOwner() = default;
};

class Probe final : private ServerHost, private ResolveWaiter {
 public:
    Probe(ProbeContext context, ProbeOwner& owner, ProbeRequest request);
    ~Probe();
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;

    /// The owner hears how it ends, never from inside this call.
    void start();

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
    void ask_next();
    void on_timer();
    void fail(std::string sqlstate, std::string message, bool timeout = false);
    void finish();

    ProbeContext context_;
    ProbeOwner* owner_;
    ProbeRequest request_;
    ProbeResult result_;
    ProbeStage stage_ = ProbeStage::kResolve;
    std::unique_ptr<ServerConnection> server_;
    std::size_t asked_ = 0;  ///< queries of the request
    bool node_asked_ = false;
    bool done_ = false;
    Clock::time_point asked_at_;
    Clock::time_point deadline_;
    Timer timer_;
};

}  // namespace pooler
