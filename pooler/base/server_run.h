// Which run of which PostgreSQL server a connection leads to, and which of its processes serves it: what the
// server says of that, and how it is asked. Values; any thread.
//
// All names carry their schema, and no value depends on a setting of the session: a connection is asked in
// whatever state its last client left it.
// Sources: PostgreSQL docs, "System Information Functions and Operators", "The Cumulative Statistics System".
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pooler {

/// One value: when the postmaster started, to the microsecond, the database system's number, and where the
/// server was reached.
inline constexpr std::string_view kRunColumn =
    "pg_catalog.concat_ws('/',"
    "pg_catalog.encode(pg_catalog.timestamptz_send(pg_catalog.pg_postmaster_start_time()),'hex'),"
    "(SELECT c.system_identifier FROM pg_catalog.pg_control_system() c),"
    "pg_catalog.inet_server_addr(),pg_catalog.inet_server_port())";

/// One value: the process behind this connection, and when it started, to the microsecond.
inline constexpr std::string_view kBackendColumn =
    "(SELECT pg_catalog.concat_ws('/',a.pid,"
    "pg_catalog.encode(pg_catalog.timestamptz_send(a.backend_start),'hex'))"
    " FROM pg_catalog.pg_stat_activity a WHERE a.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()"
    " AND a.backend_start IS NOT NULL)";

/// The number of the transaction that is open, if it has one. From PostgreSQL 10.
inline constexpr std::string_view kXidColumn = "pg_catalog.txid_current_if_assigned()";

struct ServerRun {
    using Row = std::vector<std::optional<std::string>>;

    std::string run;
    std::string backend;
    std::chrono::steady_clock::time_point since;  ///< it was there at this moment

    /// Asked behind the login. A server that cannot answer it cannot be asked for a transaction's number
    /// either.
    [[nodiscard]] static std::string question() {
        std::string text{"SELECT "};
        return text.append(kRunColumn).append(",").append(kBackendColumn).append(",").append(kXidColumn);
    }
    /// `row`: the answer, which has come by `now`. Null: the server does not say.
    [[nodiscard]] static std::shared_ptr<const ServerRun> read(const Row& row,
                                                               std::chrono::steady_clock::time_point now) {
        if (row.size() != 3 || !row[0] || !row[1]) return nullptr;
        return std::make_shared<const ServerRun>(ServerRun{*row[0], *row[1], now});
    }
};

}  // namespace pooler
