// weir's own tables: SHOW ENDPOINTS and SHOW REPLAYS. Pure functions, any thread.
#pragma once

#include "pooler/console/report.h"
#include "pooler/console/result_set.h"

namespace pooler {

[[nodiscard]] ResultSet show_endpoints(const Report& report);  ///< by database, role, host and port
[[nodiscard]] ResultSet show_replays(const Report& report);    ///< by database

}  // namespace pooler
