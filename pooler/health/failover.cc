#include "pooler/health/failover.h"

namespace pooler {

using State = FailoverState;
using Event = FailoverEvent;
using Action = FailoverAction;

std::string_view to_word(FailoverState state) {
    switch (state) {
        case State::kPrimary: return "primary";
        case State::kCheckingSecondary: return "checking secondary";
        case State::kLeavingPrimary: return "leaving primary";
        case State::kSecondary: return "secondary";
        case State::kSyncing: return "syncing";
        case State::kCheckingPrimary: return "checking primary";
        case State::kLeavingSecondary: return "leaving secondary";
        case State::kSettling: return "settling";
    }
    return "";
}

FailoverTarget Failover::serving() const {
    switch (state_) {
        case State::kPrimary:
        case State::kCheckingSecondary: return FailoverTarget::kPrimary;
        case State::kSecondary:
        case State::kSyncing:
        case State::kCheckingPrimary: return FailoverTarget::kSecondary;
        case State::kLeavingPrimary:
        case State::kLeavingSecondary:
        case State::kSettling: break;
    }
    return FailoverTarget::kNone;
}

bool Failover::on_secondary() const {
    return state_ != State::kPrimary && state_ != State::kCheckingSecondary &&
           state_ != State::kLeavingPrimary;
}

bool Failover::accepts(FailoverEvent order) const {
    return (order == Event::kFailoverOrdered && state_ == State::kPrimary) ||
           (order == Event::kFailbackOrdered && state_ == State::kSecondary);
}

std::vector<FailoverAction> Failover::on(FailoverEvent event) {
    auto taken = step(event);
    if (!taken) return {};
    if (state_ == State::kPrimary || state_ == State::kSecondary)
        ordered_ = event == Event::kFailoverOrdered || event == Event::kFailbackOrdered;
    state_ = taken->to;
    return std::move(taken->actions);
}

std::optional<Failover::Step> Failover::step(Event event) const {
    switch (state_) {
        case State::kPrimary: return from_primary(event);
        case State::kCheckingSecondary: return from_checking_secondary(event);
        case State::kLeavingPrimary:
            if (event == Event::kLeft) return Step{State::kSecondary, {Action::kOpenSecondary}};
            return std::nullopt;
        case State::kSecondary: return from_secondary(event);
        case State::kSyncing: return from_syncing(event);
        case State::kCheckingPrimary: return from_checking_primary(event);
        case State::kLeavingSecondary: return from_leaving_secondary(event);
        case State::kSettling: return from_settling(event);
    }
    return std::nullopt;
}

std::optional<Failover::Step> Failover::from_primary(Event event) const {
    const bool wanted =
        event == Event::kFailoverOrdered || (event == Event::kPrimaryDown && rules_.failover_auto);
    if (!wanted) return std::nullopt;
    return Step{State::kCheckingSecondary, {Action::kCheckSecondary}};
}

std::optional<Failover::Step> Failover::from_checking_secondary(Event event) const {
    if (event == Event::kCheckPassed) return Step{State::kLeavingPrimary, {Action::kLeave}};
    const bool recovered = !ordered_ && (event == Event::kPrimaryRecovered || event == Event::kPrimaryUp);
    if (event == Event::kCheckFailed || recovered) return Step{State::kPrimary, {}};
    return std::nullopt;
}

/// On its own only where nothing can be lost: the command says that the data is in sync, or there is only one
/// set of data.
std::optional<Failover::Step> Failover::from_secondary(Event event) const {
    const Step sync{State::kSyncing, {Action::kRunCommand}};
    const Step check{State::kCheckingPrimary, {Action::kCheckPrimary}};
    if (event == Event::kFailbackOrdered) return rules_.has_command ? sync : check;
    if (event != Event::kPrimaryUp) return std::nullopt;
    if (rules_.failback == FailbackMode::kGate && rules_.has_command) return sync;
    if (rules_.failback == FailbackMode::kAuto && rules_.same_cluster) return check;
    return std::nullopt;
}

std::optional<Failover::Step> Failover::from_syncing(Event event) const {
    if (event == Event::kCommandDone) return Step{State::kCheckingPrimary, {Action::kCheckPrimary}};
    if (event == Event::kCommandFailed) return Step{State::kSecondary, {}};
    if (event == Event::kPrimaryDown) return Step{State::kSecondary, {Action::kStopCommand}};
    return std::nullopt;
}

std::optional<Failover::Step> Failover::from_checking_primary(Event event) const {
    if (event == Event::kCheckPassed) return Step{State::kLeavingSecondary, {Action::kLeave}};
    if (event == Event::kCheckFailed || event == Event::kPrimaryDown) return Step{State::kSecondary, {}};
    return std::nullopt;
}

std::optional<Failover::Step> Failover::from_leaving_secondary(Event event) const {
    if (event == Event::kPrimaryDown) return Step{State::kSecondary, {Action::kResume}};
    if (event != Event::kLeft) return std::nullopt;
    if (rules_.has_command) return Step{State::kSettling, {Action::kRunCommand}};
    return Step{State::kPrimary, {Action::kOpenPrimary}};
}

std::optional<Failover::Step> Failover::from_settling(Event event) const {
    if (event == Event::kCommandDone) return Step{State::kPrimary, {Action::kOpenPrimary}};
    if (event == Event::kCommandFailed) return Step{State::kSecondary, {Action::kResume}};
    if (event == Event::kPrimaryDown) return Step{State::kSecondary, {Action::kStopCommand, Action::kResume}};
    return std::nullopt;
}

}  // namespace pooler
