// EXPLAIN ROUTE on the console: what it says is what happens.
#include "tests/integration/route/route_scene.h"

using namespace support;
using namespace route_scene;

namespace {

Outcome explain(Weir& weir, const std::string& sql, const std::string& more = "") {
    Client console(weir.admin_login());
    std::string quoted;
    for (const char c : sql) quoted.append(c == '\'' ? 2 : 1, c);
    return console.try_query("EXPLAIN ROUTE '" + quoted + "'" + more);
}

}  // namespace

TEST_CASE("route explain: the console tells where a text would go and why", "[pg]") {
    REQUIRES_POSTGRES();
    Servers& servers = Servers::shared();
    WeirConfig config = servers.config("primary_reads=10");
    config.database(servers.primary.port(), "", "plain");
    Weir weir(config);
    auto client = Client::connect(weir.login());
    REQUIRE(reads_from_replica(client));
    SECTION("a read, in the database that has replicas") {
        Outcome seen;
        REQUIRE(eventually([&] {  // both standbys show what was written last
            seen = explain(weir, "SELECT n FROM items WHERE 'a' = 'a'");
            return seen.rows.size() == 3 && seen.rows[2][2] == "primary";
        }));
        CHECK(seen.tag == "EXPLAIN");
        CHECK(seen.columns == std::vector<std::string>{"database", "class", "target", "share", "reason"});
        CHECK(seen.rows == Rows{{"app", "read", "replica:1", "45", "read"},
                                {"app", "read", "replica:2", "45", "read"},
                                {"app", "read", "primary", "10", "primary_reads"}});
    }
    SECTION("by both protocols") {
        Client console(weir.admin_login());
        console.prepare("e", "EXPLAIN ROUTE 'DELETE FROM items' FOR app");
        CHECK(console.prepared("e", {}).rows ==
              Rows{{"app", "write", "primary", "100", "not provably a read"}});
    }
    SECTION("the writes of one user, or of all") {
        client.query("BEGIN");
        client.query("UPDATE items SET n = 0 WHERE id = -1");
        CHECK(explain(weir, "SELECT 1", " FOR app AS app").rows.at(0).at(4) == "write under way");
        CHECK(explain(weir, "SELECT 1").rows.at(0).at(4) == "write under way");
        const auto refused = explain(weir, "SELECT 1", " AS nobody");
        CHECK(refused.message.find("user 'nobody' has no pool for database 'app'") != std::string::npos);
        auto other = Client::connect(weir.login("other"));
        REQUIRE(reads_from_replica(other));
        CHECK(explain(weir, "SELECT 1", " AS other").rows.at(0).at(4) == "read");
        client.query("ROLLBACK");
    }
    SECTION("databases") {
        CHECK(explain(weir, "SELECT 1", " FOR plain").rows ==
              Rows{{"plain", "read", "primary", "100", "no replicas"}});
        CHECK(explain(weir, "SELECT 1", " FOR nowhere").message.find("no such database: nowhere") !=
              std::string::npos);
        CHECK(explain(weir, "SELECT 1", " FOR pgbouncer").message.find("no such database") !=
              std::string::npos);
        Client console(weir.admin_login());
        CHECK(console.try_query("EXPLAIN SELECT 1").message.find("write EXPLAIN ROUTE 'sql'") !=
              std::string::npos);
    }
}
