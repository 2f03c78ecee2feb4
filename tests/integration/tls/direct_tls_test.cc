// Clients that begin with TLS, without an SSLRequest: which protocols they may offer by ALPN, and that what
// they send is not read if they offer others only.
#include "tests/integration/tls/direct_client.h"
#include "tests/integration/tls/tls_scene.h"

using namespace support;
using namespace tls_scene;

namespace {

std::string work() {
    return wire::startup({{"user", "app"}, {"database", "app"}}) +
           wire::query("SELECT 'direct ' || 'answer'");
}

WeirConfig with_tls() {
    auto config = scene::before(Postgres::shared());
    return with_client_tls(config, "require");
}

}  // namespace

TEST_CASE("direct TLS: a client that offers postgresql, alone or among others, is served", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls()};
    for (const char* offered : {"\012postgresql", "\010http/1.1\012postgresql"}) {
        DirectClient client{weir.port(), offered};
        REQUIRE(client.secured());
        CHECK(client.chosen() == "postgresql");
        client.send(work());
        CHECK(client.receives("direct answer"));
    }
}

TEST_CASE("direct TLS: a client that offers other protocols only is refused before anything is read",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls()};
    for (const char* offered : {"\010http/1.1", "\002h2\010http/1.1", "\013postgresqlx", "\012POSTGRESQL"}) {
        CAPTURE(offered);
        DirectClient client{weir.port(), offered};
        CHECK_FALSE(client.secured());
        CHECK(client.refusal().find("no application protocol") != std::string::npos);
    }
    CHECK(weir.logged("TLS handshake failed: no application protocol"));
    CHECK(weir.log().find("db=app") == std::string::npos);
}

TEST_CASE("direct TLS: a request for TLS inside TLS ends the connection without a word", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls()};
    DirectClient client{weir.port(), "\012postgresql"};
    REQUIRE(client.secured());
    client.send(wire::ssl_request());
    CHECK_FALSE(client.receives("FATAL"));
    CHECK(weir.logged("closing because: SSL req inside SSL"));
}

TEST_CASE("direct TLS: without ALPN it is served, as by PgBouncer", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls()};
    DirectClient client{weir.port(), ""};
    REQUIRE(client.secured());
    CHECK(client.chosen().empty());
    client.send(work());
    CHECK(client.receives("direct answer"));
}
