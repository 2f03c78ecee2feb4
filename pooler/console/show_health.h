// weir's own tables: SHOW ENDPOINTS, EVENTS, NODES, REPLAYS and ROUTES, and EXPLAIN ROUTE. Pure functions,
// any thread.
#pragma once

#include "pooler/console/report.h"
#include "pooler/console/result_set.h"

namespace pooler {

[[nodiscard]] ResultSet show_endpoints(const Report& report);  ///< by database, role, host and port
[[nodiscard]] ResultSet show_events(const Report& report);     ///< oldest first
[[nodiscard]] ResultSet show_nodes(const Report& report);      ///< by database and node
[[nodiscard]] ResultSet show_routes(const Report& report);     ///< by database, user, target, reason
[[nodiscard]] ResultSet show_explained(const std::vector<ExplainRow>& rows);  ///< as they are
[[nodiscard]] ResultSet show_replays(const Report& report);                   ///< by database

}  // namespace pooler
