// A PostgreSQL primary with two streaming standbys, shared by the tests of a program, and a pooler in front
// of them.
#pragma once

#include <deque>
#include <sstream>
#include <string>
#include <utility>

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
    /// What the servers say of the stream between them, for the report of a test that waits in vain.
    [[nodiscard]] std::string streams() {
        std::string text = "primary at " + primary.control().value("SELECT pg_current_wal_insert_lsn()") +
                           ", sends to " + primary.control().value(kSenders);
        for (support::Postgres* standby : {&first, &second})
            text += "\nstandby " + std::to_string(standby->port()) + " at " +
                    standby->control().value(kReceiver) + "\n" + last_lines(standby->log());
        return text;
    }
    /// Both standbys.
    [[nodiscard]] support::WeirConfig config(const std::string& keys = "") const {
        return with_replicas(url(first) + " " + url(second), keys);
    }

 private:
    static constexpr const char* kSenders =
        "SELECT coalesce(string_agg(concat_ws(' ', pid, state, sent_lsn, replay_lsn), ', '), 'nobody') "
        "FROM pg_stat_replication";
    static constexpr const char* kReceiver =
        "SELECT concat_ws(' ', pg_last_wal_replay_lsn(), 'received', pg_last_wal_receive_lsn(), 'replay', "
        "pg_get_wal_replay_pause_state(), 'receiver', coalesce((SELECT status FROM pg_stat_wal_receiver), "
        "'none'))";
    /// Of a log, without the statements.
    static std::string last_lines(const std::string& log) {
        constexpr std::size_t kLines = 20;
        std::deque<std::string> lines;
        std::istringstream in(log);
        for (std::string line; std::getline(in, line);) {
            if (line.find("statement: ") != std::string::npos) continue;
            if (line.find("execute ") != std::string::npos) continue;
            lines.push_back(line);
            if (lines.size() > kLines) lines.pop_front();
        }
        std::string text;
        for (const auto& line : lines) text += line + "\n";
        return text;
    }
    static support::PostgresOptions logged(support::PostgresOptions options) {
        options.settings.emplace_back("log_statement = 'all'");
        return options;
    }
};

/// As eventually(); if it is not, the report shows the streams.
template <class Condition>
[[nodiscard]] bool eventually_streamed(Condition&& condition) {
    if (support::eventually(std::forward<Condition>(condition))) return true;
    WARN(Servers::shared().streams());
    return false;
}

/// True as soon as a read of this client goes to a replica: they show all that was written.
[[nodiscard]] inline bool reads_from_replica(support::Client& client) {
    return eventually_streamed([&] { return client.value(kWhere) == kOnReplica; });
}

}  // namespace route_scene
