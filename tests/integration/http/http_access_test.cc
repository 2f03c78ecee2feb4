// Who may see what, where the server listens, and what a changed configuration does to it.
#include <filesystem>

#include "tests/integration/http/http_scene.h"
#include "tests/support/contains.h"
#include "tests/support/process.h"

using namespace support;

namespace {

const std::string kToken = "s3cret-token_of.this~test";

}  // namespace

TEST_CASE("http: with a token everything but liveness asks for it", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http{scene::before(Postgres::shared()).set("http_token", kToken)};
    CHECK(http.status("/livez") == 200);
    for (const char* path : {"/readyz", "/health", "/metrics", "/nothing"}) {
        CAPTURE(path);
        const auto refused = http.get(path);
        CHECK(refused.status == 401);
        CHECK(refused.headers.at("www-authenticate") == "Bearer realm=\"weir\"");
        CHECK(http.status(path, "Authorization: Bearer wrong\r\n") == 401);
        CHECK(http.status(path, "Authorization: Bearer " + kToken + "x\r\n") == 401);
        CHECK(http.status(path, "Authorization: Basic " + kToken + "\r\n") == 401);
    }
    CHECK(http.status("/readyz", "Authorization: Bearer " + kToken + "\r\n") == 200);
    CHECK(http.status("/metrics", "authorization: bearer " + kToken + "\r\n") == 200);
    CHECK(http.status("/nothing", "Authorization: Bearer " + kToken + "\r\n") == 404);

    // The token is in no output, whatever is asked.
    const std::string authorization = "Authorization: Bearer " + kToken + "\r\n";
    for (const char* path : {"/livez", "/readyz", "/health", "/metrics", "/nothing"})
        CHECK(!contains(http.get(path, authorization).body, kToken));
    for (const auto& row : http.weir.show("CONFIG"))
        for (const auto& [column, value] : row) CHECK(!contains(value, kToken));
    http.weir.config().set("http_token", kToken + "2");
    http.weir.reload();
    CHECK(http.status("/readyz", authorization) == 401);
    CHECK(http.status("/readyz", "Authorization: Bearer " + kToken + "2\r\n") == 200);
    CHECK(!contains(http.weir.log(), kToken));
}

TEST_CASE("http: off unless set; RELOAD opens, moves and closes it", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()));
    const auto first = free_port();
    const auto second = free_port();
    CHECK(!HttpConnection(first).open());

    weir.config().set("http_listen", "127.0.0.1:" + std::to_string(first));
    weir.reload();
    CHECK(http(first, "/readyz").status == 200);

    weir.config().set("http_listen", "127.0.0.1:" + std::to_string(second));
    weir.reload();
    CHECK(http(second, "/readyz").status == 200);
    CHECK(eventually([&] { return !HttpConnection(first).open(); }));

    weir.config().set("http_listen", "");
    weir.reload();
    CHECK(eventually([&] { return !HttpConnection(second).open(); }));
}

TEST_CASE("http: an address that is taken changes nothing at RELOAD, and says where it stands", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http;
    // The pooler's own port: somebody listens there.
    http.weir.config().set("http_listen", "127.0.0.1:" + std::to_string(http.weir.port()));
    http.weir.config().set("max_client_conn", "77");
    http.weir.write_files();
    Client console(http.weir.admin_login());
    CHECK(!console.try_query("RELOAD").ok);
    CHECK(http.weir.logged(": http_listen: cannot listen on 127.0.0.1:"));
    CHECK(http.weir.logged("weir.ini:"));
    CHECK(http.status("/readyz") == 200);
    for (auto& row : http.weir.show("CONFIG"))
        if (row["key"] == "max_client_conn") CHECK(row["value"] != "77");
}

TEST_CASE("http: an address that is taken, or open to all without a token, refuses the start", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir running;
    TempDir dir;
    const auto start = [&](const std::string& lines) {
        Command command;
        command.argv = {
            weir_program().string(),
            dir.write("other.ini", "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " +
                                       std::to_string(free_port()) + "\nauth_type = trust\n" + lines)};
        command.as_account = true;
        return run(command);
    };
    const Finished taken = start("http_listen = 127.0.0.1:" + std::to_string(running.port) + "\n");
    CHECK(taken.status == 1);
    CHECK(contains(taken.output, "other.ini:5: http_listen: cannot listen on 127.0.0.1:"));
    const Finished open = start("http_listen = 0.0.0.0:9127\n");
    CHECK(open.status == 1);
    CHECK(contains(open.output, "other.ini:5: http_listen: 0.0.0.0:9127 is not a loopback address"));
    CHECK(contains(open.output, "write http_token ="));
    CHECK(running.status("/livez") == 200);
}

TEST_CASE("http: a Unix socket, gone with the process", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()));
    const std::string path = (weir.folder() / "http.sock").string();
    weir.config().set("http_listen", "unix:" + path);
    weir.reload();
    {
        HttpConnection connection(path);
        REQUIRE(connection.open());
        connection.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(parse_http(connection.read_to_end()).status == 200);
    }
    weir.stop();
    CHECK(!std::filesystem::exists(path));
}
