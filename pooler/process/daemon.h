// From a valid configuration to a running process and back: OS user, background, pidfile, log. Called once by
// main().
#pragma once

#include "conf/configuration.h"
#include "pooler/process/options.h"

namespace pooler {

/// Runs weir until it ends; the exit code of the process.
[[nodiscard]] int run_process(const Options& options, conf::Configuration configuration);

}  // namespace pooler
