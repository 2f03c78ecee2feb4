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

/// While it lives, a standby cancels at once whatever keeps it from replaying.
class ConflictsAtOnce {
 public:
    explicit ConflictsAtOnce(Postgres& standby) : standby_{standby} {
        tell("SET max_standby_streaming_delay = 0");
    }
    ~ConflictsAtOnce() { tell("RESET max_standby_streaming_delay"); }
    ConflictsAtOnce(const ConflictsAtOnce&) = delete;
    ConflictsAtOnce& operator=(const ConflictsAtOnce&) = delete;

 private:
    void tell(const std::string& how) {
        standby_.control().query("ALTER SYSTEM " + how);
        standby_.control().query("SELECT pg_reload_conf()");
    }
    Postgres& standby_;
};

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
    CHECK(weir.logged("(fingerprint "));
    CHECK(weir.log().find("FROM writes") == std::string::npos);
    client.query("BEGIN READ ONLY");
    CHECK(client.try_query(sql).sqlstate == "25006");  // from the primary: it is read-only there too
    client.query("ROLLBACK");
}

TEST_CASE("route fault: a replica lost in a read-only transaction costs the transaction, not the client",
          "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    Weir weir(servers.with_replicas(servers.url(servers.first)));
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    const auto lose = [&] { REQUIRE(servers.first.terminate("application_name <> 'walreceiver'") > 0); };
    const auto begin = [&] {
        REQUIRE(eventually([&] {  // after a loss it is left alone for a while
            client.query("BEGIN READ ONLY");
            if (client.value(kWhere) == kOnReplica) return true;
            client.query("COMMIT");
            return false;
        }));
    };
    SECTION("while the client thinks: it hears of it with its next statement") {
        begin();
        const std::string zone = client.parameter("TimeZone");
        client.query("SET LOCAL timezone = 'Asia/Tokyo'");
        CHECK(client.parameter("TimeZone") == "Asia/Tokyo");
        lose();
        REQUIRE(eventually([&] { return weir.pool("sv_active", "app/replica:1") == 0; }));
        const auto lost = client.try_query(kWhere);
        CHECK(lost.sqlstate == "40001");
        CHECK(lost.message.find("restart transaction") != std::string::npos);
        CHECK(client.parameter("TimeZone") == zone);
        CHECK(client.transaction_status() == PQTRANS_INERROR);
        CHECK(client.try_query(kWhere).sqlstate == "25P02");
        CHECK(client.query("ROLLBACK").tag == "ROLLBACK");
        CHECK(client.query("SHOW timezone").rows.at(0).at(0) == zone);
    }
    SECTION("while the client thinks, and it rolls back") {
        begin();
        lose();
        REQUIRE(eventually([&] { return weir.pool("sv_active", "app/replica:1") == 0; }));
        CHECK(client.query("ROLLBACK").tag == "ROLLBACK");
    }
    SECTION("under a statement, by both protocols") {
        for (const bool extended : {false, true}) {
            CAPTURE(extended);
            begin();
            const std::string slow = "SELECT pg_sleep(100)";
            if (extended)
                REQUIRE(PQsendQueryParams(client.raw(), slow.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                                          0) == 1);
            else
                REQUIRE(client.send(slow));
            REQUIRE(scene::running(servers.first, "pg_sleep"));
            lose();
            CHECK(client.wait().sqlstate == "40001");
            CHECK(client.transaction_status() == PQTRANS_INERROR);
            client.query("ROLLBACK");
        }
    }
    SECTION("behind rows of an answer") {
        begin();
        REQUIRE(
            client.send("SELECT g, pg_sleep(CASE WHEN g = 5000 THEN 100 ELSE 0 END), repeat('x', 100) "
                        "FROM generate_series(1, 5000) AS g"));
        REQUIRE(scene::running(servers.first, "pg_sleep"));
        lose();
        CHECK(client.wait().sqlstate == "40001");
        client.query("ROLLBACK");
    }
    CHECK(client.query("SELECT 1").ok);
    CHECK(client.query("DELETE FROM items WHERE id = -1").ok);
}

TEST_CASE("route fault: a read that conflicts with what a replica replays is repeated", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    const ConflictsAtOnce conflicts{servers.first};
    Weir weir(servers.with_replicas(servers.url(servers.first)));
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    const std::string slow =
        "SELECT count(g) FROM items RIGHT JOIN generate_series(1, 10000000) AS g ON false";
    REQUIRE(client.send(slow));
    REQUIRE(scene::running(servers.first, "10000000"));
    servers.primary.control().query("BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE; COMMIT");
    CHECK(client.wait().rows == Rows{{"10000000"}});
    CHECK(requests(weir, "repeated") == 1);
    CHECK(servers.first.log().find("canceling statement due to conflict with recovery") != std::string::npos);
}

TEST_CASE("route fault: a conflict behind rows that the client has is the client's", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    const ConflictsAtOnce conflicts{servers.first};
    Weir weir(servers.with_replicas(servers.url(servers.first)));
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    REQUIRE(client.send(
        "SELECT g, repeat('x', 100), CASE WHEN g = 5000 THEN (SELECT count(h) FROM items RIGHT "
        "JOIN generate_series(1, 10000001) AS h ON false) END FROM generate_series(1, 5000) AS g"));
    REQUIRE(scene::running(servers.first, "10000001"));
    servers.primary.control().query("BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE; COMMIT");
    CHECK(client.wait().sqlstate == "40001");
    CHECK(requests(weir, "repeated") == 0);
    CHECK(client.value("SELECT 1") == "1");
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
