// Whether a text may run on a replica, as far as the text itself says, and whether it may write. Deny by
// default. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "pooler/sql/statement.h"

namespace pooler {

/// Why a request goes where it goes.
enum class RouteReason : std::uint8_t {
    // to a replica
    kRead,
    kReadOnlyTransaction,
    kHintReplica,  ///< a comment or weir.route asks for it: writes do not matter
    // to the primary
    kNotProvablyRead,
    kSessionBound,  ///< SHOW, pg_is_in_recovery(): about the session or its server
    kHintPrimary,   ///< a comment, or weir.route = primary
    kTransaction,   ///< in a transaction that is not read-only
    kSession,       ///< the session's own state keeps it there
    kIncomplete,    ///< the request has not come whole, or is too large to be kept
    kWriteOpen,     ///< a write is under way
    kRecentWrite,   ///< the replicas may not show the last write yet
    kLag,           ///< they are too far behind, or it is not known how far
    kUnavailable,   ///< they cannot be reached, or were banned
    kPrimaryShare,  ///< primary_reads
    kRepeated,      ///< a replica could not answer it
};
inline constexpr std::size_t kRouteReasons = 15;

[[nodiscard]] constexpr bool to_replica(RouteReason reason) { return reason <= RouteReason::kHintReplica; }
/// For SHOW ROUTES: "recent write".
[[nodiscard]] std::string_view name_of(RouteReason reason);
/// What a request was taken for that went where it went for this reason, for SHOW ROUTES: "read".
[[nodiscard]] std::string_view class_of(RouteReason reason);

/// As asked for by weir.route.
enum class RouteWish : std::uint8_t { kAuto, kPrimary, kReplica };
/// The value of weir.route, quoted or not; anything else is kAuto.
[[nodiscard]] RouteWish wish_of(std::string_view value);

/// Where one text may go: kRead or kHintReplica, or why not. Autocommit, or as a statement of a transaction
/// that is read-only anyway.
[[nodiscard]] RouteReason classify_route(const SqlScript& script, RouteWish wish);
/// Of a text that was classified without a wish.
[[nodiscard]] RouteReason as_wished(RouteReason own, RouteWish wish);
/// Of two requests that run together: the one that keeps both on the primary, if either does.
[[nodiscard]] RouteReason join(RouteReason a, RouteReason b);

/// BEGIN with these options may run on a replica: read-only, with an isolation level that a standby knows.
/// `defaults_read_only`: what the session's transactions are if they do not say.
[[nodiscard]] bool begins_on_replica(const TransactionOptions& options, bool defaults_read_only);

/// False: running it writes nothing that a later read could miss. Of one statement of an understood script.
[[nodiscard]] bool may_write(const SqlStatement& statement);
/// The same of the whole.
[[nodiscard]] bool may_write(const SqlScript& script);

}  // namespace pooler
