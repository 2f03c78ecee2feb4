// Which trigger permits what. The one rule: repeat only what certainly did not commit. Pure functions.
//
// Sources: PostgreSQL docs, "Serialization Failure Handling"; CockroachDB docs, "Transaction Retry Error
// Reference" and "Common Errors" (40003, connection loss).
#pragma once

#include <cstdint>
#include <string_view>

#include "pooler/replay/transaction_window.h"

namespace pooler {

enum class Trigger : std::uint8_t {
    kNone,
    kSerialization,  ///< 40001
    kDeadlock,       ///< 40P01
    kRecovery,       ///< 25006, from a server that has become a standby
    kLost,           ///< the server connection, or the server said that it closes it
};
inline constexpr std::size_t kTriggers = static_cast<std::size_t>(Trigger::kLost) + 1;

[[nodiscard]] std::string_view name_of(Trigger trigger);

/// What an error code is proof of no commit for; kNone: it proves nothing.
[[nodiscard]] Trigger trigger_of(std::string_view sqlstate);

/// Of the server the transaction ran on.
struct ServerTraits {
    bool cockroach = false;
    /// 40001 in answer to COMMIT is proof that nothing was committed: PostgreSQL, and CockroachDB
    /// from 23.1.12.
    bool commit_error_certain = true;
    /// If not: it is for a serializable transaction, and whether transactions are if they say nothing.
    bool certain_if_serializable = false;
    bool serializable = false;
    /// It is a standby, though transactions that say nothing are read-write: a primary will have them.
    bool in_recovery = false;
};

/// How much of the answer to the oldest unit the client has.
enum class Shown : std::uint8_t {
    kNothing,
    kHeaders,  ///< nothing that depends on the data: ParseComplete, BindComplete, descriptions
    kData,
};

enum class Ruling : std::uint8_t {
    kPass,       ///< not a matter of replay: the client gets what the server said
    kReplay,     ///< certainly not committed, and it may run again
    kLost,       ///< certainly not committed, but it must not run again
    kRollback,   ///< all that is asked for is ROLLBACK, and that has come to pass
    kAmbiguous,  ///< nobody knows whether it committed
};

/// 40001 in answer to COMMIT is proof that this transaction was not committed.
[[nodiscard]] bool commit_error_proves(const TransactionWindow& window, const ServerTraits& server);
/// The server refused the oldest unit with a code that trigger_of() knows.
[[nodiscard]] Ruling rule_on_error(Trigger trigger, const TransactionWindow& window, Shown shown,
                                   const ServerTraits& server);
/// The oldest unit got 57P01 and nothing else that tells anything.
[[nodiscard]] Ruling rule_on_refusal(const TransactionWindow& window, Shown shown,
                                     const ServerTraits& server);
/// The connection is gone.
[[nodiscard]] Ruling rule_on_loss(const TransactionWindow& window, Shown shown);

}  // namespace pooler
