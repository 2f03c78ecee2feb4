// Which variables there are, and what their values may be.
#include "tests/support/crdb/variables.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/support/crdb/token.h"

namespace support::crdb {
namespace {

const std::map<std::string, std::string>& built_in() {
    static const std::map<std::string, std::string> kDefaults{
        {"application_name", ""},
        {"bytea_output", "hex"},
        {"client_encoding", "UTF8"},
        {"client_min_messages", "notice"},
        {"database", "defaultdb"},
        {"datestyle", "ISO, MDY"},
        {"default_int_size", "8"},
        {"default_transaction_isolation", "serializable"},
        {"default_transaction_priority", "normal"},
        {"default_transaction_read_only", "off"},
        {"default_transaction_use_follower_reads", "off"},
        {"extra_float_digits", "0"},
        {"force_savepoint_restart", "off"},
        {"idle_in_session_timeout", "0"},
        {"idle_in_transaction_session_timeout", "0"},
        {"intervalstyle", "postgres"},
        {"lock_timeout", "0"},
        {"results_buffer_size", "16384"},
        {"search_path", "$user,public"},
        {"serial_normalization", "rowid"},
        {"sql_safe_updates", "off"},
        {"standard_conforming_strings", "on"},
        {"statement_timeout", "0"},
        {"timezone", "UTC"},
    };
    return kDefaults;
}

/// Variables with a single sensible value, as the node spells their names and values in its errors.
struct Pinned {
    const char* name;
    const char* shown_name;
    const char* accepted;   ///< in lower case
    const char* available;  ///< as the hint lists them
};
constexpr std::array kPinned{
    Pinned{"datestyle", "DateStyle", "iso|iso, mdy|mdy, iso", "ISO,ISO, MDY,MDY, ISO"},
    Pinned{"intervalstyle", "IntervalStyle", "postgres", "postgres"},
    Pinned{"standard_conforming_strings", "standard_conforming_strings", "on", "on"},
};

bool listed(std::string_view choices, const std::string& value) {
    for (;;) {
        const auto bar = choices.find('|');
        if (choices.substr(0, bar) == value) return true;
        if (bar == std::string_view::npos) return false;
        choices.remove_prefix(bar + 1);
    }
}

bool is_timeout(const std::string& name) {
    constexpr std::string_view kEnd = "_timeout";
    return name.size() > kEnd.size() && name.compare(name.size() - kEnd.size(), kEnd.size(), kEnd) == 0;
}

}  // namespace

std::optional<long long> milliseconds_of(std::string_view text) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    const auto number = std::atoll(std::string(text.substr(0, digits)).c_str());
    const auto unit = text.substr(digits);
    if (unit.empty() || unit == "ms") return number;
    if (unit == "s") return number * 1000;
    if (unit == "m" || unit == "min") return number * 60'000;
    if (unit == "h") return number * 3'600'000;
    return std::nullopt;
}

Variables::Variables(Fixed fixed) : fixed_(std::move(fixed)), defaults_(built_in()), values_(built_in()) {}

tl::expected<std::string, Error> Variables::checked(const std::string& name, const std::string& value) const {
    if (fixed_.count(name) != 0 || name == "results_buffer_size")
        return tl::make_unexpected(errors::read_only_variable(name));
    if (defaults_.count(name) == 0) return tl::make_unexpected(errors::unknown_variable(name));
    const auto small = lower(value);
    if (name == "client_encoding") {
        if (small == "utf8" || small == "utf-8" || small == "unicode") return std::string("UTF8");
        return tl::make_unexpected(errors::client_encoding(small));
    }
    for (const auto& pinned : kPinned) {
        if (name != pinned.name) continue;
        if (!listed(pinned.accepted, small))
            return tl::make_unexpected(errors::bad_variable_value(
                pinned.shown_name, name == "datestyle" ? small : value, pinned.available));
        return built_in().at(name);
    }
    if (!is_timeout(name)) return value;
    const auto time = milliseconds_of(small);
    if (!time) return tl::make_unexpected(errors::bad_variable_value(name, value, "a duration"));
    return std::to_string(*time);
}

std::optional<Error> Variables::set_default(const std::string& name, const std::string& value) {
    const auto key = lower(name);
    if (defaults_.count(key) == 0) return std::nullopt;
    if (key == "results_buffer_size" || key == "database") {
        defaults_[key] = values_[key] = value;
        return std::nullopt;
    }
    const auto good = checked(key, value);
    if (!good) return good.error();
    defaults_[key] = values_[key] = *good;
    return std::nullopt;
}

std::optional<Error> Variables::set(const std::string& name, const std::string& value) {
    const auto good = checked(name, value);
    if (!good) return good.error();
    values_[name] = *good;
    return std::nullopt;
}

std::optional<Error> Variables::reset(const std::string& name) {
    const auto found = defaults_.find(name);
    if (found == defaults_.end()) return errors::unknown_variable(name);
    values_[name] = found->second;
    return std::nullopt;
}

void Variables::reset_all() { values_ = defaults_; }

tl::expected<std::string, Error> Variables::show(const std::string& name) const {
    if (const auto fixed = fixed_.find(name); fixed != fixed_.end()) return fixed->second;
    const auto found = values_.find(name);
    if (found == values_.end()) return tl::make_unexpected(errors::unknown_variable_shown(name));
    return found->second;
}

std::string Variables::value(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
}

std::optional<std::string> Variables::reported_name(const std::string& name) {
    if (name == "application_name") return name;
    if (name == "timezone") return "TimeZone";
    return std::nullopt;
}

}  // namespace support::crdb
