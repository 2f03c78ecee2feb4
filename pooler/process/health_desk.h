// The health of all watched addresses: when each is probed, and what comes of it. Watched are the databases
// that have a user for it; with none the desk has no timer and no connection. Owned by the process, its
// thread only; close() before the loop ends.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "conf/configuration.h"
#include "pooler/health/health.h"
#include "pooler/health/probe.h"
#include "pooler/pool/tls_contexts.h"
#include "pooler/session/session_environment.h"

namespace pooler {

/// One address under watch.
struct Watched {
    std::string database;
    std::string target;  ///< "": a primary; else as in conf::Database
    std::string host;
    std::uint16_t port = 0;
    Health health;
    std::string node;  ///< of CockroachDB, as the last probe saw it
    std::optional<std::chrono::system_clock::time_point> changed;
    std::optional<std::chrono::system_clock::time_point> last_check;
    /// Those that run. While it is down or in doubt one that gets no answer does not hold up the next.
    std::vector<std::unique_ptr<Probe>> probes;
    Clock::time_point begun;       ///< the last probe
    Clock::time_point good_begun;  ///< the last probe that went well
    double jitter = 0;             ///< of the next one
    std::string question;          ///< who asks, and a line for each query
    std::string complaint;         ///< what was logged of its failures last
};

class HealthDeskOwner {
 public:
    /// A probe has ended. `change`: what it means.
    virtual void on_health(const Watched& watched, HealthChange change) = 0;

 protected:
    ~HealthDeskOwner() = default;
};

class HealthDesk final : private ProbeOwner {
 public:
    using ConfigurationRef = std::shared_ptr<const conf::Configuration>;

    HealthDesk(uv_loop_t* loop, ProcessShared& shared, const TrackedNames& tracked, HealthDeskOwner& owner);
    ~HealthDesk();

    /// At start and after each change: what is known of addresses that stay is kept.
    void configure(ConfigurationRef configuration, TlsContexts::Ref tls);
    void take_tls(TlsContexts::Ref tls) { tls_ = std::move(tls); }
    void on_trouble(std::string_view database, std::string_view target, std::string_view host,
                    std::string_view reason);

    [[nodiscard]] const std::vector<std::unique_ptr<Watched>>& watched() const { return watched_; }
    /// Whether one of the addresses is up, or all are down and none has answered since; neither: not known
    /// yet.
    [[nodiscard]] HealthState state_of(std::string_view database, std::string_view target) const;

    /// What to send to ask `queries` there; for probes of others. The context lives as long as the desk.
    [[nodiscard]] ProbeRequest request(const conf::Database& at, const std::string& host,
                                       std::vector<std::string> queries) const;
    [[nodiscard]] ProbeContext context();
    /// Before the loop ends.
    void close();

 private:
    struct Home;
    void on_probe_done(Probe& probe, ProbeResult result) override;
    void on_timer();
    void arm();
    [[nodiscard]] std::optional<Clock::time_point> due(const Watched& watched) const;
    void start(Watched& watched);
    void note_bad_hosts(const std::string& database);
    void complain(Watched& watched, const ProbeFailure& failure, bool counts) const;
    [[nodiscard]] std::string prober(const conf::Database& at) const;
    [[nodiscard]] std::vector<std::string> questions(const conf::Database& at) const;
    [[nodiscard]] std::unique_ptr<Watched> take_or_make(const conf::Database& at, const std::string& host);
    void watch(const conf::Database& at, std::vector<std::unique_ptr<Watched>>& into);
    [[nodiscard]] HealthRules rules() const;

    uv_loop_t* loop_;
    ProcessShared* shared_;
    const TrackedNames* tracked_;
    HealthDeskOwner* owner_;
    ConfigurationRef configuration_;
    TlsContexts::Ref tls_;
    std::vector<std::unique_ptr<Watched>> watched_;
    std::unique_ptr<Home> home_;  ///< made with the first probe
    Timer timer_;
    std::mt19937 random_{std::random_device{}()};
};

/// The entry as its primary or secondary (kSecondaryTarget) is seen.
[[nodiscard]] conf::Database database_at_target(const conf::Database& entry, std::string_view target);
/// Asked of a primary or secondary to learn whether it takes writes.
[[nodiscard]] std::string write_check_query(const conf::Database& entry);
/// nullopt: the answer to it says that it does. Else why not.
[[nodiscard]] std::optional<ProbeFailure> refuses_writes(const ProbeResult& result);

}  // namespace pooler
