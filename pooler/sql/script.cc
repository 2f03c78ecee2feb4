#include "pooler/sql/statement.h"

namespace pooler {

namespace {

template <class Test>
bool all_of(const SqlScript& script, Test test) {
    for (std::size_t i = 0; i < script.size(); ++i) {
        if (!test(script[i])) return false;
    }
    return true;
}

}  // namespace

void SqlScript::add(const SqlStatement& statement) {
    if (size_ == kMaxStatements) {
        understood_ = false;
        return;
    }
    if (size_ < kInline)
        inline_[size_] = statement;
    else
        more_.push_back(statement);
    ++size_;
}

bool SqlScript::read_only() const {
    return understood_ && size_ > 0 && all_of(*this, [](const auto& item) { return item.read_only(); });
}

bool SqlScript::any(StatementFlag flag) const {
    return !all_of(*this, [flag](const auto& item) { return !item.has(flag); });
}

bool SqlScript::may_commit() const {
    return !understood_ || !all_of(*this, [](const auto& item) { return !pooler::may_commit(item); });
}

bool SqlScript::hidden_state() const {
    return !understood_ || !all_of(*this, [](const auto& item) { return !pooler::hidden_state(item); });
}

bool may_commit(const SqlStatement& statement) {
    if (statement.has(StatementFlag::kCommits)) return true;
    switch (statement.kind) {
        case StatementKind::kUnknown:
        case StatementKind::kCommit:
        case StatementKind::kPrepareTransaction:
        case StatementKind::kCommitPrepared:
        case StatementKind::kRollbackPrepared:
        case StatementKind::kRelease:
        case StatementKind::kExecute:
        case StatementKind::kDdl:
        case StatementKind::kCall:
        case StatementKind::kDo:
        case StatementKind::kUtility: return true;
        case StatementKind::kSelect:
        case StatementKind::kInsert:
        case StatementKind::kUpdate:
        case StatementKind::kDelete:
        case StatementKind::kMerge:
        case StatementKind::kUpsert:
        case StatementKind::kBegin:
        case StatementKind::kRollback:
        case StatementKind::kSavepoint:
        case StatementKind::kRollbackTo:
        case StatementKind::kSet:
        case StatementKind::kSetTransaction:
        case StatementKind::kSetSessionCharacteristics:
        case StatementKind::kSetConstraints:
        case StatementKind::kReset:
        case StatementKind::kResetAll:
        case StatementKind::kDiscardAll:
        case StatementKind::kDiscardPlans:
        case StatementKind::kDiscardSequences:
        case StatementKind::kDiscardTemp:
        case StatementKind::kPrepare:
        case StatementKind::kDeallocate:
        case StatementKind::kDeallocateAll:
        case StatementKind::kListen:
        case StatementKind::kUnlisten:
        case StatementKind::kUnlistenAll:
        case StatementKind::kNotify:
        case StatementKind::kDeclare:
        case StatementKind::kDeclareHold:
        case StatementKind::kFetch:
        case StatementKind::kClose:
        case StatementKind::kCloseAll:
        case StatementKind::kCopy:
        case StatementKind::kLock:
        case StatementKind::kShow: return false;
        case StatementKind::kExplain: return !statement.read_only();  // ANALYZE runs what it explains
    }
    return true;
}

bool hidden_state(const SqlStatement& statement) {
    if (statement.has(StatementFlag::kUnlistedFunction)) return true;
    if (statement.set_config == SetConfig::kUnreadable) return true;
    return statement.kind == StatementKind::kUnknown || statement.kind == StatementKind::kDo ||
           statement.kind == StatementKind::kCall || statement.kind == StatementKind::kExecute;
}

bool repeatable_alone(const SqlStatement& statement) {
    const bool query = statement.kind == StatementKind::kSelect || statement.kind == StatementKind::kInsert ||
                       statement.kind == StatementKind::kUpdate || statement.kind == StatementKind::kDelete ||
                       statement.kind == StatementKind::kMerge || statement.kind == StatementKind::kUpsert;
    return query && !statement.has(StatementFlag::kUnlistedFunction);
}

}  // namespace pooler
