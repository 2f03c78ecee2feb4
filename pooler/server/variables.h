// The variables of a session that somebody has set, role and session authorization among them: what a server
// carries besides its own start values, and what a client is to find. Immutable and shared: clients with
// equal values hold the same object, so that "equal" is mostly one comparison of pointers; otherwise
// everything is compared. Pure; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pooler/base/recent_values.h"

namespace pooler {

/// A value in the form in which it can be given to a server again.
struct VariableValue {
    enum class Form : unsigned char {
        kList,  ///< the right side of SET: string literals with commas between
        kFlat,  ///< one string as set_config() and start-up packets take it, unquoted
    };
    std::string text;
    Form form = Form::kList;
    bool operator==(const VariableValue&) const = default;
};

struct Variable {
    std::string name;  ///< lower case: the letter case of names does not count
    VariableValue value;
    bool operator==(const Variable&) const = default;
};

inline constexpr std::string_view kRoleVariable = "role";
inline constexpr std::string_view kAuthorizationVariable = "session_authorization";

using VariableList = std::vector<Variable>;  ///< by name; never empty
using VariableCache = RecentValues<VariableList>;

class Variables {
 public:
    [[nodiscard]] const VariableValue* get(std::string_view name) const;
    [[nodiscard]] bool empty() const { return !list_; }
    [[nodiscard]] std::size_t size() const { return list_ ? list_->size() : 0; }
    /// True if a role or a session authorization is set.
    [[nodiscard]] bool has_identity() const {
        return get(kRoleVariable) != nullptr || get(kAuthorizationVariable) != nullptr;
    }
    void set(std::string_view name, VariableValue value);
    void erase(std::string_view name);
    void clear() {
        if (list_) list_.reset();
    }
    /// What RESET ALL takes away: all but the identity.
    void erase_all_but_identity();
    /// Takes what `other` has and this lacks.
    void fill_from(const Variables& other);
    [[nodiscard]] const std::vector<Variable>& list() const;
    bool operator==(const Variables& other) const {
        return list_ == other.list_ || (list_ && other.list_ && *list_ == *other.list_);
    }
    /// Holds the very same object as whoever has equal values.
    void share(VariableCache& cache) {
        if (list_) list_ = cache.share(std::move(list_));
    }

 private:
    std::shared_ptr<const VariableList> list_;
};

/// SQL that makes of a server with one state a server with another, and how it is made up, so that a failure
/// can be put down to what caused it.
struct StateChange {
    std::string sql;
    unsigned cleaning = 0;  ///< statements at the beginning that only take the old state away
    unsigned tracked = 0;   ///< behind them: variables that the server reports
    unsigned setting = 0;   ///< behind those: the others
    [[nodiscard]] bool empty() const { return sql.empty(); }
};

/// Appends to `change` what takes away from a server with `current` whatever does not fit `wanted`.
void append_cleaning(StateChange& change, const Variables& current, const Variables& wanted);
/// Appends what the server then lacks. Variables first, under the identity it logged in with; then the
/// session authorization, then the role; time limits last, since they would hold for the rest.
void append_setting(StateChange& change, const Variables& current, const Variables& wanted);

/// `name` in lower case (ASCII).
[[nodiscard]] std::string folded(std::string_view name);

/// A variable's name as it may stand behind SET and RESET.
[[nodiscard]] std::string quoted_variable(std::string_view name);

/// True for variables whose value is a list of names: SET with one literal makes one name of it.
/// Source: PostgreSQL, parameters that pg_dump quotes by element (GUC_LIST_QUOTE).
[[nodiscard]] bool is_name_list(std::string_view name);

/// True for variables that belong to the transaction, whatever form sets them: nothing of them outlives it.
[[nodiscard]] bool is_transaction_variable(std::string_view name);

}  // namespace pooler
