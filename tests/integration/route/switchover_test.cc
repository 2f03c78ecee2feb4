// A primary that is a standby for a while: transactions that want to write wait for the primary to come back,
// and their clients do not notice.
#include "tests/integration/route/route_scene.h"

using namespace support;

namespace {

WeirConfig at(const Postgres& server) {
    WeirConfig config;
    config.database(server.port());
    config.set("transaction_replay", "1").set("replay_timeout", "20");
    return config;
}

}  // namespace

TEST_CASE("switchover: a write that meets a standby is run again on the primary, unseen") {
    REQUIRES_POSTGRES();
    auto& servers = route_scene::Servers::shared();
    servers.primary.control().query(
        "TRUNCATE items; INSERT INTO items VALUES (1, 0); GRANT ALL ON items TO PUBLIC");
    Weir weir(at(servers.primary));
    Client client = Client::connect(weir.login());
    CHECK(client.value("SELECT n FROM items WHERE id = 1") == "0");
    weir.config() = at(servers.first);
    weir.reload();
    SECTION("in a transaction") {
        client.query("BEGIN");
        REQUIRE(client.send("UPDATE items SET n = n + 1 WHERE id = 1"));
    }
    SECTION("outside") { REQUIRE(client.send("UPDATE items SET n = n + 1 WHERE id = 1")); }
    REQUIRE(eventually([&] {
        const auto rows = weir.show("REPLAYS");
        return !rows.empty() && rows.at(0).at("running") == "1";
    }));
    weir.config() = at(servers.primary);
    weir.reload();
    CHECK(client.wait().tag == "UPDATE 1");
    if (client.transaction_status() == PQTRANS_INTRANS) client.query("COMMIT");
    CHECK(servers.primary.control().value("SELECT n FROM items WHERE id = 1") == "1");
    CHECK(weir.show("REPLAYS").at(0).at("by_recovery") != "0");
}

TEST_CASE("switchover: who asked for a read-only transaction gets its 25006, and who meets a standby first") {
    REQUIRES_POSTGRES();
    auto& servers = route_scene::Servers::shared();
    const std::string write = "UPDATE items SET n = n + 1 WHERE id = 1";
    SECTION("READ ONLY") {
        Weir weir(at(servers.primary));
        Client client = Client::connect(weir.login());
        client.query("BEGIN READ ONLY");
        CHECK(client.try_query(write).sqlstate == "25006");
    }
    SECTION("a pool of a standby") {
        Weir weir(at(servers.first));
        Client client = Client::connect(weir.login());
        client.query("BEGIN");
        CHECK(client.try_query(write).sqlstate == "25006");
    }
}
