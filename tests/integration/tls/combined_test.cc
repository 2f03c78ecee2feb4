// Both legs at once, as the third table says.
#include "tests/integration/tls/expectations.h"
#include "tests/integration/tls/tls_scene.h"

using namespace support;
using namespace tls_scene;

namespace {

std::string outcome(const Weir& weir, const expectations::CombinedRow& row) {
    Login login = weir.login().with(libpq(row.client_sslmode) + certificate_keys(row.client_certificate));
    login.host = kHost;
    Client client{login};
    const bool server_refused = weir.log().find("server login failed: TLS") != std::string::npos;
    if (!client.connected()) return server_refused ? "server refused" : "-";
    const std::string leg = PQsslInUse(client.raw()) == 1 ? "TLS" : "plain";
    const bool encrypted = client.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t";
    return leg + (encrypted ? " / TLS" : " / plain");
}

}  // namespace

TEST_CASE("TLS on both legs: each combination ends as the table says", "[pg]") {
    REQUIRES_POSTGRES();
    for (const auto& row : expectations::kCombined) {
        show(postgres(), shown_as(row.shown));
        WeirConfig config;
        config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(postgres().port());
        // As with PgBouncer, the client of a server that is refused waits for better times.
        const bool refused = std::string{row.outcome} == "server refused";
        config.set("server_tls_sslmode", row.server_tls_sslmode);
        config.set("client_login_timeout", refused ? "1" : "60");
        config.set("server_tls_ca_file", Files::shared().ca());
        Weir weir{with_client_tls(config, row.client_tls_sslmode)};
        CAPTURE(row.client_tls_sslmode, row.client_sslmode, row.client_certificate, row.server_tls_sslmode,
                row.shown);
        CHECK(outcome(weir, row) == row.outcome);
    }
    show(postgres(), shown_as("good"));
}
