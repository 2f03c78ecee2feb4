// What has been sent since the last moment at which no transaction was open: which requests are not answered
// yet, whether all of it is one transaction, and whether anything of it may have committed. A pure type;
// owned by a Replayer.
//
// A unit is what one ReadyForQuery answers: a Query, a function call, or everything up to a Sync.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "pooler/replay/statement_facts.h"
#include "protocol/session_status.h"

namespace pooler {

class TransactionWindow {
 public:
    struct Unit {
        std::size_t start = 0;       ///< of its first message in the log
        std::uint64_t sequence = 0;  ///< of the request that closes it; 0: not closed yet
        bool query = false;          ///< closed by a Query or function call
        std::uint16_t statements = 0;
        bool writes = false;      ///< not all of them provably read only
        bool repeatable = false;  ///< the first of them
        bool ends = false;        ///< the transaction
        bool commits = false;     ///< may commit it
        bool rolls_back = false;  ///< nothing but ROLLBACK
        [[nodiscard]] bool closed() const { return sequence != 0; }
    };

    /// `open`: a BEGIN goes in front of whatever is sent, and nothing runs unless it succeeds.
    void begin(bool open);
    /// A message of the client begins at this place of the log.
    void on_message(std::size_t at);
    /// It runs, or may run, this statement.
    void on_statement(const StatementFacts& facts);
    /// Something of our own that commits it is on its way.
    void on_release() { may_have_committed_ = true; }
    /// It will be answered by a ReadyForQuery.
    void end_unit(std::uint64_t sequence, bool query);
    /// The oldest unit is answered. False: there is none.
    [[nodiscard]] bool on_ready(protocol::TransactionStatus status);
    /// The Sync of the oldest unit is swallowed by a COPY that has begun. False: others are under way behind
    /// it.
    [[nodiscard]] bool reopen();
    /// The oldest closed unit whose end has a number in this range, if any, will not be answered.
    [[nodiscard]] bool ends_within(std::uint64_t first, std::uint64_t last) const;
    /// The log lost this many bytes at its front.
    void shift(std::size_t bytes);

    /// Nothing was sent.
    [[nodiscard]] bool empty() const { return !any_statement_ && units_.empty(); }
    /// All of it is one transaction that began with BEGIN.
    [[nodiscard]] bool is_transaction() const { return transaction_; }
    /// The server has said that it is open.
    [[nodiscard]] bool confirmed() const { return confirmed_; }
    /// Something was sent that may have committed.
    [[nodiscard]] bool may_have_committed() const { return may_have_committed_; }
    /// What its statements have said; any word but "serializable" counts most.
    [[nodiscard]] IsolationSaid isolation() const { return isolation_; }
    void note_isolation(IsolationSaid said) { isolation_ = std::max(isolation_, said); }
    /// Of a BEGIN that goes in front.
    void note_begin(const StatementFacts& said) {
        note_isolation(said.isolation);
        says_read_only_ = said.says_read_only;
    }
    /// One of its statements has made it read-only, or may have.
    [[nodiscard]] bool says_read_only() const { return says_read_only_; }
    [[nodiscard]] Unfit unfit() const { return unfit_; }
    void mark_unfit(Unfit reason) {
        if (unfit_ == Unfit::kNone) unfit_ = reason;
    }
    /// Units without an answer; the last may not be closed.
    [[nodiscard]] std::size_t outstanding() const { return units_.size(); }
    [[nodiscard]] const Unit* oldest() const { return units_.empty() ? nullptr : &units_.front(); }
    [[nodiscard]] std::optional<std::size_t> start_behind_oldest() const;
    /// Everything that was sent is one unit of one statement at most.
    [[nodiscard]] bool is_single() const;

 private:
    [[nodiscard]] bool inside() const;

    std::vector<Unit> units_;  ///< oldest first; hardly ever more than one
    bool transaction_ = false;
    bool confirmed_ = false;
    bool ended_ = false;  ///< a statement that ends the transaction was sent
    bool any_statement_ = false;
    bool answered_any_ = false;
    bool may_have_committed_ = false;
    bool says_read_only_ = false;
    IsolationSaid isolation_ = IsolationSaid::kNothing;
    Unfit unfit_ = Unfit::kNone;
};

}  // namespace pooler
