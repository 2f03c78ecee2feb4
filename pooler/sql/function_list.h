// Functions, types and operators that the classifier takes for built in. The tables of PostgreSQL are
// generated from its catalogue (tests/support/sql_builtins.py) with the reviewed exceptions of that script;
// CockroachDB's are reviewed by hand. A user may overload a name in another schema, or write a cast or a view
// that calls a function: the text does not show it.
#pragma once

#include <cstdint>
#include <string_view>

#include "pooler/sql/statement.h"

namespace pooler {

enum class FunctionClass : std::uint8_t {
    kUnlisted,     ///< not built in, or runs a text or a function it is given
    kRead,         ///< reads data at most
    kSessionRead,  ///< the same, but what it says is this session's or this server's
    kEffect,       ///< built in, writes or acts outside, but leaves the session's variables alone
    kSequence,
    kAdvisoryLock,
    kAdvisoryUnlock,
    kAdvisoryUnlockAll,
    kSetConfig,
};

/// By the folded or unquoted name, without its schema.
[[nodiscard]] FunctionClass classify_function(std::string_view name, Dialect dialect);
/// Whether its input and its casts are the server's own.
[[nodiscard]] bool is_builtin_type(std::string_view name, Dialect dialect);
/// As spelled; of a run that ends in + or - the part PostgreSQL would take is looked up.
[[nodiscard]] bool is_builtin_operator(std::string_view spelled, Dialect dialect);

}  // namespace pooler
