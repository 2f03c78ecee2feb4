// One question to one server over a connection of its own: resolve, connect, log in, ask, close. For health
// checks, write checks and the lag of replicas. Owned by whoever asks; on one loop's thread; ends in
// ProbeOwner::on_probe_done(), once, unless it is destroyed first.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pooler/health/own_line.h"
#include "pooler/net/handle.h"

namespace pooler {

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
    std::string address;  ///< where it went, "192.0.2.1:26257"; empty if it had no address
    Clock::time_point begun;
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

class Probe;

class ProbeOwner {
 public:
    /// The probe may be destroyed here.
    virtual void on_probe_done(Probe& probe, ProbeResult result) = 0;

 protected:
    ~ProbeOwner() = default;
};

class Probe final : private OwnLineOwner {
 public:
    Probe(ProbeContext context, ProbeOwner& owner, ProbeRequest request);
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;

    /// The owner hears how it ends, never from inside this call.
    void start();

 private:
    void on_line_open(OwnLine& line) override;
    void on_line_answer(OwnLine& line, bool ok, const OwnResult& result) override;
    void on_line_failed(OwnLine& line, const std::string& sqlstate, const std::string& reason) override;

    void ask_next();
    void on_timer();
    void fail(std::string sqlstate, std::string message, bool timeout = false);
    void finish();

    ProbeOwner* owner_;
    ProbeRequest request_;
    ProbeResult result_;
    OwnLine line_;
    std::size_t asked_ = 0;  ///< queries of the request
    bool node_asked_ = false;
    bool done_ = false;
    Clock::time_point asked_at_;
    Timer timer_;
};

}  // namespace pooler
