// What is prepared on one server connection: weir's named statements in order of use, and whose text the
// unnamed one has. Changes are made when a Parse or Close is sent and taken back if it turns out that the
// server skipped or refused it. Owned by the server connection.
#pragma once

#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "pooler/server/ledger.h"
#include "pooler/server/shape.h"
#include "pooler/server/statement.h"

namespace pooler {

class ServerStatements {
 public:
    enum class Presence : std::uint8_t {
        kAbsent,
        kPresent,
        kUnsettled,
        kStale,  ///< there, but the server will refuse it: to be closed before it is parsed again
    };

    /// Whether the server has `wanted`, given that requests up to `settled` have had their outcome and those
    /// from `batch_start` on share the fate of the next one. kUnsettled: an earlier batch decides, wait for
    /// it. A hit becomes the most recently used.
    [[nodiscard]] Presence find(const StatementRef& wanted, std::uint64_t settled, std::uint64_t batch_start);
    void add(const StatementRef& statement, std::uint64_t sequence);
    /// The least recently used beyond `limit`, or another text under the same hash as `wanted`: to be closed
    /// before `wanted` is added.
    [[nodiscard]] StatementRef surplus(std::size_t limit, const StatementRef& wanted) const;
    void remove(const StatementRef& statement, std::uint64_t sequence);

    /// The shape of a statement that is present, or of the unnamed one for nullptr; null if not known yet.
    [[nodiscard]] ShapeRef shape(const StatementRef& statement) const;
    /// Number of the Parse that made it; 0 if it is not there or from before a move. For nullptr also of the
    /// Close that dropped the unnamed one.
    [[nodiscard]] std::uint64_t parsed_by(const StatementRef& statement) const;
    /// What a Describe said of the statement that the Parse `parsed_by` made.
    void set_shape(const StatementRef& statement, std::uint64_t parsed_by, ShapeRef shape);

    /// Unnamed statement: nullptr = none or unknown text.
    [[nodiscard]] const StatementRef& unnamed() const { return unnamed_; }
    [[nodiscard]] bool may_have_unnamed() const { return may_have_unnamed_; }
    void set_unnamed(const StatementRef& statement, std::uint64_t sequence);
    /// Closed by request `sequence`; like a Parse, that may turn out to have been skipped.
    void clear_unnamed(std::uint64_t sequence);
    /// A simple Query, a failed batch: something may be there, and nobody knows what.
    void forget_unnamed();

    void on_settled(std::uint64_t settled);
    void on_failed(const FailedRange& range);
    /// A DISCARD ALL or DEALLOCATE ALL is on its way: whether a statement is there is not known any more.
    void doubt_all();
    /// DISCARD ALL or DEALLOCATE ALL was executed by request `sequence`.
    void on_deallocate_all(std::uint64_t sequence);
    /// The connection changes its worker: numbers of the old one mean nothing there.
    void forget_sequences();

    [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
    struct Item {
        StatementRef statement;
        std::uint64_t sequence;
        std::uint64_t parsed_at;  ///< plan_clock() then
        ShapeRef shape;
    };
    struct Change {
        std::uint64_t sequence;
        StatementRef statement;
        bool added;
    };
    using Order = std::list<Item>;
    [[nodiscard]] Item* item_of(const StatementRef& statement) const;
    void erase(const StatementHash& hash);
    void insert(const StatementRef& statement, std::uint64_t sequence);

    Order entries_;  // most recently used first
    std::unordered_map<StatementHash, Order::iterator, StatementHasher> index_;
    std::vector<Change> unsettled_;
    std::vector<Change> forget_removals_;  // scratch of on_failed
    StatementRef unnamed_;
    std::uint64_t unnamed_sequence_ = 0;
    ShapeRef unnamed_shape_;
    bool may_have_unnamed_ = false;
};

}  // namespace pooler
