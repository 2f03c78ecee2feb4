// A PostgreSQL primary with two streaming standbys, shared by the tests of a program, and a pooler in front
// of them.
#pragma once

#include <string>

#include "tests/integration/scene.h"

namespace route_scene {

/// Where a read runs; a view hides from the pooler that it asks the server.
inline const std::string kWhere = "SELECT kind FROM whereami";
inline const std::string kOnReplica = "replica";
inline const std::string kOnPrimary = "primary";

/// What the tests read and write.
inline void create_objects(support::Postgres& primary) {
    primary.control().query("CREATE TABLE items (id int PRIMARY KEY, n int NOT NULL)");
    primary.control().query("GRANT ALL ON items TO PUBLIC");
    primary.control().query(
        "CREATE VIEW whereami AS SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END AS "
        "kind, "
        "current_setting('port') AS port");
    primary.control().query("GRANT SELECT ON whereami TO PUBLIC");
}

struct Servers {
    support::Postgres primary;
    support::Postgres first;
    support::Postgres second;

    static Servers& shared() {
        static Servers servers{};
        return servers;
    }
    Servers()
        : primary(logged(support::Postgres::streams())),
          first(primary, logged({{"hot_standby = on", "max_wal_senders = 10", "wal_level = replica"}, {}})),
          second(primary, logged({{"hot_standby = on", "max_wal_senders = 10", "wal_level = replica"}, {}})) {
        create_objects(primary);
    }

    [[nodiscard]] std::string url(const support::Postgres& server, const std::string& keys = "") const {
        return "postgresql://127.0.0.1:" + std::to_string(server.port()) + "/" + keys;
    }
    /// These URLs as replicas; `keys` are further keys of the database.
    [[nodiscard]] support::WeirConfig with_replicas(const std::string& urls,
                                                    const std::string& keys = "") const {
        support::WeirConfig config;
        config.database(primary.port(),
                        "replicas='" + urls + "' replica_kind=streaming pool_mode=transaction " + keys);
        return config;
    }
    /// Both standbys.
    [[nodiscard]] support::WeirConfig config(const std::string& keys = "") const {
        return with_replicas(url(first) + " " + url(second), keys);
    }

 private:
    static support::PostgresOptions logged(support::PostgresOptions options) {
        options.settings.emplace_back("log_statement = 'all'");
        return options;
    }
};

/// True as soon as a read of this client goes to a replica: they show all that was written.
[[nodiscard]] inline bool reads_from_replica(support::Client& client) {
    return support::eventually([&] { return client.value(kWhere) == kOnReplica; });
}

}  // namespace route_scene
