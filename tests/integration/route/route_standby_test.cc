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

TEST_CASE("route standby: with read_after_write = time only its lag counts, not who wrote what", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    auto& primary = servers.primary.control();
    primary.query("CREATE TABLE IF NOT EXISTS told (lag float8); GRANT SELECT ON told TO PUBLIC");
    primary.query("DELETE FROM told; INSERT INTO told VALUES (2)");
    WeirConfig config;
    config.database(servers.primary.port(),
                    "replicas='" + servers.url(servers.first) +
                        "' replica_kind=standby replica_lag_query='SELECT lag FROM told' "
                        "read_after_write=time replica_max_lag=30 pool_mode=transaction");
    Weir weir(config);
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    const auto kept_for = [&](const std::string& reason) {
        int requests = 0;
        for (const auto& row : weir.show("ROUTES"))
            if (row.at("reason") == reason) requests += std::stoi(row.at("requests"));
        return requests;
    };
    const int before = kept_for("lag");  // until it was asked for the first time
    // Two seconds behind: by the default rule a write would keep reads away for longer than these take.
    constexpr int kRounds = 20;
    for (int i = 0; i < kRounds; ++i) {
        client.query("UPDATE items SET n = n WHERE id = -1");
        CHECK(client.value(kWhere) == kOnReplica);
    }
    CHECK(kept_for("lag") == before);
    CHECK(kept_for("recent write") == 0);
    primary.query("UPDATE told SET lag = 60");
    REQUIRE(eventually([&] { return client.value(kWhere) == kOnPrimary; }));
    for (int i = 0; i < kRounds; ++i) CHECK(client.value(kWhere) == kOnPrimary);
    CHECK(kept_for("lag") >= before + kRounds);
    primary.query("UPDATE told SET lag = 0");
    CHECK(reads_from_replica(client));
    SECTION("and by the default rule a write keeps reads away") {
        primary.query("UPDATE told SET lag = 2");
        weir.config().databases["app"].replace(weir.config().databases["app"].find("=time"), 5, "=user");
        weir.reload();
        REQUIRE(reads_from_replica(client));
        const int kept = kept_for("recent write");
        client.query("UPDATE items SET n = n WHERE id = -1");
        CHECK(client.value(kWhere) == kOnPrimary);
        CHECK(kept_for("recent write") > kept);
    }
}
