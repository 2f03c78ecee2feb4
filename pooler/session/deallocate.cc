#include "pooler/session/deallocate.h"

#include "pooler/sql/literal.h"

namespace pooler {

std::optional<std::string> deallocated_name(const SqlScript& script, std::string_view text) {
    if (!script.is_only(StatementKind::kDeallocate)) return std::nullopt;
    return identifier_value(script[0].name.in(text));
}

bool drops_all_statements(const SqlScript& script) {
    for (std::size_t i = 0; i < script.size(); ++i)
        if (script[i].kind == StatementKind::kDeallocateAll || script[i].kind == StatementKind::kDiscardAll)
            return true;
    return false;
}

}  // namespace pooler
