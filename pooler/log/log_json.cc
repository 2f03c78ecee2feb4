// The JSON form; the only file of the log that sees nlohmann-json.
#include <array>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "pooler/log/log_line.h"

namespace pooler {

namespace {

/// RFC 3339 in UTC, with milliseconds.
std::string timestamp(std::chrono::system_clock::time_point time) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
    const auto seconds = static_cast<std::time_t>(since / 1000);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(text.data() + size, text.size() - size, ".%03dZ", static_cast<int>(since % 1000));
    return text.data();
}

}  // namespace

std::string json_body(const JsonRecord& record, const LogPrefix& prefix, std::string_view text) {
    nlohmann::ordered_json line;
    line["time"] = timestamp(record.time);
    line["level"] = level_name(record.level);
    line["pid"] = record.pid;
    if (prefix.worker != LogPrefix::kNoWorker) line["worker"] = prefix.worker;
    if (prefix.side != '-') {
        line["side"] = prefix.side == 'C' ? "client" : "server";
        line["session"] = prefix.session_id;
    }
    if (!prefix.database.empty()) line["database"] = prefix.database.substr(0, kLongestLogText);
    if (!prefix.user.empty()) line["user"] = prefix.user.substr(0, kLongestLogText);
    if (!prefix.peer.empty()) line["peer"] = prefix.peer;
    line["message"] = text.substr(0, kLongestLogText);
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pooler
