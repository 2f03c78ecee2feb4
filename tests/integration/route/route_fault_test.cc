// Replicas that are behind, refuse, conflict or die: the primary takes over, and the clients notice nothing.
#include "tests/integration/route/route_scene.h"

using namespace support;
using namespace route_scene;

namespace {

int requests(Weir& weir, const std::string& reason) {
    int sum = 0;
    for (const auto& row : weir.show("ROUTES"))
        if (row.at("reason") == reason) sum += std::stoi(row.at("requests"));
    return sum;
}

}  // namespace

TEST_CASE("route fault: what a replica refuses as a write runs on the primary, and is counted", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    servers.primary.control().query("CREATE SEQUENCE IF NOT EXISTS hidden_writes");
    servers.primary.control().query("CREATE OR REPLACE VIEW writes AS SELECT nextval('hidden_writes') AS n");
    servers.primary.control().query("GRANT ALL ON writes, hidden_writes TO PUBLIC");
    Weir weir(servers.config());
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    const int before = std::stoi(servers.primary.control().value("SELECT nextval('hidden_writes')"));
    const std::string sql = "SELECT n FROM writes";
    CHECK(client.value(sql) == std::to_string(before + 1));
    REQUIRE(reads_from_replica(client));
    CHECK(client.try_params(sql + " WHERE $1 <> ''", {"x"}).rows == Rows{{std::to_string(before + 2)}});
    REQUIRE(reads_from_replica(client));
    client.prepare("hidden", sql);
    CHECK(client.prepared("hidden", {}).rows == Rows{{std::to_string(before + 3)}});
    CHECK(client.prepared("hidden", {}).rows == Rows{{std::to_string(before + 4)}});
    CHECK(requests(weir, "refused as a write") == 4);
    CHECK(requests(weir, "repeated") == 4);
    CHECK(weir.logged("refused as a write what was taken for a read"));
    client.query("BEGIN READ ONLY");
    CHECK(client.try_query(sql).sqlstate == "25006");  // from the primary: it is read-only there too
    client.query("ROLLBACK");
}

TEST_CASE("route fault: a table that the replicas do not have yet is read on the primary", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    Weir weir(servers.config("read_after_write=off"));
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    servers.first.control().query("SELECT pg_wal_replay_pause()");
    servers.second.control().query("SELECT pg_wal_replay_pause()");
    client.query("CREATE TABLE newborn AS SELECT 5 AS n");
    CHECK(client.value("SELECT n FROM newborn") == "5");
    CHECK(client.try_params("SELECT n FROM newborn WHERE n <> $1", {"6"}).rows == Rows{{"5"}});
    CHECK(client.try_query("SELECT n FROM never_born").sqlstate == "42P01");
    servers.first.control().query("SELECT pg_wal_replay_resume()");
    servers.second.control().query("SELECT pg_wal_replay_resume()");
    client.query("DROP TABLE newborn");
}

TEST_CASE("route fault: own writes are seen while the replicas stand still", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    Weir weir(servers.config("replica_max_lag=0"));
    auto writer = Client::connect(weir.login());
    auto reader = Client::connect(weir.login());
    auto other = Client::connect(weir.login("other"));
    REQUIRE(reads_from_replica(reader));
    REQUIRE(reads_from_replica(other));
    servers.first.control().query("SELECT pg_wal_replay_pause()");
    servers.second.control().query("SELECT pg_wal_replay_pause()");
    writer.query("INSERT INTO items VALUES (500, 1)");
    for (int i = 0; i < 20; ++i) CHECK(reader.value("SELECT count(*) FROM items WHERE id = 500") == "1");
    CHECK(reader.value(kWhere) == kOnPrimary);
    CHECK(other.value(kWhere) == kOnReplica);  // another user's reads may be older
    CHECK(other.value("/* weir: replica */ " + kWhere) == kOnReplica);
    CHECK(reader.value("/* weir: replica */ " + kWhere) == kOnReplica);
    servers.first.control().query("SELECT pg_wal_replay_resume()");
    servers.second.control().query("SELECT pg_wal_replay_resume()");
    CHECK(reads_from_replica(reader));
    writer.query("DELETE FROM items WHERE id = 500");
    writer.query("BEGIN");
    writer.query("INSERT INTO items VALUES (501, 1)");  // under way
    CHECK(reader.value(kWhere) == kOnPrimary);
    writer.query("ROLLBACK");
    CHECK(reads_from_replica(reader));
}

TEST_CASE("route fault: replicas that die or cannot be reached cost no request", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    Postgres third(servers.primary,
                   {{"hot_standby = on", "max_wal_senders = 10", "wal_level = replica"}, {}});
    WeirConfig config;
    config.database(servers.primary.port(), "replicas='" + servers.url(third) +
                                                " postgresql://127.0.0.1:1/' replica_kind=streaming "
                                                "pool_mode=transaction");
    Weir weir(config);
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    CHECK(third.terminate("application_name <> 'walreceiver'") > 0);
    for (int i = 0; i < 20; ++i) CHECK(client.try_query(kWhere).ok);
    REQUIRE(reads_from_replica(client));
    third.stop(Postgres::Stop::kImmediate);
    for (int i = 0; i < 20; ++i) CHECK(client.value(kWhere) == kOnPrimary);
    client.query("BEGIN READ ONLY");
    CHECK(client.value(kWhere) == kOnPrimary);
    client.query("COMMIT");
}
