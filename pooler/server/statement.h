// Prepared statements as weir knows them: (text, parameter types), shared by all clients that use the same.
// Immutable, so that a server connection may carry its references to another worker; the table that finds
// them belongs to one worker.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pooler {

/// XXH3-128, keyed with a secret of this process: a hash only finds, equality decides.
struct StatementHash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    bool operator==(const StatementHash&) const = default;
};

struct StatementHasher {
    std::size_t operator()(const StatementHash& hash) const { return static_cast<std::size_t>(hash.low); }
};

struct Statement {
    std::string query;
    std::string types;  ///< as in Parse: int16 count, then the OIDs
    StatementHash hash;
    std::string server_name;  ///< its name on every server connection
    bool quiet = false;       ///< leaves nothing behind in the session it runs in; see touches_session()
    /// What was parsed before this point of plan_clock() is refused by servers: "cached plan must not change
    /// result type". Grows.
    mutable std::atomic<std::uint64_t> stale_before{0};

    Statement(std::string_view text, std::string_view parameter_types, const StatementHash& key,
              std::string name, bool leaves_nothing)
        : query{text},
          types{parameter_types},
          hash{key},
          server_name{std::move(name)},
          quiet{leaves_nothing} {}

    [[nodiscard]] bool is(std::string_view other_query, std::string_view other_types) const {
        return query == other_query && types == other_types;
    }
};

using StatementRef = std::shared_ptr<const Statement>;

[[nodiscard]] inline bool same_statement(const StatementRef& a, const StatementRef& b) {
    return a == b || (a && b && a->hash == b->hash && a->is(b->query, b->types));
}

/// Advances whenever a server says that the plan of a statement is stale. Of the process; any thread.
[[nodiscard]] std::uint64_t plan_clock();
/// Everything parsed of this statement so far is stale.
void mark_stale(const Statement& statement);

class StatementTable {
 public:
    /// The one object for this text and these types, made if need be.
    [[nodiscard]] StatementRef intern(std::string_view query, std::string_view types);
    /// Drops what nobody uses any more; called by the janitor.
    void sweep();
    [[nodiscard]] std::size_t size() const { return statements_.size(); }

 private:
    std::unordered_map<StatementHash, StatementRef, StatementHasher> statements_;
};

}  // namespace pooler
