// Whose writes count for a read (`read_after_write`), what share the primary keeps (`primary_reads`), how a
// replica is connected to, and what all of it costs the primary.
#include "tests/integration/route/route_scene.h"

using namespace support;
using namespace route_scene;

namespace {

/// While it lives the standbys replay nothing.
class StandStill {
 public:
    explicit StandStill(Servers& servers) : servers_{servers} { tell("pg_wal_replay_pause()"); }
    ~StandStill() { tell("pg_wal_replay_resume()"); }
    StandStill(const StandStill&) = delete;
    StandStill& operator=(const StandStill&) = delete;

 private:
    void tell(const std::string& what) {
        for (Postgres* standby : {&servers_.first, &servers_.second})
            standby->control().query("SELECT " + what);
    }
    Servers& servers_;
};

std::size_t count(const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
}

std::string class_of_requests(Weir& weir, const std::string& reason) {
    for (const auto& row : weir.show("ROUTES"))
        if (row.at("reason") == reason) return row.at("class") + " on " + row.at("target");
    return "none";
}

}  // namespace

TEST_CASE("route scope: whose writes keep a read on the primary is read_after_write", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    struct Line {
        std::string scope, own_session, own_user, other_user;
    };
    const Line line = GENERATE(
        Line{"session", kOnPrimary, kOnReplica, kOnReplica}, Line{"user", kOnPrimary, kOnPrimary, kOnReplica},
        Line{"database", kOnPrimary, kOnPrimary, kOnPrimary},
        Line{"time", kOnReplica, kOnReplica, kOnReplica}, Line{"off", kOnReplica, kOnReplica, kOnReplica});
    CAPTURE(line.scope);
    const std::string lag = line.scope == "off" ? "" : "replica_max_lag=0 ";
    Weir weir(servers.config(lag + "read_after_write=" + line.scope));
    auto writer = Client::connect(weir.login());
    auto same_user = Client::connect(weir.login());
    auto other = Client::connect(weir.login("other"));
    for (Client* client : {&writer, &same_user, &other}) REQUIRE(reads_from_replica(*client));
    {
        const StandStill still{servers};
        writer.query("INSERT INTO items VALUES (600, 1)");
        CHECK(writer.value(kWhere) == line.own_session);
        CHECK(same_user.value(kWhere) == line.own_user);
        CHECK(other.value(kWhere) == line.other_user);
    }
    for (Client* client : {&writer, &same_user, &other}) CHECK(reads_from_replica(*client));
    writer.query("DELETE FROM items WHERE id = 600");
    CHECK(class_of_requests(weir, "not provably a read") == "not provably a read on primary");
    if (line.own_session == kOnPrimary) CHECK(class_of_requests(weir, "recent write") == "read on primary");
}

TEST_CASE("route scope: primary_reads is the share of reads that the primary keeps", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    Weir weir(servers.config("primary_reads=30"));
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    constexpr int kReads = 1000;
    int kept = 0;
    for (int i = 0; i < kReads; ++i) kept += client.value(kWhere) == kOnPrimary ? 1 : 0;
    CHECK(kept > kReads / 5);  // seven standard deviations around 300
    CHECK(kept < 2 * kReads / 5);
    CHECK(class_of_requests(weir, "primary_reads") == "read on primary");
}

TEST_CASE("route scope: a replica is connected to by the TLS keys of its own URL", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    const std::string first = servers.url(servers.first, "?sslmode=require");  // it has no TLS
    Weir weir(servers.with_replicas(first + " " + servers.url(servers.second)));
    auto client = Client::connect(weir.login());
    const std::string port = "SELECT port FROM whereami";
    const std::string second = std::to_string(servers.second.port());
    REQUIRE(eventually_streamed([&] { return client.value(port) == second; }));
    for (int i = 0; i < 50; ++i) CHECK(client.value(port) == second);
    CHECK(weir.logged("cannot be asked how far it is: server refused SSL"));
}

TEST_CASE("route scope: writes cost the primary no query of the pooler's, but one in 50 ms", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    Weir weir(servers.config());
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    const std::string before = servers.primary.log();
    const auto start = std::chrono::steady_clock::now();
    constexpr int kWrites = 500;
    for (int i = 0; i < kWrites; ++i) client.query("UPDATE items SET n = n WHERE id = -1");
    const auto took = std::chrono::steady_clock::now() - start;
    const std::string log = servers.primary.log().substr(before.size());
    CHECK(count(log, "UPDATE items SET n = n") == kWrites);
    const auto turns = static_cast<std::size_t>(took / std::chrono::milliseconds{50});
    // What weir asks stands in statements of its own; one may have been under way at either end.
    CHECK(count(log, "statement: ") + count(log, "execute ") <= kWrites + turns + 3);
}
