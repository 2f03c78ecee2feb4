#include "pooler/server/parameters.h"

#include <algorithm>

namespace pooler {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [lower](char x, char y) { return lower(x) == lower(y); });
}

TrackedNames::TrackedNames(const std::vector<std::string_view>& extra)
    : names_{"DateStyle", "client_encoding", "TimeZone", "standard_conforming_strings", "application_name"} {
    for (const std::string_view name : extra)
        if (!name.empty() && !index_of(name)) names_.emplace_back(name);
}

std::optional<std::size_t> TrackedNames::index_of(std::string_view name) const {
    for (std::size_t i = 0; i < names_.size(); ++i)
        if (equal_ignoring_case(names_[i], name)) return i;
    return std::nullopt;
}

const std::string* ParameterSet::get(std::size_t i) const {
    if (!values_ || i >= values_->size() || !(*values_)[i]) return nullptr;
    return &*(*values_)[i];
}

void ParameterSet::set(std::size_t i, std::string_view value, std::size_t count) {
    const std::string* old = get(i);
    if (old != nullptr && *old == value) return;
    auto changed =
        values_ ? std::make_shared<ParameterValues>(*values_) : std::make_shared<ParameterValues>();
    changed->resize(std::max(count, changed->size()));
    (*changed)[i] = value;
    values_ = std::move(changed);
}

void ParameterSet::fill_from(const ParameterSet& other) {
    if (!other.values_ || values_ == other.values_) return;
    if (!values_) return adopt(other);
    auto filled = std::make_shared<ParameterValues>(*values_);
    filled->resize(std::max(filled->size(), other.values_->size()));
    for (std::size_t i = 0; i < other.values_->size(); ++i)
        if (!(*filled)[i]) (*filled)[i] = (*other.values_)[i];
    if (*filled == *other.values_) return adopt(other);
    values_ = std::move(filled);
}

bool ParameterSet::fits(const ParameterSet& wanted) const {
    if (values_ == wanted.values_ || !values_ || !wanted.values_) return true;
    const std::size_t count = std::min(values_->size(), wanted.values_->size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto& mine = (*values_)[i];
        const auto& theirs = (*wanted.values_)[i];
        if (mine && theirs && *mine != *theirs) return false;
    }
    return true;
}

bool ParameterSet::same_as(const ParameterSet& other) const {
    if (values_ == other.values_) return true;
    return values_ && other.values_ && *values_ == *other.values_;
}

void ParameterSet::take_spelling(const ParameterSet& server) {
    if (!values_ || !server.values_) return;
    const std::size_t count = std::min(values_->size(), server.values_->size());
    for (std::size_t i = 0; i < count; ++i)
        if (get(i) != nullptr && server.get(i) != nullptr) set(i, *server.get(i), count);
}

namespace {

/// A DateStyle that leaves out the style or the order of the fields: SET keeps the one that the session has,
/// here another client's, where at the start of a session of one's own it is the server's default.
bool half_a_date_style(std::string_view name, std::string_view value) {
    return equal_ignoring_case(name, "DateStyle") && value.find(',') == std::string_view::npos;
}

}  // namespace

std::string ParameterSet::changes_to(const ParameterSet& wanted, const TrackedNames& names,
                                     unsigned& statements) const {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string* mine = get(i);
        const std::string* theirs = wanted.get(i);
        if (mine == nullptr || theirs == nullptr || *mine == *theirs) continue;
        ++statements;
        if (half_a_date_style(names.name(i), *theirs)) {
            ++statements;
            text += "RESET " + names.name(i) + ";";
        }
        // search_path is a list of identifiers: SET with one literal would make it one name, set_config()
        // reads the list.
        if (equal_ignoring_case(names.name(i), "search_path"))
            text += "SELECT pg_catalog.set_config('search_path'," + sql_literal(*theirs) + ",false);";
        else
            text += "SET " + names.name(i) + "=" + sql_literal(*theirs) + ";";
    }
    return text;
}

std::string sql_literal(std::string_view value) {
    const bool escapes = value.find('\\') != std::string_view::npos;
    std::string text{escapes ? "E'" : "'"};
    for (const char c : value) {
        if (c == '\'' || (c == '\\' && escapes)) text += c;
        text += c;
    }
    return text += '\'';
}

}  // namespace pooler
