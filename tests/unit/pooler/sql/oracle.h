// What PostgreSQL's own parser (libpg_query) says of a text. Tests only.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace oracle {

struct Statement {
    std::string node;    ///< of the parse tree: SelectStmt, TransactionStmt, ...
    std::string detail;  ///< TransactionStmt and VariableSetStmt: their kind
    bool reads = false;  ///< a query, or EXPLAIN of one, that holds nothing but built-in reads
    std::string why;     ///< why not
};

/// nullopt if the text does not parse.
[[nodiscard]] std::optional<std::vector<Statement>> parse(const std::string& text);

}  // namespace oracle
