// A connection of our own to the servers of one pool, kept open for one small question after the other (a
// health check, health/probe.h, logs in anew each time, since that is part of what it checks). Owned by a
// LagProbe; its worker's thread only. It is closed with its owner, and opened again when it was lost.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pooler/net/resolver.h"
#include "pooler/pool/pool_environment.h"
#include "pooler/server/server_connection.h"

namespace pooler {

class ProbeLine;

class ProbeLineOwner {
 public:
    /// The first value of the first row; nothing: NULL, no row, an error, or the connection is lost.
    virtual void on_answer(ProbeLine& line, const std::optional<std::string>& value) = 0;

 protected:
    ~ProbeLineOwner() = default;
};

class ProbeLine final : private ServerHost, private ResolveWaiter {
 public:
    ProbeLine(PoolEnvironment& environment, ProbeLineOwner& owner, Pool& pool)
        : environment_{&environment}, owner_{&owner}, pool_{&pool} {}
    ~ProbeLine();
    ProbeLine(const ProbeLine&) = delete;
    ProbeLine& operator=(const ProbeLine&) = delete;

    /// Asks if the line is free; else connects, or gives up what takes too long. True: an answer will come.
    bool ask(std::string_view question);
    /// Into the log, with its address; in on_answer() only.
    void warn(std::string_view text) const;
    [[nodiscard]] bool busy() const { return asking_; }
    [[nodiscard]] Clock::time_point asked_at() const { return asked_at_; }
    [[nodiscard]] Pool& pool() const { return *pool_; }

 private:
    void on_login_done(ServerConnection& server) override;
    void on_login_failed(ServerConnection& server, const LoginFailure& failure) override;
    void on_own_query_done(ServerConnection& server, bool ok) override;
    void on_cleaned(ServerConnection& /*server*/) override {}
    void on_lost(ServerConnection& server, std::string_view reason) override;
    void on_resolved(const Resolved& answer) override;

    void open();
    void connect_to(const Address& address);
    void drop();

    PoolEnvironment* environment_;
    ProbeLineOwner* owner_;
    Pool* pool_;
    std::unique_ptr<ServerConnection> server_;
    std::string host_;  ///< as configured: what its certificate must name
    bool resolving_ = false;
    bool ready_ = false;
    bool asking_ = false;
    Clock::time_point asked_at_;
    Clock::time_point tried_at_;
};

}  // namespace pooler
