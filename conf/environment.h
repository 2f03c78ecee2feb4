// The variables that ${NAME} in a configuration value stands for.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "conf/result.h"

namespace conf {

using Environment = std::map<std::string, std::string, std::less<>>;

/// A copy of the process's environment, taken now.
Environment process_environment();

/// Replaces ${NAME} and ${NAME:-default}; "$${" stands for "${", any other "$" for itself. The default counts
/// when the variable is unset or empty, as in the shell. Errors: unset without default, malformed ${...}.
Result<std::string> expand(std::string_view text, const Environment& environment);

}  // namespace conf
