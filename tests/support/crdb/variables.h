// The session variables of the fake node, with CockroachDB's rules: SET is not undone by ROLLBACK, RESET goes
// back to what the start-up packet said, only some changes are reported. Owned by one session.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "tests/support/crdb/error.h"

namespace support::crdb {

class Variables {
 public:
    /// What SHOW answers for the fixed ones, by lower-case name.
    using Fixed = std::map<std::string, std::string>;
    explicit Variables(Fixed fixed);

    /// A start-up parameter or a word of `options`: unknown names are ignored, as the node does.
    [[nodiscard]] std::optional<Error> set_default(const std::string& name, const std::string& value);
    /// One that this build of the node has and others lack.
    void add(const std::string& name, const std::string& value) { defaults_[name] = values_[name] = value; }
    [[nodiscard]] std::optional<Error> set(const std::string& name, const std::string& value);
    [[nodiscard]] std::optional<Error> reset(const std::string& name);
    void reset_all();

    [[nodiscard]] tl::expected<std::string, Error> show(const std::string& name) const;
    /// Empty for an unknown one.
    [[nodiscard]] std::string value(const std::string& name) const;
    /// Every known name with its value, for SHOW ALL-like looks of tests.
    [[nodiscard]] const std::map<std::string, std::string>& values() const { return values_; }

    /// Name and value as in ParameterStatus, if changes of this variable are reported.
    [[nodiscard]] static std::optional<std::string> reported_name(const std::string& name);

 private:
    [[nodiscard]] tl::expected<std::string, Error> checked(const std::string& name,
                                                           const std::string& value) const;

    Fixed fixed_;
    std::map<std::string, std::string> defaults_;
    std::map<std::string, std::string> values_;
};

/// "200ms", "5s", "1min", "7" -> milliseconds; nullopt for anything else.
[[nodiscard]] std::optional<long long> milliseconds_of(std::string_view text);

}  // namespace support::crdb
