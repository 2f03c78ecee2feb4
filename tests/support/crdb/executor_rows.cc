// Statements that read and write rows.
#include <algorithm>
#include <utility>

#include "tests/support/crdb/executor.h"

namespace support::crdb {
namespace {

/// pg_sleep() or force_retry() among the targets, with its time.
struct Pause {
    bool retry = false;
    std::chrono::milliseconds length{0};
};

std::optional<Pause> pause_of(const Statement& statement) {
    for (const auto& target : statement.targets) {
        const auto& call = target.value;
        if (call.kind != Expr::Kind::kCall || call.arguments.empty()) continue;
        constexpr double kMilliseconds = 1000;
        const auto& argument = call.arguments.front().text;
        if (call.text == "pg_sleep")
            return Pause{false, std::chrono::milliseconds(static_cast<long long>(
                                    std::strtod(argument.c_str(), nullptr) * kMilliseconds))};
        if (call.text == "crdb_internal.force_retry")
            return Pause{true, std::chrono::milliseconds(milliseconds_of(argument).value_or(0))};
    }
    return std::nullopt;
}

/// The value that `key = value` in the conditions demands of the first column.
const Expr* key_wanted(const Statement& statement, const Table& table) {
    for (const auto& condition : statement.where) {
        const bool key = condition.left.kind == Expr::Kind::kColumn && condition.operation == "=" &&
                         condition.left.text == table.columns.front().name;
        if (key) return &condition.right;
    }
    return nullptr;
}

Columns columns_of(const Table& table) {
    Columns columns;
    for (const auto& definition : table.columns)
        columns.push_back({definition.name, definition.type, table.oid, 0});
    return columns;
}

std::string counted(const Statement& statement, std::size_t rows) {
    return statement.tag + (statement.verb == Verb::kInsert ? " 0 " : " ") + std::to_string(rows);
}

void sort_rows(std::vector<Row>& rows, const Columns& columns, const Statement& statement) {
    const auto index = index_of(columns, statement.order_by);
    if (!index) return;
    const auto type = columns[*index].type;
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& left, const Row& right) {
        const int order = compare(left[*index], right[*index], type);
        return statement.descending ? order > 0 : order < 0;
    });
}

}  // namespace

Result Executor::blocked(const Obstacle& obstacle) {
    if (obstacle.error) return Result::failed(*obstacle.error);
    if (obstacle.retry) return Result::failed(errors::retry(*obstacle.retry));
    Result waiting;
    waiting.wait = obstacle.wait;
    return waiting;
}

void Executor::refresh_facts() {
    facts_.statement_timestamp = facts_.clock_timestamp = wall_clock();
    if (!in_transaction()) facts_.now = facts_.statement_timestamp;
    facts_.database = variables_.value("database");
}

bool Executor::still_sleeping(const Running& running, Result& result) const {
    const auto pause = pause_of(running.statement);
    if (!pause) return false;
    if (pause->retry && delivered_) {
        result = Result::failed(errors::retry(errors::Reason::kForced));
        return true;
    }
    result.wait = host_.now() < running.started + pause->length;
    return result.wait;
}

Result Executor::in_transaction_of(const Running& running, Columns columns) {
    refresh_facts();
    Result result;
    if (still_sleeping(running, result)) {
        result.columns = std::move(columns);
        return result;
    }
    if (running.statement.verb == Verb::kSelect &&
        (running.statement.table.empty() || host_.virtual_table(running.statement.table))) {
        result = select_without_table(running);
    } else if (txn_) {
        result = repeated(*txn_, running);
    } else {
        auto own = host_.store().begin();
        result = repeated(*own, running);
        const bool good = !result.error && !result.wait;
        if (good) {
            // Nothing ran between its first step and now, so that only a schema change can fail.
            if (const auto obstacle = host_.store().commit(*own)) result = blocked(*obstacle);
        } else {
            host_.store().rollback(*own);
        }
    }
    result.columns = std::move(columns);
    return result;
}

Result Executor::repeated(Transaction& txn, const Running& running) {
    auto& store = host_.store();
    if (const auto obstacle = store.start(txn)) return blocked(*obstacle);
    constexpr int kAttempts = 3;
    Result result;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto reads = txn.reads;
        const auto scans = txn.scans;
        const auto writes = txn.writes;
        result = once(txn, running);
        if (!result.error && !result.wait) return result;
        txn.reads = reads;
        txn.scans = scans;
        txn.writes = writes;
        const bool too_old = result.error && result.error->code == "40001";
        if (!too_old || txn.aborted || !store.refresh_now(txn)) break;
    }
    return result;
}

Result Executor::once(Transaction& txn, const Running& running) {
    const auto verb = running.statement.verb;
    if (verb == Verb::kSelect) return select(txn, running);
    if (verb == Verb::kInsert) return insert(txn, running);
    if (verb == Verb::kUpdate || verb == Verb::kDelete) return change(txn, running);
    if (verb != Verb::kCopyIn) return define(txn, running.statement);
    Result result;
    result.copy_columns = host_.store().find(running.statement.table, txn.id)->columns.size();
    return result;
}

Result Executor::define(Transaction& txn, const Statement& statement) {
    if (!txn.writes.empty()) return Result::failed(errors::ddl_after_write());
    auto& store = host_.store();
    std::optional<Error> error;
    if (statement.verb == Verb::kCreateTable) error = store.create(txn, statement);
    if (statement.verb == Verb::kDropTable) error = store.drop(txn, statement);
    if (statement.verb == Verb::kAddColumn) error = store.add_column(txn, statement);
    if (statement.verb == Verb::kCreateIndex) {
        if (store.find(statement.table, txn.id) == nullptr)
            error = errors::undefined_table(statement.table);
        else
            txn.indexes.push_back(statement);
    }
    if (error) return Result::failed(std::move(*error));
    Result result;
    result.tag = statement.tag;
    return result;
}

tl::expected<std::vector<Row>, Obstacle> Executor::matching(Transaction& txn, Table& table,
                                                            const Running& running) {
    const auto columns = columns_of(table);
    Scope scope{&facts_, &columns, nullptr, &running.parameters};
    std::vector<Row> candidates;
    if (const auto* wanted = key_wanted(running.statement, table)) {
        const auto value = evaluate(*wanted, scope);
        if (!value) return tl::make_unexpected(Obstacle{{}, value.error(), false});
        const auto key = *value ? integer(**value) : std::nullopt;
        if (!key) return candidates;
        auto row = host_.store().read(txn, table, *key);
        if (!row) return tl::make_unexpected(row.error());
        if (*row) candidates.push_back(std::move(**row));
    } else {
        auto rows = host_.store().scan(txn, table);
        if (!rows) return rows;
        candidates = std::move(*rows);
    }
    std::vector<Row> result;
    for (auto& row : candidates) {
        scope.row = &row;
        const auto fits = holds(running.statement.where, scope);
        if (!fits) return tl::make_unexpected(Obstacle{{}, fits.error(), false});
        if (*fits) result.push_back(std::move(row));
    }
    sort_rows(result, columns, running.statement);
    return result;
}

tl::expected<Row, Error> Executor::project(const Running& running, const Columns& table, const Row& row) {
    Row result;
    for (const auto& target : running.statement.targets) {
        if (target.star) {
            result.insert(result.end(), row.begin(), row.end());
            continue;
        }
        auto value = evaluate(target.value, {&facts_, &table, &row, &running.parameters});
        if (!value) return tl::make_unexpected(value.error());
        result.push_back(std::move(*value));
    }
    return result;
}

Result Executor::select(Transaction& txn, const Running& running) {
    const auto& statement = running.statement;
    auto& table = *host_.store().find(statement.table, txn.id);
    auto rows = matching(txn, table, running);
    if (!rows) return blocked(rows.error());
    const auto columns = columns_of(table);
    Result result;
    if (statement.for_update) {
        for (const auto& row : *rows) {
            const auto obstacle = host_.store().lock(txn, table, integer(*row.front()).value_or(0));
            if (obstacle) return blocked(*obstacle);
        }
    }
    if (is_aggregate(statement.targets.front().value)) {
        Row totals;
        for (const auto& target : statement.targets) {
            auto value = aggregate(target.value, *rows, {&facts_, &columns, nullptr, &running.parameters});
            if (!value) return Result::failed(std::move(value.error()));
            totals.push_back(std::move(*value));
        }
        result.rows.push_back(std::move(totals));
    } else {
        if (statement.limit && rows->size() > static_cast<std::size_t>(*statement.limit))
            rows->resize(static_cast<std::size_t>(*statement.limit));
        for (const auto& row : *rows) {
            auto projected = project(running, columns, row);
            if (!projected) return Result::failed(std::move(projected.error()));
            result.rows.push_back(std::move(*projected));
        }
    }
    result.tag = counted(statement, result.rows.size());
    return result;
}

Result Executor::select_without_table(const Running& running) {
    const auto& statement = running.statement;
    const auto shown = host_.virtual_table(statement.table).value_or(VirtualTable{{}, {{}}});
    Result result;
    const auto& first = statement.targets.front().value;
    if (first.kind == Expr::Kind::kCall && first.text == "generate_series" && first.arguments.size() > 1) {
        const auto last = integer(first.arguments[1].text).value_or(0);
        for (auto i = integer(first.arguments[0].text).value_or(1); i <= last; ++i)
            result.rows.push_back({std::to_string(i)});
    } else {
        for (const auto& row : shown.rows) {
            const auto fits = holds(statement.where, {&facts_, &shown.columns, &row, &running.parameters});
            if (!fits) return Result::failed(fits.error());
            if (!*fits) continue;
            auto projected = project(running, shown.columns, row);
            if (!projected) return Result::failed(std::move(projected.error()));
            result.rows.push_back(std::move(*projected));
        }
    }
    apply_set_config(running, result);
    result.tag = counted(statement, result.rows.size());
    return result;
}

void Executor::apply_set_config(const Running& running, Result& result) {
    for (const auto& target : running.statement.targets) {
        const auto& call = target.value;
        if (call.kind != Expr::Kind::kCall || call.text != "set_config" || call.arguments.size() < 2)
            continue;
        const Scope scope{&facts_, nullptr, nullptr, &running.parameters};
        const auto value = evaluate(call.arguments[1], scope);
        const auto computed = evaluate(call.arguments[0], scope);
        const std::string name = computed ? computed->value_or("") : "";
        auto error = variables_.set(name, value ? value->value_or("") : "");
        if (error) result.error = std::move(error);
        report(result, name);
    }
}

std::optional<Result> Executor::put(Transaction& txn, Table& table, Row row, bool upsert) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (table.columns[i].type == kOidInt8 && row[i] && !integer(*row[i]))
            return Result::failed(errors::bad_integer(*row[i]));
    }
    if (!row.front())
        return Result::failed({"23502", "null value in column \"" + table.columns.front().name +
                                            "\" violates not-null constraint"});
    const auto key = integer(*row.front()).value_or(0);
    const auto there = host_.store().read(txn, table, key);
    if (!there) return blocked(there.error());
    if (*there && !upsert)
        return Result::failed(errors::duplicate_key(table.columns.front().name, *row.front()));
    if (const auto obstacle = host_.store().write(txn, table, key, std::move(row))) return blocked(*obstacle);
    return std::nullopt;
}

Result Executor::insert(Transaction& txn, const Running& running) {
    const auto& statement = running.statement;
    auto& table = *host_.store().find(statement.table, txn.id);
    const auto columns = columns_of(table);
    Result result;
    for (const auto& values : statement.rows) {
        Row row(table.columns.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto at = statement.columns.empty() ? i : *table.column(statement.columns[i]);
            auto value = evaluate(values[i], {&facts_, nullptr, nullptr, &running.parameters});
            if (!value) return Result::failed(std::move(value.error()));
            row.at(at) = std::move(*value);
        }
        auto returned = project(running, columns, row);
        if (!returned) return Result::failed(std::move(returned.error()));
        if (auto failed = put(txn, table, std::move(row), statement.upsert)) return *failed;
        result.rows.push_back(std::move(*returned));
    }
    result.tag = counted(statement, result.rows.size());
    if (statement.targets.empty()) result.rows.clear();
    return result;
}

Result Executor::change(Transaction& txn, const Running& running) {
    const auto& statement = running.statement;
    auto& table = *host_.store().find(statement.table, txn.id);
    const auto columns = columns_of(table);
    auto rows = matching(txn, table, running);
    if (!rows) return blocked(rows.error());
    Result result;
    for (const auto& row : *rows) {
        Row changed = row;
        for (const auto& [column, expr] : statement.changes) {
            auto value = evaluate(expr, {&facts_, &columns, &row, &running.parameters});
            if (!value) return Result::failed(std::move(value.error()));
            changed[*table.column(column)] = std::move(*value);
        }
        auto returned = project(running, columns, changed);
        if (!returned) return Result::failed(std::move(returned.error()));
        const auto key = integer(*row.front()).value_or(0);
        auto written = statement.verb == Verb::kDelete ? std::optional<Row>{} : std::move(changed);
        if (const auto obstacle = host_.store().write(txn, table, key, std::move(written)))
            return blocked(*obstacle);
        result.rows.push_back(std::move(*returned));
    }
    result.tag = counted(statement, result.rows.size());
    if (statement.targets.empty()) result.rows.clear();
    return result;
}

}  // namespace support::crdb
