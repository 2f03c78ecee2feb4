// From a record to the characters of its line, without time and level in the text form. Pure functions; any
// thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>

#include "pooler/log/log.h"

namespace pooler {

/// Bytes of a text that are kept; the rest is cut off with a mark.
inline constexpr std::size_t kLongestLogText = 8192;

/// Text that cannot be taken for another line: a newline is followed by a tab, control characters are written
/// as \x1b.
[[nodiscard]] std::string escape_text(std::string_view text);
/// The same for a field of the prefix, where a newline is written as \n and a tab as \x09.
[[nodiscard]] std::string escape_field(std::string_view field);

/// "C-0x1f.2: db/user@192.0.2.1:5000 text"; only the text if the side is '-'.
[[nodiscard]] std::string text_body(const LogPrefix& prefix, std::string_view text);

struct JsonRecord {
    LogLevel level;
    std::chrono::system_clock::time_point time;
    pid_t pid;
};
/// {"time":"2026-01-02T03:04:05.678Z","level":"LOG","pid":1,"worker":2,...,"message":"..."}, without a
/// newline. What is unknown is left out; bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string json_body(const JsonRecord& record, const LogPrefix& prefix, std::string_view text);

}  // namespace pooler
