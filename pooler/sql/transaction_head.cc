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

// The id behind COMMIT PREPARED and ROLLBACK PREPARED.
StatementKind read_prepared(HeadCursor& in, SqlStatement& out, StatementKind kind) {
    out.name = in.string();
    return !out.name.empty() && in.at_end() ? kind : StatementKind::kUnknown;
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
    if (in.accept(Keyword::kPrepared)) return read_prepared(in, out, StatementKind::kCommitPrepared);
    return read_end(in, out, StatementKind::kCommit);
}

StatementKind read_rollback(HeadCursor& in, SqlStatement& out) {
    if (in.accept(Keyword::kPrepared)) return read_prepared(in, out, StatementKind::kRollbackPrepared);
    HeadCursor ahead = in;
    ahead.accept(Keyword::kWork, Keyword::kTransaction);
    if (ahead.accept(Keyword::kTo)) return read_savepoint(ahead, out, StatementKind::kRollbackTo);
    return read_end(in, out, StatementKind::kRollback);
}

StatementKind read_end(HeadCursor& in, SqlStatement& out, StatementKind kind) {
    in.accept(Keyword::kWork, Keyword::kTransaction);
    if (in.accept(Keyword::kAnd)) {
        out.transaction.chain = in.accept(Keyword::kNo) ? Chain::kNoChain : Chain::kChain;
        if (!in.accept(Keyword::kChain)) return StatementKind::kUnknown;
    }
    return in.at_end() ? kind : StatementKind::kUnknown;
}

StatementKind read_savepoint(HeadCursor& in, SqlStatement& out, StatementKind kind) {
    if (kind != StatementKind::kSavepoint && in.peek(1).is_name()) in.accept(Keyword::kSavepoint);
    out.name = in.name();
    return !out.name.empty() && in.at_end() ? kind : StatementKind::kUnknown;
}

}  // namespace pooler
