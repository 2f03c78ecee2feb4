// Expressions over one row.
#include "tests/support/crdb/evaluate.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <map>
#include <random>

namespace support::crdb {
namespace {

const std::map<std::string, std::uint32_t>& function_types() {
    static const std::map<std::string, std::uint32_t> kTypes{
        {"clock_timestamp", kOidTimestampTz},
        {"count", kOidInt8},
        {"crdb_internal.cluster_id", kOidUuid},
        {"crdb_internal.force_retry", kOidInt8},
        {"crdb_internal.node_id", kOidInt8},
        {"current_database", kOidText},
        {"current_user", kOidText},
        {"gen_random_uuid", kOidUuid},
        {"generate_series", kOidInt8},
        {"max", kOidInt8},
        {"min", kOidInt8},
        {"now", kOidTimestampTz},
        {"pg_backend_pid", kOidInt8},
        {"pg_is_in_recovery", kOidBool},
        {"pg_sleep", kOidBool},
        {"session_user", kOidText},
        {"set_config", kOidText},
        {"statement_timestamp", kOidTimestampTz},
        {"sum", kOidNumeric},
        {"unique_rowid", kOidInt8},
        {"version", kOidText},
    };
    return kTypes;
}

std::string random_uuid() {
    thread_local std::mt19937_64 random{std::random_device{}()};
    constexpr std::string_view kPattern = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
    std::string text;
    for (const char place : kPattern) text += place == 'x' ? "0123456789abcdef"[random() % 16U] : place;
    return text;
}

std::string unique_rowid() {
    static std::atomic<long long> last{900'000'000'000'000'000LL};
    return std::to_string(++last);
}

tl::expected<Value, Error> call(const Expr& expr, const Scope& scope) {
    const auto& facts = *scope.facts;
    const std::map<std::string, Value> fixed{
        {"clock_timestamp", facts.clock_timestamp},
        {"crdb_internal.cluster_id", facts.cluster_id},
        {"crdb_internal.force_retry", "0"},
        {"crdb_internal.node_id", std::to_string(facts.node_id)},
        {"current_database", facts.database},
        {"current_user", facts.user},
        {"now", facts.now},
        {"pg_backend_pid", "-1"},
        {"pg_is_in_recovery", "f"},
        {"pg_sleep", "t"},
        {"session_user", facts.user},
        {"statement_timestamp", facts.statement_timestamp},
        {"version", facts.version},
    };
    if (const auto found = fixed.find(expr.text); found != fixed.end()) return found->second;
    if (expr.text == "gen_random_uuid") return Value{random_uuid()};
    if (expr.text == "unique_rowid") return Value{unique_rowid()};
    if (expr.text == "set_config" && expr.arguments.size() > 1) return evaluate(expr.arguments[1], scope);
    return tl::make_unexpected(errors::unknown_function(expr.text));
}

tl::expected<Value, Error> arithmetic(const std::string& operation, const std::string& left,
                                      const std::string& right) {
    if (operation == "||") return Value{left + right};
    const auto a = integer(left);
    const auto b = integer(right);
    if (!a) return tl::make_unexpected(errors::bad_integer(left));
    if (!b) return tl::make_unexpected(errors::bad_integer(right));
    if (operation == "+") return Value{std::to_string(*a + *b)};
    if (operation == "-") return Value{std::to_string(*a - *b)};
    if (operation == "*") return Value{std::to_string(*a * *b)};
    if (*b == 0) return tl::make_unexpected(errors::division_by_zero());
    return Value{std::to_string(*a / *b)};
}

tl::expected<Value, Error> binary(const Expr& expr, const Scope& scope) {
    const auto left = evaluate(expr.arguments[0], scope);
    if (!left) return left;
    const auto right = evaluate(expr.arguments[1], scope);
    if (!right) return right;
    if (!*left || !*right) return Value{};
    return arithmetic(expr.text, **left, **right);
}

/// LIKE with % only at the end or at both ends, as the tests need it.
bool like(const std::string& text, std::string pattern) {
    const bool open_end = !pattern.empty() && pattern.back() == '%';
    if (open_end) pattern.pop_back();
    const bool open_front = !pattern.empty() && pattern.front() == '%';
    if (open_front) pattern.erase(0, 1);
    const auto at = text.find(pattern);
    if (at == std::string::npos || (!open_front && at != 0)) return false;
    const auto tail = text.size() - std::min(pattern.size(), text.size());
    return open_end || text.compare(tail, pattern.size(), pattern) == 0;
}

bool compared(const std::string& operation, const Value& left, const Value& right, std::uint32_t type) {
    if (operation == "like") return like(*left, *right);
    const int order = compare(left, right, type);
    if (operation == "=") return order == 0;
    if (operation == "<>") return order != 0;
    if (operation == "<") return order < 0;
    if (operation == ">") return order > 0;
    return operation == "<=" ? order <= 0 : order >= 0;
}

tl::expected<bool, Error> holds_one(const Condition& condition, const Scope& scope) {
    const auto left = evaluate(condition.left, scope);
    if (!left) return tl::make_unexpected(left.error());
    if (condition.operation.empty()) return *left && **left == "t";
    const auto right = evaluate(condition.right, scope);
    if (!right) return tl::make_unexpected(right.error());
    if (!*left || !*right) return false;
    const auto type = type_of(condition.left, scope.columns == nullptr ? Columns{} : *scope.columns);
    return compared(condition.operation, *left, *right, type.value_or(kOidText));
}

tl::expected<std::uint32_t, Error> binary_type(const Expr& expr, const Columns& columns) {
    for (const auto& argument : expr.arguments) {
        const auto type = type_of(argument, columns);
        if (!type) return type;
    }
    if (expr.text == "||") return kOidText;
    return expr.text == "/" ? kOidNumeric : kOidInt8;
}

}  // namespace

std::optional<std::size_t> index_of(const Columns& columns, const std::string& name) {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&name](const auto& column) { return column.name == name; });
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(std::distance(columns.begin(), found));
}

std::optional<long long> integer(const std::string& text) {
    if (text.empty()) return std::nullopt;
    char* end = nullptr;
    errno = 0;
    const auto value = std::strtoll(text.c_str(), &end, 10);
    if (errno != 0 || *end != '\0') return std::nullopt;
    return value;
}

int compare(const Value& left, const Value& right, std::uint32_t type) {
    if (!left || !right) return static_cast<int>(left.has_value()) - static_cast<int>(right.has_value());
    if (type == kOidInt8) {
        const auto a = integer(*left);
        const auto b = integer(*right);
        if (a && b) return *a < *b ? -1 : static_cast<int>(*a > *b);
    }
    return left->compare(*right);
}

tl::expected<std::uint32_t, Error> type_of(const Expr& expr, const Columns& columns) {
    if (expr.cast != 0) return expr.cast;
    switch (expr.kind) {
        case Expr::Kind::kNull: return kOidUnknown;
        case Expr::Kind::kInt: return kOidInt8;
        case Expr::Kind::kDecimal: return kOidNumeric;
        case Expr::Kind::kText:
        case Expr::Kind::kParameter: return kOidText;
        case Expr::Kind::kBool: return kOidBool;
        case Expr::Kind::kBinary: return binary_type(expr, columns);
        case Expr::Kind::kColumn: {
            const auto index = index_of(columns, expr.text);
            if (!index) return tl::make_unexpected(errors::undefined_column(expr.text));
            return columns[*index].type;
        }
        case Expr::Kind::kCall: break;
    }
    const auto found = function_types().find(expr.text);
    if (found == function_types().end()) return tl::make_unexpected(errors::unknown_function(expr.text));
    return found->second;
}

tl::expected<Value, Error> evaluate(const Expr& expr, const Scope& scope) {
    switch (expr.kind) {
        case Expr::Kind::kNull: return Value{};
        case Expr::Kind::kInt:
        case Expr::Kind::kDecimal:
        case Expr::Kind::kText:
        case Expr::Kind::kBool: return Value{expr.text};
        case Expr::Kind::kBinary: return binary(expr, scope);
        case Expr::Kind::kCall: return call(expr, scope);
        case Expr::Kind::kParameter: {
            const auto number = static_cast<std::size_t>(integer(expr.text).value_or(0));
            if (scope.parameters == nullptr || number == 0 || number > scope.parameters->size())
                return Value{};
            return (*scope.parameters)[number - 1];
        }
        case Expr::Kind::kColumn: break;
    }
    const auto index = scope.columns == nullptr ? std::nullopt : index_of(*scope.columns, expr.text);
    if (!index || scope.row == nullptr) return tl::make_unexpected(errors::undefined_column(expr.text));
    return (*scope.row)[*index];
}

tl::expected<bool, Error> holds(const std::vector<Condition>& conditions, const Scope& scope) {
    for (const auto& condition : conditions) {
        const auto one = holds_one(condition, scope);
        if (!one || !*one) return one;
    }
    return true;
}

bool is_aggregate(const Expr& expr) {
    if (expr.kind != Expr::Kind::kCall) return false;
    return expr.text == "count" || expr.text == "sum" || expr.text == "min" || expr.text == "max";
}

tl::expected<Value, Error> aggregate(const Expr& expr, const std::vector<Row>& rows, Scope scope) {
    if (expr.text == "count") return Value{std::to_string(rows.size())};
    std::optional<long long> total;
    for (const auto& row : rows) {
        scope.row = &row;
        if (expr.arguments.empty()) return tl::make_unexpected(errors::unknown_function(expr.text));
        const auto value = evaluate(expr.arguments.front(), scope);
        if (!value) return value;
        const auto number = *value ? integer(**value) : std::nullopt;
        if (!number) continue;
        if (!total)
            total = *number;
        else if (expr.text == "sum")
            total = *total + *number;
        else
            total = expr.text == "min" ? std::min(*total, *number) : std::max(*total, *number);
    }
    return total ? Value{std::to_string(*total)} : Value{};
}

}  // namespace support::crdb
