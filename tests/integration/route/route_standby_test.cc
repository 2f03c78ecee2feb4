// replica_kind = standby: a cluster that this one is replicated to, which is asked for its lag. Here it is a
// PostgreSQL standby of a database whose transactions are SERIALIZABLE by default, which a standby refuses.
#include "tests/integration/route/route_scene.h"

using namespace support;
using namespace route_scene;

TEST_CASE("route standby: reads go there when the lag it tells has passed, in REPEATABLE READ", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    servers.primary.control().query("CREATE TABLE IF NOT EXISTS told (lag float8)");
    servers.primary.control().query("DELETE FROM told");
    servers.primary.control().query("INSERT INTO told VALUES (0)");
    servers.primary.control().query("GRANT SELECT ON told TO PUBLIC");
    servers.primary.control().query("ALTER DATABASE app SET default_transaction_isolation = serializable");
    WeirConfig config;
    config.database(
        servers.primary.port(),
        "replicas='" + servers.url(servers.first) +
            "' replica_kind=standby replica_lag_query='SELECT lag FROM told' pool_mode=transaction");
    Weir weir(config);
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    CHECK(client.value("SHOW default_transaction_isolation") == "serializable");
    SECTION("half a second for clocks passes after a write") {
        const auto before = std::chrono::steady_clock::now();
        client.query("UPDATE items SET n = 0 WHERE id = -1");
        REQUIRE(reads_from_replica(client));
        CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds{500});
    }
    SECTION("a lag above the limit keeps reads away") {
        servers.primary.control().query("UPDATE told SET lag = 3600");
        REQUIRE(eventually([&] { return client.value(kWhere) == kOnPrimary; }));
        for (int i = 0; i < 10; ++i) CHECK(client.value(kWhere) == kOnPrimary);
        servers.primary.control().query("UPDATE told SET lag = 0");
        CHECK(reads_from_replica(client));
    }
    SECTION("a read-only transaction") {
        client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        CHECK(client.value(kWhere) == kOnReplica);
        CHECK(client.try_query("DELETE FROM items").sqlstate == "25006");
        client.query("ROLLBACK");
    }
    servers.primary.control().query("ALTER DATABASE app RESET default_transaction_isolation");
}
