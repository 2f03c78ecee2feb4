// The replicas of a primary's pool on one worker: their pools, and who of them takes the next read. Owned by
// the primary's pool; its worker's thread only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conf/configuration.h"
#include "pooler/net/io_context.h"
#include "pooler/route/balancer.h"
#include "pooler/route/route_class.h"
#include "pooler/route/route_rule.h"

namespace pooler {

class Pool;

/// Counts for SHOW ROUTES, by reason.
using RouteCounts = std::array<std::uint64_t, kRouteReasons>;

/// One of them. Whoever reads from it keeps it: a RELOAD may have taken it out of the set.
struct Replica {
    /// A session takes a server of its pool.
    void begin(RouteReason reason);
    /// `took`: nothing if it was not answered.
    void end(std::optional<Microseconds> took);

    Pool* pool = nullptr;
    ReplicaState* state = nullptr;
    unsigned weight = 1;
    unsigned distance = 0;     ///< 0 is near: conf::locality_distance()
    unsigned outstanding = 0;  ///< reads of this worker
    Microseconds latency{0};   ///< of them, smoothed
    RouteCounts counts{};      ///< by the reason of each
};

class ReplicaSet {
 public:
    ReplicaSet(RouteRule rule, int primary_reads) : rule_{rule}, primary_reads_{primary_reads} {}

    void add(Replica replica) { replicas_.push_back(std::make_shared<Replica>(replica)); }
    [[nodiscard]] const RouteRule& rule() const { return rule_; }
    [[nodiscard]] const std::vector<std::shared_ptr<Replica>>& all() const { return replicas_; }

    /// A choice takes random bits: there are several replicas, or the primary has a share.
    [[nodiscard]] bool draws() const { return replicas_.size() > 1 || primary_reads_ > 0; }
    struct Choice {
        std::shared_ptr<Replica> replica;  ///< null: the primary
        RouteReason reason = RouteReason::kRead;
    };
    /// For a read whose text may go to a replica for `wanted`. `writes`: those that count for it.
    [[nodiscard]] Choice choose(RouteReason wanted, const WriteClock::View& writes, std::uint32_t random,
                                Clock::time_point now);
    /// It stays on the primary.
    void count(RouteReason reason) { ++counts[static_cast<std::size_t>(reason)]; }

    RouteCounts counts{};
    std::uint64_t misses = 0;  ///< taken for reads, and refused by a replica as writes

 private:
    [[nodiscard]] Choice choose_only(RouteReason wanted, const WriteClock::View& writes,
                                     Clock::time_point now) const;
    [[nodiscard]] RouteReason judge(const Replica& replica, RouteReason wanted,
                                    const WriteClock::View& writes, Clock::time_point now) const;

    RouteRule rule_;
    int primary_reads_;
    std::vector<std::shared_ptr<Replica>> replicas_;
    std::vector<BalanceCandidate> candidates_;  ///< of the choice at hand
    std::vector<std::size_t> indexes_;
};

/// Variables that are weir's on a server of this kind, with the values it logs in with; none on a primary.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> replica_variables(
    const conf::Database& database);
/// True for variables that clients do not set on replicas.
[[nodiscard]] bool is_replica_variable(std::string_view name);

}  // namespace pooler
