#include "pooler/sql/transaction_head.h"

namespace pooler {

namespace {

// Sets an option; one that was set before makes the whole unknown: servers differ in what then holds.
template <class Option>
bool assign(Option& option, Option value, TransactionOptions& all) {
    if (option != Option::kUnset) all.unknown = true;
    option = value;
    return true;
}

bool read_isolation(HeadCursor& in, TransactionOptions& out) {
    if (!in.accept(Keyword::kLevel)) return false;
    if (in.accept(Keyword::kSerializable)) return assign(out.isolation, Isolation::kSerializable, out);
    if (in.accept(Keyword::kSnapshot)) return assign(out.isolation, Isolation::kSnapshot, out);
    if (in.accept(Keyword::kRepeatable))
        return in.accept(Keyword::kRead) && assign(out.isolation, Isolation::kRepeatableRead, out);
    if (!in.accept(Keyword::kRead)) return false;
    if (in.accept(Keyword::kCommitted)) return assign(out.isolation, Isolation::kReadCommitted, out);
    return in.accept(Keyword::kUncommitted) && assign(out.isolation, Isolation::kReadUncommitted, out);
}

bool read_access(HeadCursor& in, TransactionOptions& out) {
    if (in.accept(Keyword::kOnly)) return assign(out.access, AccessMode::kReadOnly, out);
    return in.accept(Keyword::kWrite) && assign(out.access, AccessMode::kReadWrite, out);
}

bool read_priority(HeadCursor& in, TransactionOptions& out) {
    if (in.accept(Keyword::kLow)) return assign(out.priority, Priority::kLow, out);
    if (in.accept(Keyword::kNormal)) return assign(out.priority, Priority::kNormal, out);
    return in.accept(Keyword::kHigh) && assign(out.priority, Priority::kHigh, out);
}

// The time is an expression: what follows it is not read, so that a further option behind it stays unknown.
bool read_as_of(HeadCursor& in, TransactionOptions& out) {
    if (!in.accept(Keyword::kOf) || !in.accept(Keyword::kSystem) || !in.accept(Keyword::kTime)) return false;
    out.as_of = true;
    bool any = false;
    while (in.skip()) {
        any = true;
        if (in.peek().is(TokenKind::kComma)) out.unknown = true;
    }
    return any;
}

bool read_option(HeadCursor& in, TransactionOptions& out) {
    if (in.accept(Keyword::kIsolation)) return read_isolation(in, out);
    if (in.accept(Keyword::kRead)) return read_access(in, out);
    if (in.accept(Keyword::kPriority)) return read_priority(in, out);
    if (in.accept(Keyword::kDeferrable)) return assign(out.deferrable, Deferrable::kDeferrable, out);
    if (in.accept(Keyword::kAs)) return read_as_of(in, out);
    return in.accept(Keyword::kNot) && in.accept(Keyword::kDeferrable) &&
           assign(out.deferrable, Deferrable::kNotDeferrable, out);
}

// WORK or TRANSACTION, then AND [NO] CHAIN, then the end.
bool read_chain(HeadCursor& in, TransactionOptions& out) {
    in.accept(Keyword::kWork, Keyword::kTransaction);
    if (in.accept(Keyword::kAnd)) {
        out.chain = in.accept(Keyword::kNo) ? Chain::kNoChain : Chain::kChain;
        if (!in.accept(Keyword::kChain)) return false;
    }
    return in.at_end();
}

}  // namespace

bool read_transaction_options(HeadCursor& in, TransactionOptions& out) {
    bool comma = false;
    while (!in.at_end()) {
        if (!read_option(in, out)) return false;
        comma = in.accept(TokenKind::kComma);
    }
    return !comma;
}

StatementKind read_begin(HeadCursor& in, SqlStatement& out) {
    in.accept(Keyword::kWork, Keyword::kTransaction);
    if (!read_transaction_options(in, out.transaction)) out.transaction.unknown = true;
    return StatementKind::kBegin;
}

StatementKind read_commit(HeadCursor& in, SqlStatement& out) {
    if (in.accept(Keyword::kPrepared)) {
        out.name = in.string();
        return StatementKind::kCommitPrepared;
    }
    return read_chain(in, out.transaction) ? StatementKind::kCommit : StatementKind::kUnknown;
}

StatementKind read_rollback(HeadCursor& in, SqlStatement& out) {
    if (in.accept(Keyword::kPrepared)) {
        out.name = in.string();
        return StatementKind::kRollbackPrepared;
    }
    HeadCursor ahead = in;
    ahead.accept(Keyword::kWork, Keyword::kTransaction);
    if (!ahead.accept(Keyword::kTo))
        return read_chain(in, out.transaction) ? StatementKind::kRollback : StatementKind::kUnknown;
    return read_savepoint(ahead, out, StatementKind::kRollbackTo);
}

StatementKind read_savepoint(HeadCursor& in, SqlStatement& out, StatementKind kind) {
    if (kind != StatementKind::kSavepoint && in.peek(1).is_name()) in.accept(Keyword::kSavepoint);
    out.name = in.name();
    return !out.name.empty() && in.at_end() ? kind : StatementKind::kUnknown;
}

}  // namespace pooler
