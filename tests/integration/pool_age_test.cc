// The life of a server connection: opened, checked, aged out, replaced.
#include <algorithm>
#include <map>
#include <sstream>

#include "tests/integration/scene.h"

using namespace support;

namespace {

std::string backend(Client& client) { return client.value("SELECT pg_backend_pid()"); }

int count(const std::string& text, const std::string& part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

/// Seconds of the day, from "2026-01-31 12:00:00.123 UTC ...".
double time_of(const std::string& line) {
    constexpr std::size_t kHour = 11;
    const auto part = [&](std::size_t at, std::size_t length) { return std::stod(line.substr(at, length)); };
    return part(kHour, 2) * 3600 + part(kHour + 3, 2) * 60 + part(kHour + 6, 6);
}

/// From a log: how long each server connection was there.
std::vector<double> ages_of_servers(const std::string& log) {
    std::map<std::string, double> opened;
    std::vector<double> ages;
    std::istringstream in(log);
    for (std::string line; std::getline(in, line);) {
        const auto id = line.find(" S-");
        if (id == std::string::npos) continue;
        const std::string name = line.substr(id, line.find(':', id) - id);
        if (line.find("new connection to server") != std::string::npos) opened[name] = time_of(line);
        constexpr double kDay = 86400;
        if (line.find("closing because: ") != std::string::npos)
            ages.push_back(time_of(line) - opened[name] + (time_of(line) < opened[name] ? kDay : 0));
    }
    return ages;
}

}  // namespace

TEST_CASE("server_lifetime: an idle server that is too old is closed, one in use is not", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1").set("server_lifetime", "1"));
    auto client = Client::connect(weir.login());
    client.query("BEGIN");
    const auto pid = backend(client);
    CHECK(always([&] { return postgres.connections("pid = " + pid) == 1; }, std::chrono::seconds(3)));
    client.query("COMMIT");
    CHECK(eventually([&] { return postgres.connections("pid = " + pid) == 0; }));
    CHECK(backend(client) != pid);
}

TEST_CASE("server_lifetime: servers opened together do not end together, but up to a tenth early", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    constexpr int kServers = 20;
    Weir weir(scene::before(postgres)
                  .set("default_pool_size", std::to_string(kServers))
                  .set("server_lifetime", "5"));
    {
        std::vector<Client> clients;
        for (int i = 0; i < kServers; ++i) {
            clients.push_back(Client::connect(weir.login()));
            scene::begin(clients.back());
        }
        for (auto& client : clients) client.query("COMMIT");
    }
    REQUIRE(
        eventually([&] { return count(weir.log(), "closing because: server lifetime over") == kServers; }));
    const auto ages = ages_of_servers(weir.log());
    REQUIRE(ages.size() == kServers);
    // Of so many at least one has its end before the common one, and the others see at most the sweep's
    // delay.
    CHECK(*std::min_element(ages.begin(), ages.end()) < 4.99);
    CHECK(*std::min_element(ages.begin(), ages.end()) >= 4.49);
}

TEST_CASE("server_lifetime: zero means one use for each connection", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "1").set("server_lifetime", "0"));
    auto client = Client::connect(weir.login());
    const auto pid = backend(client);
    CHECK(backend(client) != pid);
}

TEST_CASE("server_idle_timeout: unused servers are closed and new ones opened at need", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("server_idle_timeout", "1"));
    auto client = Client::connect(weir.login());
    CHECK(client.value("SELECT 1") == "1");
    CHECK(scene::connections(postgres, 0));
    CHECK(client.value("SELECT 2") == "2");
}

TEST_CASE("idle servers: one that the database closed is never handed to a client", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres));
    auto client = Client::connect(weir.login());
    for (int i = 0; i < 10; ++i) {
        client.query("SELECT 1");
        scene::kill_idle_servers(weir, postgres);
        CHECK(client.value("SELECT 2") == "2");
    }
}

TEST_CASE("server_check_query: it runs before an idle server is used again", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres postgres({{"log_statement = all"}, {}});
    Weir weir(
        scene::before(postgres).set("server_check_query", "SELECT 'checked'").set("server_check_delay", "0"));
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    client.query("SELECT 2");
    CHECK(eventually([&] { return postgres.log().find("SELECT 'checked'") != std::string::npos; }));
    CHECK(client.value("SELECT 3") == "3");
}

TEST_CASE("connect_query: it runs once on every new server before its first use", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(
        scene::before(postgres, "connect_query='SET work_mem TO ''4321kB'''").set("default_pool_size", "1"));
    auto client = Client::connect(weir.login());
    CHECK(client.value("SHOW work_mem") == "4321kB");
    scene::kill_idle_servers(weir, postgres);
    CHECK(client.value("SHOW work_mem") == "4321kB");
}

TEST_CASE("connect_query: its error is told in the log and costs nothing else", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared(), "connect_query='SELECT nonsense'"));
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    CHECK(weir.logged("connect_query failed: column \"nonsense\" does not exist"));
}

TEST_CASE("server_round_robin: idle servers take turns instead of the last one used first", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* round_robin = GENERATE("0", "1");
    CAPTURE(round_robin);
    // One worker: between workers a server stays where it was used last.
    Weir weir(scene::before(scene::settled(Postgres::shared()))
                  .set("default_pool_size", "2")
                  .set("workers", "1")
                  .set("server_round_robin", round_robin));
    auto one = Client::connect(weir.login());
    auto two = Client::connect(weir.login());
    scene::begin(one);
    scene::begin(two);
    one.query("COMMIT");
    two.query("COMMIT");
    const auto first = backend(one);
    if (std::string(round_robin) == "1") {
        CHECK(backend(one) != first);
        CHECK(backend(one) == first);
    } else {
        CHECK(backend(one) == first);
    }
}
