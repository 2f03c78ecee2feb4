#include "pooler/base/timestamp.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace pooler {

std::string rfc3339(std::chrono::system_clock::time_point time) {
    constexpr std::int64_t kMillisecondsInSecond = 1000;
    const auto moment = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(moment);
    const auto seconds = static_cast<std::time_t>(whole.count());
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    const std::int64_t rest = moment.count() - whole.count() * kMillisecondsInSecond;
    std::snprintf(text.data() + size, text.size() - size, ".%03dZ", static_cast<int>(rest));
    return text.data();
}

}  // namespace pooler
