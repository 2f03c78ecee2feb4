// What a statement means for the replay of the transaction it runs in: whether it can commit, whether it may
// run twice, whether it begins or ends a transaction. Values; pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "pooler/sql/statement.h"

namespace pooler {

/// Why a transaction is not protected. Counted by reason.
enum class Unfit : std::uint8_t {
    kNone,
    kUnread,   ///< a text or call that we cannot read
    kSeveral,  ///< several statements in one text
    kDdl,
    kProcedure,      ///< CALL, DO, EXECUTE, utilities: may commit inside, or act outside the transaction
    kSessionObject,  ///< leaves behind what only this server connection has
    kAdvisoryLock,   ///< of the session: outlives the rollback
    kSetval,         ///< not undone by a rollback
    kChain,          ///< COMMIT or ROLLBACK AND CHAIN, and what follows a statement that ends the transaction
    kOwnRestart,     ///< the client restarts its transactions itself (cockroach_restart)
    kPipeline,       ///< requests of several transactions under way at once
    kTooLarge,       ///< over replay_max_bytes
    kOverBudget,     ///< over replay_total_bytes
    kPinned,         ///< the session keeps its server connection
    kInterrupted,    ///< the client was shown a 57014: it would not come again
};
inline constexpr std::size_t kUnfitReasons = static_cast<std::size_t>(Unfit::kInterrupted) + 1;

[[nodiscard]] std::string_view name_of(Unfit reason);

/// What a statement says of the isolation of its transaction. Of CockroachDB's only.
enum class IsolationSaid : std::uint8_t { kNothing, kSerializable, kOther };

/// Where weir's own restart savepoint goes, if this is what the transaction has after its BEGIN.
/// CockroachDB's only.
enum class RestartPlace : std::uint8_t {
    kNever,   ///< nowhere in this transaction
    kBehind,  ///< not yet: SET TRANSACTION comes first
    kFront,   ///< in front of it
};

/// Of one client command: a Query, or a statement that is bound to be executed.
struct StatementFacts {
    bool nothing = false;         ///< no statement at all
    bool begins = false;          ///< BEGIN or START TRANSACTION and nothing else
    bool ends = false;            ///< COMMIT or ROLLBACK and nothing else: behind it there is no transaction
    bool rolls_back = false;      ///< it ends without committing anything
    bool commits = false;         ///< may commit the transaction it runs in
    bool reads_only = false;      ///< provably
    bool repeatable = false;      ///< alone, outside a transaction: one statement that cannot commit inside
    bool says_read_only = false;  ///< READ ONLY in BEGIN or SET TRANSACTION, or a SET that may mean it
    IsolationSaid isolation = IsolationSaid::kNothing;
    RestartPlace restart = RestartPlace::kNever;
    Unfit unfit = Unfit::kNone;
    bool operator==(const StatementFacts&) const = default;
};

/// `text` is what `script` was read from.
[[nodiscard]] StatementFacts facts_of(const SqlScript& script, std::string_view text, Dialect dialect);
/// Of what nobody can read: it may do anything.
[[nodiscard]] StatementFacts facts_of_unread();

}  // namespace pooler
