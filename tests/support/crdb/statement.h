// The small SQL of the fake node: what a text is made of after parsing. Plain values, shared by nobody.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "tests/support/crdb/error.h"

namespace support::crdb {

inline constexpr std::uint32_t kOidBool = 16;
inline constexpr std::uint32_t kOidInt8 = 20;
inline constexpr std::uint32_t kOidText = 25;
inline constexpr std::uint32_t kOidUnknown = 705;
inline constexpr std::uint32_t kOidTimestampTz = 1184;
inline constexpr std::uint32_t kOidNumeric = 1700;
inline constexpr std::uint32_t kOidUuid = 2950;

struct Expr {
    enum class Kind : std::uint8_t {
        kNull,
        kInt,
        kDecimal,
        kText,
        kBool,
        kColumn,
        kParameter,  ///< text is its number
        kCall,
        kBinary,  ///< text is + - * / or ||
    };
    Kind kind = Kind::kNull;
    std::string text;  ///< of a literal; name of a column or function; operator
    std::vector<Expr> arguments;
    std::uint32_t cast = 0;  ///< type written behind ::, or 0
};

struct Target {
    bool star = false;
    Expr value;
    std::string label;  ///< after AS; empty if none
};

/// Conditions of a WHERE are joined by AND.
struct Condition {
    Expr left;
    std::string operation;  ///< = <> < > <= >= like; empty: `left` is the condition itself
    Expr right;
};

enum class Verb : std::uint8_t {
    kSelect,
    kInsert,  ///< also UPSERT
    kUpdate,
    kDelete,
    kBegin,
    kCommit,
    kRollback,
    kSavepoint,
    kRelease,
    kRollbackTo,
    kSetTransaction,
    kSet,
    kReset,
    kShow,
    kShowTransactionStatus,
    kDiscardAll,
    kPrepare,
    kExecute,
    kDeallocate,
    kCopyIn,
    kCreateTable,
    kDropTable,
    kAddColumn,
    kCreateIndex,
    kCancelQueries,
    kCancelQuery,
    kCancelSessions,
};

struct ColumnDefinition {
    std::string name;
    std::uint32_t type = kOidInt8;
};

struct Statement {
    Verb verb = Verb::kSelect;
    std::string text;  ///< its own part of the query string
    std::string tag;   ///< of CommandComplete, without a count

    std::string table;            ///< or a virtual one, such as [show queries]
    std::vector<Target> targets;  /// of SELECT and RETURNING
    std::vector<Condition> where;
    std::string order_by;
    bool descending = false;
    std::optional<std::int64_t> limit;
    bool for_update = false;

    bool upsert = false;
    std::vector<std::string> columns;                   ///< of INSERT, COPY, an index
    std::vector<std::vector<Expr>> rows;                ///< VALUES
    std::vector<std::pair<std::string, Expr>> changes;  ///< SET of UPDATE

    /// Savepoint, variable, prepared statement, index or query id; empty for DEALLOCATE ALL.
    std::string name;
    std::string value;                          ///< of SET; `default` is kept apart
    bool to_default = false;                    ///< SET x = DEFAULT
    std::vector<Expr> arguments;                ///< of EXECUTE
    std::string body;                           ///< of PREPARE: the text after AS
    std::vector<ColumnDefinition> definitions;  ///< of CREATE TABLE, ADD COLUMN
    bool csv = false;                           ///< COPY

    std::optional<bool> read_only;  ///< of BEGIN and SET TRANSACTION
    bool high_priority = false;
    bool follower_read = false;  ///< AS OF SYSTEM TIME
    bool if_exists = false;      ///< IF EXISTS, IF NOT EXISTS

    [[nodiscard]] bool returns_rows() const;
};

/// All statements of a query string, or the error of the first that cannot be read (then nothing runs).
[[nodiscard]] tl::expected<std::vector<Statement>, Error> parse_sql(std::string_view text);

/// Columns of their own that a statement's parameters get their types from, or text.
[[nodiscard]] std::size_t parameter_count(const Statement& statement);

}  // namespace support::crdb
