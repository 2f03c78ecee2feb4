// pgJDBC logs in through TLS on both legs: with the password in clear that the server judges, and with SCRAM
// where the pooler offers channel binding, which this driver does not know.
#include "tests/integration/drivers/programs.h"
#include "tests/integration/tls/tls_scene.h"

using namespace support;
using namespace tls_scene;

namespace {

constexpr const char* kUser = "jdbc";
constexpr const char* kPassword = "from Java, to judge";

/// A server with TLS that asks this user for SCRAM.
Postgres& strict() {
    static Postgres server{[] {
        PostgresOptions options = postgres_options();
        options.hba = {std::string("hostssl all ") + kUser + " 127.0.0.1/32 scram-sha-256"};
        return options;
    }()};
    static const bool made = [] {
        server.control().query("SET password_encryption = 'scram-sha-256'");
        server.control().query(std::string("CREATE ROLE ") + kUser + " LOGIN PASSWORD '" + kPassword + "'");
        return true;
    }();
    REQUIRE(made);
    return server;
}

}  // namespace

TEST_CASE("jdbc: it logs in over TLS by passthrough and by SCRAM, and not with a wrong password", "[pg]") {
    REQUIRES_DRIVER(drivers::jdbc_missing());
    const std::string auth_type = GENERATE("passthrough", "scram-sha-256");
    CAPTURE(auth_type);
    WeirConfig config;
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(strict().port());
    config.set("server_tls_sslmode", "verify-full").set("server_tls_ca_file", Files::shared().ca());
    with_client_tls(config, "require").set("auth_type", auth_type);
    config.userlist = {{"admin", "admin password"}};
    if (auth_type != "passthrough") config.userlist[kUser] = kPassword;
    Weir weir{config};
    auto program = drivers::java(DRIVER_SOURCES "/jdbc/Login.java");
    program.argv.insert(program.argv.end(),
                        {kHost, std::to_string(weir.port()), kUser, kPassword, Files::shared().ca()});
    const auto result = run(program, std::chrono::minutes(5));
    INFO(result.output << "\n" << weir.log());
    CHECK(result.status == 0);
    CHECK(result.output.find("all ok") != std::string::npos);
    CHECK(strict().connections("usename = '" + std::string(kUser) + "'") > 0);
    CHECK(weir.log().find("to judge") == std::string::npos);
}
