// SHOW CLIENTS, SERVERS, SOCKETS and ACTIVE_SOCKETS. Pure functions, any thread.
#pragma once

#include "pooler/console/report.h"
#include "pooler/console/result_set.h"

namespace pooler {

/// Clients that have logged in, by id.
[[nodiscard]] ResultSet show_clients(const Report& report);

/// By id. An active server whose client has gone is shown as idle.
[[nodiscard]] ResultSet show_servers(const Report& report);

enum class SocketFilter { kAll, kActive };

/// Clients, then servers; `kActive`: only those that hold data.
[[nodiscard]] ResultSet show_sockets(const Report& report, SocketFilter filter);

}  // namespace pooler
