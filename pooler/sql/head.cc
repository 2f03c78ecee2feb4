#include "pooler/sql/head.h"

#include "pooler/sql/head_cursor.h"
#include "pooler/sql/set_head.h"
#include "pooler/sql/transaction_head.h"

namespace pooler {

namespace {

StatementKind ends(const HeadCursor& in, StatementKind kind) {
    return in.at_end() ? kind : StatementKind::kUnknown;
}

// The name and nothing behind it that matters; kUnknown without one.
StatementKind named(HeadCursor& in, SqlStatement& out, StatementKind kind) {
    out.name = in.name();
    return out.name.empty() ? StatementKind::kUnknown : kind;
}

StatementKind named_to_end(HeadCursor& in, SqlStatement& out, StatementKind kind) {
    return ends(in, named(in, out, kind));
}

StatementKind read_discard(HeadCursor& in, SqlStatement& /*out*/) {
    if (in.accept(Keyword::kAll)) return ends(in, StatementKind::kDiscardAll);
    if (in.accept(Keyword::kPlans)) return ends(in, StatementKind::kDiscardPlans);
    if (in.accept(Keyword::kSequences)) return ends(in, StatementKind::kDiscardSequences);
    return in.accept(Keyword::kTemp, Keyword::kTemporary) ? ends(in, StatementKind::kDiscardTemp)
                                                          : StatementKind::kUnknown;
}

// PREPARE TRANSACTION 'id' or PREPARE name [(types)] AS statement.
StatementKind read_prepare(HeadCursor& in, SqlStatement& out) {
    if (in.sees(Keyword::kTransaction) && in.peek(1).is(TokenKind::kString)) {
        in.skip();
        out.name = in.string();
        return ends(in, StatementKind::kPrepareTransaction);
    }
    return named(in, out, StatementKind::kPrepare);
}

StatementKind read_deallocate(HeadCursor& in, SqlStatement& out) {
    if (in.peek(1).is_name()) in.accept(Keyword::kPrepare);
    if (in.accept(Keyword::kAll)) return ends(in, StatementKind::kDeallocateAll);
    return named_to_end(in, out, StatementKind::kDeallocate);
}

StatementKind read_listen(HeadCursor& in, SqlStatement& out) {
    return named_to_end(in, out, StatementKind::kListen);
}

StatementKind read_unlisten(HeadCursor& in, SqlStatement& out) {
    if (in.peek().sign != '*') return named_to_end(in, out, StatementKind::kUnlisten);
    in.skip();
    return ends(in, StatementKind::kUnlistenAll);
}

StatementKind read_close(HeadCursor& in, SqlStatement& out) {
    if (in.accept(Keyword::kAll)) return ends(in, StatementKind::kCloseAll);
    return named_to_end(in, out, StatementKind::kClose);
}

// DECLARE name options CURSOR [WITH | WITHOUT HOLD] FOR query.
StatementKind read_declare(HeadCursor& in, SqlStatement& out) {
    out.name = in.name();
    while (in.accept(Keyword::kBinary) || in.accept(Keyword::kInsensitive) ||
           in.accept(Keyword::kAsensitive) || in.accept(Keyword::kNo) || in.accept(Keyword::kScroll)) {
    }
    if (out.name.empty() || !in.accept(Keyword::kCursor)) return StatementKind::kUnknown;
    if (in.accept(Keyword::kFor)) return StatementKind::kDeclare;
    const bool hold = in.accept(Keyword::kWith);
    if (!hold && !in.accept(Keyword::kWithout)) return StatementKind::kUnknown;
    if (!in.accept(Keyword::kHold) || !in.accept(Keyword::kFor)) return StatementKind::kUnknown;
    return hold ? StatementKind::kDeclareHold : StatementKind::kDeclare;
}

// The cursor's name comes last, whatever the direction.
StatementKind read_fetch(HeadCursor& in, SqlStatement& out) {
    while (in.peek(1).kind != TokenKind::kOther || !in.peek(1).span.empty()) in.skip();
    return named_to_end(in, out, StatementKind::kFetch);
}

// CREATE [OR REPLACE] [GLOBAL | LOCAL] TEMP ...
StatementKind read_create(HeadCursor& in, SqlStatement& out) {
    if (in.accept(Keyword::kOr)) in.accept(Keyword::kReplace);
    in.accept(Keyword::kGlobal, Keyword::kLocal);
    if (in.accept(Keyword::kTemp, Keyword::kTemporary)) out.add(StatementFlag::kTempObject);
    return StatementKind::kDdl;
}

// A query, perhaps in parentheses. WITH: the scan knows its main verb.
StatementKind read_parenthesised(HeadCursor& in) {
    while (in.accept(TokenKind::kOpen)) {
    }
    const bool query = in.sees(Keyword::kSelect) || in.sees(Keyword::kValues) || in.sees(Keyword::kTable) ||
                       in.sees(Keyword::kWith);
    return query ? StatementKind::kSelect : StatementKind::kUnknown;
}

StatementKind read_show(HeadCursor& in, SqlStatement& out) {
    if (in.sees(Keyword::kCommit) && in.sees(Keyword::kTimestamp, 1)) out.add(StatementFlag::kCommits);
    out.add(StatementFlag::kSessionBound);
    return StatementKind::kShow;
}

StatementKind read_start(HeadCursor& in, SqlStatement& out) {
    return in.sees(Keyword::kTransaction) ? read_begin(in, out) : StatementKind::kUnknown;
}

StatementKind read_select(HeadCursor& in, SqlStatement& out) {
    read_set_config(in, out);
    return StatementKind::kSelect;
}

// A kind that the first word decides.
template <StatementKind kKind>
StatementKind just(HeadCursor& /*in*/, SqlStatement& /*out*/) {
    return kKind;
}
template <StatementKind kKind>
StatementKind with_savepoint(HeadCursor& in, SqlStatement& out) {
    return read_savepoint(in, out, kKind);
}
template <StatementKind kKind>
StatementKind with_end(HeadCursor& in, SqlStatement& out) {
    return read_end(in, out, kKind);
}
template <StatementKind kKind>
StatementKind with_name(HeadCursor& in, SqlStatement& out) {
    return named(in, out, kKind);
}

struct FirstWord {
    Keyword word;
    StatementKind (*read)(HeadCursor& in, SqlStatement& out);
};

// The frequent ones first.
constexpr auto kFirstWords = std::to_array<FirstWord>({
    {Keyword::kSelect, read_select},
    {Keyword::kInsert, just<StatementKind::kInsert>},
    {Keyword::kUpdate, just<StatementKind::kUpdate>},
    {Keyword::kDelete, just<StatementKind::kDelete>},
    {Keyword::kBegin, read_begin},
    {Keyword::kCommit, read_commit},
    {Keyword::kRollback, read_rollback},
    {Keyword::kWith, just<StatementKind::kSelect>},
    {Keyword::kSet, read_set},
    {Keyword::kValues, just<StatementKind::kSelect>},
    {Keyword::kTable, just<StatementKind::kSelect>},
    {Keyword::kStart, read_start},
    {Keyword::kEnd, with_end<StatementKind::kCommit>},
    {Keyword::kAbort, with_end<StatementKind::kRollback>},
    {Keyword::kSavepoint, with_savepoint<StatementKind::kSavepoint>},
    {Keyword::kRelease, with_savepoint<StatementKind::kRelease>},
    {Keyword::kShow, read_show},
    {Keyword::kReset, read_reset},
    {Keyword::kDiscard, read_discard},
    {Keyword::kDeallocate, read_deallocate},
    {Keyword::kPrepare, read_prepare},
    {Keyword::kExecute, with_name<StatementKind::kExecute>},
    {Keyword::kMerge, just<StatementKind::kMerge>},
    {Keyword::kUpsert, just<StatementKind::kUpsert>},
    {Keyword::kCopy, just<StatementKind::kCopy>},
    {Keyword::kFetch, read_fetch},
    {Keyword::kMove, read_fetch},
    {Keyword::kClose, read_close},
    {Keyword::kDeclare, read_declare},
    {Keyword::kListen, read_listen},
    {Keyword::kUnlisten, read_unlisten},
    {Keyword::kNotify, with_name<StatementKind::kNotify>},
    {Keyword::kExplain, just<StatementKind::kExplain>},
    {Keyword::kCall, just<StatementKind::kCall>},
    {Keyword::kDo, just<StatementKind::kDo>},
    {Keyword::kLock, just<StatementKind::kLock>},
    {Keyword::kUse, read_use},
    {Keyword::kCreate, read_create},
    {Keyword::kAlter, just<StatementKind::kDdl>},
    {Keyword::kDrop, just<StatementKind::kDdl>},
    {Keyword::kTruncate, just<StatementKind::kDdl>},
    {Keyword::kGrant, just<StatementKind::kDdl>},
    {Keyword::kRevoke, just<StatementKind::kDdl>},
    {Keyword::kComment, just<StatementKind::kDdl>},
    {Keyword::kSecurity, just<StatementKind::kDdl>},
    {Keyword::kReassign, just<StatementKind::kDdl>},
    {Keyword::kRefresh, just<StatementKind::kDdl>},
    {Keyword::kImport, just<StatementKind::kDdl>},
    {Keyword::kVacuum, just<StatementKind::kUtility>},
    {Keyword::kAnalyze, just<StatementKind::kUtility>},
    {Keyword::kAnalyse, just<StatementKind::kUtility>},
    {Keyword::kCheckpoint, just<StatementKind::kUtility>},
    {Keyword::kCluster, just<StatementKind::kUtility>},
    {Keyword::kReindex, just<StatementKind::kUtility>},
    {Keyword::kLoad, just<StatementKind::kUtility>},
    {Keyword::kBackup, just<StatementKind::kUtility>},
    {Keyword::kRestore, just<StatementKind::kUtility>},
    {Keyword::kExport, just<StatementKind::kUtility>},
    {Keyword::kCancel, just<StatementKind::kUtility>},
    {Keyword::kPause, just<StatementKind::kUtility>},
    {Keyword::kResume, just<StatementKind::kUtility>},
});

}  // namespace

void read_head(const Head& head, SqlStatement& statement) {
    HeadCursor in{head};
    if (in.peek().is(TokenKind::kOpen)) {
        statement.kind = read_parenthesised(in);
        return;
    }
    const Keyword word = in.peek().word;
    if (!in.accept(TokenKind::kWord)) return;
    for (const FirstWord& first : kFirstWords) {
        if (first.word == word) {
            statement.kind = first.read(in, statement);
            return;
        }
    }
}

}  // namespace pooler
