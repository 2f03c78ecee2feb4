// The databases that have a secondary: for each a Failover machine, and the doing of what it says: write
// checks, the way from one target to the other over all workers, failback_command, the file that remembers
// it. Owned by the process, its thread only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conf/configuration.h"
#include "pooler/console/admin_state.h"
#include "pooler/health/failover.h"
#include "pooler/process/command_run.h"
#include "pooler/process/health_desk.h"

namespace pooler {

/// What the desk asks of the process.
class FailoverHost {
 public:
    /// Nobody is served any more; connections are closed when they are free, with `now` at once.
    virtual void leave_target(const std::string& database, bool now) = 0;
    /// The target is the other one from now on. Every worker knows it before anybody is served.
    virtual void open_target(const std::string& database, bool secondary) = 0;
    /// Serve again from the target as it was.
    virtual void resume_target(const std::string& database) = 0;
    /// Connections of the database that are open, over all workers.
    [[nodiscard]] virtual int connections_left(const std::string& database) const = 0;
    virtual void answer_order(ConsoleId console, ConsoleResult<void> result) = 0;
    virtual void note_event(std::string kind, const std::string& database, const std::string& text) = 0;

 protected:
    ~FailoverHost() = default;
};

struct FailoverTimes {
    std::optional<std::chrono::system_clock::time_point> failover;
    std::optional<std::chrono::system_clock::time_point> failback;
};

class FailoverDesk final : private ProbeOwner, private CommandOwner {
 public:
    using ConfigurationRef = std::shared_ptr<const conf::Configuration>;

    FailoverDesk(uv_loop_t* loop, FailoverHost& host, HealthDesk& health);
    ~FailoverDesk();

    /// Before the workers start: the databases that the state file names as served by their secondary.
    [[nodiscard]] std::vector<std::string> remembered(const conf::Configuration& configuration);
    void configure(ConfigurationRef configuration);
    /// Why this configuration must not take effect now; empty if it may.
    [[nodiscard]] std::string objection(const conf::Configuration& next) const;

    /// Of one of the database's addresses, after each probe.
    void on_health(const Watched& watched, HealthChange change);
    /// FAILOVER or FAILBACK. The answer comes by answer_order(), at the end of it.
    void order(ConsoleId console, const std::string& database, bool failback);
    /// Nobody waits for an answer any more; what was begun goes on.
    void forget(ConsoleId console);

    [[nodiscard]] FailoverTimes times(const std::string& database) const;
    /// The state of the database's machine; nullopt without a secondary.
    [[nodiscard]] std::optional<FailoverState> state(const std::string& database) const;
    /// Before the loop ends.
    void close();

 private:
    struct Pair;
    void on_probe_done(Probe& probe, ProbeResult result) override;
    void on_command_done(CommandRun& run, std::string failure) override;
    void on_timer();
    void send(Pair& pair, FailoverEvent event);
    void obey(Pair& pair, FailoverAction action);
    void check(Pair& pair, std::size_t host);
    void end_check(Pair& pair, const std::string& failure);
    void run_command(Pair& pair);
    void look_at_leaving(Pair& pair);
    void opened(Pair& pair, bool secondary);
    void say(Pair& pair, const std::string& kind, const std::string& text);
    void settle_orders(Pair& pair);
    void write_state_file();
    [[nodiscard]] conf::Database checked_target(const Pair& pair) const;

    uv_loop_t* loop_;
    FailoverHost* host_;
    HealthDesk* health_;
    ConfigurationRef configuration_;
    std::map<std::string, std::unique_ptr<Pair>> pairs_;
    Timer timer_;
};

}  // namespace pooler
