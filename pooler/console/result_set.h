// A table as the console answers it: typed columns and rows of optional text. Built by the show_* functions,
// read by ConsoleDialogue, which puts it on the wire. Plain value, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/console/report.h"

namespace pooler {

/// The types PgBouncer's console uses, without the bytea of SHOW FDS, which is refused here. The number is
/// the type's OID in PostgreSQL's catalog pg_type.
enum class ColumnType : std::uint32_t { kInt8 = 20, kInt4 = 23, kText = 25, kNumeric = 1700 };

struct Column {
    std::string_view name;  ///< always a literal
    ColumnType type = ColumnType::kText;
};

/// pg_type.typlen as RowDescription carries it: bytes, -1 = variable.
[[nodiscard]] constexpr std::int16_t type_length(ColumnType type) {
    switch (type) {
        case ColumnType::kInt4: return 4;
        case ColumnType::kInt8: return 8;
        case ColumnType::kText:
        case ColumnType::kNumeric: break;
    }
    return -1;
}

using Cell = std::optional<std::string>;  ///< text format; none = NULL
using Row = std::vector<Cell>;

/// Columns are tables of the program (see columns.h), so a span of them never dangles.
class ResultSet {
 public:
    explicit ResultSet(std::span<const Column> columns) : columns_(columns) {}

    [[nodiscard]] std::span<const Column> columns() const { return columns_; }
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

    /// Adds an empty row; the cells follow by the functions below, in the order of the columns.
    ResultSet& row();
    ResultSet& text(std::string_view value);
    ResultSet& text_or_null(const std::optional<std::string>& value);
    ResultSet& boolean(bool value) { return integer(value ? 1 : 0); }
    /// A number; in an int4 column it is held between the type's limits, since a driver would refuse more.
    ResultSet& integer(std::int64_t value);
    ResultSet& integer(std::uint64_t value);
    ResultSet& integer(std::int32_t value) { return integer(std::int64_t{value}); }
    ResultSet& integer(std::uint32_t value) { return integer(std::uint64_t{value}); }
    ResultSet& integer(std::uint16_t value) { return integer(std::uint64_t{value}); }
    /// Local time as `YYYY-MM-DD HH:MM:SS TZ`.
    ResultSet& time(WallTime value);
    ResultSet& null();

 private:
    ResultSet& add(Cell cell);

    std::span<const Column> columns_;
    std::vector<Row> rows_;
};

}  // namespace pooler
