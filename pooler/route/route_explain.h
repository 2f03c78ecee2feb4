// Where a text would run at this moment, and why, in words: for EXPLAIN ROUTE. The rules are those of
// route_class.h and route_rule.h, asked instead of obeyed. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/route/route_class.h"
#include "pooler/route/route_rule.h"

namespace pooler {

/// What weir takes a text for: "read", "write", "row locks", "unlisted function", "session", "control",
/// "transaction", "unknown", "empty".
[[nodiscard]] std::string_view class_word(const SqlScript& script);

struct ExplainedReplica {
    std::string target;  ///< "replica:1"
    unsigned weight = 1;
    unsigned distance = 0;  ///< as Replica has it
    bool usable = true;     ///< it can be reached, and is not left alone for a while
    RouteRule::Clock::time_point measured;
};

struct RouteLine {
    std::string target;
    unsigned share = 0;  ///< percent
    std::string_view reason;
};

struct ExplainedRoute {
    RouteRule rule;
    int primary_reads = 0;
    WriteClock::View writes;
    std::span<const ExplainedReplica> replicas;
};

/// The primary's line, and one for each replica; those that would get the most come first.
[[nodiscard]] std::vector<RouteLine> explain_route(const SqlScript& script, const ExplainedRoute& route,
                                                   RouteRule::Clock::time_point now);

}  // namespace pooler
