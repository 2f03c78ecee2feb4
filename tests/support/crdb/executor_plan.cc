// What can be said about a statement before it runs: columns, parameter types, errors of its text.
#include <algorithm>

#include "tests/support/crdb/executor.h"

namespace support::crdb {
namespace {

Column shown_column(const Statement& statement, bool extended) {
    if (statement.verb == Verb::kShow) return {statement.name, kOidText, kShowTable, 2};
    if (extended) return {"transaction_status", kOidText, kShowTable, 2};
    return {"TRANSACTION STATUS", kOidText, 0, 0};
}

bool never(const Statement& statement) {
    return statement.where.size() == 1 && statement.where[0].left.kind == Expr::Kind::kBool &&
           statement.where[0].left.text == "f";
}

std::string label_of(const Target& target) {
    if (!target.label.empty()) return target.label;
    const bool named = target.value.kind == Expr::Kind::kColumn || target.value.kind == Expr::Kind::kCall;
    return named ? target.value.text : "?column?";
}

/// Learns the types of parameters that stand beside a column.
class ParameterTypes {
 public:
    ParameterTypes(const Statement& statement, const Columns& table)
        : table_(table), types_(parameter_count(statement), kOidText) {
        for (const auto& condition : statement.where) {
            see(condition.left, type(condition.right));
            see(condition.right, type(condition.left));
        }
        for (const auto& [column, value] : statement.changes) see(value, column_type(column));
        for (const auto& row : statement.rows) see_row(statement, row);
        for (const auto& target : statement.targets) see(target.value, kOidText);
    }

    [[nodiscard]] const std::vector<std::uint32_t>& types() const { return types_; }

 private:
    [[nodiscard]] std::uint32_t type(const Expr& expr) const {
        return type_of(expr, table_).value_or(kOidText);
    }
    [[nodiscard]] std::uint32_t column_type(const std::string& name) const {
        const auto index = index_of(table_, name);
        return index ? table_[*index].type : kOidText;
    }

    void see(const Expr& expr, std::uint32_t wanted) {
        if (expr.kind == Expr::Kind::kParameter) {
            const auto number = static_cast<std::size_t>(integer(expr.text).value_or(0));
            if (number > 0) types_[number - 1] = expr.cast != 0 ? expr.cast : wanted;
        }
        const bool arithmetic = expr.kind == Expr::Kind::kBinary && expr.text != "||";
        for (const auto& argument : expr.arguments) see(argument, arithmetic ? kOidInt8 : kOidText);
    }

    void see_row(const Statement& statement, const std::vector<Expr>& row) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!statement.columns.empty() && i < statement.columns.size()) {
                see(row[i], column_type(statement.columns[i]));
            } else if (i < table_.size()) {
                see(row[i], table_[i].type);
            }
        }
    }

    const Columns& table_;
    std::vector<std::uint32_t> types_;
};

}  // namespace

tl::expected<Columns, Error> Executor::table_columns(const std::string& name) {
    if (auto shown = host_.virtual_table(name)) return shown->columns;
    const auto* table = host_.store().find(name, txn_ ? txn_->id : 0);
    if (table == nullptr) return tl::make_unexpected(errors::undefined_table(name));
    Columns columns;
    for (const auto& definition : table->columns) {
        columns.push_back(
            {definition.name, definition.type, table->oid, static_cast<int>(columns.size()) + 1});
    }
    return columns;
}

tl::expected<Columns, Error> Executor::target_columns(const Statement& statement,
                                                      const Columns& table) const {
    Columns columns;
    for (const auto& target : statement.targets) {
        if (target.star) {
            columns.insert(columns.end(), table.begin(), table.end());
            continue;
        }
        const auto type = type_of(target.value, table);
        if (!type) return tl::make_unexpected(type.error());
        Column column{label_of(target), *type, 0, 0};
        if (target.value.kind == Expr::Kind::kColumn && target.value.cast == 0) {
            const auto& source = table[*index_of(table, target.value.text)];
            column.table = source.table;
            column.attribute = source.attribute;
        }
        columns.push_back(std::move(column));
    }
    if (never(statement)) {  // the node answers it without the table
        for (auto& column : columns) column.table = 0, column.attribute = 0;
    }
    return columns;
}

std::optional<Error> Executor::check_insert(const Statement& statement, const Columns& table) const {
    for (const auto& column : statement.columns) {
        if (!index_of(table, column)) return errors::undefined_column(column);
    }
    for (const auto& row : statement.rows) {
        for (const auto& value : row) {
            const auto type = type_of(value, {});
            if (!type) return type.error();
            if (value.kind == Expr::Kind::kBinary && value.text == "/") return errors::integer_division();
        }
    }
    return std::nullopt;
}

std::optional<Error> Executor::check_writable(const Statement& statement) const {
    const bool writes = statement.verb == Verb::kInsert || statement.verb == Verb::kUpdate ||
                        statement.verb == Verb::kDelete || statement.verb == Verb::kCopyIn;
    if (!writes) return std::nullopt;
    const bool only = txn_ ? txn_->read_only : variables_.value("default_transaction_read_only") == "on";
    if (only) return errors::read_only(statement.upsert ? "UPSERT" : statement.tag);
    return std::nullopt;
}

tl::expected<Plan, Error> Executor::plan(const Statement& statement, bool extended) {
    Plan result;
    const auto verb = statement.verb;
    if (verb == Verb::kCopyIn && extended) return tl::make_unexpected(errors::copy_extended());
    if (verb == Verb::kShow || verb == Verb::kShowTransactionStatus) {
        const auto value = shown(verb == Verb::kShow ? statement.name : "transaction_status");
        if (!value) return tl::make_unexpected(value.error());
        result.columns = {shown_column(statement, extended)};
        return result;
    }
    if (verb == Verb::kSet && !statement.to_default && !variables_.show(statement.name))
        return tl::make_unexpected(errors::unknown_variable(statement.name));
    Columns table;
    const bool has_table = verb == Verb::kSelect || verb == Verb::kInsert || verb == Verb::kUpdate ||
                           verb == Verb::kDelete || verb == Verb::kCopyIn;
    if (has_table && !statement.table.empty()) {
        auto columns = table_columns(statement.table);
        if (!columns) return tl::make_unexpected(columns.error());
        table = std::move(*columns);
    }
    const bool inserts = verb == Verb::kInsert || verb == Verb::kCopyIn;
    if (auto error = inserts ? check_insert(statement, table) : std::nullopt)
        return tl::make_unexpected(*error);
    for (const auto& [column, value] : statement.changes) {
        if (!index_of(table, column)) return tl::make_unexpected(errors::undefined_column(column));
    }
    if (auto error = check_writable(statement)) return tl::make_unexpected(*error);
    auto columns = target_columns(statement, table);
    if (!columns) return tl::make_unexpected(columns.error());
    if (statement.returns_rows()) result.columns = std::move(*columns);
    result.parameters = ParameterTypes(statement, table).types();
    return result;
}

}  // namespace support::crdb
