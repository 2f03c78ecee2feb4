// A primary that is replaced behind weir's back: positions in two logs are never compared as if they were
// one.
#include <filesystem>

#include "tests/integration/route/route_scene.h"

using namespace support;
using namespace route_scene;

namespace {

namespace fs = std::filesystem;

PostgresOptions standby() {
    return {{"hot_standby = on", "max_wal_senders = 10", "wal_level = replica"}, {}};
}

/// An address that leads to one server and later to another, as a floating one does.
class Address {
 public:
    static constexpr int kPort = 5432;
    void lead_to(const Postgres& server) const {
        fs::remove(link());
        fs::create_symlink(server.socket_dir() / (".s.PGSQL." + std::to_string(server.port())), link());
    }
    [[nodiscard]] std::string folder() const { return dir_.path().string(); }

 private:
    [[nodiscard]] fs::path link() const { return dir_.path() / (".s.PGSQL." + std::to_string(kPort)); }
    TempDir dir_;
};

/// Writes go to the address, reads to the replica as soon as it shows them, however late it is.
WeirConfig behind(const Address& address, const Postgres& replica) {
    WeirConfig config;
    config.databases["app"] = "host=" + address.folder() + " port=" + std::to_string(Address::kPort) +
                              " replicas='postgresql://127.0.0.1:" + std::to_string(replica.port()) +
                              "/' replica_kind=streaming pool_mode=transaction replica_max_lag=0";
    return config;
}

}  // namespace

TEST_CASE("route timeline: a standby that stayed on the old timeline gets no reads, however far it is",
          "[pg]") {
    REQUIRES_POSTGRES();
    Postgres old_primary(Postgres::streams());
    create_objects(old_primary);
    Postgres heir(old_primary, standby());
    Postgres left_behind(old_primary, standby());
    const Address address;
    address.lead_to(old_primary);
    Weir weir(behind(address, left_behind));
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    heir.stop();
    // The standby that stays behind replays what the next primary never had.
    old_primary.control().query("CREATE TABLE filler AS SELECT generate_series(1, 50000) AS n");
    const std::string end = old_primary.control().value("SELECT pg_current_wal_insert_lsn()");
    REQUIRE(eventually([&] {
        return left_behind.control().value("SELECT pg_last_wal_replay_lsn() >= '" + end + "'") == "t";
    }));
    old_primary.stop(Postgres::Stop::kImmediate);
    heir.start();
    CHECK(heir.control().value("SELECT pg_promote()") == "t");
    address.lead_to(heir);
    REQUIRE(eventually([&] {  // the lost servers are replaced
        Client writer(weir.login());
        return writer.connected() && writer.try_query("INSERT INTO items VALUES (700, 1)").ok;
    }));
    Client reader(Client::connect(weir.login()));
    REQUIRE(weir.logged("the primary is on timeline 2 now"));
    REQUIRE(weir.logged("it is on timeline 1, the primary on 2: no reads go there"));
    for (int i = 0; i < 50; ++i) {
        CHECK(reader.value("SELECT count(*) FROM items WHERE id = 700") == "1");
        CHECK(reader.value(kWhere) == kOnPrimary);
    }
}

TEST_CASE("route timeline: a standby that follows the next primary gets reads again, none of them stale",
          "[pg]") {
    REQUIRES_POSTGRES();
    PostgresOptions cascades = Postgres::streams();
    cascades.settings.emplace_back("hot_standby = on");
    cascades.settings.emplace_back("full_page_writes = on");  // or a standby cannot be copied
    Postgres old_primary(cascades);
    create_objects(old_primary);
    // Without it the timeline is known from the next restart point on only.
    old_primary.control().query("GRANT pg_read_all_stats TO app");
    Postgres heir(old_primary, cascades);
    Postgres follower(heir, standby());
    const Address address;
    address.lead_to(old_primary);
    Weir weir(behind(address, follower));
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    old_primary.stop(Postgres::Stop::kImmediate);
    CHECK(heir.control().value("SELECT pg_promote()") == "t");
    address.lead_to(heir);
    REQUIRE(eventually([&] {
        Client writer(weir.login());
        return writer.connected() && writer.try_query("INSERT INTO items VALUES (700, 0)").ok;
    }));
    REQUIRE(weir.logged("the primary is on timeline 2 now"));
    Client again(Client::connect(weir.login()));
    for (int n = 1; n <= 5; ++n) {
        const std::string value = std::to_string(n);
        again.query("UPDATE items SET n = " + value + " WHERE id = 700");
        CHECK(again.value("SELECT n FROM items WHERE id = 700") == value);
        REQUIRE(eventually([&] { return again.value(kWhere) == kOnReplica; }));
        CHECK(again.value("SELECT n FROM items WHERE id = 700") == value);
    }
}
