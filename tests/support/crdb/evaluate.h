// Types and values of the fake node's expressions. Pure, but for what the session tells it (Facts).
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "tests/support/crdb/result.h"

namespace support::crdb {

/// What functions answer that are about the session or the time.
struct Facts {
    std::string now;  ///< of the transaction
    std::string statement_timestamp;
    std::string clock_timestamp;
    std::string version;
    std::string cluster_id;
    std::string user;
    std::string database;
    int node_id = 0;
};

/// Where names and parameters get their values from.
struct Scope {
    const Facts* facts = nullptr;
    const Columns* columns = nullptr;  ///< of the table; nullptr without FROM
    const Row* row = nullptr;
    const Row* parameters = nullptr;
};

/// Type of the expression; the error if it names something that does not exist.
[[nodiscard]] tl::expected<std::uint32_t, Error> type_of(const Expr& expr, const Columns& columns);
[[nodiscard]] tl::expected<Value, Error> evaluate(const Expr& expr, const Scope& scope);
/// NULL is not true.
[[nodiscard]] tl::expected<bool, Error> holds(const std::vector<Condition>& conditions, const Scope& scope);

/// count(*), sum(x), min(x), max(x).
[[nodiscard]] bool is_aggregate(const Expr& expr);
[[nodiscard]] tl::expected<Value, Error> aggregate(const Expr& expr, const std::vector<Row>& rows,
                                                   Scope scope);

[[nodiscard]] std::optional<std::size_t> index_of(const Columns& columns, const std::string& name);
[[nodiscard]] std::optional<long long> integer(const std::string& text);
/// Order of two values of this type; NULL comes first.
[[nodiscard]] int compare(const Value& left, const Value& right, std::uint32_t type);

}  // namespace support::crdb
