// What was decided by hand about functions and types, and goes before the list from the catalogue.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "pooler/sql/function_list.h"

namespace pooler {

/// nullopt: nothing was decided about this name.
[[nodiscard]] std::optional<FunctionClass> reviewed_function(std::string_view name, Dialect dialect);
/// Spellings of built-in types that the catalogue has under another name, sorted.
[[nodiscard]] std::span<const std::string_view> type_spellings();
/// Types that only CockroachDB has, sorted.
[[nodiscard]] std::span<const std::string_view> cockroach_types();

}  // namespace pooler
