// What is prepared on one server connection: weir's named statements in order of use, and whose text the
// unnamed one has. Changes are made when a Parse or Close is sent and taken back if it turns out that the
// server skipped or refused it. Owned by the server connection.
#pragma once

#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "pooler/server/ledger.h"
#include "pooler/server/statement.h"

namespace pooler {

class ServerStatements {
 public:
    enum class Presence : std::uint8_t { kAbsent, kPresent, kUnsettled };

    /// Whether the server has `wanted`, given that requests up to `settled` have had their outcome and those
    /// from `batch_start` on share the fate of the next one. kUnsettled: an earlier batch decides, wait for
    /// it. A hit becomes the most recently used.
    [[nodiscard]] Presence find(const StatementRef& wanted, std::uint64_t settled, std::uint64_t batch_start);
    void add(const StatementRef& statement, std::uint64_t sequence);
    /// The least recently used beyond `limit`, or another text under the same hash as `wanted`: to be closed
    /// before `wanted` is added.
    [[nodiscard]] StatementRef surplus(std::size_t limit, const StatementRef& wanted) const;
    void remove(const StatementRef& statement, std::uint64_t sequence);

    /// Unnamed statement: nullptr = none or unknown text.
    [[nodiscard]] const StatementRef& unnamed() const { return unnamed_; }
    [[nodiscard]] bool may_have_unnamed() const { return may_have_unnamed_; }
    void set_unnamed(const StatementRef& statement);
    void clear_unnamed();
    /// A simple Query, a failed batch: something may be there, and nobody knows what.
    void forget_unnamed();

    void on_settled(std::uint64_t settled);
    void on_failed(const FailedRange& range);
    /// DISCARD ALL or DEALLOCATE ALL was executed by request `sequence`.
    void on_deallocate_all(std::uint64_t sequence);
    /// The connection changes its worker: numbers of the old one mean nothing there.
    void forget_sequences();

    [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
    struct Item {
        StatementRef statement;
        std::uint64_t sequence;
    };
    struct Change {
        std::uint64_t sequence;
        StatementRef statement;
        bool added;
    };
    using Order = std::list<Item>;
    void erase(const StatementHash& hash);
    void insert(const StatementRef& statement, std::uint64_t sequence);

    Order entries_;  // most recently used first
    std::unordered_map<StatementHash, Order::iterator, StatementHasher> index_;
    std::vector<Change> unsettled_;
    std::vector<Change> forget_removals_;  // scratch of on_failed
    StatementRef unnamed_;
    bool may_have_unnamed_ = false;
};

}  // namespace pooler
