#include "pooler/route/route_class.h"

#include <algorithm>

namespace pooler {

namespace {

constexpr std::array<std::string_view, kRouteReasons> kNames{"read",
                                                             "read-only transaction",
                                                             "hint replica",
                                                             "not provably a read",
                                                             "about the session",
                                                             "hint primary",
                                                             "transaction",
                                                             "session",
                                                             "incomplete",
                                                             "write under way",
                                                             "recent write",
                                                             "lag",
                                                             "unavailable",
                                                             "primary_reads",
                                                             "repeated"};

/// They write nothing themselves; what they commit was counted when it was written.
constexpr std::array kControl{
    StatementKind::kBegin,         StatementKind::kCommit,         StatementKind::kRollback,
    StatementKind::kSavepoint,     StatementKind::kRelease,        StatementKind::kRollbackTo,
    StatementKind::kSet,           StatementKind::kSetTransaction, StatementKind::kReset,
    StatementKind::kShow,          StatementKind::kResetAll,       StatementKind::kDeallocate,
    StatementKind::kDeallocateAll,
};

}  // namespace

std::string_view name_of(RouteReason reason) { return kNames[static_cast<std::size_t>(reason)]; }

std::string_view class_of(RouteReason reason) {
    switch (reason) {
        case RouteReason::kRead:
        case RouteReason::kHintReplica:
        case RouteReason::kHintPrimary:
        case RouteReason::kWriteOpen:
        case RouteReason::kRecentWrite:
        case RouteReason::kLag:
        case RouteReason::kUnavailable:
        case RouteReason::kPrimaryShare:
        case RouteReason::kRepeated: return "read";
        case RouteReason::kReadOnlyTransaction: return "read-only transaction";
        case RouteReason::kTransaction: return "transaction";
        case RouteReason::kSessionBound:
        case RouteReason::kSession: return "session";
        case RouteReason::kNotProvablyRead: return "not provably a read";
        case RouteReason::kIncomplete: return "not read";
    }
    return "not read";
}

RouteWish wish_of(std::string_view value) {
    if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'')
        value = value.substr(1, value.size() - 2);
    if (value == "primary") return RouteWish::kPrimary;
    return value == "replica" ? RouteWish::kReplica : RouteWish::kAuto;
}

RouteReason classify_route(const SqlScript& script, RouteWish wish) {
    if (!script.read_only())
        return script.any(StatementFlag::kSessionBound) && !may_write(script) ? RouteReason::kSessionBound
                                                                              : RouteReason::kNotProvablyRead;
    std::uint32_t flags = 0;  // of all statements
    for (std::size_t i = 0; i < script.size(); ++i) flags |= script[i].flags;
    const auto any = [flags](StatementFlag flag) { return (flags & static_cast<std::uint32_t>(flag)) != 0; };
    if (any(StatementFlag::kSessionBound)) return RouteReason::kSessionBound;
    // A point in the past of the client's own choosing does not go with one that the session has.
    if (any(StatementFlag::kAsOfSystemTime) || any(StatementFlag::kCommits))
        return RouteReason::kNotProvablyRead;
    if (any(StatementFlag::kHintPrimary)) return RouteReason::kHintPrimary;
    if (any(StatementFlag::kHintReplica)) return RouteReason::kHintReplica;
    return as_wished(RouteReason::kRead, wish);
}

RouteReason as_wished(RouteReason own, RouteWish wish) {
    if (own != RouteReason::kRead || wish == RouteWish::kAuto) return own;
    return wish == RouteWish::kReplica ? RouteReason::kHintReplica : RouteReason::kHintPrimary;
}

RouteReason join(RouteReason a, RouteReason b) {
    if (!to_replica(a) || !to_replica(b)) return to_replica(a) ? b : a;
    return a == RouteReason::kHintReplica ? b : a;  // only all together may be stale
}

bool begins_on_replica(const TransactionOptions& options, bool defaults_read_only) {
    const bool reads = options.access == AccessMode::kReadOnly ||
                       (options.access == AccessMode::kUnset && defaults_read_only);
    return reads && options.isolation != Isolation::kSerializable &&
           options.deferrable == Deferrable::kUnset && !options.as_of && !options.snapshot &&
           !options.unknown;
}

bool may_write(const SqlStatement& statement) {
    if (statement.read_only()) return false;
    return statement.has(StatementFlag::kUnlistedFunction) ||
           std::find(kControl.begin(), kControl.end(), statement.kind) == kControl.end();
}

bool may_write(const SqlScript& script) {
    if (!script.understood()) return true;
    for (std::size_t i = 0; i < script.size(); ++i)
        if (may_write(script[i])) return true;
    return false;
}

}  // namespace pooler
