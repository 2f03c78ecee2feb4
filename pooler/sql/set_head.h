// Heads of SET, RESET and of SELECT set_config(...). Called behind the first word; kUnknown for what is not
// read.
#pragma once

#include "pooler/sql/head_cursor.h"
#include "pooler/sql/statement.h"

namespace pooler {

[[nodiscard]] StatementKind read_set(HeadCursor& in, SqlStatement& out);
[[nodiscard]] StatementKind read_reset(HeadCursor& in, SqlStatement& out);
/// USE x.
[[nodiscard]] StatementKind read_use(HeadCursor& in, SqlStatement& out);
/// Behind SELECT: exactly [pg_catalog.]set_config('literal', 'literal', true|false) [[AS] name]. Otherwise
/// leaves `out` alone.
void read_set_config(HeadCursor& in, SqlStatement& out);

}  // namespace pooler
