// The prepared statements of one client: its names ("" is the unnamed one) for what the statement table
// holds. Changes are made when the Parse or Close is passed on and taken back if it turns out to have failed
// or to have been skipped. Owned by the session.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pooler/route/route_class.h"
#include "pooler/server/ledger.h"
#include "pooler/server/shape.h"
#include "pooler/server/statement.h"

namespace pooler {

/// Under which a name that the client has not prepared is passed on. It must not meet one of ours on the
/// server, nor one that another client made there with PREPARE; with a blank behind it, it is nobody's, and
/// still readable in the server's error.
[[nodiscard]] inline std::string absent_name(std::string_view name) { return std::string{name} + ' '; }

class PreparedNames {
 public:
    enum class Presence : std::uint8_t { kAbsent, kPresent, kUnsettled };
    struct Found {
        Presence presence = Presence::kAbsent;
        StatementRef statement;
        std::uint64_t sequence = 0;  ///< of the request that gave the name its meaning
        ShapeRef told;               ///< what the client was told of it; null: nothing
    };

    /// kUnsettled: a request of an earlier batch, whose outcome is open, decides. Arguments as
    /// ServerStatements::find.
    [[nodiscard]] Found find(std::string_view name, std::uint64_t settled, std::uint64_t batch_start) const;
    void set(std::string_view name, StatementRef statement, std::uint64_t sequence);
    void remove(std::string_view name, std::uint64_t sequence);
    /// A simple Query destroys the unnamed statement. Source: PostgreSQL docs, "Message Flow", Extended
    /// Query.
    void drop_unnamed(std::uint64_t sequence);

    /// The client has been told the shape of what request `sequence` gave this name to.
    void tell(std::string_view name, std::uint64_t sequence, ShapeRef shape);
    /// What the name stands for, as far as is known; null: nothing.
    [[nodiscard]] StatementRef statement(std::string_view name) const;
    [[nodiscard]] ShapeRef told(std::string_view name, std::uint64_t sequence) const;
    /// Where what the name stands for may go, by its text alone: `judge(text)` is asked once. nullopt: it
    /// stands for nothing.
    template <class Judge>
    [[nodiscard]] std::optional<RouteReason> route(std::string_view name, const Judge& judge) const {
        const Item* found = locate(name);
        if (found == nullptr) return std::nullopt;
        if (!found->route) found->route = judge(found->statement->query);
        return found->route;
    }
    /// The client's name for what servers have under this one; linear.
    [[nodiscard]] std::optional<std::string_view> name_of(std::string_view server_name) const;

    void on_settled(std::uint64_t settled);
    void on_failed(const FailedRange& range);
    /// Request `sequence` will drop all names, if it succeeds; the unnamed one stays.
    void expect_deallocate_all(std::uint64_t sequence) { dropping_all_ = sequence; }
    void on_deallocate_all(std::uint64_t sequence);
    [[nodiscard]] std::size_t size() const { return names_.size(); }

    /// From here on it can be gone back: nothing is unsettled.
    void mark() {
        marked_ = true;
        if (!since_mark_.empty()) since_mark_.clear();
    }
    /// As it was at mark(); what was marked stays.
    void rewind();

 private:
    struct Hasher {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    struct Item {
        StatementRef statement;
        std::uint64_t sequence = 0;
        ShapeRef told{};
        mutable std::optional<RouteReason> route{};
    };
    struct Change {
        std::uint64_t sequence;
        std::string name;
        Item before;  ///< null statement: there was none
    };
    void record(std::string_view name, std::uint64_t sequence);
    void keep_for_rewind(std::string_view name, const Item& before);

    using Names = std::unordered_map<std::string, Item, Hasher, std::equal_to<>>;
    /// What was looked for last: a batch asks for the same name several times. A copy begins without.
    struct Last {
        Last() = default;
        ~Last() = default;
        Last(const Last& /*of*/) noexcept {}
        Last(Last&& of) noexcept { of.entry = nullptr; }
        Last& operator=(const Last& of) noexcept {
            if (this != &of) entry = nullptr;
            return *this;
        }
        Last& operator=(Last&& of) noexcept {
            entry = of.entry = nullptr;
            return *this;
        }
        const Names::value_type* entry = nullptr;  ///< its place does not change while it is there
    };
    [[nodiscard]] const Item* locate(std::string_view name) const;
    void forget(Names::iterator entry);

    Names names_;
    mutable Last last_;
    std::vector<Change> unsettled_;
    std::vector<Change> since_mark_;  ///< the first change of each name
    bool marked_ = false;
    std::uint64_t dropping_all_ = 0;
};

}  // namespace pooler
