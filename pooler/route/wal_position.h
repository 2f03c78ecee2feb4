// Positions in PostgreSQL's log, as text and as numbers. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pooler {

/// "16/B374D848"; nothing for any other text.
[[nodiscard]] std::optional<std::uint64_t> parse_wal_position(std::string_view text);

/// Where a server is in its log. Positions on different timelines say nothing of each other: after a
/// promotion the same number stands for other writes.
struct TimelinePosition {
    std::uint32_t timeline = 0;
    std::uint64_t end = 0;
    bool operator==(const TimelinePosition&) const = default;
};

/// "0000000A 16/B374D848", the timeline in hexadecimal; nothing for any other text.
[[nodiscard]] std::optional<TimelinePosition> parse_timeline_position(std::string_view text);

/// Where the record before this insert position ends: right behind a page's header there was none on that
/// page, and a standby that has replayed everything stands at the page's beginning. Source: PostgreSQL,
/// XLogBytePosToRecPtr and XLogBytePosToEndRecPtr; headers have 24 bytes, and 40 at the beginning of a
/// segment.
[[nodiscard]] std::uint64_t end_before(std::uint64_t insert_position);

}  // namespace pooler
