// Heads of the statements that begin and end transactions and savepoints. Each function is called behind the
// first word and returns the kind: kUnknown for what the grammar does not have.
#pragma once

#include "pooler/sql/head_cursor.h"
#include "pooler/sql/statement.h"

namespace pooler {

/// ISOLATION LEVEL ..., READ ONLY and so on, to the end of the statement. False if something else stands
/// there.
[[nodiscard]] bool read_transaction_options(HeadCursor& in, TransactionOptions& out);

/// BEGIN with what is not known marked in `transaction.unknown`.
[[nodiscard]] StatementKind read_begin(HeadCursor& in, SqlStatement& out);
[[nodiscard]] StatementKind read_commit(HeadCursor& in, SqlStatement& out);
[[nodiscard]] StatementKind read_rollback(HeadCursor& in, SqlStatement& out);
/// END, ABORT: [WORK | TRANSACTION] [AND [NO] CHAIN], and the kind again.
[[nodiscard]] StatementKind read_end(HeadCursor& in, SqlStatement& out, StatementKind kind);
/// SAVEPOINT, RELEASE, ROLLBACK TO: the name, and the kind again.
[[nodiscard]] StatementKind read_savepoint(HeadCursor& in, SqlStatement& out, StatementKind kind);

}  // namespace pooler
