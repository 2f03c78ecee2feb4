// The settings of name resolution, against a name server of the test's own. c-ares takes name servers from
// resolv.conf without a port, so that the test needs port 53 of a loopback address: root's alone.
#include "tests/integration/compat/compat.h"
#include "tests/unit/pooler/net/dns_responder.h"

using namespace support;

namespace {

/// One worker, so that each name has one cache. Database `named` is on db.example.test.
struct Scene {
    explicit Scene(DnsResponder& dns, const std::map<std::string, std::string>& settings) {
        WeirConfig config = compat::before(Postgres::shared());
        const auto host = dns.address().substr(0, dns.address().find(':'));
        config.set("resolv_conf", folder.write("resolv.conf", "nameserver " + host + "\n"));
        config.set("workers", "1");
        for (const auto& [name, value] : settings) config.set(name, value);
        config.databases["named"] =
            "host=db.example.test dbname=app user=app connect_query='SELECT 1' port=" +
            std::to_string(Postgres::shared().port());
        weir = std::make_unique<Weir>(config);
    }
    [[nodiscard]] bool works() const {
        Client client(weir->login().with_database("named"));
        return client.connected() && client.try_query("SELECT 1").ok;
    }
    /// The next client needs a new connection, and its name.
    void reconnect() const {
        weir->console("RECONNECT named");
        CHECK(works());
    }

    TempDir folder;
    std::unique_ptr<Weir> weir;
};

}  // namespace

TEST_CASE("dns_max_ttl: a good answer is asked for again only after that time", "[pg]") {
    REQUIRES_POSTGRES();
    const auto dns = DnsResponder::as_name_server();
    if (!dns) return;
    dns->answer("db.example.test", {"127.0.0.1"});
    for (const bool kept : {true, false}) {
        const int before = dns->asked("db.example.test");
        Scene scene(*dns, {{"dns_max_ttl", kept ? "3600" : "0"}});
        CHECK(scene.works());
        scene.reconnect();
        scene.reconnect();
        const int asked = dns->asked("db.example.test") - before;
        CHECK((kept ? asked == 1 : asked >= 3));
    }
}

TEST_CASE("dns_nxdomain_ttl: a failure is not asked for again before that time", "[pg]") {
    REQUIRES_POSTGRES();
    const auto dns = DnsResponder::as_name_server();
    if (!dns) return;
    for (const bool kept : {true, false}) {
        dns->fail("db.example.test", DnsResponder::Mode::kNoSuchName);
        const int before = dns->asked("db.example.test");
        Scene scene(*dns, {{"dns_nxdomain_ttl", kept ? "3600" : "0"}, {"client_login_timeout", "60"}});
        WireClient client(scene.weir->port());
        client.send(wire::startup({{"user", "app"}, {"database", "named"}}));
        CHECK(scene.weir->logged("DNS lookup failed: db.example.test"));
        const auto asked = [&] { return dns->asked("db.example.test") - before; };
        dns->answer("db.example.test", {"127.0.0.1"});
        if (kept) {
            const int at_first = asked();
            CHECK(client.silent(std::chrono::seconds(1)));  // several rounds of server_login_retry
            CHECK(asked() == at_first);
        } else {
            CHECK(wire::transaction_status(client.read_answer()) == 'I');
        }
    }
}

TEST_CASE("dns_zone_check_period: a grown serial has the zone's names looked up again", "[pg]") {
    REQUIRES_POSTGRES();
    const auto dns = DnsResponder::as_name_server();
    if (!dns) return;
    dns->answer("db.example.test", {"127.0.0.1"});
    dns->serial("example.test", 7);
    Scene scene(*dns, {{"dns_max_ttl", "3600"}, {"dns_zone_check_period", "0.1"}});
    CHECK(scene.works());
    const auto zone = [&] {
        return compat::row_with(*scene.weir, "DNS_ZONES", {{"zonename", "example.test"}});
    };
    CHECK(eventually([&] { return !zone().empty(); }));
    CHECK(zone().at("serial") == "7");
    CHECK(zone().at("count") == "1");
    CHECK(compat::row_with(*scene.weir, "LISTS", {{"list", "dns_zones"}}).at("items") == "1");
    const auto addresses = [&] {
        return compat::row_with(*scene.weir, "DNS_HOSTS", {{"hostname", "db.example.test"}}).at("addrs");
    };
    dns->answer("db.example.test", {"127.0.0.1", "127.0.0.9"});
    dns->serial("example.test", 6);  // only growth counts
    CHECK(eventually([&] { return zone().at("serial") == "6"; }));
    CHECK(addresses() == "127.0.0.1");
    dns->serial("example.test", 8);
    CHECK(eventually([&] { return addresses() == "127.0.0.1,127.0.0.9"; }));
    // Addresses that left the answer: their servers go.
    dns->answer("db.example.test", {"127.0.0.9"});
    dns->serial("example.test", 9);
    CHECK(eventually([&] { return scene.weir->pool("sv_idle", "named") == 0; }));
    scene.weir->console("SET dns_zone_check_period = 0");
    CHECK(eventually([&] { return scene.weir->show("DNS_ZONES").empty(); }));
}
