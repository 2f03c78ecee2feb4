// Names of pg_catalog, sorted by bytes. Generated: see tests/integration/sql/builtins.sql for what is listed.
#pragma once

#include <span>
#include <string_view>

namespace pooler {

/// Functions, aggregates and window functions of which every one with that name is immutable or stable.
[[nodiscard]] std::span<const std::string_view> postgres_functions();
[[nodiscard]] std::span<const std::string_view> postgres_types();
[[nodiscard]] std::span<const std::string_view> postgres_operators();

}  // namespace pooler
