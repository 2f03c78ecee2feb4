// SHOW LISTS, MEM, STATE, DNS_HOSTS and DNS_ZONES. Pure functions, any thread.
#pragma once

#include "pooler/console/admin_state.h"
#include "pooler/console/report.h"
#include "pooler/console/result_set.h"

namespace pooler {

/// The fourteen lengths, in PgBouncer's order.
[[nodiscard]] ResultSet show_lists(const Report& report);

/// In the order the allocators were reported.
[[nodiscard]] ResultSet show_mem(const Report& report);

/// The global mode only; databases paused by name do not show here.
[[nodiscard]] ResultSet show_state(PoolingMode mode);

[[nodiscard]] ResultSet show_dns_hosts(const Report& report);
[[nodiscard]] ResultSet show_dns_zones(const Report& report);

}  // namespace pooler
