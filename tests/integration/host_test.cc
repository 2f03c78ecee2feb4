// Where servers are: addresses, names, Unix sockets, lists of hosts with dead ones among them.
#include <set>

#include "tests/integration/scene.h"

using namespace support;

namespace {

/// A server that listens on two addresses of the loopback network.
Postgres& two_addresses() {
    static Postgres server(
        {{"listen_addresses = '127.0.0.1,127.0.0.2'"}, {"host all all 127.0.0.0/8 trust"}});
    return server;
}

WeirConfig with_host(const std::string& host, const std::string& more = "") {
    WeirConfig config;
    config.databases["app"] = "host=" + host + " port=" + std::to_string(two_addresses().port()) + " " + more;
    return config;
}

/// Addresses on which `count` servers held at the same time were reached.
std::multiset<std::string> addresses(const Weir& weir, int count) {
    std::vector<Client> clients;
    std::multiset<std::string> found;
    for (int i = 0; i < count; ++i) {
        clients.push_back(Client::connect(weir.login()));
        clients.back().query("BEGIN");
        found.insert(clients.back().value("SELECT host(inet_server_addr())"));
    }
    for (auto& client : clients) client.query("COMMIT");
    return found;
}

}  // namespace

TEST_CASE("hosts: a name is looked up and a folder is a Unix socket", "[pg]") {
    REQUIRES_POSTGRES();
    CHECK(addresses(Weir(with_host("localhost")), 1).count("127.0.0.1") == 1);
    Weir weir(with_host(two_addresses().socket_dir().string()));
    CHECK(Client::connect(weir.login()).value("SELECT inet_server_addr() IS NULL") == "t");
}

TEST_CASE("hosts: a list is used in turn", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with_host("127.0.0.1,127.0.0.2").set("workers", "1"));
    const auto found = addresses(weir, 4);
    CHECK(found.count("127.0.0.1") == 2);
    CHECK(found.count("127.0.0.2") == 2);
}

TEST_CASE("hosts: with load_balance_hosts=disable one address is kept", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with_host("127.0.0.2,127.0.0.1", "load_balance_hosts=disable"));
    const auto found = addresses(weir, 4);
    CHECK(std::set<std::string>(found.begin(), found.end()).size() == 1);
}

TEST_CASE("hosts: a dead entry of the list does not keep clients away", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* balance = GENERATE("round-robin", "disable");
    CAPTURE(balance);
    Weir weir(with_host("127.0.0.3,127.0.0.1", std::string("load_balance_hosts=") + balance));
    CHECK(addresses(weir, 3).count("127.0.0.1") == 3);
}

TEST_CASE("hosts: a name nobody knows is told to the client and costs the others nothing", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = with_host("127.0.0.1").set("query_wait_timeout", "2").set("client_login_timeout", "5");
    config.databases["lost"] = "host=no-such-host.invalid dbname=app";
    Weir weir(config);
    const Client lost(weir.login().with_database("lost"));
    CHECK_FALSE(lost.connected());
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}
