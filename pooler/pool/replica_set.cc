#include "pooler/pool/replica_set.h"

#include <algorithm>
#include <climits>
#include <cstdlib>

#include "pooler/pool/pool.h"

namespace pooler {

namespace {

constexpr std::string_view kReadOnly = "default_transaction_read_only";
constexpr std::string_view kIsolation = "default_transaction_isolation";
constexpr std::string_view kFollowerReads = "default_transaction_use_follower_reads";

/// The latency that is shown may be off by one part in this many.
constexpr std::int64_t kToldWithin = 16;

}  // namespace

RouteReason ReplicaSet::judge(const Replica& replica, RouteReason wanted, const WriteClock::View& writes,
                              Clock::time_point now) const {
    if (replica.weight == 0 || replica.state->banned(now) ||
        (!replica.pool->has_servers() && replica.pool->hopeless()))
        return RouteReason::kUnavailable;
    return rule_.judge(replica.state->measured(), writes, wanted == RouteReason::kHintReplica, now);
}

ReplicaSet::Choice ReplicaSet::choose(RouteReason wanted, const WriteClock::View& writes,
                                      std::uint32_t random, Clock::time_point now) {
    if (!draws()) return choose_only(wanted, writes, now);
    candidates_.clear();
    indexes_.clear();
    RouteReason refused = RouteReason::kUnavailable;
    unsigned nearest = UINT_MAX;
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
        const Replica& replica = *replicas_[i];
        const RouteReason reason = judge(replica, wanted, writes, now);
        if (reason == RouteReason::kRead) {
            if (replica.distance > nearest) continue;
            if (replica.distance < nearest) {
                nearest = replica.distance;
                candidates_.clear();
                indexes_.clear();
            }
            candidates_.push_back({replica.weight, replica.outstanding, replica.latency});
            indexes_.push_back(i);
        } else {
            refused = std::min(refused, reason);
        }
    }
    if (candidates_.empty()) return {nullptr, refused};
    if (wanted == RouteReason::kRead && in_share(primary_reads_, random >> 8U))
        return {nullptr, RouteReason::kPrimaryShare};
    const std::size_t chosen = candidates_.size() == 1 ? 0 : choose_replica(candidates_, random);
    return {replicas_[indexes_[chosen]], wanted};
}

ReplicaSet::Choice ReplicaSet::choose_only(RouteReason wanted, const WriteClock::View& writes,
                                           Clock::time_point now) const {
    if (replicas_.empty()) return {nullptr, RouteReason::kUnavailable};
    const RouteReason reason = judge(*replicas_.front(), wanted, writes, now);
    if (reason != RouteReason::kRead) return {nullptr, reason};
    return {replicas_.front(), wanted};
}

void Replica::begin(RouteReason reason) {
    ++outstanding;
    ++counts[static_cast<std::size_t>(reason)];
    ++pool->clients;
}

void Replica::end(std::optional<Microseconds> took) {
    --outstanding;
    --pool->clients;
    if (!took) return;
    latency = smoothed(latency, *took);
    // The line is shared with other workers: it is written when there is something to tell.
    const auto told = state->latency.load(std::memory_order_relaxed);
    if (std::abs(latency.count() - told) * kToldWithin > told)
        state->latency.store(latency.count(), std::memory_order_relaxed);
    state->succeed();
}

std::vector<std::pair<std::string, std::string>> replica_variables(const conf::Database& database) {
    std::vector<std::pair<std::string, std::string>> variables;
    if (database.target.empty() || database.target == conf::kSecondaryTarget) return variables;
    variables.emplace_back(kReadOnly, "on");
    if (database.replica_kind == conf::ReplicaKind::kFollower) variables.emplace_back(kFollowerReads, "on");
    // A standby refuses SERIALIZABLE. Source: PostgreSQL docs, "Hot Standby", Caveats.
    if (database.replica_kind != conf::ReplicaKind::kFollower)
        variables.emplace_back(kIsolation, "repeatable read");
    return variables;
}

bool is_replica_variable(std::string_view name) {
    return name == kReadOnly || name == kIsolation || name == kFollowerReads;
}

}  // namespace pooler
