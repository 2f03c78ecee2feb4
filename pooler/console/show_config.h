// SHOW CONFIG: conf's table of settings as rows. Pure function, any thread. Secrets arrive here already
// masked.
#pragma once

#include "conf/settings.h"
#include "pooler/console/result_set.h"

namespace pooler {

[[nodiscard]] ResultSet show_config(const conf::Settings& settings);

}  // namespace pooler
