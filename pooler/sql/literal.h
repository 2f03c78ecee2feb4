// What a name or a literal of a statement means: the spans of an SqlStatement are as spelled. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/sql/statement.h"

namespace pooler {

/// A name, dotted or not: without quotes, ASCII folded to lower case outside them. nullopt for U&"..." and
/// for what is no name. Not cut at 63 bytes, as PostgreSQL would.
[[nodiscard]] std::optional<std::string> identifier_value(std::string_view spelled);
/// The same, each part of a dotted name for itself: a.b is not "a.b".
[[nodiscard]] std::optional<std::vector<std::string>> name_parts(std::string_view spelled);

/// The bytes of a string constant: '...', E'...', $tag$...$tag$, continued over lines or not. nullopt for
/// anything else, and where a backslash could be read in two ways (a plain string that holds one, \u
/// escapes).
[[nodiscard]] std::optional<std::string> string_value(std::string_view spelled);

/// The variable that a kSet, a kReset, or a readable set_config() is about, in lower case, as SHOW takes it:
/// the special forms have fixed ones (timezone, client_encoding, search_path, role, session_authorization,
/// xmloption, database, transaction_isolation). nullopt if the name cannot be read.
[[nodiscard]] std::optional<std::string> variable_name(const SqlStatement& statement, std::string_view text);

/// Whether characters of several bytes hold no ASCII byte in this client_encoding (any spelling): see
/// classify(). False for names that are not known.
[[nodiscard]] bool is_ascii_safe_encoding(std::string_view name);

}  // namespace pooler
