// Zone serials: a zone that has grown has its names looked up again.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "dns_responder.h"
#include "pooler/net/resolver.h"
#include "tests/support/catch.h"
#include "tests/support/test_loop.h"

using namespace std::chrono_literals;
using pooler::Address;
using pooler::Resolver;

namespace {

const std::string kHost = "db.example.com";
const std::string kZone = "example.com";

struct Observer : pooler::ResolverObserver {
    virtual ~Observer() = default;
    std::vector<std::string> changed;
    void on_addresses_changed(std::string_view host, const std::vector<Address>& /*addresses*/) override {
        changed.emplace_back(host);
    }
};

struct Waiter : pooler::ResolveWaiter {
    virtual ~Waiter() = default;
    bool called = false;
    void on_resolved(const pooler::Resolved& /*resolved*/) override { called = true; }
};

struct Scene {
    Scene() {
        dns.answer(kHost, {"192.0.2.1"});
        dns.serial(kZone, 7);
        pooler::ResolverOptions options;
        options.servers = dns.address();
        options.max_ttl = 1h;
        resolver = std::make_unique<Resolver>(loop.get(), options, &observer);
        Waiter waiter;
        static_cast<void>(resolver->resolve(kHost, 1, waiter));
        REQUIRE(loop.run_until([&] { return waiter.called; }));
    }
    [[nodiscard]] bool serial_is(std::uint32_t wanted) {
        return loop.run_until([&] {
            const auto zones = resolver->zones();
            return zones.size() == 1 && zones[0].serial == wanted;
        });
    }

    DnsResponder dns;
    support::TestLoop loop;
    Observer observer;
    std::unique_ptr<Resolver> resolver;
};

}  // namespace

TEST_CASE("resolver: without a period no zone is asked for") {
    Scene scene;
    scene.loop.run_for(100ms);
    CHECK(scene.resolver->zones().empty());
    CHECK(scene.dns.asked(kHost) == 1);
}

TEST_CASE("resolver: a grown serial refreshes the zone's names, a smaller one does not") {
    Scene scene;
    scene.resolver->set_zone_check(20ms);
    REQUIRE(scene.serial_is(7));
    CHECK(scene.resolver->zones()[0].name == kZone);
    CHECK(scene.resolver->zones()[0].hosts == 1);
    scene.dns.answer(kHost, {"192.0.2.2"});
    scene.dns.serial(kZone, 6);
    REQUIRE(scene.serial_is(6));
    CHECK(scene.dns.asked(kHost) == 1);
    scene.dns.serial(kZone, 8);
    CHECK(scene.loop.run_until([&] { return !scene.observer.changed.empty(); }));
    CHECK(scene.observer.changed == std::vector<std::string>{kHost});
    CHECK(scene.dns.asked(kHost) == 2);
    CHECK(scene.resolver->hosts()[0].addresses[0].host() == "192.0.2.2");
}

TEST_CASE("resolver: serials are compared as numbers that wrap") {
    Scene scene;
    scene.dns.serial(kZone, 0xfffffff0);
    scene.resolver->set_zone_check(20ms);
    REQUIRE(scene.serial_is(0xfffffff0));
    scene.dns.serial(kZone, 5);
    CHECK(scene.loop.run_until([&] { return scene.dns.asked(kHost) == 2; }));
}

TEST_CASE("resolver: a zone without an answer changes nothing, and the check can be switched off") {
    Scene scene;
    scene.dns.fail(kZone, DnsResponder::Mode::kServerFailure);
    scene.resolver->set_zone_check(20ms);
    scene.loop.run_for(100ms);
    CHECK(scene.resolver->zones().empty());
    scene.dns.serial(kZone, 9);
    REQUIRE(scene.serial_is(9));
    scene.resolver->set_zone_check(0ms);
    CHECK(scene.resolver->zones().empty());
    CHECK(scene.dns.asked(kHost) == 1);
}
