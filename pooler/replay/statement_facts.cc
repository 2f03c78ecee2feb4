#include "pooler/replay/statement_facts.h"

#include <algorithm>
#include <cctype>

#include "pooler/sql/literal.h"

namespace pooler {

namespace {

constexpr std::string_view kRestartSavepoint = "cockroach_restart";

/// CockroachDB knows its restart savepoint by the beginning of the name.
bool names_restart(const SqlStatement& statement, std::string_view text) {
    const auto name = identifier_value(statement.name.in(text));
    return !name || std::string_view{*name}.substr(0, kRestartSavepoint.size()) == kRestartSavepoint;
}

/// May commit the open transaction. PostgreSQL's DDL and RELEASE do not.
bool commits_open(const SqlStatement& statement, Dialect dialect) {
    if (dialect == Dialect::kPostgres &&
        (statement.kind == StatementKind::kDdl || statement.kind == StatementKind::kRelease))
        return false;
    return may_commit(statement);
}

/// `word` in lower case.
bool mentions(std::string_view text, std::string_view word) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
    };
    return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

IsolationSaid isolation_of(const SqlStatement& statement, std::string_view text, Dialect dialect) {
    if (dialect != Dialect::kCockroach) return IsolationSaid::kNothing;
    if (statement.kind == StatementKind::kBegin || statement.kind == StatementKind::kSetTransaction) {
        if (statement.transaction.unknown) return IsolationSaid::kOther;
        if (statement.transaction.isolation == Isolation::kUnset) return IsolationSaid::kNothing;
        return statement.transaction.isolation == Isolation::kSerializable ? IsolationSaid::kSerializable
                                                                           : IsolationSaid::kOther;
    }
    const bool sets = statement.kind == StatementKind::kSet || statement.kind == StatementKind::kReset ||
                      statement.set_config != SetConfig::kNone;
    const bool hidden = statement.set_config == SetConfig::kUnreadable;
    return sets && (hidden || mentions(text, "isolation")) ? IsolationSaid::kOther : IsolationSaid::kNothing;
}

/// Every savepoint is a restart savepoint then.
bool forces_restart(const SqlStatement& statement, std::string_view text, Dialect dialect) {
    return dialect == Dialect::kCockroach && statement.kind == StatementKind::kSet &&
           mentions(text, "force_savepoint_restart");
}

/// The transaction is a read-only one, or may be, because its client wants it so.
bool says_read_only(const SqlStatement& statement, std::string_view text) {
    if (statement.transaction.access == AccessMode::kReadOnly) return true;
    const bool sets = statement.kind == StatementKind::kSet || statement.kind == StatementKind::kReset ||
                      statement.kind == StatementKind::kSetSessionCharacteristics ||
                      statement.set_config != SetConfig::kNone;
    return sets && (statement.set_config == SetConfig::kUnreadable || mentions(text, "read_only"));
}

bool works_on_data(StatementKind kind) {
    return kind == StatementKind::kSelect || kind == StatementKind::kInsert ||
           kind == StatementKind::kUpdate || kind == StatementKind::kDelete ||
           kind == StatementKind::kMerge || kind == StatementKind::kUpsert || kind == StatementKind::kCopy ||
           kind == StatementKind::kShow || kind == StatementKind::kExplain || kind == StatementKind::kSet;
}

/// None for READ ONLY, AS OF and anything but SERIALIZABLE; none in front of a client's own savepoint, which
/// by a default of its role may be a restart savepoint.
RestartPlace restart_place(const SqlStatement& statement, const StatementFacts& facts) {
    const TransactionOptions& options = statement.transaction;
    const bool never = facts.unfit != Unfit::kNone || facts.isolation == IsolationSaid::kOther ||
                       options.as_of || options.access == AccessMode::kReadOnly ||
                       statement.has(StatementFlag::kAsOfSystemTime);
    if (never) return RestartPlace::kNever;
    if (statement.kind == StatementKind::kSetTransaction) return RestartPlace::kBehind;
    return facts.begins || works_on_data(statement.kind) ? RestartPlace::kFront : RestartPlace::kNever;
}

Unfit unfit_by_flag(const SqlStatement& statement, std::string_view text) {
    if (statement.has(StatementFlag::kTempObject)) return Unfit::kSessionObject;
    if (statement.has(StatementFlag::kAdvisoryLock) || statement.has(StatementFlag::kAdvisoryUnlock) ||
        statement.has(StatementFlag::kAdvisoryUnlockAll))
        return Unfit::kAdvisoryLock;
    if (statement.has(StatementFlag::kCommits)) return Unfit::kProcedure;
    if (statement.has(StatementFlag::kSequence) && mentions(statement.text.in(text), "setval"))
        return Unfit::kSetval;
    return Unfit::kNone;
}

Unfit unfit_for(const SqlStatement& statement, std::string_view text, Dialect dialect) {
    switch (statement.kind) {
        case StatementKind::kUnknown: return Unfit::kUnread;
        case StatementKind::kDdl: return Unfit::kDdl;
        case StatementKind::kCall:
        case StatementKind::kDo:
        case StatementKind::kExecute:
        case StatementKind::kUtility:
        case StatementKind::kPrepareTransaction:
        case StatementKind::kCommitPrepared:
        case StatementKind::kRollbackPrepared: return Unfit::kProcedure;
        case StatementKind::kPrepare:
        case StatementKind::kDiscardAll:
        case StatementKind::kDiscardPlans:
        case StatementKind::kDiscardSequences:
        case StatementKind::kDiscardTemp:
        case StatementKind::kListen:
        case StatementKind::kUnlisten:
        case StatementKind::kUnlistenAll:
        case StatementKind::kDeclareHold: return Unfit::kSessionObject;
        case StatementKind::kCommit:
        case StatementKind::kRollback:
            return statement.transaction.chain == Chain::kChain || statement.transaction.unknown
                       ? Unfit::kChain
                       : Unfit::kNone;
        case StatementKind::kBegin:
        case StatementKind::kSetTransaction:
            return statement.transaction.snapshot || statement.transaction.unknown ? Unfit::kUnread
                                                                                   : Unfit::kNone;
        case StatementKind::kSavepoint:
        case StatementKind::kRelease:
        case StatementKind::kRollbackTo:
            return dialect == Dialect::kCockroach && names_restart(statement, text) ? Unfit::kOwnRestart
                                                                                    : Unfit::kNone;
        case StatementKind::kSelect:
        case StatementKind::kInsert:
        case StatementKind::kUpdate:
        case StatementKind::kDelete:
        case StatementKind::kMerge:
        case StatementKind::kUpsert:
        case StatementKind::kSet:
        case StatementKind::kSetSessionCharacteristics:
        case StatementKind::kSetConstraints:
        case StatementKind::kReset:
        case StatementKind::kResetAll:
        case StatementKind::kNotify:
        case StatementKind::kDeallocate:
        case StatementKind::kDeallocateAll:
        case StatementKind::kDeclare:
        case StatementKind::kFetch:
        case StatementKind::kClose:
        case StatementKind::kCloseAll:
        case StatementKind::kCopy:
        case StatementKind::kLock:
        case StatementKind::kShow:
        case StatementKind::kExplain: break;
    }
    return forces_restart(statement, text, dialect) ? Unfit::kOwnRestart : unfit_by_flag(statement, text);
}

StatementFacts facts_of_several(const SqlScript& script, Dialect dialect) {
    StatementFacts facts;
    facts.unfit = Unfit::kSeveral;
    facts.reads_only = script.read_only();
    for (std::size_t i = 0; i < script.size(); ++i)
        facts.commits = facts.commits || commits_open(script[i], dialect) ||
                        script[i].kind == StatementKind::kBegin || script[i].kind == StatementKind::kRollback;
    return facts;
}

}  // namespace

std::string_view name_of(Unfit reason) {
    switch (reason) {
        case Unfit::kNone: return "none";
        case Unfit::kUnread: return "unread text";
        case Unfit::kSeveral: return "several statements in one text";
        case Unfit::kDdl: return "DDL";
        case Unfit::kProcedure: return "procedure";
        case Unfit::kSessionObject: return "session state";
        case Unfit::kAdvisoryLock: return "advisory lock";
        case Unfit::kSetval: return "setval";
        case Unfit::kChain: return "statement behind the end of the transaction";
        case Unfit::kOwnRestart: return "client restarts by itself";
        case Unfit::kPipeline: return "several transactions in one pipeline";
        case Unfit::kTooLarge: return "replay_max_bytes";
        case Unfit::kOverBudget: return "replay_total_bytes";
        case Unfit::kPinned: return "pinned session";
        case Unfit::kInterrupted: return "interrupted statement";
    }
    return "none";
}

StatementFacts facts_of_unread() {
    StatementFacts facts;
    facts.commits = true;
    facts.unfit = Unfit::kUnread;
    return facts;
}

StatementFacts facts_of(const SqlScript& script, std::string_view text, Dialect dialect) {
    if (!script.understood()) return facts_of_unread();
    StatementFacts facts;
    facts.nothing = script.empty();
    if (script.empty()) return facts;
    if (script.size() > 1) return facts_of_several(script, dialect);
    const SqlStatement& statement = script[0];
    facts.unfit = unfit_for(statement, text, dialect);
    facts.begins = statement.kind == StatementKind::kBegin;
    facts.rolls_back = statement.kind == StatementKind::kRollback;
    facts.ends = facts.rolls_back || statement.kind == StatementKind::kCommit;
    facts.commits = commits_open(statement, dialect);
    facts.reads_only = statement.read_only() && !statement.has(StatementFlag::kSessionBound);
    facts.repeatable = repeatable_alone(statement);
    facts.says_read_only = says_read_only(statement, text);
    facts.isolation = isolation_of(statement, text, dialect);
    if (dialect == Dialect::kCockroach) facts.restart = restart_place(statement, facts);
    return facts;
}

}  // namespace pooler
