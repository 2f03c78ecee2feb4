// Reads on replicas: what goes there, what does not, and what a session finds there.
#include "tests/integration/route/route_scene.h"

using namespace support;
using namespace route_scene;

TEST_CASE("route: reads go to replicas, all else to the primary", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Servers::shared().config());
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    SECTION("simple and extended, also after a write that they show") {
        client.query("INSERT INTO items VALUES (1, 1)");
        CHECK(client.value("SELECT n FROM items WHERE id = 1") == "1");
        CHECK(client.query("DELETE FROM items WHERE id = 1").tag == "DELETE 1");
        REQUIRE(reads_from_replica(client));
        CHECK(client.value("SELECT count(*) FROM items WHERE id = 1") == "0");
        CHECK(client.try_params(kWhere + " WHERE $1 <> ''", {"x"}).rows.at(0).at(0) == kOnReplica);
        client.prepare("where", kWhere + " WHERE $1 <> ''");
        for (int i = 0; i < 10; ++i) CHECK(client.prepared("where", {"x"}).rows.at(0).at(0) == kOnReplica);
    }
    SECTION("what is about the session or its server") {
        CHECK(client.value("SHOW transaction_read_only") == "off");
        CHECK(client.value("SELECT pg_is_in_recovery()") == "f");
        CHECK(client.value("SELECT current_setting('transaction_read_only')") == "off");
        CHECK(client.value("SHOW default_transaction_isolation") == "read committed");
        auto reading = Client(weir.login().with("target_session_attrs=read-write"));
        CHECK(reading.connected());
    }
    SECTION("hints and weir.route") {
        CHECK(client.value("/* weir: primary */ " + kWhere) == kOnPrimary);
        client.prepare("where", kWhere);
        const auto prepared = [&client] { return client.prepared("where", {}).rows.at(0).at(0); };
        CHECK(prepared() == kOnReplica);
        client.query("SET weir.route = 'primary'");
        CHECK(client.value(kWhere) == kOnPrimary);
        CHECK(prepared() == kOnPrimary);
        client.query("SET weir.route = 'replica'");
        CHECK(client.value(kWhere) == kOnReplica);
        CHECK(prepared() == kOnReplica);
        client.query("RESET weir.route");
        CHECK(prepared() == kOnReplica);
        CHECK(client.query(kWhere + "; SELECT pg_backend_pid()").rows.at(0).at(0) == kOnPrimary);
        CHECK(client.query(kWhere + "; SELECT 1").rows.at(0).at(0) == kOnReplica);
    }
}

TEST_CASE("route: transactions go to replicas if they are declared READ ONLY", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Servers::shared().config());
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    SECTION("by BEGIN") {
        client.query("BEGIN READ ONLY");
        const std::string first = client.value(kWhere);
        CHECK(first == kOnReplica);
        CHECK(client.value(kWhere) == first);
        CHECK(client.try_params(kWhere, {}).rows == Rows{{first}});
        client.query("SAVEPOINT a");
        CHECK(client.try_query("INSERT INTO items VALUES (9, 9)").sqlstate == "25006");
        client.query("ROLLBACK TO a");
        CHECK(client.value(kWhere) == first);
        client.query("COMMIT");
        CHECK(client.query("UPDATE items SET n = 0 WHERE id = -1").tag == "UPDATE 0");
    }
    SECTION("by SET TRANSACTION, and by the session's default") {
        client.query("BEGIN");
        client.query("SET TRANSACTION READ ONLY");
        CHECK(client.value(kWhere) == kOnReplica);
        client.query("ROLLBACK");
        client.query("SET default_transaction_read_only = on");
        client.query("BEGIN");
        CHECK(client.value(kWhere) == kOnReplica);
        client.query("COMMIT");
        CHECK(client.value("SHOW default_transaction_read_only") == "on");
        CHECK(client.try_query("INSERT INTO items VALUES (9, 9)").sqlstate == "25006");
        client.query("SET default_transaction_read_only = off");
        CHECK(client.query("DELETE FROM items WHERE id = 9").tag == "DELETE 0");
    }
    SECTION("not if they may write, or ask for what a standby cannot do") {
        for (const char* begin :
             {"BEGIN", "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY", "BEGIN READ WRITE"}) {
            CAPTURE(begin);
            client.query(begin);
            CHECK(client.value(kWhere) == kOnPrimary);
            client.query("COMMIT");
        }
        client.query("BEGIN READ ONLY");
        CHECK(client.value("SELECT pg_is_in_recovery()") == "f");
        client.query("COMMIT");
    }
    SECTION("what only one connection has is refused there") {
        client.query("BEGIN READ ONLY");
        CHECK(client.value(kWhere) == kOnReplica);
        const auto refused = client.try_query("SELECT pg_advisory_lock(1)");
        CHECK(refused.sqlstate == "0A000");
        CHECK(refused.message.find("on a replica") != std::string::npos);
        client.query("ROLLBACK");
        CHECK(client.query("SELECT 1").ok);
    }
}

TEST_CASE("route: a session finds its own variables on replicas, and weir's on none but them", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Servers::shared().config());
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    const std::string zone =
        "SELECT timestamptz '2024-01-01 00:00Z'::text || ' ' || kind FROM "
        "public.whereami";
    client.query("SET timezone = 'Asia/Tokyo'");
    client.query("SET default_transaction_isolation = serializable");
    client.query("SET search_path = pg_catalog, public");
    for (int i = 0; i < 4; ++i) {
        const std::string seen = client.value(zone);
        CHECK(seen.find("09:00:00+09") != std::string::npos);
        CHECK(seen.substr(seen.find_last_of(' ') + 1) == kOnReplica);
    }
    CHECK(client.value("SHOW default_transaction_isolation") == "serializable");
    client.query("BEGIN READ ONLY");
    client.query("COMMIT");
    auto other = Client::connect(weir.login());
    for (int i = 0; i < 4; ++i) CHECK(other.value(zone).find("00:00:00+00") != std::string::npos);
    client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    client.query("COMMIT");
    client.query("SET default_transaction_isolation = 'repeatable read'");
    REQUIRE(reads_from_replica(client));
    client.query("BEGIN READ ONLY");
    CHECK(client.value(kWhere) == kOnReplica);
    client.query("SET timezone = 'Asia/Kolkata'");  // set on a replica, and the session's from now on
    client.query("COMMIT");
    CHECK(client.value("SHOW timezone") == "Asia/Kolkata");
    CHECK(client.value("SHOW default_transaction_isolation") == "repeatable read");
}

TEST_CASE("route: a pipeline is routed as a whole, and what follows it waits", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Servers::shared().config());
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    REQUIRE(PQenterPipelineMode(client.raw()) == 1);
    const auto ask = [&](const std::string& sql, bool sync) {
        REQUIRE(PQsendQueryParams(client.raw(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1);
        if (sync) REQUIRE(PQpipelineSync(client.raw()) == 1);
    };
    ask(kWhere, true);
    ask("INSERT INTO items VALUES (77, 1)", true);
    ask("SELECT n::text FROM items WHERE id = 77", true);
    ask(kWhere, false);
    ask("DELETE FROM items WHERE id = 77", true);
    std::vector<std::string> values;
    int syncs = 0;
    while (syncs < 4) {
        PGresult* result = PQgetResult(client.raw());
        if (result == nullptr) continue;
        const auto status = PQresultStatus(result);
        if (status == PGRES_PIPELINE_SYNC) ++syncs;
        if (status == PGRES_TUPLES_OK) values.emplace_back(PQgetvalue(result, 0, 0));
        if (status == PGRES_COMMAND_OK) values.emplace_back(PQcmdStatus(result));
        if (status == PGRES_FATAL_ERROR) values.emplace_back(PQresultErrorMessage(result));
        PQclear(result);
        if (PQstatus(client.raw()) == CONNECTION_BAD) break;
    }
    REQUIRE(values.size() == 5);
    CHECK(values[0] == kOnReplica);
    CHECK(values[1] == "INSERT 0 1");
    CHECK(values[2] == "1");
    CHECK(values[3] == kOnPrimary);
    CHECK(values[4] == "DELETE 1");
}

TEST_CASE("route: the replicas of the same place get the reads, others while those cannot answer", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    WeirConfig config;
    config.database(servers.primary.port(),
                    "replicas='" + servers.url(servers.first, "?locality=region=eu,zone=a") + " " +
                        servers.url(servers.second, "?locality=region=eu,zone=b") +
                        "' locality='region=eu,zone=b' replica_kind=streaming pool_mode=transaction "
                        "replica_max_lag=0");
    Weir weir(config);
    auto client = Client::connect(weir.login());
    const std::string port = "SELECT port FROM whereami";
    const auto all_from = [&](const Postgres& server) {
        for (int i = 0; i < 20; ++i)
            if (client.value(port) != std::to_string(server.port())) return false;
        return true;
    };
    CHECK(eventually_streamed([&] { return all_from(servers.second); }));
    servers.second.control().query("SELECT pg_wal_replay_pause()");
    REQUIRE(eventually([&] {
        return servers.second.control().value("SELECT pg_get_wal_replay_pause_state()") == "paused";
    }));
    client.query("UPDATE items SET n = 0 WHERE id = -1");
    servers.primary.control().query("INSERT INTO items VALUES (600, 0)");
    client.query("DELETE FROM items WHERE id = 600");
    CHECK(eventually_streamed([&] { return all_from(servers.first); }));
    servers.second.control().query("SELECT pg_wal_replay_resume()");
    CHECK(eventually_streamed([&] { return all_from(servers.second); }));
}
