// One endpoint out of a text: a database's own address when it is written as a URL. Pure; any thread.
#pragma once

#include <string_view>

#include "conf/endpoint.h"

namespace conf {

/// Reads a URL or connect string as libpq does, plus weir's own keys. Error: which key, never a value.
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace conf
