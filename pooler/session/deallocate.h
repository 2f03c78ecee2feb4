// SQL-level DEALLOCATE of a statement that was prepared in the protocol, as psycopg sends it. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pooler/sql/statement.h"

namespace pooler {

/// The name in a text that is nothing but `DEALLOCATE [PREPARE] name`; `script` is what the text was
/// classified as. nullopt for anything else, ALL included.
[[nodiscard]] std::optional<std::string> deallocated_name(const SqlScript& script, std::string_view text);

/// Whether a statement looks like DEALLOCATE [PREPARE] ALL or DISCARD ALL.
[[nodiscard]] bool drops_all_statements(const SqlScript& script);

}  // namespace pooler
