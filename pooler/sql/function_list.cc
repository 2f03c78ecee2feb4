#include "pooler/sql/function_list.h"

#include <algorithm>
#include <span>

#include "pooler/sql/postgres_builtins.h"
#include "pooler/sql/reviewed_functions.h"

namespace pooler {

namespace {

bool holds(std::span<const std::string_view> sorted, std::string_view name) {
    return std::binary_search(sorted.begin(), sorted.end(), name);
}

// PostgreSQL takes the longest run of operator characters, but a + or - at its end belongs to it only if one
// of the characters in front is not used by SQL's own operators. Source: PostgreSQL docs, "Operators" of
// "Lexical Structure".
std::string_view without_signs(std::string_view spelled) {
    const bool signed_run = spelled.size() > 1 && (spelled.back() == '+' || spelled.back() == '-');
    if (!signed_run || spelled.find_first_of("~!@#%^&|`?") != std::string_view::npos) return spelled;
    while (spelled.size() > 1 && (spelled.back() == '+' || spelled.back() == '-')) spelled.remove_suffix(1);
    return spelled;
}

}  // namespace

FunctionClass classify_function(std::string_view name, Dialect dialect) {
    if (const auto reviewed = reviewed_function(name, dialect)) return *reviewed;
    return holds(postgres_functions(), name) ? FunctionClass::kRead : FunctionClass::kUnlisted;
}

bool is_builtin_type(std::string_view name, Dialect dialect) {
    return holds(postgres_types(), name) || holds(type_spellings(), name) ||
           (dialect == Dialect::kCockroach && holds(cockroach_types(), name));
}

bool is_builtin_operator(std::string_view spelled, Dialect dialect) {
    constexpr std::string_view kCommon = "=<>+-*/%";
    if (spelled.size() == 1 && kCommon.find(spelled.front()) != std::string_view::npos) return true;
    const std::string_view name = without_signs(spelled);
    if (holds(postgres_operators(), name) || name == "!=" || name == "=>") return true;
    return dialect == Dialect::kCockroach && (name == "//" || name == "<=>" || name == "<#>");
}

}  // namespace pooler
