#include "pooler/route/wal_position.h"

#include <charconv>

namespace pooler {

namespace {

/// Pages may be larger, but never smaller than this divides.
constexpr std::uint64_t kPageBytes = 8192;
constexpr std::uint64_t kHeaderBytes = 24;
constexpr std::uint64_t kLongHeaderBytes = 40;

std::optional<std::uint64_t> parse_half(std::string_view text) {
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value, 16);
    if (text.empty() || read.ec != std::errc{} || read.ptr != end || value > UINT32_MAX) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::uint64_t> parse_wal_position(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto high = parse_half(text.substr(0, slash));
    const auto low = parse_half(text.substr(slash + 1));
    if (!high || !low) return std::nullopt;
    return *high << 32U | *low;
}

std::optional<TimelinePosition> parse_timeline_position(std::string_view text) {
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    const auto timeline = parse_half(text.substr(0, blank));
    const auto end = parse_wal_position(text.substr(blank + 1));
    if (!timeline || *timeline == 0 || !end) return std::nullopt;
    return TimelinePosition{static_cast<std::uint32_t>(*timeline), *end};
}

std::uint64_t end_before(std::uint64_t insert_position) {
    const std::uint64_t in_page = insert_position % kPageBytes;
    return in_page == kHeaderBytes || in_page == kLongHeaderBytes ? insert_position - in_page
                                                                  : insert_position;
}

}  // namespace pooler
