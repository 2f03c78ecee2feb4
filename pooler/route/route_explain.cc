#include "pooler/route/route_explain.h"

#include <algorithm>
#include <climits>

namespace pooler {

namespace {

std::string_view word_of_writing(const SqlStatement& statement) {
    if (statement.kind == StatementKind::kUnknown) return "unknown";
    if (statement.has(StatementFlag::kRowLocking)) return "row locks";
    if (statement.has(StatementFlag::kUnlistedFunction)) return "unlisted function";
    return statement.kind == StatementKind::kSelect && !statement.has(StatementFlag::kSequence)
               ? "not provably a read"
               : "write";
}

/// BEGIN alone stands for the transaction that begins with it.
RouteReason wanted_by(const SqlScript& script) {
    if (!script.is_only(StatementKind::kBegin)) return classify_route(script, RouteWish::kAuto);
    return begins_on_replica(script[0].transaction, false) ? RouteReason::kReadOnlyTransaction
                                                           : RouteReason::kTransaction;
}

RouteReason judge(const ExplainedReplica& replica, RouteReason wanted, const ExplainedRoute& route,
                  RouteRule::Clock::time_point now) {
    if (replica.weight == 0 || !replica.usable) return RouteReason::kUnavailable;
    return route.rule.judge(replica.measured, route.writes, wanted == RouteReason::kHintReplica, now);
}

/// Weights become shares of `percent` that add up to it.
void into_percent(std::vector<RouteLine>& lines, unsigned total, unsigned percent) {
    unsigned before = 0;
    for (RouteLine& line : lines) {
        const unsigned after = before + line.share;
        line.share = percent * after / total - percent * before / total;
        before = after;
    }
}

}  // namespace

std::string_view class_word(const SqlScript& script) {
    if (!script.understood()) return "unknown";
    if (script.empty()) return "empty";
    for (std::size_t i = 0; i < script.size(); ++i)
        if (may_write(script[i])) return word_of_writing(script[i]);
    if (script.is_only(StatementKind::kBegin)) return "transaction";
    if (script.any(StatementFlag::kSessionBound)) return "session";
    return script.read_only() ? "read" : "control";
}

std::vector<RouteLine> explain_route(const SqlScript& script, const ExplainedRoute& route,
                                     RouteRule::Clock::time_point now) {
    const RouteReason wanted = wanted_by(script);
    if (!to_replica(wanted)) return {{"primary", 100, name_of(wanted)}};
    std::vector<RouteReason> reasons;
    unsigned nearest = UINT_MAX;
    for (const ExplainedReplica& replica : route.replicas) {
        reasons.push_back(judge(replica, wanted, route, now));
        if (reasons.back() == RouteReason::kRead) nearest = std::min(nearest, replica.distance);
    }
    std::vector<RouteLine> lines;
    unsigned total = 0;
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        const ExplainedReplica& replica = route.replicas[i];
        const bool usable = reasons[i] == RouteReason::kRead;
        const bool used = usable && replica.distance == nearest;
        lines.push_back({replica.target, used ? replica.weight : 0,
                         used     ? name_of(wanted)
                         : usable ? "others are nearer"
                                  : name_of(reasons[i])});
        total += lines.back().share;
    }
    const RouteReason refused =
        reasons.empty() ? RouteReason::kUnavailable : *std::min_element(reasons.begin(), reasons.end());
    const unsigned kept = wanted == RouteReason::kRead ? static_cast<unsigned>(route.primary_reads) : 0;
    if (total > 0) into_percent(lines, total, 100 - kept);
    if (total == 0)
        lines.push_back({"primary", 100, name_of(refused)});
    else if (kept > 0)
        lines.push_back({"primary", kept, name_of(RouteReason::kPrimaryShare)});
    std::stable_sort(lines.begin(), lines.end(),
                     [](const RouteLine& a, const RouteLine& b) { return a.share > b.share; });
    return lines;
}

}  // namespace pooler
