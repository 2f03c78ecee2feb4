// Follows which variables are set on one server connection, through the statements that the server has
// confirmed: SET and RESET in all forms, commit, rollback, savepoints, failed and implicit transactions. What
// a request may do is recorded when it is sent, and done when the server says so. A pure type; owned by a
// server connection.
//
// PostgreSQL undoes a SET with its (sub)transaction; CockroachDB does not. SET LOCAL leaves nothing behind on
// either and is not followed. What cannot be followed exactly makes the state unknown, never a guess.
// Sources: PostgreSQL docs, "SET", "RESET", "DISCARD", "Message Flow" (Multiple Statements in a Simple Query,
// Pipelining).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/net/ring.h"
#include "pooler/server/variables.h"
#include "protocol/session_status.h"

namespace pooler {

/// What one statement does to variables once it has succeeded.
struct VariableEffect {
    enum class Kind : std::uint8_t {
        kNone,
        kSet,
        kReset,
        kResetAll,
        kDiscardAll,
        kSavepoint,           ///< `name`
        kRelease,             ///< `name`
        kRollbackTo,          ///< `name`
        kLocalAuthorization,  ///< SET LOCAL SESSION AUTHORIZATION: its end is not to be foreseen
        kUnknown,             ///< changes something, and we do not know what
        kOpaque,              ///< alone: a text that cannot be read; what it was shows by the tags
    };
    Kind kind = Kind::kNone;
    std::string name;  ///< as the server folds it; of variables: lower case
    VariableValue value{};
    /// 1 + index among the tracked parameters, whose values the server reports itself; 0: not one of them.
    unsigned tracked = 0;
    bool continues = false;  ///< the next one belongs to the same statement
};

/// At least one for each statement of a text.
using VariableEffects = std::vector<VariableEffect>;

class VariableTracker {
 public:
    struct State {
        Variables variables;
        /// Bit i: tracked parameter i was set by a client or for it and not reset since.
        std::uint64_t tracked = 0;
        bool operator==(const State&) const = default;
    };

    /// Nobody has set anything; `undoes`: the server undoes SET on ROLLBACK.
    void begin(bool undoes) {
        *this = VariableTracker{};
        undoes_ = undoes;
    }

    /// The request with this number is being sent; it must not be one that the server skips.
    void record(std::uint64_t sequence, std::shared_ptr<const VariableEffects> effects) {
        records_.push_back({sequence, 0, std::move(effects)});
    }
    /// Nothing is outstanding: what a COPY has swallowed will never be answered.
    void forget_requests() {
        while (!records_.empty()) {
            records_.front().effects.reset();
            records_.pop_front();
        }
    }
    /// A statement of request `sequence` has succeeded.
    void on_command_complete(std::uint64_t sequence, std::string_view tag);
    /// Execute stopped at its row limit: the statement may have had its effect.
    void on_suspended(std::uint64_t sequence);
    /// ErrorResponse to any request.
    void on_error() { failed_ = true; }
    /// ReadyForQuery in answer to request `sequence`, also to one of our own.
    void on_ready(std::uint64_t sequence, protocol::TransactionStatus status);

    /// The server was given this by statements of ours; inside a transaction its end may undo it.
    void adopt(State state, bool in_transaction) {
        state_ = std::move(state);
        if (!in_transaction) base_ = state_;
    }
    /// Outside a transaction: these tracked parameters count as set.
    void mark_tracked(std::uint64_t bits) {
        state_.tracked |= bits;
        base_.tracked |= bits;
    }
    /// RESET SESSION AUTHORIZATION, RESET ROLE and RESET ALL of ours went well, outside a transaction.
    void on_reset() { forget(); }
    void mark_unknown() { known_ = false; }

    /// What is set now, also inside a transaction; meaningless if not known().
    [[nodiscard]] const State& state() const { return state_; }
    [[nodiscard]] bool known() const { return known_; }
    /// Nothing that was sent has its outcome open, and no transaction may still undo something.
    [[nodiscard]] bool settled() const { return records_.empty() && savepoints_.empty() && state_ == base_; }
    /// Nothing is open, and a COMMIT now would leave what was set before the transaction began.
    [[nodiscard]] bool unchanged() const { return known_ && records_.empty() && state_ == base_; }
    /// As soon as nothing of ours or of a client is outstanding: equal values are to be one object.
    void share(VariableCache& cache) {
        state_.variables.share(cache);
        base_.variables = state_.variables;
    }

 private:
    struct Record {
        std::uint64_t sequence = 0;
        std::size_t next = 0;  ///< the first effect of the statement that is answered next
        std::shared_ptr<const VariableEffects> effects;
    };
    struct Savepoint {
        std::string name;
        State state;
    };
    [[nodiscard]] std::span<const VariableEffect> take_effects(std::uint64_t sequence);
    void apply(const VariableEffect& effect);
    void apply_opaque(std::string_view tag);
    void set(const VariableEffect& effect);
    void reset(const VariableEffect& effect);
    void commit();
    void abort();
    void undo(State to);
    void drop_records(std::uint64_t up_to, bool failed);
    void end_transaction();
    void end_savepoint(const VariableEffect& effect);
    void forget();

    State state_;
    State base_;  ///< at the beginning of the transaction
    std::vector<Savepoint> savepoints_;
    Ring<Record> records_;
    bool undoes_ = true;
    bool known_ = true;
    bool failed_ = false;                 ///< an error since the last ReadyForQuery
    bool may_have_committed_ = false;     ///< a statement since then that may commit on its own
    bool discarded_ = false;              ///< DISCARD ALL since then
    bool authorization_touched_ = false;  ///< in this transaction
    bool authorization_local_ = false;    ///< in this transaction, by SET LOCAL
};

}  // namespace pooler
