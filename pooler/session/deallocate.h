// SQL-level DEALLOCATE of a statement that was prepared in the protocol, as psycopg sends it. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pooler {

/// The name in a text that is nothing but `DEALLOCATE [PREPARE] name [;]`. nullopt for anything else, ALL
/// included.
[[nodiscard]] std::optional<std::string> deallocated_name(std::string_view text);

/// Whether the text begins like DEALLOCATE [PREPARE] ALL or DISCARD ALL.
[[nodiscard]] bool drops_all_statements(std::string_view text);

}  // namespace pooler
