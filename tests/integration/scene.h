// What most integration tests begin with: a configuration in front of a PostgreSQL, clients that hold a
// server.
#pragma once

#include <string>

#include "tests/support/catch.h"
#include "tests/support/client.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres.h"
#include "tests/support/weir_process.h"
#include "tests/support/wire_client.h"

namespace scene {

/// The defaults of WeirConfig with database `app` on this server.
inline support::WeirConfig before(const support::Postgres& postgres, const std::string& database_keys = "") {
    support::WeirConfig config;
    config.database(postgres.port(), database_keys);
    return config;
}

/// Ends what an earlier pooler left behind (PostgreSQL notices a lost client only when it writes to it), so
/// that the test may count its own connections.
inline support::Postgres& settled(support::Postgres& postgres) {
    postgres.terminate();
    if (!support::eventually([&] { return postgres.connections() == 0; })) FAIL("old connections stay");
    return postgres;
}

/// Opens a transaction with a first statement, so that the client holds a server connection.
inline void begin(support::Client& client) {
    client.query("BEGIN");
    client.query("SELECT 1");
}

/// True as soon as this many clients wait for a server.
[[nodiscard]] inline bool waiting(support::Weir& weir, int clients) {
    return support::eventually([&] { return weir.pool("cl_waiting") == clients; });
}

/// True as soon as this many statements whose text holds `text` run on the server.
[[nodiscard]] inline bool running(support::Postgres& postgres, const std::string& text, int statements = 1) {
    return support::eventually([&] {
        return postgres.connections("state = 'active' AND query LIKE '%" + text + "%'") == statements;
    });
}

/// True as soon as exactly this many connections lead to the server.
[[nodiscard]] inline bool connections(support::Postgres& postgres, int count) {
    return support::eventually([&] { return postgres.connections() == count; });
}

/// Ends every server connection while it is idle and waits until the pooler has noticed.
inline void kill_idle_servers(support::Weir& weir, support::Postgres& postgres) {
    CHECK(postgres.terminate() > 0);
    REQUIRE(connections(postgres, 0));
    REQUIRE(support::eventually([&] { return weir.pool("sv_idle") == 0; }));
}

/// True as soon as a new client is served.
[[nodiscard]] inline bool works(const support::Weir& weir) {
    return support::eventually([&] {
        support::Client client(weir.login());
        return client.connected() && client.try_query("SELECT 1").rows == support::Rows{{"1"}};
    });
}

}  // namespace scene
