#include "pooler/replay/transaction_window.h"

#include "pooler/seeded_bug.h"

namespace pooler {

using protocol::TransactionStatus;

void TransactionWindow::begin(bool open) {
    units_.clear();
    transaction_ = confirmed_ = open;
    ended_ = any_statement_ = answered_any_ = may_have_committed_ = says_read_only_ = false;
    isolation_ = IsolationSaid::kNothing;
    unfit_ = Unfit::kNone;
}

void TransactionWindow::on_message(std::size_t at) {
    if (!units_.empty() && !units_.back().closed()) return;
    Unit unit;
    unit.start = at;
    units_.push_back(unit);
}

/// The statement that is sent now runs inside the transaction if it runs at all.
bool TransactionWindow::inside() const {
    if (!transaction_ || ended_) return false;
    if (confirmed_ || seeded_bug(SeededBug::kUnconfirmedBegin)) return true;
    return units_.size() == 1 && !answered_any_;  // in one unit with its BEGIN: if that fails, all is skipped
}

void TransactionWindow::on_statement(const StatementFacts& facts) {
    if (facts.nothing || units_.empty()) return;
    Unit& unit = units_.back();
    if (!any_statement_ && !transaction_ && facts.begins) transaction_ = true;
    any_statement_ = true;
    if (ended_ && !seeded_bug(SeededBug::kBehindTheEnd)) mark_unfit(Unfit::kChain);
    const bool harmless = facts.reads_only || facts.begins || facts.rolls_back;
    if (facts.commits || (!harmless && !inside())) may_have_committed_ = true;
    mark_unfit(facts.unfit);
    note_isolation(facts.isolation);
    says_read_only_ = says_read_only_ || facts.says_read_only;
    if (unit.statements == 0) {
        unit.repeatable = facts.repeatable;
        unit.rolls_back = facts.rolls_back;
    }
    if (unit.statements < UINT16_MAX) ++unit.statements;
    unit.writes = unit.writes || !harmless;
    unit.ends = unit.ends || facts.ends;
    unit.commits = unit.commits || facts.commits;
    if (facts.ends) ended_ = true;
}

void TransactionWindow::end_unit(std::uint64_t sequence, bool query) {
    if (units_.empty()) return;
    Unit& unit = units_.back();
    unit.sequence = sequence;
    unit.query = query;
}

bool TransactionWindow::on_ready(TransactionStatus status) {
    if (units_.empty() || !units_.front().closed()) return false;
    units_.erase(units_.begin());
    answered_any_ = true;
    if (status != TransactionStatus::kIdle) {
        confirmed_ = transaction_;
        return true;
    }
    // What is under way behind the end of a transaction is a matter of its own.
    bool writes = false;
    for (std::size_t i = 0; i < units_.size(); ++i) writes = writes || units_[i].writes || units_[i].commits;
    transaction_ = confirmed_ = ended_ = says_read_only_ = false;
    isolation_ = IsolationSaid::kNothing;
    any_statement_ = answered_any_ = !units_.empty();
    may_have_committed_ = writes;
    unfit_ = units_.empty() ? Unfit::kNone : Unfit::kPipeline;
    return true;
}

bool TransactionWindow::reopen() {
    if (units_.size() != 1 || units_.front().query) return false;
    units_.front().sequence = 0;
    return true;
}

bool TransactionWindow::ends_within(std::uint64_t first, std::uint64_t last) const {
    for (std::size_t i = 0; i < units_.size(); ++i)
        if (units_[i].sequence >= first && units_[i].sequence <= last && units_[i].closed()) return true;
    return false;
}

void TransactionWindow::shift(std::size_t bytes) {
    for (std::size_t i = 0; i < units_.size(); ++i) units_[i].start -= bytes;
}

std::optional<std::size_t> TransactionWindow::start_behind_oldest() const {
    if (units_.size() < 2) return std::nullopt;
    return units_[1].start;
}

bool TransactionWindow::is_single() const {
    return !answered_any_ && units_.size() == 1 && units_.front().closed() && units_.front().statements <= 1;
}

}  // namespace pooler
