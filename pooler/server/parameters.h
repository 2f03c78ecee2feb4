// The variables of a session that the server reports by ParameterStatus and that follow their client from
// server to server. Values are immutable and shared: most sessions of a pool have the very same set, so that
// equal means the same pointer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/base/recent_values.h"

namespace pooler {

/// Which variables are tracked; fixed when the process starts (track_extra_parameters needs a restart).
class TrackedNames {
 public:
    /// The standard five and `extra`, in any letter case.
    explicit TrackedNames(const std::vector<std::string_view>& extra);
    [[nodiscard]] std::size_t size() const { return names_.size(); }
    [[nodiscard]] const std::string& name(std::size_t i) const { return names_[i]; }
    /// Letter case does not count.
    [[nodiscard]] std::optional<std::size_t> index_of(std::string_view name) const;

 private:
    std::vector<std::string> names_;
};

/// One value per tracked name; nullopt: not known.
using ParameterValues = std::vector<std::optional<std::string>>;

using ParameterCache = RecentValues<ParameterValues>;

class ParameterSet {
 public:
    /// Shares the values with whoever has equal ones.
    void share(ParameterCache& cache) {
        if (values_) values_ = cache.share(std::move(values_));
    }
    [[nodiscard]] const std::string* get(std::size_t i) const;
    void set(std::size_t i, std::string_view value, std::size_t count);
    /// Takes the other's value where this has none.
    void fill_from(const ParameterSet& other);
    /// From now on both share the values.
    void adopt(const ParameterSet& other) { values_ = other.values_; }
    /// True if the server `*this` needs no change to serve a client with `wanted`.
    [[nodiscard]] bool fits(const ParameterSet& wanted) const;
    /// Every value the same, unknown ones included.
    [[nodiscard]] bool same_as(const ParameterSet& other) const;
    /// The server has been set: its own spelling of what both know replaces the client's.
    void take_spelling(const ParameterSet& server);
    /// The SET statements that turn `*this` into `wanted`, and their number; empty if it fits.
    [[nodiscard]] std::string changes_to(const ParameterSet& wanted, const TrackedNames& names,
                                         unsigned& statements) const;

 private:
    std::shared_ptr<const ParameterValues> values_;
};

/// A value as a string literal that reads the same whatever standard_conforming_strings says.
[[nodiscard]] std::string sql_literal(std::string_view value);

/// ASCII letter case ignored.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace pooler
