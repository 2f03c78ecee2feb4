// What is believed about one endpoint: up or down, with counts that keep it from flapping, and when to look
// again. A pure machine: results of probes and signals of ordinary traffic go in, with the time; a verdict
// comes out. Owned by the health desk; any one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "pooler/health/probe.h"

namespace pooler {

//   Unknown --success--> Up --fall failures in a row, the last one a probe's--> Down
//   Unknown --fall failures--> Down --rise successes in a row--> Up
enum class HealthState : std::uint8_t { kUnknown, kUp, kDown };

struct HealthRules {
    std::chrono::milliseconds interval{30'000};  ///< between probes while all is well
    std::chrono::milliseconds retry{1'000};      ///< between probes while it is down or in doubt
    unsigned fall = 3;                           ///< failures in a row that make it down
    unsigned rise = 5;                           ///< successes in a row that make it up again
};

/// What an event has changed.
enum class HealthChange : std::uint8_t {
    kNone,
    kUp,       ///< up, by enough successes
    kDown,     ///< down, by enough failures
    kLifeSign  ///< the first success after a failure: worth a try for those who wait, no more
};

class Health {
 public:
    explicit Health(HealthRules rules = {}) : rules_{rules} {}
    void set_rules(HealthRules rules) { rules_ = rules; }
    /// Probes ask something else, or as somebody else, from now on: what the old ones proved of themselves is
    /// no proof of these.
    void on_new_question() { ever_up_ = false; }

    [[nodiscard]] HealthChange on_success(Microseconds latency, Clock::time_point now);
    /// A probe failed. An answer that only says that the probe itself is wrong (its user, database or query)
    /// does not count as long as no probe like it ever succeeded: see probe_is_wrong().
    [[nodiscard]] HealthChange on_failure(const ProbeFailure& failure, Clock::time_point now);
    /// Ordinary traffic could not connect, or lost its connections. It counts, but the last word is a
    /// probe's, which comes at once.
    void on_traffic_failure(std::string_view reason, Clock::time_point now);

    /// When the next probe is due. `jitter` in [0, 1): a share of the interval by which it comes earlier.
    [[nodiscard]] Clock::time_point next_probe(double jitter) const;

    [[nodiscard]] HealthState state() const { return state_; }
    [[nodiscard]] unsigned failures() const { return failures_; }    ///< in a row
    [[nodiscard]] unsigned successes() const { return successes_; }  ///< in a row
    [[nodiscard]] bool in_doubt() const { return failures_ > 0 || state_ == HealthState::kDown; }
    [[nodiscard]] Microseconds latency() const { return latency_; }  ///< smoothed; 0: none known
    [[nodiscard]] const std::string& last_error() const { return last_error_; }
    [[nodiscard]] Clock::time_point last_check() const { return last_check_; }
    [[nodiscard]] Clock::time_point since() const { return since_; }  ///< of the state

 private:
    HealthChange enter(HealthState state, HealthChange change, Clock::time_point now);

    HealthRules rules_;
    HealthState state_ = HealthState::kUnknown;
    unsigned failures_ = 0;
    unsigned successes_ = 0;
    bool ever_up_ = false;
    bool probe_at_once_ = false;
    Microseconds latency_{0};
    std::string last_error_;
    Clock::time_point last_check_;
    Clock::time_point since_;
};

/// The server answers, and refuses what the probe asks for: its log-in, its database, its query.
[[nodiscard]] bool probe_is_wrong(const ProbeFailure& failure);

[[nodiscard]] std::string_view to_word(HealthState state);

}  // namespace pooler
