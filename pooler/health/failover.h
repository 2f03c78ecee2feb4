// Which of two targets a database is served from, primary or secondary, and how it gets from one to the
// other. A pure machine: events in, actions out. What the process does with the actions and what comes of
// them is the failover desk's business. One per database that has a secondary; any one thread.
//
// Two rules hold in every history:
//  - Never two targets that take writes: between two targets nobody is served, and the new one is opened only
//    when the last connection to the old one is closed.
//  - No target is opened that has not just passed a write check, and after a failback_command only if that
//    succeeded while nobody was served.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pooler {

//                        checked               last connection closed
//   Primary -> CheckingSecondary -> LeavingPrimary -----------------> Secondary
//      ^             | failed                                          |  |  ^ ^
//      |             '-> Primary                        no command .---'  |  | | failed, or the
//      |                                                           |      v  | | primary is down again
//      |                                                           |   Syncing -'
//      |                                                           v      | exit 0
//      |                                                    CheckingPrimary<'
//      |  last connection closed, no command                       | checked
//      '------------------------------------------------- LeavingSecondary
//      '------------ exit 0 ----------------- Settling <-----------' last connection closed
//   Settling: the command runs once more while nobody is served; if it fails, clients go on on the secondary.
enum class FailoverState : std::uint8_t {
    kPrimary,
    kCheckingSecondary,  ///< served by the primary
    kLeavingPrimary,     ///< nobody is served
    kSecondary,
    kSyncing,           ///< served by the secondary
    kCheckingPrimary,   ///< served by the secondary
    kLeavingSecondary,  ///< nobody is served
    kSettling,          ///< nobody is served, and no connection is left
};

enum class FailoverEvent : std::uint8_t {
    kPrimaryDown,       ///< by the health of its endpoints
    kPrimaryUp,         ///< healthy, by enough successes
    kPrimaryRecovered,  ///< the first success after a failure
    kFailoverOrdered,   ///< FAILOVER on the console
    kFailbackOrdered,
    kCheckPassed,  ///< the target that was asked for takes writes
    kCheckFailed,
    kLeft,  ///< every connection to the old target is closed
    kCommandDone,
    kCommandFailed,
};

enum class FailoverAction : std::uint8_t {
    kCheckSecondary,
    kCheckPrimary,
    kLeave,          ///< hand out no server, let transactions end within the bound, close all connections
    kOpenSecondary,  ///< the target is now the secondary; serve
    kOpenPrimary,
    kResume,  ///< serve from the target as it was
    kRunCommand,
    kStopCommand,
};

enum class FailbackMode : std::uint8_t { kManual, kGate, kAuto };

struct FailoverRules {
    bool failover_auto = false;
    FailbackMode failback = FailbackMode::kManual;
    bool has_command = false;   ///< there is a failback_command
    bool same_cluster = false;  ///< both targets lead to the same data
};

/// The target that clients are served from; none while it changes.
enum class FailoverTarget : std::uint8_t { kNone, kPrimary, kSecondary };

class Failover {
 public:
    /// `on_secondary`: where it was before a restart.
    explicit Failover(FailoverRules rules = {}, bool on_secondary = false)
        : rules_{rules}, state_{on_secondary ? FailoverState::kSecondary : FailoverState::kPrimary} {}
    /// Takes effect from the next event on.
    void set_rules(FailoverRules rules) { rules_ = rules; }

    /// What is to be done, in order. An event that means nothing in this state changes nothing.
    [[nodiscard]] std::vector<FailoverAction> on(FailoverEvent event);
    /// Whether the order means something now.
    [[nodiscard]] bool accepts(FailoverEvent order) const;

    [[nodiscard]] FailoverState state() const { return state_; }
    [[nodiscard]] FailoverTarget serving() const;
    /// The target that connections are opened to, or were last.
    [[nodiscard]] bool on_secondary() const;
    [[nodiscard]] bool ordered() const { return ordered_; }  ///< by an operator, not by health

 private:
    struct Step {
        FailoverState to;
        std::vector<FailoverAction> actions;
    };
    [[nodiscard]] std::optional<Step> step(FailoverEvent event) const;
    [[nodiscard]] std::optional<Step> from_primary(FailoverEvent event) const;
    [[nodiscard]] std::optional<Step> from_checking_secondary(FailoverEvent event) const;
    [[nodiscard]] std::optional<Step> from_secondary(FailoverEvent event) const;
    [[nodiscard]] std::optional<Step> from_syncing(FailoverEvent event) const;
    [[nodiscard]] std::optional<Step> from_checking_primary(FailoverEvent event) const;
    [[nodiscard]] std::optional<Step> from_leaving_secondary(FailoverEvent event) const;
    [[nodiscard]] std::optional<Step> from_settling(FailoverEvent event) const;

    FailoverRules rules_;
    FailoverState state_;
    bool ordered_ = false;
};

[[nodiscard]] std::string_view to_word(FailoverState state);

}  // namespace pooler
