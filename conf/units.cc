#include "conf/units.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace conf {
namespace {

/// strtoll in C notation over the whole text, within [low, high].
Result<long long> parse_integer(std::string_view text, long long low, long long high) {
    const std::string owned{text};
    const auto bad = [&](const char* why) { return tl::make_unexpected(Error{"'" + owned + "' is " + why}); };
    char* end = nullptr;
    errno = 0;
    const long long value = std::strtoll(owned.c_str(), &end, 0);
    if (end == owned.c_str() || end != owned.c_str() + owned.size()) return bad("not an integer");
    if (errno == ERANGE || value < low || value > high) return bad("out of range");
    return value;
}

}  // namespace

Result<int> parse_int(std::string_view text) {
    using Limits = std::numeric_limits<int>;
    return parse_integer(text, Limits::min(), Limits::max()).transform([](long long v) {
        return static_cast<int>(v);
    });
}

Result<std::uint32_t> parse_uint(std::string_view text) {
    return parse_integer(text, 0, std::numeric_limits<std::uint32_t>::max()).transform([](long long v) {
        return static_cast<std::uint32_t>(v);
    });
}

Result<bool> parse_bool(std::string_view text) {
    const auto value = parse_int(text);
    if (!value)
        return tl::make_unexpected(Error{"'" + std::string{text} + "' is not a boolean; write 0 or 1"});
    return *value != 0;
}

Result<std::chrono::microseconds> parse_time(std::string_view text) {
    const std::string owned{text};
    char* end = nullptr;
    const double seconds = std::strtod(owned.c_str(), &end);
    if (end == owned.c_str() || end != owned.c_str() + owned.size() || !std::isfinite(seconds))
        return tl::make_unexpected(Error{"'" + owned + "' is not a number of seconds"});
    if (seconds < 0) return tl::make_unexpected(Error{"'" + owned + "' is negative"});
    const double longest = static_cast<double>(kLongestTime.count());
    return std::chrono::microseconds{std::llround(std::min(seconds, longest) * 1e6)};
}

std::string show_time(std::chrono::microseconds time) {
    const auto total = time.count();
    std::string text = std::to_string(total / 1'000'000);
    if (const auto rest = total % 1'000'000; rest != 0) {
        std::string fraction = std::to_string(rest);
        fraction.insert(0, 6 - fraction.size(), '0');
        fraction.erase(fraction.find_last_not_of('0') + 1);
        text += "." + fraction;
    }
    return text;
}

LenientInt parse_lenient_int(std::string_view text) {
    const std::string owned{text};
    char* end = nullptr;
    errno = 0;
    const long long value = std::strtoll(owned.c_str(), &end, 10);
    using Limits = std::numeric_limits<int>;
    const long long cut = std::clamp<long long>(value, Limits::min(), Limits::max());
    const bool whole = end != owned.c_str() && end == owned.c_str() + owned.size();
    return {static_cast<int>(cut), whole && cut == value && errno == 0};
}

}  // namespace conf
