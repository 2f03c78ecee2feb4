// What stands between two TLS parties and wants in: bytes in clear around the handshake, a server
// without TLS, a man in the middle with a certificate of his own, and those who speak no TLS at all.
#include <vector>

#include "tests/integration/tls/tls_scene.h"
#include "tests/support/tls_front.h"

using namespace support;
using namespace tls_scene;

namespace {

constexpr const char* kPassword = "bound secret";

WeirConfig with_tls(const std::string& mode = "require") {
    WeirConfig config;
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(postgres().port());
    config.set("server_tls_sslmode", "verify-full").set("server_tls_ca_file", Files::shared().ca());
    with_client_tls(config, mode);
    return config;
}

Login over_tls(std::uint16_t port, const Weir& weir, const std::string& more = "") {
    Login login = weir.login().with(libpq("verify-full") + more);
    login.host = kHost;
    login.port = port;
    return login;
}

Credentials good() { return Files::shared().authority.issue(good_server()); }

PostgresOptions asking_for_scram() {
    PostgresOptions options = postgres_options();
    options.hba = {"hostssl all bound 127.0.0.1/32 scram-sha-256"};
    return options;
}

/// A server that asks for SCRAM, behind TLS. One for all tests here.
Postgres& strict() {
    static Postgres server{asking_for_scram()};
    static const bool made = [] {
        server.control().query("SET password_encryption = 'scram-sha-256'");
        server.control().query(std::string("CREATE ROLE bound LOGIN PASSWORD '") + kPassword + "'");
        return true;
    }();
    REQUIRE(made);
    return server;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("TLS attack: bytes glued behind SSLRequest are refused and never executed", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls("allow")};
    WireClient client(weir.port());
    client.send(wire::ssl_request() + wire::startup({{"user", "app"}, {"database", "app"}}) +
                wire::query("CREATE TABLE injected ()"));
    std::string said;
    while (const auto byte = client.read_byte()) said += *byte;
    CHECK(said.find("unencrypted data") != std::string::npos);
    CHECK(postgres().control().value("SELECT count(*) FROM pg_class WHERE relname = 'injected'") == "0");
    CHECK(weir.pool("cl_active") == 0);
}

TEST_CASE("TLS attack: what follows the pooler's S must be a handshake", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls("allow")};
    WireClient client(weir.port());
    client.send(wire::ssl_request());
    REQUIRE(client.read_byte() == 'S');
    client.send(wire::startup({{"user", "app"}, {"database", "app"}}));
    std::string said;
    while (const auto byte = client.read_byte()) said += *byte;
    CHECK(said.find("FATAL") == std::string::npos);  // at most an alert: nobody reads a start-up packet
    CHECK(weir.logged("TLS handshake failed"));
    CHECK(Client{over_tls(weir.port(), weir)}.connected());
}

TEST_CASE("TLS attack: bytes that come with the server's S are refused", "[pg]") {
    REQUIRES_POSTGRES();
    TlsFront front{{.credentials = good(),
                    .server_port = postgres().port(),
                    .opening = TlsFrontOptions::Opening::kGlue}};
    auto config = with_tls();
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(front.port());
    Weir weir{config};
    Process waits{psql(over_tls(weir.port(), weir), "SELECT 1")};
    CHECK(weir.logged("received unencrypted data after SSL response"));
    CHECK(front.secured() == 0);
    CHECK(waits.running());  // its login goes on only with a server
}

TEST_CASE("TLS attack: a server that says N or an error is refused where TLS is required", "[pg]") {
    REQUIRES_POSTGRES();
    using Opening = TlsFrontOptions::Opening;
    const std::vector<std::pair<Opening, std::string>> answers{
        {Opening::kRefuse, "server refused SSL"},
        {Opening::kError, "server answered the SSL request with an error"}};
    for (const auto& [opening, text] : answers) {
        TlsFront front{{.credentials = good(), .server_port = postgres().port(), .opening = opening}};
        auto config = with_tls();
        config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(front.port());
        config.set("server_tls_sslmode", "require");
        Weir weir{config};
        Process waits{psql(over_tls(weir.port(), weir), "SELECT 1")};
        CHECK(weir.logged(text));
        CHECK(waits.running());
    }
}

TEST_CASE("TLS attack: channel binding ties a login to its connection, on both legs", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = with_tls().set("auth_type", "scram-sha-256");
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(strict().port());
    config.userlist["bound"] = kPassword;
    config.userlist["admin"] = "admin password";
    Weir weir{config};
    const auto login = [&](std::uint16_t port, const std::string& binding) {
        return over_tls(port, weir, "channel_binding=" + binding + " ").with_user("bound", kPassword);
    };
    Client client{login(weir.port(), "require")};
    INFO(client.error());
    REQUIRE(client.connected());
    CHECK(client.value("SELECT 1") == "1");

    // He has a certificate that the client trusts, and speaks TLS to both.
    TlsFront middle{{.credentials = good(), .server_port = weir.port(), .server_tls = true}};
    for (const char* binding : {"require", "prefer"}) {
        const Client fooled{login(middle.port(), binding)};
        CHECK_FALSE(fooled.connected());
        CHECK(fooled.error().find("SASL authentication failed") != std::string::npos);
    }
    CHECK(middle.secured() == 2);
    CHECK(Client{login(middle.port(), "disable")}.connected());  // nothing else would have noticed
}

TEST_CASE("TLS attack: the pooler's own login notices a man in the middle by channel binding", "[pg]") {
    REQUIRES_POSTGRES();
    TlsFront middle{{.credentials = good(), .server_port = strict().port(), .server_tls = true}};
    auto config = with_tls();
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(middle.port());
    config.databases["direct"] = "host=localhost dbname=app port=" + std::to_string(strict().port());
    config.userlist["bound"] = kPassword;
    Weir weir{config};
    const Login login = over_tls(weir.port(), weir).with_user("bound");
    CHECK(Client{login.with_database("direct")}.connected());
    const Client fooled{login};
    CHECK_FALSE(fooled.connected());
    INFO(first_line(fooled.error()));
    CHECK(strict().log().find("SCRAM channel binding check failed") != std::string::npos);
    CHECK(middle.secured() > 0);
}
