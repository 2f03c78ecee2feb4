// Versions, locks and conflicts.
#include "tests/support/crdb/store.h"

#include <algorithm>
#include <iterator>

namespace support::crdb {

std::optional<std::size_t> Table::column(const std::string& wanted) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&wanted](const auto& column) { return column.name == wanted; });
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(std::distance(columns.begin(), found));
}

std::unique_ptr<Transaction> Store::begin() {
    auto txn = std::make_unique<Transaction>();
    txn->id = ++next_id_;
    live_[txn->id] = txn.get();
    return txn;
}

Table* Store::find(const std::string& name, TransactionId by) {
    for (const auto& table : tables_) {
        if (table->name == name && (table->created_by == 0 || table->created_by == by)) return table.get();
    }
    return nullptr;
}

std::optional<Obstacle> Store::start(Transaction& txn) {
    if (txn.aborted) return Obstacle{txn.aborted, {}, false};
    if (txn.idle()) txn.read_at = txn.write_at = tick();
    return std::nullopt;
}

const Table::Version* Store::visible(const Table::Record& record, Timestamp at) const {
    const Table::Version* result = nullptr;
    for (const auto& version : record.versions) {
        if (version.at <= at) result = &version;
    }
    return result;
}

Row Store::padded(const Table& table, Row row) const {
    row.resize(table.columns.size());  // columns added since are NULL
    return row;
}

bool Store::closes_cycle(TransactionId from, TransactionId to) const {
    for (auto at = to; at != 0;) {
        if (at == from) return true;
        const auto next = waits_.find(at);
        at = next == waits_.end() ? 0 : next->second;
    }
    return false;
}

void Store::abort(TransactionId id, errors::Reason reason) {
    const auto found = live_.find(id);
    if (found == live_.end()) return;
    found->second->aborted = reason;
    free_locks(*found->second);
    waits_.erase(id);
    ++changes_;
}

std::optional<Obstacle> Store::meet(Transaction& txn, const Table::Record& record) {
    waits_.erase(txn.id);
    const auto holder = record.lock;
    if (holder == 0 || holder == txn.id) return std::nullopt;
    const bool cycle = closes_cycle(txn.id, holder);
    if (cycle || txn.high_priority) {
        abort(holder, cycle ? errors::Reason::kPusherAborted : errors::Reason::kAbortSpan);
        return std::nullopt;
    }
    waits_[txn.id] = holder;
    Obstacle waiting;
    waiting.wait = true;
    return waiting;
}

tl::expected<std::optional<Row>, Obstacle> Store::read(Transaction& txn, Table& table, Key key) {
    if (const auto own = txn.writes.find({&table, key}); own != txn.writes.end()) return own->second;
    auto& record = table.records[key];
    const auto holder = live_.find(record.lock);
    const bool later = holder != live_.end() && holder->second->write_at > txn.read_at;
    if (!later) {
        if (auto obstacle = meet(txn, record)) return tl::make_unexpected(*obstacle);
    }
    txn.reads.insert({&table, key});
    if (txn.read_at > record.last_read) {
        record.last_read = txn.read_at;
        record.last_reader = txn.id;
    }
    const auto* version = visible(record, txn.read_at);
    if (version == nullptr || !version->row) return std::optional<Row>{};
    return std::optional<Row>{padded(table, *version->row)};
}

tl::expected<std::vector<Row>, Obstacle> Store::scan(Transaction& txn, Table& table) {
    std::set<Key> keys;
    for (const auto& [key, record] : table.records) keys.insert(key);
    for (const auto& [where, row] : txn.writes) {
        if (where.first == &table) keys.insert(where.second);
    }
    std::vector<Row> rows;
    for (const auto key : keys) {
        auto row = read(txn, table, key);
        if (!row) return tl::make_unexpected(row.error());
        if (*row) rows.push_back(std::move(**row));
    }
    txn.scans.insert(&table);
    if (txn.read_at > table.last_scan) {
        table.last_scan = txn.read_at;
        table.last_scanner = txn.id;
    }
    return rows;
}

bool Store::changed_since(const Table::Record& record, const Transaction& txn) const {
    return std::any_of(record.versions.begin(), record.versions.end(), [&txn](const auto& version) {
        return version.at > txn.read_at && version.at <= txn.write_at;
    });
}

bool Store::refresh(Transaction& txn) {
    for (const auto& [table, key] : txn.reads) {
        const auto record = table->records.find(key);
        if (record != table->records.end() && changed_since(record->second, txn)) return false;
    }
    for (const auto* table : txn.scans) {
        for (const auto& [key, record] : table->records) {
            if (changed_since(record, txn)) return false;
        }
    }
    txn.read_at = txn.write_at;
    return true;
}

bool Store::refresh_now(Transaction& txn) {
    txn.write_at = tick();
    return refresh(txn);
}

std::optional<Obstacle> Store::lock(Transaction& txn, Table& table, Key key) {
    auto& record = table.records[key];
    if (auto obstacle = meet(txn, record)) return obstacle;
    if (!record.versions.empty() && record.versions.back().at > txn.read_at) {
        txn.write_at = tick();
        if (!refresh(txn)) return Obstacle{errors::Reason::kWriteTooOld, {}, false};
    }
    record.lock = txn.id;
    return std::nullopt;
}

std::optional<Obstacle> Store::write(Transaction& txn, Table& table, Key key, std::optional<Row> row) {
    if (auto obstacle = lock(txn, table, key)) return obstacle;
    const auto& record = table.records[key];
    const bool read_later = record.last_read > txn.read_at && record.last_reader != txn.id;
    const bool scanned_later = table.last_scan > txn.read_at && table.last_scanner != txn.id;
    if (read_later || scanned_later) txn.write_at = tick();
    txn.writes[{&table, key}] = std::move(row);
    return std::nullopt;
}

void Store::free_locks(const Transaction& txn) {
    for (const auto& table : tables_) {
        for (auto& [key, record] : table->records) {
            if (record.lock == txn.id) record.lock = 0;
        }
    }
    ++changes_;
}

void Store::apply(Transaction& txn) {
    const auto at = std::max(txn.write_at, txn.read_at);
    for (auto& [where, row] : txn.writes) {
        where.first->records[where.second].versions.push_back({at, std::move(row)});
    }
    for (auto* table : txn.created) table->created_by = 0;
    txn.created.clear();
    txn.writes.clear();
}

std::optional<Obstacle> Store::commit(Transaction& txn) {
    if (txn.aborted) return Obstacle{txn.aborted, {}, false};
    if (!txn.writes.empty() && txn.write_at > txn.read_at && !refresh(txn))
        return Obstacle{errors::Reason::kSerializable, {}, false};
    apply(txn);
    std::optional<Error> failed;
    for (const auto& index : txn.indexes) {
        if (auto error = check_index(index)) failed = std::move(error);
    }
    txn.indexes.clear();
    rollback(txn);
    if (failed) return Obstacle{{}, std::move(failed), false};
    return std::nullopt;
}

void Store::rollback(Transaction& txn) {
    for (auto* table : txn.created) {
        const auto found = std::find_if(tables_.begin(), tables_.end(),
                                        [table](const auto& item) { return item.get() == table; });
        if (found == tables_.end()) continue;
        dropped_.push_back(std::move(*found));
        tables_.erase(found);
    }
    free_locks(txn);
    waits_.erase(txn.id);
    live_.erase(txn.id);
}

void Store::restart(Transaction& txn) {
    auto created = std::move(txn.created);
    Transaction fresh;
    fresh.id = txn.id;
    fresh.read_only = txn.read_only;
    fresh.high_priority = txn.high_priority;
    Transaction old = std::move(txn);
    txn = std::move(fresh);
    for (auto* table : created) {
        const auto found = std::find_if(tables_.begin(), tables_.end(),
                                        [table](const auto& item) { return item.get() == table; });
        if (found == tables_.end()) continue;
        dropped_.push_back(std::move(*found));
        tables_.erase(found);
    }
    waits_.erase(txn.id);
}

std::optional<Error> Store::create(Transaction& txn, const Statement& statement) {
    if (find(statement.table, txn.id) != nullptr) {
        if (statement.if_exists) return std::nullopt;
        return errors::table_exists(statement.table);
    }
    auto table = std::make_unique<Table>();
    table->oid = next_oid_++;
    table->name = statement.table;
    table->columns = statement.definitions;
    table->created_by = txn.id;
    txn.created.insert(table.get());
    tables_.push_back(std::move(table));
    return std::nullopt;
}

std::optional<Error> Store::add_column(Transaction& txn, const Statement& statement) {
    auto* table = find(statement.table, txn.id);
    if (table == nullptr) return errors::undefined_table(statement.table);
    table->columns.push_back(statement.definitions.front());
    return std::nullopt;
}

std::optional<Error> Store::drop(Transaction& txn, const Statement& statement) {
    auto* table = find(statement.table, txn.id);
    if (table == nullptr) {
        if (statement.if_exists) return std::nullopt;
        return errors::undefined_table(statement.table);
    }
    const auto found = std::find_if(tables_.begin(), tables_.end(),
                                    [table](const auto& item) { return item.get() == table; });
    dropped_.push_back(std::move(*found));
    tables_.erase(found);
    return std::nullopt;
}

std::optional<Error> Store::check_index(const Statement& index) {
    auto* table = find(index.table, 0);
    if (table == nullptr) return std::nullopt;
    const auto column = table->column(index.columns.front());
    if (!column) return std::nullopt;
    std::set<std::string> seen;
    for (const auto& [key, record] : table->records) {
        if (record.versions.empty() || !record.versions.back().row) continue;
        const auto row = padded(*table, *record.versions.back().row);
        const auto& value = row[*column];
        if (value && !seen.insert(*value).second)
            return errors::schema_change_failed(index.columns.front(), *value, index.name);
    }
    return std::nullopt;
}

}  // namespace support::crdb
