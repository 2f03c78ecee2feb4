// SHOW POOLS, HANDOVERS and PREFIXES (weir's own), DATABASES, USERS, PEERS and PEER_POOLS, and the rows of
// the console itself in the first two. Pure functions, any thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "pooler/console/report.h"
#include "pooler/console/result_set.h"

namespace pooler {

[[nodiscard]] ResultSet show_pools(const Report& report);       ///< by database, then user
[[nodiscard]] ResultSet show_handovers(const Report& report);   ///< by database, then user
[[nodiscard]] ResultSet show_prefixes(const Report& report);    ///< by database, then user
[[nodiscard]] ResultSet show_databases(const Report& report);   ///< by name
[[nodiscard]] ResultSet show_users(const Report& report);       ///< by name
[[nodiscard]] ResultSet show_peers(const Report& report);       ///< by id
[[nodiscard]] ResultSet show_peer_pools(const Report& report);  ///< by id

/// The virtual database `pgbouncer` as SHOW DATABASES lists it, to be added to a Report once.
[[nodiscard]] DatabaseRow console_database_row(std::uint16_t listen_port,
                                               std::chrono::seconds server_lifetime);

/// Its pool as SHOW POOLS lists it; the caller adds its consoles' counters as `stats`.
[[nodiscard]] PoolRow console_pool_row(std::uint64_t consoles);

}  // namespace pooler
