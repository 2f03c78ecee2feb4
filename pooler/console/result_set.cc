#include "pooler/console/result_set.h"

#include <algorithm>
#include <ctime>
#include <limits>
#include <utility>

namespace pooler {

ResultSet& ResultSet::row() {
    rows_.emplace_back().reserve(columns_.size());
    return *this;
}

ResultSet& ResultSet::add(Cell cell) {
    rows_.back().push_back(std::move(cell));
    return *this;
}

ResultSet& ResultSet::text(std::string_view value) { return add(std::string(value)); }

ResultSet& ResultSet::text_or_null(const std::optional<std::string>& value) { return add(value); }

ResultSet& ResultSet::integer(std::int64_t value) {
    const Row& cells = rows_.back();
    const bool narrow = cells.size() < columns_.size() && columns_[cells.size()].type == ColumnType::kInt4;
    if (narrow) {
        using Limits = std::numeric_limits<std::int32_t>;
        value = std::clamp<std::int64_t>(value, Limits::min(), Limits::max());
    }
    return add(std::to_string(value));
}

ResultSet& ResultSet::integer(std::uint64_t value) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return integer(static_cast<std::int64_t>(std::min(value, kMax)));
}

ResultSet& ResultSet::time(WallTime value) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(value);
    std::tm local{};
    localtime_r(&seconds, &local);
    char text[64];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", &local);
    return this->text(std::string_view(text, length));
}

ResultSet& ResultSet::null() { return add(std::nullopt); }

}  // namespace pooler
