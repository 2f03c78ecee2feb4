#include "pooler/server/variable_tracker.h"

#include <algorithm>
#include <array>

#include "pooler/seeded_bug.h"

namespace pooler {

using protocol::TransactionStatus;
using Kind = VariableEffect::Kind;

namespace {

/// Statements that never commit by themselves in the middle of a batch. All others might: VACUUM and CREATE
/// DATABASE do in some versions, CALL and DO when their code says so.
bool stays_in_transaction(std::string_view tag) {
    static constexpr std::array<std::string_view, 16> kTags{
        "SELECT", "INSERT", "UPDATE", "DELETE",   "MERGE",     "SET",     "RESET", "SHOW",
        "BEGIN",  "START",  "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "FETCH", "COPY"};
    const std::string_view word = tag.substr(0, tag.find(' '));
    return std::find(kTags.begin(), kTags.end(), word) != kTags.end();
}

bool is_opaque(const VariableEffects& effects) {
    return effects.size() == 1 && effects.front().kind == Kind::kOpaque;
}

std::uint64_t bit_of(const VariableEffect& effect) { return std::uint64_t{1} << (effect.tracked - 1); }

}  // namespace

/// Requests up to `up_to` have had their outcome.
void VariableTracker::drop_records(std::uint64_t up_to, bool failed) {
    while (!records_.empty() && records_.front().sequence <= up_to) {
        Record& record = records_.front();
        if (!failed && record.next < record.effects->size() && !is_opaque(*record.effects))
            mark_unknown();  // fewer answers than statements
        record.effects.reset();
        records_.pop_front();
    }
}

/// The effects of the statement that has just been answered; none: nothing was recorded, or it has none.
std::span<const VariableEffect> VariableTracker::take_effects(std::uint64_t sequence) {
    if (sequence > 0) drop_records(sequence - 1, failed_);
    if (records_.empty() || records_.front().sequence != sequence) return {};
    Record& record = records_.front();
    const VariableEffects& all = *record.effects;
    if (is_opaque(all)) return all;
    if (record.next == all.size()) {  // more answers than statements
        mark_unknown();
        return {};
    }
    const std::size_t first = record.next;
    while (all[record.next++].continues) continue;
    if (all[first].kind == Kind::kNone) return {};
    return std::span{all}.subspan(first, record.next - first);
}

void VariableTracker::on_command_complete(std::uint64_t sequence, std::string_view tag) {
    if (!stays_in_transaction(tag)) may_have_committed_ = true;
    const auto effects = take_effects(sequence);
    if (!effects.empty() && effects.front().kind == Kind::kOpaque) return apply_opaque(tag);
    for (const VariableEffect& effect : effects) apply(effect);
    if (!effects.empty()) return;
    if (tag == "DISCARD ALL") forget();
    if (!undoes_) return;
    if (tag == "COMMIT" || tag == "PREPARE TRANSACTION") commit();
    if (tag == "ROLLBACK") abort();
}

/// A statement of a text that nobody can read: by its tag it is nothing, or something.
void VariableTracker::apply_opaque(std::string_view tag) {
    if (tag == "DISCARD ALL") return forget();
    if (tag == "COMMIT" && undoes_) return commit();
    if (tag == "ROLLBACK" && undoes_ && savepoints_.empty()) return abort();
    if (tag == "SET" || tag == "RESET" || tag == "ROLLBACK" || tag == "SAVEPOINT" || tag == "RELEASE")
        mark_unknown();
}

void VariableTracker::on_suspended(std::uint64_t sequence) {
    const auto effects = take_effects(sequence);
    if (!effects.empty() && effects.front().kind != Kind::kOpaque) mark_unknown();
}

void VariableTracker::on_ready(std::uint64_t sequence, TransactionStatus status) {
    const bool failed = std::exchange(failed_, false);
    drop_records(sequence, failed);
    const bool committed_inside = std::exchange(may_have_committed_, false);
    const bool discarded = std::exchange(discarded_, false);
    if (!undoes_) base_ = state_;
    if (status != TransactionStatus::kIdle || !undoes_) return;
    if (!failed) return commit();
    // Whether the statement that commits on its own had taken the rest with it depends on the version.
    if (discarded || (committed_inside && !(state_ == base_))) mark_unknown();
    abort();
}

void VariableTracker::apply(const VariableEffect& effect) {
    switch (effect.kind) {
        case Kind::kNone: return;
        case Kind::kSet: return set(effect);
        case Kind::kReset: return reset(effect);
        case Kind::kResetAll:
            if (!undoes_ && state_.variables.has_identity()) mark_unknown();  // some versions reset the role
            state_.variables.erase_all_but_identity();
            state_.tracked = 0;
            return;
        case Kind::kDiscardAll:
            forget();
            discarded_ = true;
            return;
        case Kind::kSavepoint:
            if (undoes_) savepoints_.push_back({effect.name, state_});
            return;
        case Kind::kRelease:
        case Kind::kRollbackTo:
            if (undoes_) end_savepoint(effect);
            return;
        case Kind::kLocalAuthorization: authorization_local_ = true; return;
        case Kind::kOpaque:
        case Kind::kUnknown: return mark_unknown();
    }
}

void VariableTracker::set(const VariableEffect& effect) {
    if (effect.tracked != 0) {
        state_.tracked |= bit_of(effect);
        return;
    }
    state_.variables.set(effect.name, effect.value);
    if (effect.name != kAuthorizationVariable) return;
    authorization_touched_ = true;
    state_.variables.set(kRoleVariable,
                         {"'none'"});  // the role ends with the authorization it was taken under
}

void VariableTracker::reset(const VariableEffect& effect) {
    if (effect.tracked != 0) {
        state_.tracked &= ~bit_of(effect);
        return;
    }
    const bool identity = state_.variables.has_identity();
    state_.variables.erase(effect.name);
    if (effect.name != kAuthorizationVariable) return;
    authorization_touched_ = true;
    if (identity) state_.variables.set(kRoleVariable, {"'none'"});
}

void VariableTracker::commit() {
    // With the end of SET LOCAL SESSION AUTHORIZATION the old one returns, but perhaps not the role under it.
    if (authorization_local_ && state_.variables.has_identity()) mark_unknown();
    base_ = state_;
    end_transaction();
}

void VariableTracker::abort() {
    if (!seeded_bug(SeededBug::kRollbackKeepsSet)) undo(base_);
    end_transaction();
}

void VariableTracker::end_transaction() {
    savepoints_.clear();
    authorization_touched_ = false;
    authorization_local_ = false;
}

/// The server takes back what was set since. Whether the role returns with the session authorization differs
/// between versions.
void VariableTracker::undo(State to) {
    if ((authorization_touched_ || authorization_local_) && to.variables.has_identity()) mark_unknown();
    state_ = std::move(to);
}

void VariableTracker::end_savepoint(const VariableEffect& effect) {
    const auto found =
        std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                     [&](const Savepoint& savepoint) { return savepoint.name == effect.name; });
    if (found == savepoints_.rend()) return mark_unknown();
    const auto at = std::prev(found.base());
    if (effect.kind == Kind::kRelease) {
        savepoints_.erase(at, savepoints_.end());
        return;
    }
    if (!seeded_bug(SeededBug::kSavepointKeepsSet)) undo(at->state);
    savepoints_.erase(std::next(at), savepoints_.end());
}

/// Everything is as after the login. Only outside a transaction.
void VariableTracker::forget() {
    state_ = {};
    base_ = {};
    known_ = true;
    end_transaction();
}

}  // namespace pooler
