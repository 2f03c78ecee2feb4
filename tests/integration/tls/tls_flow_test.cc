// What flows through TLS on both sides: large results and large requests, single bytes, COPY, cancel, many
// clients, and servers that move between workers.
#include <thread>

#include "tests/integration/tls/tls_scene.h"
#include "tests/support/fault_proxy.h"

using namespace support;
using namespace tls_scene;

namespace {

/// TLS on both legs, checked on both.
WeirConfig both_legs() {
    static const bool shown = [] {
        show(postgres(), Files::shared().authority.issue(good_server()));
        return true;
    }();
    REQUIRE(shown);
    WeirConfig config;
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(postgres().port());
    config.set("server_tls_sslmode", "verify-full").set("server_tls_ca_file", Files::shared().ca());
    with_client_tls(config, "require");
    return config;
}

Login over_tls(const Weir& weir, const std::string& user = "app") {
    Login login = weir.login(user).with(libpq("verify-full"));
    login.host = kHost;
    return login;
}

bool encrypted(Client& client) {
    return client.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t";
}

}  // namespace

TEST_CASE("TLS flow: large results and large requests arrive whole, in any order", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{both_legs()};
    Client client = Client::connect(over_tls(weir));
    CHECK(encrypted(client));
    // Rows of many sizes, one larger than all blocks, by asynchronous libpq.
    const auto rows =
        client.query("SELECT repeat(chr(97 + n % 26), n * 997 % 300000) FROM generate_series(1, 200) n").rows;
    REQUIRE(rows.size() == 200);
    for (std::size_t n = 1; n <= rows.size(); ++n)
        CHECK(rows[n - 1][0] == std::string(n * 997 % 300000, static_cast<char>('a' + n % 26)));
    for (const std::size_t size : {1UL, 8191UL, 8192UL, 16385UL, 131072UL, 5'000'000UL}) {
        const std::string value(size, 'q');
        CHECK(client.try_params("SELECT length($1), md5($1)", {value}).rows[0][0] == std::to_string(size));
    }
}

TEST_CASE("TLS flow: a large COPY arrives whole", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{both_legs()};
    Client client = Client::connect(over_tls(weir));
    client.query("DROP TABLE IF EXISTS tls_copy; CREATE TABLE tls_copy (line text)");
    std::string text;
    for (int n = 0; n < 20000; ++n) text += std::string(static_cast<std::size_t>(n % 300), 'c') + "\n";
    const auto in = client.copy_in("COPY tls_copy FROM STDIN", text);
    CHECK(in.tag == "COPY 20000");
    CHECK(client.value("SELECT count(*) || ' ' || sum(length(line)) FROM tls_copy") ==
          "20000 " + std::to_string(text.size() - 20000));
    client.query("DROP TABLE tls_copy");
}

TEST_CASE("TLS flow: a slow reader and a fast writer of large rows do not stop each other", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{both_legs()};
    Client slow = Client::connect(over_tls(weir));
    REQUIRE(slow.send("SELECT repeat('s', 100000) FROM generate_series(1, 100)"));
    // Its result fills every buffer on the way and stops in the middle of a record; others go on.
    Client other = Client::connect(over_tls(weir));
    for (int n = 0; n < 50; ++n) CHECK(other.value("SELECT 1") == "1");
    const auto result = slow.wait();
    CHECK(result.ok);
    CHECK(result.rows.size() == 100);
}

TEST_CASE("TLS flow: records that arrive byte by byte on either leg are put together", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = both_legs();
    FaultProxy to_server{postgres().port()};
    Fault single;
    single.slice_bytes = 1;
    to_server.to_target(single);
    to_server.from_target(single);
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(to_server.port());
    Weir weir{config};
    FaultProxy to_weir{weir.port()};
    to_weir.to_target(single);
    to_weir.from_target(single);
    Login login = over_tls(weir);
    login.port = to_weir.port();
    Client client = Client::connect(login);
    CHECK(client.value("SELECT repeat('d', 3000)") == std::string(3000, 'd'));
    CHECK(client.try_params("SELECT $1", {std::string(2000, 'u')}).rows == Rows{{std::string(2000, 'u')}});
}

TEST_CASE("TLS flow: a cancel goes through TLS to the server whose connection does", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = both_legs();
    FaultProxy to_server{postgres().port()};
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(to_server.port());
    Weir weir{config};
    Client client = Client::connect(over_tls(weir));
    REQUIRE(client.send("SELECT pg_sleep(60)"));
    REQUIRE(scene::running(postgres(), "pg_sleep(60)"));
    const bool switched_off = GENERATE(false, true);
    CAPTURE(switched_off);
    if (switched_off) {
        weir.config().set("server_tls_sslmode", "disable");
        weir.reload();
    }
    const auto before = to_server.bytes_to_target();
    REQUIRE(client.cancel());
    CHECK(client.wait().sqlstate == "57014");
    // A cancel request in clear has 16 bytes, a handshake some hundred.
    CHECK(to_server.bytes_to_target() - before > 200);
    CHECK(encrypted(client) != switched_off);
}

TEST_CASE("TLS flow: pgbench runs through TLS on both legs while servers move between workers", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{both_legs().set("default_pool_size", "3").set("workers", "2")};
    const auto pgbench = [&weir](std::vector<std::string> arguments) {
        Command command;
        command.argv = {(postgres_programs() / "pgbench").string(),
                        "-h",
                        kHost,
                        "-p",
                        std::to_string(weir.port()),
                        "-U",
                        "app"};
        command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
        command.argv.emplace_back("app");
        command.environment = {{"PGSSLMODE", "verify-full"}, {"PGSSLROOTCERT", Files::shared().ca()}};
        return run(command);
    };
    const auto made = pgbench({"-i", "-q", "-s", "1"});
    INFO(made.output);
    REQUIRE(made.status == 0);
    for (const char* protocol : {"simple", "extended", "prepared"}) {
        const auto done = pgbench({"-n", "-S", "-M", protocol, "-c", "8", "-j", "2", "-t", "200"});
        INFO(done.output);
        CHECK(done.status == 0);
        CHECK(done.output.find("actually processed: 1600/1600") != std::string::npos);
    }
    long arrivals = 0;
    for (auto& row : weir.show("HANDOVERS"))
        if (row["database"] == "app") arrivals += std::stol(row["handovers"]);
    CHECK(arrivals > 0);
    for (auto& row : weir.show("SERVERS")) CHECK(row["tls"].starts_with("TLSv1.3"));
}

TEST_CASE("TLS flow: clients that vanish in the middle of a record leave nothing behind", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{both_legs()};
    FaultProxy between{weir.port()};
    for (int n = 0; n < 5; ++n) {
        Login login = over_tls(weir);
        login.port = between.port();
        Client client = Client::connect(login);
        REQUIRE(client.send("SELECT repeat('v', 50000) FROM generate_series(1, 100)"));
        between.close_all();
    }
    CHECK(eventually([&] { return weir.pool("cl_active") == 0; }));
    Client next = Client::connect(over_tls(weir));
    CHECK(next.value("SELECT 1") == "1");
}
