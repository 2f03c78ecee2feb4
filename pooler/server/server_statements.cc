#include "pooler/server/server_statements.h"

#include <algorithm>

#include "pooler/seeded_bug.h"

namespace pooler {

ServerStatements::Presence ServerStatements::find(const StatementRef& wanted, std::uint64_t settled,
                                                  std::uint64_t batch_start) {
    // A change of an earlier batch on the same statement whose outcome is open: nobody knows yet.
    for (const Change& change : unsettled_)
        if (change.sequence > settled && change.sequence < batch_start &&
            same_statement(change.statement, wanted))
            return Presence::kUnsettled;
    const auto found = index_.find(wanted->hash);
    if (found == index_.end() || !same_statement(found->second->statement, wanted)) return Presence::kAbsent;
    entries_.splice(entries_.begin(), entries_, found->second);
    if (found->second->parsed_at == 0 ||
        found->second->parsed_at < wanted->stale_before.load(std::memory_order_relaxed))
        return Presence::kStale;
    return Presence::kPresent;
}

ServerStatements::Item* ServerStatements::item_of(const StatementRef& statement) const {
    const auto found = index_.find(statement->hash);
    if (found == index_.end() || !same_statement(found->second->statement, statement)) return nullptr;
    return &*found->second;
}

ShapeRef ServerStatements::shape(const StatementRef& statement) const {
    if (!statement) return unnamed_shape_;
    const Item* item = item_of(statement);
    return item == nullptr ? nullptr : item->shape;
}

std::uint64_t ServerStatements::parsed_by(const StatementRef& statement) const {
    if (!statement) return unnamed_sequence_;
    const Item* item = item_of(statement);
    return item == nullptr ? 0 : item->sequence;
}

void ServerStatements::set_shape(const StatementRef& statement, std::uint64_t parsed_by, ShapeRef shape) {
    if (!statement) {
        if (unnamed_ && unnamed_sequence_ == parsed_by) unnamed_shape_ = std::move(shape);
        return;
    }
    Item* item = item_of(statement);
    if (item != nullptr && item->sequence == parsed_by) item->shape = std::move(shape);
}

void ServerStatements::insert(const StatementRef& statement, std::uint64_t sequence) {
    erase(statement->hash);
    entries_.push_front({statement, sequence, plan_clock(), nullptr});
    index_[statement->hash] = entries_.begin();
}

void ServerStatements::erase(const StatementHash& hash) {
    const auto found = index_.find(hash);
    if (found == index_.end()) return;
    entries_.erase(found->second);
    index_.erase(found);
}

void ServerStatements::add(const StatementRef& statement, std::uint64_t sequence) {
    insert(statement, sequence);
    unsettled_.push_back({sequence, statement, true});
}

void ServerStatements::remove(const StatementRef& statement, std::uint64_t sequence) {
    erase(statement->hash);
    unsettled_.push_back({sequence, statement, false});
}

StatementRef ServerStatements::surplus(std::size_t limit, const StatementRef& wanted) const {
    const auto twin = index_.find(wanted->hash);
    if (twin != index_.end() && !same_statement(twin->second->statement, wanted))
        return twin->second->statement;
    if (limit > 0 && entries_.size() >= limit) return entries_.back().statement;
    return nullptr;
}

void ServerStatements::set_unnamed(const StatementRef& statement, std::uint64_t sequence) {
    unnamed_ = statement;
    unnamed_sequence_ = sequence;
    unnamed_shape_.reset();
    may_have_unnamed_ = true;
}

void ServerStatements::clear_unnamed(std::uint64_t sequence) {
    unnamed_.reset();
    unnamed_sequence_ = sequence;
    unnamed_shape_.reset();
    may_have_unnamed_ = false;
}

void ServerStatements::forget_unnamed() {
    unnamed_.reset();
    unnamed_shape_.reset();
    may_have_unnamed_ = true;
}

void ServerStatements::on_settled(std::uint64_t settled) {
    if (unsettled_.empty()) return;
    std::erase_if(unsettled_, [settled](const Change& change) { return change.sequence <= settled; });
}

void ServerStatements::on_failed(const FailedRange& range) {
    forget_unnamed();
    if (seeded_bug(SeededBug::kFailedParseKept)) return;
    for (auto change = unsettled_.rbegin(); change != unsettled_.rend(); ++change) {
        if (change->sequence < range.first || change->sequence > range.last) continue;
        if (change->added) {
            erase(change->statement->hash);
            forget_removals_.push_back(*change);
        } else {
            // It may have been stale, and a DEALLOCATE ALL in front of the Close may have dropped it.
            insert(change->statement, 0);
            entries_.front().parsed_at = 0;
        }
    }
    // What was never added cannot be brought back by undoing a later removal.
    for (const Change& undone : forget_removals_)
        std::erase_if(unsettled_, [&undone](const Change& change) {
            return !change.added && change.sequence > undone.sequence &&
                   same_statement(change.statement, undone.statement);
        });
    forget_removals_.clear();
    std::erase_if(unsettled_, [&range](const Change& change) {
        return change.sequence >= range.first && change.sequence <= range.last;
    });
}

void ServerStatements::doubt_all() {
    for (Item& item : entries_) item.parsed_at = 0;
}

void ServerStatements::on_deallocate_all(std::uint64_t sequence) {
    for (auto item = entries_.begin(); item != entries_.end();) {
        if (item->sequence > sequence) {
            ++item;
            continue;
        }
        index_.erase(item->statement->hash);
        item = entries_.erase(item);
    }
}

void ServerStatements::forget_sequences() {
    unsettled_.clear();
    unnamed_sequence_ = 0;
    for (Item& item : entries_) item.sequence = 0;
}

}  // namespace pooler
