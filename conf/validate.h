// Checks between settings and entries that no single value can show. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "conf/configuration.h"
#include "conf/result.h"

namespace conf {

/// Error: settings that contradict each other, or that could not work, so that the process could not start.
Result<void> validate(const Configuration& configuration);

/// What works, but is probably not meant, and settings whose behaviour is not built yet.
std::vector<std::string> cautions(const Configuration& configuration);

}  // namespace conf
