// session_safe_functions: which functions the operator says leave sessions alone. Decides nothing about a
// text by itself: it hears from the classifier what was called. Pure; any thread.
#pragma once

#include <string_view>

#include "pooler/sql/statement.h"

namespace pooler {

/// Whether all that gives these statements StatementFlag::kUnlistedFunction are calls of functions on the
/// list `names` (with commas). A name of the list is spelled as in SQL: folded unless quoted; with a schema
/// it covers only calls that name this schema, without one those of every schema.
[[nodiscard]] bool only_safe_calls(std::string_view text, Dialect dialect, std::string_view names);

}  // namespace pooler
