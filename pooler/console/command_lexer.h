// Cuts the text of a console command into its words. Pure functions, any thread; used by command.cc alone.
//
// Grammar, as PgBouncer's console takes it:
//   statement := verb [argument] [;]  |  SET key (= | TO) value [;]
//              |  EXPLAIN ROUTE '...' [FOR argument] [AS argument] [;]
//   verb, key := letters, digits and _, beginning with a letter or _
//   argument  := word | "..."         a word is letters, digits and _; "" inside quotes is one quote
//   value     := word | "..." | '...' '' inside quotes is one quote
// White space may stand around = and must stand between words. SQL comments count as white space (weir's
// addition).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pooler {

/// ASCII only, as keywords are.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Nothing but comments.
struct EmptyStatement {};

struct PlainStatement {
    std::string verb;
    std::string argument;  ///< empty if none was given
};

struct SetStatement {
    std::string key;
    std::string value;
};

/// EXPLAIN ROUTE 'sql' FOR database AS user.
struct ExplainStatement {
    std::string sql;
    std::string database;  ///< empty if none was given
    std::string user;      ///< the same
};

using Statement = std::variant<EmptyStatement, PlainStatement, SetStatement, ExplainStatement>;

/// None if the text is not a statement. A text without any word is one only if it holds a comment, which is
/// how drivers write a ping; PgBouncer refuses the rest and so does weir.
[[nodiscard]] std::optional<Statement> read_statement(std::string_view text);

}  // namespace pooler
