// Settings of either leg whose effect is what a connection agrees on, and the pooler's own certificate.
#include "tests/integration/tls/tls_scene.h"

using namespace support;
using namespace tls_scene;

namespace {

/// One of these is chosen, by the kind of the certificate's key; neither is what OpenSSL would prefer.
constexpr const char* kOtherCiphers = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256";

/// The column `tls` of the first connection of database `app`.
std::string agreed(Weir& weir, const std::string& show) {
    for (auto& row : weir.show(show))
        if (row["database"] == "app") return row["tls"];
    return "";
}

/// What a new client's connection agrees on.
std::string agreed_with_client(Weir& weir) {
    Login login = weir.login().with(libpq("verify-full"));
    login.host = kHost;
    const Client client = Client::connect(login);
    return agreed(weir, "CLIENTS");
}

/// What a new server's connection agrees on.
std::string agreed_with_server(Weir& weir) {
    weir.console("RECONNECT");
    Client client = Client::connect(weir.login());
    client.query("BEGIN; SELECT 1");
    return agreed(weir, "SERVERS");
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE(
    "client_tls_protocols, _ciphers, _tls13_ciphers, _ecdhcurve: a new connection agrees on nothing else",
    "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    Weir weir{with_client_tls(config, "require")};
    const auto by_default = agreed_with_client(weir);
    CHECK(has(by_default, "TLSv1.3/"));
    weir.console("SET client_tls13_ciphers = 'TLS_AES_128_GCM_SHA256'");
    CHECK(has(agreed_with_client(weir), "TLSv1.3/TLS_AES_128_GCM_SHA256"));
    weir.console("SET client_tls_protocols = 'tlsv1.2'");
    CHECK(has(agreed_with_client(weir), "TLSv1.2/"));
    CHECK_FALSE(has(agreed_with_client(weir), "AES128-GCM-SHA256"));
    weir.console(std::string{"SET client_tls_ciphers = '"} + kOtherCiphers + "'");
    CHECK(has(agreed_with_client(weir), "AES128-GCM-SHA256"));
    CHECK_FALSE(has(agreed_with_client(weir), "ECDH=secp384r1"));
    weir.console("SET client_tls_ecdhcurve = 'secp384r1'");
    CHECK(has(agreed_with_client(weir), "ECDH=secp384r1"));
    weir.console("RELOAD");
    CHECK(has(agreed_with_client(weir), "TLSv1.3/TLS_AES_128_GCM_SHA256"));  // no default to go back to
}

TEST_CASE("errors: a client without TLS where it is required", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    Weir weir{with_client_tls(config, "require")};
    WireClient client{weir.port()};
    client.send(wire::startup({{"user", "app"}, {"database", "app"}}));
    const auto end = client.read_to_end();
    REQUIRE(end.size() == 1);
    auto fields = wire::error_fields(end.front());
    CHECK(fields['S'] + " " + fields['C'] + " " + fields['M'] == "FATAL 08P01 SSL required");
}

TEST_CASE("client_tls_dheparams: auto has parameters for finite fields, none has no such exchange", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    with_client_tls(config, "require").set("client_tls_protocols", "tlsv1.2");
    auto shown = good_server();
    shown.rsa_bits = 2048;  // the exchange is signed with RSA only
    const auto own = Files::shared().write("rsa", Files::shared().authority.issue(shown));
    config.set("client_tls_cert_file", own.certificate).set("client_tls_key_file", own.key);
    Weir weir{config.set("client_tls_ciphers", "DHE-RSA-AES128-GCM-SHA256")};
    CHECK(has(agreed_with_client(weir), "TLSv1.2/DHE-RSA-AES128-GCM-SHA256"));
    weir.console("SET client_tls_dheparams = 'none'");
    Login login = weir.login().with(libpq("verify-full"));
    login.host = kHost;
    CHECK_FALSE(Client{login}.connected());
    CHECK(weir.logged("no shared cipher"));
    weir.console("SET client_tls_dheparams = 'auto'");
    CHECK(has(agreed_with_client(weir), "TLSv1.2/DHE-RSA-AES128-GCM-SHA256"));
}

TEST_CASE("server_tls_protocols, _ciphers, _tls13_ciphers: a new connection agrees on nothing else", "[pg]") {
    REQUIRES_POSTGRES();
    show(postgres(), shown_as("good"));
    auto config = scene::before(postgres()).set("server_tls_sslmode", "require");
    Weir weir{config};
    CHECK(has(agreed_with_server(weir), "TLSv1.3/"));
    weir.console("SET server_tls13_ciphers = 'TLS_AES_128_GCM_SHA256'");
    CHECK(has(agreed_with_server(weir), "TLSv1.3/TLS_AES_128_GCM_SHA256"));
    weir.console("SET server_tls_protocols = 'tlsv1.2'");
    CHECK(has(agreed_with_server(weir), "TLSv1.2/"));
    CHECK_FALSE(has(agreed_with_server(weir), "AES128-GCM-SHA256"));
    weir.console(std::string{"SET server_tls_ciphers = '"} + kOtherCiphers + "'");
    CHECK(has(agreed_with_server(weir), "AES128-GCM-SHA256"));
}

TEST_CASE("server_tls_cert_file, server_tls_key_file: the server sees the pooler's certificate", "[pg]") {
    REQUIRES_POSTGRES();
    show(postgres(), shown_as("good"));
    Files& files = Files::shared();
    const auto own = files.write("pooler_client", files.authority.issue({.common_name = "app"}));
    Weir weir{scene::before(postgres())
                  .set("server_tls_sslmode", "require")
                  .set("server_tls_cert_file", own.certificate)
                  .set("server_tls_key_file", own.key)};
    Client client = Client::connect(weir.login());
    CHECK(client.value("SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "/CN=app");
}
