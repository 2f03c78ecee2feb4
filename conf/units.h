// Parsing and printing of the plain value types of the ini file: int, uint, bool, time. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "conf/result.h"

namespace conf {

/// Times longer than this (some 31 years) are cut to it, so that a deadline can always be computed.
inline constexpr std::chrono::seconds kLongestTime{1'000'000'000};

/// C notation: decimal, 0x hex, leading-0 octal, optional sign; the whole text must parse.
Result<int> parse_int(std::string_view text);

/// As parse_int, from 0 to 4294967295.
Result<std::uint32_t> parse_uint(std::string_view text);

/// An integer: 0 is false, any other true. Words such as "yes" are refused, as PgBouncer does.
Result<bool> parse_bool(std::string_view text);

/// Seconds with an optional fraction, no unit, not negative.
Result<std::chrono::microseconds> parse_time(std::string_view text);

/// Shortest decimal number of seconds: "1.5", "3600".
std::string show_time(std::chrono::microseconds time);

/// How connect strings take integers: the leading digits count, text without any is 0, overflow is cut.
struct LenientInt {
    int value = 0;
    bool clean = false;  ///< the whole text was a decimal integer that fits
};
LenientInt parse_lenient_int(std::string_view text);

}  // namespace conf
