// The rows of one fake cluster: tables in memory with versions, transactions that are serializable as
// CockroachDB's are, write locks, and the conflicts that come of it. All nodes of a cluster share one.
//
// Not thread-safe: everything happens under the cluster's lock. Time is a counter: each event is later than
// all before.
//
// A transaction reads as of the moment of its first statement. A write to a row that somebody else read or
// wrote later moves the transaction's commit to after that; if rows it has read changed in between, it must
// restart (WriteTooOld at a statement, RETRY_SERIALIZABLE at the end). A locked row makes others wait; a
// cycle of waits aborts the transaction that the last one waits for, and PRIORITY HIGH aborts whom it meets.
// Source: CockroachDB docs, "Transaction Layer".
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/crdb/error.h"
#include "tests/support/crdb/statement.h"

namespace support::crdb {

using Value = std::optional<std::string>;  ///< text form; nullopt is NULL
using Row = std::vector<Value>;
using Key = std::int64_t;  ///< the first column
using Timestamp = std::uint64_t;
using TransactionId = std::uint64_t;

struct Table {
    struct Version {
        Timestamp at = 0;
        std::optional<Row> row;  ///< nullopt: deleted
    };
    struct Record {
        std::vector<Version> versions;  ///< oldest first
        Timestamp last_read = 0;
        TransactionId last_reader = 0;
        TransactionId lock = 0;
    };

    std::uint32_t oid = 0;
    std::string name;
    std::vector<ColumnDefinition> columns;
    std::map<Key, Record> records;
    Timestamp last_scan = 0;
    TransactionId last_scanner = 0;
    TransactionId created_by = 0;  ///< not committed yet

    [[nodiscard]] std::optional<std::size_t> column(const std::string& wanted) const;
};

struct Transaction {
    using Write = std::pair<Table*, Key>;
    TransactionId id = 0;
    Timestamp read_at = 0;  ///< 0: nothing done yet
    Timestamp write_at = 0;
    bool read_only = false;
    bool high_priority = false;
    std::optional<errors::Reason> aborted;  ///< by another one; it notices at its next step
    std::set<Write> reads;
    std::set<Table*> scans;
    std::map<Write, std::optional<Row>> writes;
    std::set<Table*> created;
    std::vector<Statement> indexes;  ///< unique ones: checked once, at the end

    [[nodiscard]] bool idle() const { return read_at == 0; }
};

/// Why a step did not happen.
struct Obstacle {
    std::optional<errors::Reason> retry;
    std::optional<Error> error;
    bool wait = false;  ///< for another transaction: try again when something has changed
};

class Store {
 public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    [[nodiscard]] std::unique_ptr<Transaction> begin();
    /// nullptr if there is none that this transaction may see.
    [[nodiscard]] Table* find(const std::string& name, TransactionId by);

    /// Before each statement: fixes the time of the reads, and says whether the transaction is still alive.
    [[nodiscard]] std::optional<Obstacle> start(Transaction& txn);
    [[nodiscard]] tl::expected<std::optional<Row>, Obstacle> read(Transaction& txn, Table& table, Key key);
    [[nodiscard]] tl::expected<std::vector<Row>, Obstacle> scan(Transaction& txn, Table& table);
    /// nullopt for `row` deletes.
    [[nodiscard]] std::optional<Obstacle> write(Transaction& txn, Table& table, Key key,
                                                std::optional<Row> row);
    [[nodiscard]] std::optional<Obstacle> lock(Transaction& txn, Table& table, Key key);
    /// Moves the reads of the transaction to now, if nothing it has read has changed.
    [[nodiscard]] bool refresh_now(Transaction& txn);

    /// Ends it. On kSerializable the transaction is as before: the caller decides whether to restart or undo.
    /// An error means: committed, but its schema change was not.
    [[nodiscard]] std::optional<Obstacle> commit(Transaction& txn);
    void rollback(Transaction& txn);
    /// Nothing read, nothing written, the locks kept.
    void restart(Transaction& txn);

    [[nodiscard]] std::optional<Error> create(Transaction& txn, const Statement& statement);
    [[nodiscard]] std::optional<Error> add_column(Transaction& txn, const Statement& statement);
    [[nodiscard]] std::optional<Error> drop(Transaction& txn, const Statement& statement);

    /// Grows when a lock is freed: who waits may try again.
    [[nodiscard]] std::uint64_t changes() const { return changes_; }
    void forget_wait(TransactionId id) { waits_.erase(id); }

 private:
    [[nodiscard]] const Table::Version* visible(const Table::Record& record, Timestamp at) const;
    [[nodiscard]] bool changed_since(const Table::Record& record, const Transaction& txn) const;
    /// Whether everything the transaction read is still so at its write time; moves its reads there then.
    [[nodiscard]] bool refresh(Transaction& txn);
    /// nullopt: the row is free for this transaction.
    [[nodiscard]] std::optional<Obstacle> meet(Transaction& txn, const Table::Record& record);
    [[nodiscard]] bool closes_cycle(TransactionId from, TransactionId to) const;
    void abort(TransactionId id, errors::Reason reason);
    void free_locks(const Transaction& txn);
    void apply(Transaction& txn);
    [[nodiscard]] std::optional<Error> check_index(const Statement& index);
    [[nodiscard]] Row padded(const Table& table, Row row) const;
    [[nodiscard]] Timestamp tick() { return ++clock_; }

    Timestamp clock_ = 0;
    TransactionId next_id_ = 0;
    std::uint32_t next_oid_ = 52;  ///< as the first table of a user
    std::uint64_t changes_ = 0;
    std::vector<std::unique_ptr<Table>> tables_;
    std::vector<std::unique_ptr<Table>> dropped_;  ///< kept: open transactions may point at them
    std::map<TransactionId, Transaction*> live_;
    std::map<TransactionId, TransactionId> waits_;  ///< who waits for whom
};

}  // namespace support::crdb
