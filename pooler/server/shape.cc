#include "pooler/server/shape.h"

namespace pooler {

namespace {

// Behind a column's name. Source: PostgreSQL docs, "Message Formats", RowDescription.
constexpr std::size_t kTableBytes = 6;  ///< OID of the table, number of the column
constexpr std::size_t kTypeBytes = 10;  ///< OID of the type, its size, type modifier
constexpr std::size_t kFormatBytes = 2;
constexpr std::size_t kCountBytes = 2;

std::optional<std::string> copied(std::optional<std::string_view> text) {
    return text ? std::optional<std::string>{*text} : std::nullopt;
}

/// Hands over the parts of a RowDescription's body that count. False: it is broken, or `take` said so.
template <class Take>
bool each_part(std::string_view body, Take&& take) {
    if (body.size() < kCountBytes || !take(body.substr(0, kCountBytes))) return false;
    for (std::size_t at = kCountBytes; at < body.size();) {
        const std::size_t end = body.find('\0', at);
        if (end == std::string_view::npos || body.size() - end - 1 < kTableBytes + kTypeBytes + kFormatBytes)
            return false;
        if (!take(body.substr(at, end + 1 - at))) return false;
        if (!take(body.substr(end + 1 + kTableBytes, kTypeBytes))) return false;
        at = end + 1 + kTableBytes + kTypeBytes + kFormatBytes;
    }
    return true;
}

/// Whether reduced_columns(body) is this, without making it.
bool reduces_to(std::string_view body, std::string_view reduced) {
    std::string_view left = reduced;
    const bool same = each_part(body, [&left](std::string_view part) {
        if (left.substr(0, part.size()) != part) return false;
        left.remove_prefix(part.size());
        return true;
    });
    return same ? left.empty() : body == reduced && reduced_columns(body) == reduced;
}

}  // namespace

std::string reduced_columns(std::string_view body) {
    std::string reduced;
    const bool whole = each_part(body, [&reduced](std::string_view part) {
        reduced += part;
        return true;
    });
    return whole ? reduced : std::string{body};
}

Shape::Shape(std::optional<std::string_view> parameters, std::optional<std::string_view> columns)
    : parameters_{copied(parameters)} {
    if (columns) columns_ = reduced_columns(*columns);
}

bool Shape::is(std::optional<std::string_view> parameters, std::optional<std::string_view> columns) const {
    if (columns.has_value() != columns_.has_value() || (columns && !reduces_to(*columns, *columns_)))
        return false;
    return !parameters || !parameters_ || *parameters == *parameters_;
}

bool Shape::fits(const Shape& other) const {
    if (this == &other) return true;
    return columns_ == other.columns_ &&
           (!parameters_ || !other.parameters_ || parameters_ == other.parameters_);
}

}  // namespace pooler
