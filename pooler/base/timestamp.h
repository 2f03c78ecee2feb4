// Wall clock times as text. Any thread.
#pragma once

#include <chrono>
#include <string>

namespace pooler {

/// RFC 3339 in UTC, with milliseconds: "2026-01-31T12:00:00.125Z".
[[nodiscard]] std::string rfc3339(std::chrono::system_clock::time_point time);

}  // namespace pooler
