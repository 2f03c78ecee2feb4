// Readiness follows what the process is told; liveness does not.
#include <csignal>

#include "tests/integration/http/http_scene.h"

using namespace support;

TEST_CASE("http: not ready from PAUSE and SUSPEND to RESUME, alive all the time", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http;
    CHECK(http.get("/readyz").body == "ready\n");
    auto client = Client::connect(http.weir.login());
    scene::begin(client);  // PAUSE waits for it

    Client console(http.weir.admin_login());
    REQUIRE(console.send("PAUSE"));
    CHECK(eventually([&] { return http.status("/readyz") == 503; }));
    CHECK(http.get("/readyz").body == "paused\n");
    CHECK(http.status("/livez") == 200);
    CHECK(http.get("/health").body.find("\"readiness\": \"paused\"") != std::string::npos);
    client.query("COMMIT");
    CHECK(console.wait().ok);
    CHECK(http.status("/readyz") == 503);
    http.weir.console("RESUME");
    CHECK(http.status("/readyz") == 200);

    http.weir.console("PAUSE app");  // the only database
    CHECK(http.get("/readyz").body == "paused\n");
    http.weir.console("RESUME app");
    CHECK(http.status("/readyz") == 200);

    CHECK(console.try_query("SUSPEND").ok);
    CHECK(http.get("/readyz").body == "suspended\n");
    CHECK(http.status("/livez") == 200);
    CHECK(http.status("/metrics") == 200);
    CHECK(console.try_query("RESUME").ok);
    CHECK(http.get("/readyz").body == "ready\n");
}

TEST_CASE("http: not ready as soon as a shutdown begins, alive until it ends", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http;
    auto client = Client::connect(http.weir.login());
    scene::begin(client);  // SIGTERM waits for it
    http.weir.process().signal(SIGTERM);
    CHECK(eventually([&] { return http.status("/readyz") == 503; }));
    CHECK(http.get("/readyz").body == "shutting down\n");
    CHECK(http.status("/livez") == 200);
    CHECK(http.status("/metrics") == 200);
    client.query("COMMIT");
    client.close();
    http.weir.check_end();
    CHECK(!HttpConnection(http.port).open());
}

TEST_CASE("http: requests under way do not hold up the end", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http;
    HttpConnection silent(http.port);
    silent.send("GET /metrics HTTP/1.1\r\n");
    HttpConnection deaf(http.port);  // never reads
    deaf.send("GET /metrics HTTP/1.1\r\n\r\n");
    http.weir.stop();
    CHECK(silent.ends());
}
