// One ini for development and production: what differs comes from the environment. A migration by psql and an
// application with psycopg2 run through both forms; a real cluster takes part where COCKROACH_URL is set.
#include <cstdlib>
#include <filesystem>

#include "tests/integration/drivers/programs.h"
#include "tests/integration/tls/tls_scene.h"
#include "tests/support/crdb/cluster.h"

using namespace support;
using namespace tls_scene;

namespace {

constexpr const char* kPassword = "pass w@rd/of:production";
constexpr const char* kClientPassword = "of the client";

/// The ini of all tests here. Without the variables it is that of a developer's machine.
WeirConfig the_one(const std::map<std::string, std::string>& environment) {
    WeirConfig config;
    config.databases["app"] =
        "${COCKROACH_URL:-postgresql://app@127.0.0.1:" + std::to_string(Postgres::shared().port()) +
        "/app} pool_size=4";
    with_client_tls(config, "${CLIENT_TLS:-disable}").set("auth_type", "${CLIENT_AUTH:-trust}");
    config.userlist["app"] = kClientPassword;
    config.userlist["admin"] = "admin password";
    config.environment = environment;
    return config;
}

std::map<std::string, std::string> development() { return {{"COCKROACH_URL", ""}}; }  // empty is as unset

std::map<std::string, std::string> production(const std::string& url) {
    return {{"COCKROACH_URL", url}, {"CLIENT_TLS", "require"}, {"CLIENT_AUTH", "scram-sha-256"}};
}

/// As Cloud consoles print it, the authority of the test besides.
std::string url_of(std::uint16_t port, const std::string& authority, const std::string& host = kHost) {
    return "postgresql://app:pass%20w%40rd%2Fof%3Aproduction@" + host + ":" + std::to_string(port) +
           "/app?sslmode=verify-full&sslrootcert=" + authority;
}

/// What the application is told: its own URL, of weir.
Login login_to(const Weir& weir, bool tls) {
    Login login = weir.login();
    if (!tls) return login;
    login = login.with_user("app", kClientPassword).with(libpq("verify-full"));
    login.host = kHost;
    return login;
}

void migrate(const Login& login, const std::string& said) {
    Command psql;
    psql.argv = {(postgres_programs() / "psql").string(),
                 "-X",
                 "-q",
                 "-v",
                 "ON_ERROR_STOP=1",
                 "-f",
                 (std::filesystem::path{ENVIRONMENT_SOURCES} / "migration.sql").string(),
                 login.conninfo()};
    const auto result = run(psql);
    INFO(result.output);
    CHECK(result.status == 0);
    CHECK(result.output.find(said) != std::string::npos);
}

/// Migration, the same once more, and the application, through this weir.
void live_through(const Login& login) {
    migrate(login, "migrated");
    migrate(login, "nothing to do");
    Command program = drivers::python(ENVIRONMENT_SOURCES "/application.py");
    program.argv.push_back(login.conninfo());
    const auto result = run(program, std::chrono::minutes(2));
    INFO(result.output);
    CHECK(result.status == 0);
    CHECK(result.output.find("all ok") != std::string::npos);
}

/// PostgreSQL as in production: TLS only, and a password.
Postgres& strict() {
    static Postgres server{[] {
        PostgresOptions options = postgres_options();
        options.hba = {"hostssl all app all scram-sha-256", "host all app all reject"};
        return options;
    }()};
    static const bool made = [] {
        auto& control = server.control();
        control.query("SET password_encryption = 'scram-sha-256'");
        control.query(std::string("ALTER ROLE app PASSWORD '") + kPassword + "'");
        return true;
    }();
    REQUIRE(made);
    return server;
}

crdb::Options secure_node() {
    crdb::Options options;
    options.secure = true;
    options.auth = crdb::Auth::kScram;
    options.users = {{"app", kPassword}};
    const auto shown = Files::shared().authority.issue(good_server());
    options.certificate = shown.certificate;
    options.key = shown.key;
    options.authority = Files::shared().authority.certificate();
    return options;
}

void check_servers(Weir& weir, bool tls) {
    const auto servers = weir.show("SERVERS");
    CHECK_FALSE(servers.empty());
    for (auto row : servers) CHECK(row["tls"].starts_with("TLSv1.3") == tls);
}

}  // namespace

TEST_CASE("environment: one ini serves a local PostgreSQL and one that wants verify-full", "[pg]") {
    REQUIRES_DRIVER(drivers::psycopg2_missing());
    const std::string text = the_one(development()).ini();
    SECTION("development: no variable, no TLS") {
        Weir weir{the_one(development())};
        live_through(login_to(weir, false));
        check_servers(weir, false);
        Postgres::shared().control().query("DROP TABLE switch_accounts, switch_migrations");
    }
    SECTION("production: the URL in a variable") {
        auto config = the_one(production(url_of(strict().port(), Files::shared().ca())));
        CHECK(config.ini() == text);
        Weir weir{config};
        live_through(login_to(weir, true));
        check_servers(weir, true);
        CHECK(weir.log().find(kPassword) == std::string::npos);
    }
    SECTION("production, but the certificate is another authority's") {
        const auto stranger = Files::shared().write("stranger.crt", Files::shared().stranger.certificate());
        Weir weir{the_one(production(url_of(strict().port(), stranger)))};
        const Process waits{psql(login_to(weir, true), "SELECT 1")};
        CHECK(weir.logged("server login failed: TLS"));
    }
}

TEST_CASE("environment: the same ini serves a secure CockroachDB node", "[pg]") {
    REQUIRES_DRIVER(drivers::psycopg2_missing());
    crdb::FakeCluster cluster{secure_node()};
    Weir weir{the_one(production(url_of(cluster.port(), Files::shared().ca())))};
    live_through(login_to(weir, true));
    check_servers(weir, true);
    CHECK(cluster.value("SELECT sum(balance) FROM switch_accounts") == "3000");
}

TEST_CASE("environment: the same ini serves the cluster of COCKROACH_URL", "[crdb]") {
    REQUIRES_DRIVER(drivers::psycopg2_missing());
    const char* url = std::getenv("COCKROACH_URL");
    if (url == nullptr || *url == '\0') {
        WARN("skipped: COCKROACH_URL is not set");
        return;
    }
    Client direct{url};
    REQUIRE(direct.connected());
    const auto drop = [&direct] { direct.query("DROP TABLE IF EXISTS switch_accounts, switch_migrations"); };
    drop();
    Weir weir{the_one(production(url))};
    live_through(login_to(weir, true));
    drop();
}

TEST_CASE("environment: a variable that is missing stops the start, with file, line and key") {
    const TempDir folder;
    const auto file = folder.write("weir.ini",
                                   "[databases]\n"
                                   "app = ${COCKROACH_URL} pool_size=4\n"
                                   "[pgbouncer]\n");
    for (const std::string mode : {"--check", "-q"}) {
        Command command;
        command.argv = {"env", "-u", "COCKROACH_URL", weir_program().string(), mode, file};
        const auto result = run(command);
        INFO(result.output);
        CHECK(result.status != 0);
        CHECK(result.output.find(file +
                                 ":2: database 'app': environment variable 'COCKROACH_URL' is not set") !=
              std::string::npos);
    }
}
