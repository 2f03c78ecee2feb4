// Strict parsing of the plain value types of the ini file ("Value types": int, bool, time).
#pragma once

#include <chrono>
#include <string_view>

#include "conf/result.h"

namespace conf {

/// C notation: decimal, 0x hex, leading-0 octal, optional sign; the whole text must parse.
Result<int> parse_int(std::string_view text);

}  // namespace conf
