// readiness_url: servers that say over HTTP, to a server of the test's own, that they drain.
#include <filesystem>

#include "tests/integration/scene.h"
#include "tests/support/certificates.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

using support::Client;
using support::eventually;
using support::Postgres;
using support::Weir;

namespace {

/// Python's HTTP server, with or without TLS.
class HttpServer {
 public:
    explicit HttpServer(const std::optional<support::Credentials>& tls = std::nullopt) {
        support::Command command;
        command.argv = {"/usr/bin/python3", HTTP_SERVER, folder_.path().string()};
        if (tls) {
            command.argv.push_back(folder_.write("server.crt", tls->certificate));
            command.argv.push_back(folder_.write("server.key", tls->key));
        }
        process_ = std::make_unique<support::Process>(command);
        REQUIRE(eventually([&] { return process_->output().find('\n') != std::string::npos; }));
        port_ = process_->output().substr(std::string{"port "}.size());
        port_.resize(port_.find('\n'));
    }
    /// As one step, so that no request finds half of it.
    void answer(const std::string& host, int status) const {
        folder_.write("new", std::to_string(status));
        std::filesystem::rename(folder_.path("new"), folder_.path(host));
    }
    void stop() { process_.reset(); }
    [[nodiscard]] const std::string& port() const { return port_; }
    [[nodiscard]] std::string url(const std::string& host, const std::string& scheme = "http") const {
        return scheme + "://" + host + ":" + port_ + "/health?ready=1";
    }

 private:
    support::TempDir folder_;
    std::unique_ptr<support::Process> process_;
    std::string port_;
};

/// Two names of one PostgreSQL; each stands for a server.
support::WeirConfig two_hosts(const HttpServer& http) {
    support::WeirConfig config;
    config.databases["app"] =
        "host=127.0.0.1,localhost dbname=app port=" + std::to_string(Postgres::shared().port()) +
        " load_balance_hosts=round-robin readiness_url=" + http.url("{host}");
    return config.set("health_check_retry", "0.05").set("workers", "1").set("default_pool_size", "4");
}

std::string endpoint(Weir& weir, const std::string& host, const std::string& column) {
    for (auto& row : weir.show("ENDPOINTS"))
        if (row["host"] == host) return row[column];
    return "";
}

/// As many clients as the pool has room for, each with a transaction open.
std::vector<Client> fill(Weir& weir, int clients) {
    std::vector<Client> made;
    for (int i = 0; i < clients; ++i) {
        made.push_back(Client::connect(weir.login()));
        scene::begin(made.back());
    }
    return made;
}

}  // namespace

TEST_CASE("readiness: an address that answers 503 drains, and comes back with 200") {
    REQUIRES_POSTGRES();
    const HttpServer http;
    Weir weir(two_hosts(http));
    auto clients = fill(weir, 4);
    REQUIRE(endpoint(weir, "localhost", "connections") == "2");
    REQUIRE(endpoint(weir, "127.0.0.1", "connections") == "2");

    http.answer("localhost", 503);
    REQUIRE(weir.logged("localhost is not ready: it drains"));
    CHECK(endpoint(weir, "localhost", "draining") == "1");
    CHECK(endpoint(weir, "127.0.0.1", "draining") == "0");
    for (auto& client : clients) client.query("SELECT 1");  // what is at work goes on
    CHECK(endpoint(weir, "localhost", "connections") == "2");
    for (auto& client : clients) client.query("COMMIT");
    REQUIRE(eventually([&] { return endpoint(weir, "localhost", "connections") == "0"; }));
    clients = fill(weir, 4);  // those that are missing are opened elsewhere
    CHECK(endpoint(weir, "localhost", "connections") == "0");
    CHECK(endpoint(weir, "127.0.0.1", "connections") == "4");
    for (auto& client : clients) client.query("COMMIT");

    http.answer("localhost", 200);
    REQUIRE(weir.logged("localhost is ready again"));
    CHECK(endpoint(weir, "localhost", "draining") == "0");
    weir.console("RECONNECT app");
    clients = fill(weir, 4);
    CHECK(endpoint(weir, "localhost", "connections") == "2");
    int events = 0;
    for (auto& event : weir.show("EVENTS")) events += event["event"].find("localhost") == 0;
    CHECK(events == 2);
}

TEST_CASE("readiness: idle connections to it end at once; with no other address it is used all the same") {
    REQUIRES_POSTGRES();
    const HttpServer http;
    Weir weir(two_hosts(http));
    fill(weir, 4);
    REQUIRE(eventually([&] { return weir.pool("sv_idle") == 4; }));
    http.answer("localhost", 503);
    REQUIRE(eventually([&] { return weir.pool("sv_idle") == 2; }));
    CHECK(endpoint(weir, "localhost", "connections") == "0");
    http.answer("127.0.0.1", 503);
    REQUIRE(weir.logged("127.0.0.1 is not ready: it drains"));
    CHECK(scene::works(weir));
}

TEST_CASE("readiness: other answers, and none, are no verdict") {
    REQUIRES_POSTGRES();
    HttpServer http;
    Weir weir(two_hosts(http));
    http.answer("localhost", 404);
    REQUIRE(weir.logged("host localhost: status 404"));
    CHECK(endpoint(weir, "localhost", "draining") != "1");
    http.answer("localhost", 503);
    REQUIRE(weir.logged("localhost is not ready: it drains"));
    http.stop();  // who drained and is silent now is judged by its SQL port
    REQUIRE(weir.logged("localhost is ready again"));
    CHECK(weir.logged("host 127.0.0.1: connect failed: connection refused"));
}

TEST_CASE("readiness: over TLS, whose certificate counts as sslmode says") {
    REQUIRES_POSTGRES();
    support::Authority authority{"test authority"};
    support::CertificateRequest request;
    request.common_name = "localhost";
    request.dns = {"localhost"};
    const HttpServer http{authority.issue(request)};
    const support::TempDir folder;
    const auto config = [&](const std::string& trusted) {
        support::WeirConfig made;
        made.database(Postgres::shared().port(),
                      "sslmode=verify-full sslrootcert=" + folder.write("ca.crt", trusted) +
                          " readiness_url=" + http.url("localhost", "https"));
        return made.set("health_check_retry", "0.05");
    };
    {
        Weir weir(config(support::Authority{"another"}.certificate()));
        CHECK(weir.logged("host 127.0.0.1: TLS handshake failed"));
    }
    http.answer("localhost", 503);
    Weir weir(config(authority.certificate()));
    CHECK(weir.logged("127.0.0.1 is not ready: it drains"));
}
