// failover = auto: only to a secondary that takes writes, however long the outage lasts.
#include <algorithm>

#include "tests/integration/failover/failover_scene.h"

using failover::ids;
using failover::Pair;
using failover::primary;
using failover::secondary;
using support::Client;
using support::eventually;
using support::FaultProxy;
using support::Postgres;
using support::Rows;
using support::Weir;

namespace {

int events(Weir& weir, const std::string& kind) {
    const auto rows = weir.show("EVENTS");
    return static_cast<int>(
        std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row.at("kind") == kind; }));
}

/// So many more checks of the primary have failed.
bool tried_again(Pair& pair, int times = 10) {
    const auto failures = [&] { return std::stoi(pair.endpoint("primary", "failures")); };
    const int before = failures();
    return eventually([&] { return failures() >= before + times; });
}

void cut(FaultProxy& side) {
    side.refuse();
    side.reset_all();
}

}  // namespace

TEST_CASE("automatic failover: a secondary that takes no writes is not taken, until it does") {
    REQUIRES_POSTGRES();
    Pair pair("failover=auto");
    pair.config().set("health_check_timeout", "30");  // a busy machine is no failure of another kind
    Weir& weir = pair.start();
    auto client = Client::connect(weir.login());
    client.query("INSERT INTO t VALUES (1, 'before')");
    secondary().control().query("ALTER DATABASE app SET default_transaction_read_only = on");
    cut(pair.to_primary());
    const std::string refusal = "the secondary cannot be used: 127.0.0.1: it takes no writes";
    REQUIRE(weir.logged(refusal));
    REQUIRE(tried_again(pair));
    CHECK(pair.endpoint("primary", "active") == "1");
    CHECK(Pair::pooled(secondary()) == 0);
    // Tried with each probe, said once.
    CHECK(events(weir, "failover") == 1);
    const std::string log = weir.log();
    CHECK(log.find(refusal) == log.rfind(refusal));

    SECTION("the primary comes back first") {
        pair.to_primary().accept_again();
        REQUIRE(eventually([&] { return pair.endpoint("primary", "state") == "up"; }));
        CHECK(pair.served_by(primary()));
        CHECK(ids(secondary()).empty());
        // Another outage says it anew.
        cut(pair.to_primary());
        CHECK(eventually([&] { return events(weir, "failover") == 2; }));
    }
    SECTION("it takes writes now") {
        secondary().control().query("ALTER DATABASE app RESET default_transaction_read_only");
        REQUIRE(weir.logged("failover: served by the secondary"));
        CHECK(pair.served_by(secondary()));
        CHECK(ids(primary()) == Rows{{"1"}});
    }
}

TEST_CASE("automatic failover: a standby is not taken; as soon as it is promoted it is") {
    REQUIRES_POSTGRES();
    Postgres leader{Postgres::streams()};
    leader.control().query("CREATE TABLE t (id bigint PRIMARY KEY, v text); GRANT ALL ON t TO app");
    Postgres standby{leader, {{"hot_standby = on", "max_wal_senders = 10", "wal_level = replica"}, {}}};
    FaultProxy way{leader.port()};
    support::WeirConfig config;
    config.database(way.port(),
                    "failover=auto secondary='host=127.0.0.1 port=" + std::to_string(standby.port()) + "'");
    Weir weir{config.set("health_check_user", "app")
                  .set("health_check_interval", "0.2")
                  .set("health_check_retry", "0.05")
                  .set("failover_drain_timeout", "0.3")};
    auto client = Client::connect(weir.login());
    client.query("INSERT INTO t VALUES (1, 'leader')");
    REQUIRE(eventually([&] { return standby.control().value("SELECT count(*) FROM t") == "1"; }));
    cut(way);
    REQUIRE(weir.logged("the secondary cannot be used: 127.0.0.1: it takes no writes"));
    REQUIRE(client.send("INSERT INTO t VALUES (2, 'promoted')"));
    REQUIRE(scene::waiting(weir, 1));
    CHECK(standby.connections("application_name <> 'weir health check'") == 0);
    standby.control().query("SELECT pg_promote()");
    CHECK(client.wait().ok);
    CHECK(weir.logged("failover: served by the secondary"));
    CHECK(ids(standby) == Rows{{"1"}, {"2"}});
    CHECK(ids(leader) == Rows{{"1"}});
}

TEST_CASE("automatic failover: without a secondary that answers, and with failover = manual, nobody moves") {
    REQUIRES_POSTGRES();
    const bool automatic = GENERATE(true, false);
    CAPTURE(automatic);
    Pair pair(automatic ? "failover=auto" : "");
    Weir& weir = pair.start();
    if (automatic) cut(pair.to_secondary());
    cut(pair.to_primary());
    REQUIRE(eventually([&] { return pair.endpoint("primary", "state") == "down"; }));
    if (automatic) REQUIRE(weir.logged("the secondary cannot be used: 127.0.0.1: connect failed"));
    REQUIRE(tried_again(pair));
    CHECK(pair.endpoint("primary", "active") == "1");
    CHECK(weir.log().find("served by the secondary") == std::string::npos);
    pair.to_primary().accept_again();
    CHECK(pair.served_by(primary()));
    CHECK(ids(secondary()).empty());
}

TEST_CASE("automatic failover: a weir that starts in an outage of the primary serves from the secondary") {
    REQUIRES_POSTGRES();
    Pair pair("failover=auto");
    pair.to_primary().refuse();
    pair.config().set("failback_threshold", "3");
    Weir weir{pair.config()};
    // Nothing was ever seen of a server: who logs in waits for the first one.
    support::WireClient early(weir.port());
    REQUIRE(early.send(support::wire::startup({{"user", "app"}, {"database", "app"}})));
    CHECK(support::wire::transaction_status(early.read_answer()) == 'I');
    const auto port = support::wire::rows(early.exchange(support::wire::query("SHOW port")));
    CHECK(port == Rows{{std::to_string(secondary().port())}});
    CHECK(weir.logged("failover: served by the secondary"));
    early.exchange(support::wire::query("INSERT INTO t VALUES (1, 'x')"));
    CHECK(ids(primary()).empty());
    CHECK(ids(secondary()) == Rows{{"1"}});
}
