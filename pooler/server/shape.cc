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

}  // namespace

std::string reduced_columns(std::string_view body) {
    if (body.size() < kCountBytes) return std::string{body};
    std::string reduced{body.substr(0, kCountBytes)};
    for (std::size_t at = kCountBytes; at < body.size();) {
        const std::size_t end = body.find('\0', at);
        if (end == std::string_view::npos || body.size() - end - 1 < kTableBytes + kTypeBytes + kFormatBytes)
            return std::string{body};
        reduced += body.substr(at, end + 1 - at);
        reduced += body.substr(end + 1 + kTableBytes, kTypeBytes);
        at = end + 1 + kTableBytes + kTypeBytes + kFormatBytes;
    }
    return reduced;
}

Shape::Shape(std::optional<std::string_view> parameters, std::optional<std::string_view> columns)
    : parameters_{copied(parameters)} {
    if (columns) columns_ = reduced_columns(*columns);
}

bool Shape::is(std::optional<std::string_view> parameters, std::optional<std::string_view> columns) const {
    return fits(Shape{parameters, columns});
}

bool Shape::fits(const Shape& other) const {
    if (this == &other) return true;
    return columns_ == other.columns_ &&
           (!parameters_ || !other.parameters_ || parameters_ == other.parameters_);
}

}  // namespace pooler
