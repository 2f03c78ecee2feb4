#include "pooler/health/health.h"

#include <algorithm>

namespace pooler {

namespace {

/// Weight of a new latency in the smoothed one.
constexpr double kNewShare = 0.3;
/// Probes come up to this share of the interval early, so that many poolers do not ask in step.
constexpr double kJitter = 0.2;

}  // namespace

bool probe_is_wrong(const ProbeFailure& failure) {
    const std::string_view code = failure.sqlstate;
    // Authorization, no such database or schema, syntax or access rule.
    return code.starts_with("28") || code.starts_with("3D") || code.starts_with("3F") ||
           code.starts_with("42");
}

std::string_view to_word(HealthState state) {
    switch (state) {
        case HealthState::kUnknown: return "unknown";
        case HealthState::kUp: return "up";
        case HealthState::kDown: return "down";
    }
    return "";
}

HealthChange Health::on_success(Microseconds latency, Clock::time_point now) {
    last_check_ = now;
    probe_at_once_ = false;
    const auto smoothed = static_cast<double>(latency_.count()) * (1.0 - kNewShare) +
                          static_cast<double>(latency.count()) * kNewShare;
    latency_ = latency_.count() == 0 ? latency : Microseconds{static_cast<Microseconds::rep>(smoothed)};
    const bool life_sign = failures_ > 0;
    failures_ = 0;
    ++successes_;
    ever_up_ = true;
    last_error_.clear();
    if (state_ == HealthState::kUnknown) return enter(HealthState::kUp, HealthChange::kUp, now);
    if (state_ == HealthState::kDown && successes_ >= rules_.rise)
        return enter(HealthState::kUp, HealthChange::kUp, now);
    return life_sign ? HealthChange::kLifeSign : HealthChange::kNone;
}

HealthChange Health::on_failure(const ProbeFailure& failure, Clock::time_point now) {
    last_check_ = now;
    probe_at_once_ = false;
    last_error_ = failure.message;
    // No name server, no verdict: the connections that are there may be fine.
    if (failure.stage == ProbeStage::kResolve) return HealthChange::kNone;
    if (!ever_up_ && probe_is_wrong(failure)) return HealthChange::kNone;
    successes_ = 0;
    ++failures_;
    if (state_ != HealthState::kDown && failures_ >= rules_.fall)
        return enter(HealthState::kDown, HealthChange::kDown, now);
    return HealthChange::kNone;
}

void Health::on_traffic_failure(std::string_view reason, Clock::time_point /*now*/) {
    if (state_ == HealthState::kDown || probe_at_once_) return;  // known, or being looked at
    last_error_ = reason;
    successes_ = 0;
    failures_ = std::min(failures_ + 1, std::max(rules_.fall, 1U) - 1);
    probe_at_once_ = true;
}

Clock::time_point Health::next_probe(double jitter) const {
    if (probe_at_once_ || last_check_ == Clock::time_point{}) return last_check_;
    const auto pause = in_doubt() ? std::min(rules_.retry, rules_.interval) : rules_.interval;
    const double share = 1.0 - kJitter * jitter;
    return last_check_ + Microseconds{static_cast<Microseconds::rep>(
                             static_cast<double>(Microseconds{pause}.count()) * share)};
}

HealthChange Health::enter(HealthState state, HealthChange change, Clock::time_point now) {
    state_ = state;
    since_ = now;
    return change;
}

}  // namespace pooler
