// A weir that has everything: a replica, a secondary, replay, TLS on both legs. Its page of metrics, judged
// by promtool and by our own reader in both formats; and where reads go while the secondary serves.
#include "tests/integration/failover/failover_scene.h"
#include "tests/support/certificates.h"
#include "tests/support/free_port.h"
#include "tests/support/http_client.h"
#include "tests/support/metrics_text.h"
#include "tests/support/process.h"
#include "tests/support/tls_front.h"

using failover::secondary;
using support::Client;
using support::eventually;
using support::Postgres;
using support::Weir;

namespace {

support::Credentials issued() {
    static support::Authority authority{"test authority"};
    support::CertificateRequest request;
    request.common_name = "localhost";
    request.dns = {"localhost"};
    return authority.issue(request);
}

class Everything {
 public:
    Everything() {
        for (Postgres* side : {&leader, &secondary()})
            side->control().query(
                "DROP TABLE IF EXISTS m; CREATE TABLE m (id int PRIMARY KEY, v int); INSERT INTO m VALUES "
                "(1, 0); GRANT ALL ON m TO app");
        for (Postgres* side : {&leader, &secondary()})
            side->control().query(
                "CREATE OR REPLACE VIEW place AS SELECT pg_is_in_recovery() AS r, current_setting('port') AS "
                "port; GRANT SELECT ON place TO app");
        const auto shown = issued();
        support::WeirConfig config;
        config.database(front.port(),
                        "sslmode=require replica_kind=streaming pool_mode=transaction replicas='" +
                            url(standby) + "' secondary='" + url(secondary()) + "'");
        config.set("health_check_user", "app")
            .set("health_check_interval", "0.2")
            .set("transaction_replay", "1")
            .set("http_listen", "127.0.0.1:" + std::to_string(http))
            .set("client_tls_sslmode", "allow")
            .set("client_tls_cert_file", folder.write("weir.crt", shown.certificate))
            .set("client_tls_key_file", folder.write("weir.key", shown.key));
        weir = std::make_unique<Weir>(config);
    }
    [[nodiscard]] std::string page(bool open) const {
        const auto answer = support::http(
            http, "/metrics", open ? "Accept: application/openmetrics-text;version=1.0.0\r\n" : "");
        REQUIRE(answer.status == 200);
        return answer.body;
    }

    Postgres leader{Postgres::streams()};
    Postgres standby{leader, {{"hot_standby = on", "max_wal_senders = 10", "wal_level = replica"}, {}}};
    support::TlsFront front{[this] {
        support::TlsFrontOptions options;
        options.credentials = issued();
        options.server_port = leader.port();
        return options;
    }()};
    std::uint16_t http = support::free_port();
    support::TempDir folder;
    std::unique_ptr<Weir> weir;

 private:
    static std::string url(const Postgres& server) {
        return "postgresql://127.0.0.1:" + std::to_string(server.port()) + "/app?sslmode=disable";
    }
};

/// A bit of everything that is counted.
void work(Everything& scene) {
    Weir& weir = *scene.weir;
    auto client = Client::connect(weir.login().with("sslmode=require"));
    client.query("UPDATE m SET v = 1 WHERE id = 1");
    REQUIRE(eventually([&] { return client.value("SELECT r FROM place") == "t"; }));
    client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    CHECK(client.value("SELECT v FROM m WHERE id = 1 /* weir: primary */") == "1");
    scene.leader.control().query("UPDATE m SET v = v WHERE id = 1");
    client.query("UPDATE m SET v = v + 1 WHERE id = 1");  // run again behind a conflict
    client.query("COMMIT");
    CHECK_FALSE(Client(weir.login().with_database("nowhere")).connected());
    CHECK_FALSE(Client(weir.login().with("sslmode=verify-full sslrootcert=/nowhere")).connected());
    weir.console("FAILOVER app");
    client.query("UPDATE m SET v = 5 WHERE id = 1");
    weir.console("FAILBACK app");
    client.query("UPDATE m SET v = 6 WHERE id = 1");
    REQUIRE(eventually([&] { return client.value("SELECT r FROM place") == "t"; }));
}

}  // namespace

TEST_CASE("metrics: a page with replicas, a secondary, replay and TLS is in order, and promtool thinks so") {
    REQUIRES_POSTGRES();
    Everything scene;
    work(scene);
    for (const bool open : {false, true}) {
        const auto read = support::read_metrics(scene.page(open), open);
        for (const std::string& fault : read.faults) FAIL_CHECK(fault);
        for (const char* present :
             {R"(weir_endpoint_up{database="app",role="primary")",
              R"(weir_endpoint_up{database="app",role="replica")",
              R"(weir_endpoint_up{database="app",role="secondary")",
              R"(weir_endpoint_lag_seconds{database="app",role="replica")",
              R"(weir_routed_requests_total{database="app")", R"(weir_replays_total{database="app")",
              R"(weir_replay_seconds_count{database="app"})",
              R"(weir_tls_handshake_seconds_count{side="client"})",
              R"(weir_tls_handshake_seconds_count{side="server"})",
              R"(weir_last_failover_timestamp_seconds{database="app"})"}) {
            CAPTURE(present);
            CHECK(read.has(present));
            CHECK(read.sum(present) > 0);
        }
    }
    if (support::find_program("promtool").empty()) {
        WARN("skipped: promtool is not installed (package prometheus)");
        return;
    }
    support::Command command;
    command.argv = {"promtool", "check", "metrics"};
    command.input = scene.page(false);
    const auto done = support::run(command);
    CHECK(done.status == 0);
    CHECK(done.output.empty());
}

TEST_CASE("failover: the primary's replicas are not read while the secondary serves, nor stale after it") {
    REQUIRES_POSTGRES();
    Everything scene;
    Weir& weir = *scene.weir;
    auto client = Client::connect(weir.login());
    const std::string where = "SELECT port FROM place";
    const auto port = [](const Postgres& side) { return std::to_string(side.port()); };
    REQUIRE(eventually([&] { return client.value(where) == port(scene.standby); }));
    weir.console("FAILOVER app");
    constexpr int kReads = 50;
    for (int i = 0; i < kReads; ++i) CHECK(client.value(where) == port(secondary()));
    for (const char* hint : {"BEGIN READ ONLY", "SET weir.route = 'replica'"}) {
        CAPTURE(hint);
        client.query(hint);
        CHECK(client.value(where) == port(secondary()));
        client.query("COMMIT; RESET weir.route");
    }
    client.query("UPDATE m SET v = 41 WHERE id = 1");
    // As a failback_command would bring it over; the standby does not have it yet.
    scene.standby.control().query("SELECT pg_wal_replay_pause()");
    scene.leader.control().query("UPDATE m SET v = 41 WHERE id = 1");
    weir.console("FAILBACK app");
    for (int i = 0; i < kReads; ++i) CHECK(client.value("SELECT v FROM m WHERE id = 1") == "41");
    CHECK(client.value(where) == port(scene.leader));
    scene.standby.control().query("SELECT pg_wal_replay_resume()");
    CHECK(eventually([&] { return client.value(where) == port(scene.standby); }));
    CHECK(client.value("SELECT v FROM m WHERE id = 1") == "41");
}
