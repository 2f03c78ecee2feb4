// The resolver against a DNS server of our own on loopback: answers, failures, deadlines, cache, rotation.
#include "pooler/net/resolver.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dns_responder.h"
#include "tests/support/catch.h"
#include "tests/support/test_loop.h"

using namespace std::chrono_literals;
using pooler::Address;
using pooler::Resolved;
using pooler::Resolver;
using pooler::ResolverOptions;
using Mode = DnsResponder::Mode;

namespace {

const std::string kHost = "db.example.com";

struct Waiter : pooler::ResolveWaiter {
    Waiter() = default;
    virtual ~Waiter() = default;
    std::optional<Resolved> answer;
    int calls = 0;
    void on_resolved(const Resolved& resolved) override {
        answer = resolved;
        ++calls;
    }
    /// Asks and notes what is known at once.
    void ask(Resolver& resolver, const std::string& host, std::uint16_t port = 5432) {
        answer = resolver.resolve(host, port, *this);
    }
};

ResolverOptions options_for(const DnsResponder& dns) {
    ResolverOptions options;
    options.servers = dns.address();
    options.timeout = 30s;
    return options;
}

Resolved resolve(support::TestLoop& loop, Resolver& resolver, const std::string& host) {
    Waiter waiter;
    waiter.ask(resolver, host);
    REQUIRE(loop.run_until([&] { return waiter.answer.has_value(); }));
    return *waiter.answer;
}

std::string texts(const Resolved& resolved) {
    std::string all;
    for (const Address& address : resolved.addresses) all += (all.empty() ? "" : " ") + address.to_text();
    return all;
}

}  // namespace

TEST_CASE("resolver: a name is answered later, with the port that was asked for") {
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1"});
    support::TestLoop loop;
    Resolver resolver{loop.get(), options_for(dns)};
    Waiter waiter;
    waiter.ask(resolver, kHost, 26257);
    CHECK_FALSE(waiter.answer.has_value());
    CHECK(resolver.counts().queries == 1);
    CHECK(resolver.counts().waiters == 1);
    REQUIRE(loop.run_until([&] { return waiter.answer.has_value(); }));
    CHECK(texts(*waiter.answer) == "192.0.2.1:26257");
    CHECK(waiter.answer->error.empty());
    CHECK(resolver.counts().queries == 0);
    CHECK(resolver.counts().waiters == 0);
}

TEST_CASE("resolver: a fresh answer is returned at once, names are compared without case") {
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1"});
    support::TestLoop loop;
    Resolver resolver{loop.get(), options_for(dns)};
    resolve(loop, resolver, kHost);
    Waiter waiter;
    waiter.ask(resolver, "DB.Example.COM", 1);
    REQUIRE(waiter.answer.has_value());
    CHECK(texts(*waiter.answer) == "192.0.2.1:1");
    CHECK(dns.asked(kHost) == 1);
}

TEST_CASE("resolver: numeric addresses need no DNS") {
    DnsResponder dns;
    support::TestLoop loop;
    Resolver resolver{loop.get(), options_for(dns)};
    Waiter waiter;
    waiter.ask(resolver, "2001:db8::7", 5);
    REQUIRE(waiter.answer.has_value());
    CHECK(texts(*waiter.answer) == "[2001:db8::7]:5");
    waiter.ask(resolver, "not:an:address");
    REQUIRE(waiter.answer.has_value());
    CHECK(waiter.answer->addresses.empty());
    CHECK(waiter.answer->error.find("not:an:address") != std::string::npos);
    CHECK(resolver.counts().names == 0);
}

TEST_CASE("resolver: names of /etc/hosts resolve without a server") {
    DnsResponder dns;
    support::TestLoop loop;
    Resolver resolver{loop.get(), options_for(dns)};
    const Resolved answer = resolve(loop, resolver, "localhost");
    REQUIRE_FALSE(answer.addresses.empty());
    for (const Address& address : answer.addresses) {
        const bool loopback = address.host() == "127.0.0.1" || address.host() == "::1";
        CHECK(loopback);
    }
    CHECK(dns.asked("localhost") == 0);
}

TEST_CASE("resolver: a name that does not exist is an error, and is not asked again at once") {
    DnsResponder dns;
    support::TestLoop loop;
    Resolver resolver{loop.get(), options_for(dns)};
    const Resolved answer = resolve(loop, resolver, kHost);
    CHECK(answer.addresses.empty());
    CHECK(answer.error.find("DNS lookup failed: db.example.com: ") == 0);
    const int asked = dns.asked(kHost);
    CHECK(asked >= 1);
    CHECK(resolve(loop, resolver, kHost).error == answer.error);
    CHECK(dns.asked(kHost) == asked);
}

TEST_CASE("resolver: after nxdomain_ttl a failed name is asked again") {
    DnsResponder dns;
    support::TestLoop loop;
    ResolverOptions options = options_for(dns);
    options.nxdomain_ttl = 0ms;
    Resolver resolver{loop.get(), options};
    CHECK(resolve(loop, resolver, kHost).addresses.empty());
    dns.answer(kHost, {"192.0.2.9"});
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.9:5432");
}

TEST_CASE("resolver: a server that does not answer costs the deadline, not for ever") {
    DnsResponder dns;
    dns.fail(kHost, Mode::kSilent);
    support::TestLoop loop;
    ResolverOptions options = options_for(dns);
    options.timeout = 200ms;
    options.nxdomain_ttl = 0ms;
    Resolver resolver{loop.get(), options};
    const Resolved answer = resolve(loop, resolver, kHost);
    CHECK(answer.error == "DNS lookup failed: db.example.com: no answer within 200 ms");
    CHECK(resolver.counts().queries == 0);

    dns.answer(kHost, {"192.0.2.3"});  // and then it recovers, though the first query was never answered
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.3:5432");
}

TEST_CASE("resolver: an answer after the deadline still fills the cache") {
    DnsResponder dns;
    dns.fail(kHost, Mode::kSilent);
    support::TestLoop loop;
    ResolverOptions options = options_for(dns);
    options.timeout = 200ms;
    Resolver resolver{loop.get(), options};
    CHECK(resolve(loop, resolver, kHost).addresses.empty());
    dns.answer(kHost, {"192.0.2.4"});
    dns.answer_open_questions();
    REQUIRE(loop.run_until([&] { return !resolver.hosts().front().addresses.empty(); }));
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.4:5432");
}

TEST_CASE("resolver: a changed answer is seen after the ttl, not before, and told once") {
    struct Observer : pooler::ResolverObserver {
        std::vector<std::string> heard;
        void on_addresses_changed(std::string_view host, const std::vector<Address>& addresses) override {
            heard.push_back(std::string{host} + " " + addresses.front().host());
        }
    };
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1"});
    support::TestLoop loop;
    Observer observer;
    Resolver resolver{loop.get(), options_for(dns), &observer};
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.1:5432");
    dns.answer(kHost, {"192.0.2.2"});
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.1:5432");
    const Address old = *pooler::parse_numeric("192.0.2.1", 5432);
    CHECK(resolver.still_listed(kHost, old));
    CHECK(observer.heard.empty());

    resolver.expire_all();
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.2:5432");
    CHECK(observer.heard == std::vector<std::string>{"db.example.com 192.0.2.2"});
    CHECK_FALSE(resolver.still_listed(kHost, old));
    CHECK(resolver.still_listed("other.example.com", old));

    resolver.expire_all();
    resolve(loop, resolver, kHost);
    CHECK(observer.heard.size() == 1);
}

TEST_CASE("resolver: max_ttl bounds the age of an answer and can be changed") {
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1"});
    support::TestLoop loop;
    Resolver resolver{loop.get(), options_for(dns)};
    resolver.set_ttl(50ms, 15s);
    resolve(loop, resolver, kHost);
    dns.answer(kHost, {"192.0.2.2"});
    Waiter waiter;
    REQUIRE(loop.run_until([&] {
        if (!waiter.linked()) waiter.ask(resolver, kHost);
        return waiter.answer.has_value() && texts(*waiter.answer) == "192.0.2.2:5432";
    }));
    resolver.set_ttl(1h, 15s);
    resolver.expire_all();
    resolve(loop, resolver, kHost);
    const int asked = dns.asked(kHost);
    resolve(loop, resolver, kHost);
    CHECK(dns.asked(kHost) == asked);
    CHECK(resolver.hosts().front().left > 3500s);
}

TEST_CASE("resolver: when a refresh fails the last good answer is kept") {
    const Mode mode = GENERATE(Mode::kNoSuchName, Mode::kServerFailure);
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1"});
    support::TestLoop loop;
    ResolverOptions options = options_for(dns);
    options.nxdomain_ttl = 0ms;
    Resolver resolver{loop.get(), options};
    resolve(loop, resolver, kHost);
    dns.fail(kHost, mode);
    for (int round = 0; round < 3; ++round) {
        resolver.expire_all();
        const Resolved answer = resolve(loop, resolver, kHost);
        CHECK(texts(answer) == "192.0.2.1:5432");
        CHECK(answer.error.empty());
    }
    dns.answer(kHost, {"192.0.2.2"});
    resolver.expire_all();
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.2:5432");
}

TEST_CASE("resolver: a slow refresh does not hold up those who wait; a late answer is used afterwards") {
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1"});
    support::TestLoop loop;
    ResolverOptions options = options_for(dns);
    options.stale_after = 20ms;
    Resolver resolver{loop.get(), options};
    resolve(loop, resolver, kHost);
    dns.fail(kHost, Mode::kSilent);
    resolver.expire_all();
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.1:5432");
    CHECK(resolver.counts().queries == 1);
    Waiter waiter;
    waiter.ask(resolver, kHost);
    CHECK(waiter.answer.has_value());
    dns.answer(kHost, {"192.0.2.2"});
    dns.answer_open_questions();
    REQUIRE(loop.run_until([&] { return resolver.counts().queries == 0; }));
    CHECK(texts(resolve(loop, resolver, kHost)) == "192.0.2.2:5432");
}

TEST_CASE("resolver: many waiters for one name are one query, and the addresses go round") {
    DnsResponder dns;
    dns.fail(kHost, Mode::kSilent);
    support::TestLoop loop;
    ResolverOptions options = options_for(dns);
    options.first = 1;
    Resolver resolver{loop.get(), options};
    std::array<Waiter, 30> waiters;
    for (Waiter& waiter : waiters) waiter.ask(resolver, kHost);
    CHECK(resolver.counts().waiters == waiters.size());
    REQUIRE(loop.run_until([&] { return dns.asked(kHost) == 1; }));
    dns.answer(kHost, {"192.0.2.1", "192.0.2.2", "192.0.2.3"});
    dns.answer_open_questions();
    REQUIRE(loop.run_until([&] { return waiters.back().answer.has_value(); }));
    std::vector<std::string> firsts;
    for (const Waiter& waiter : waiters) {
        REQUIRE(waiter.answer.has_value());
        CHECK(waiter.calls == 1);
        REQUIRE(waiter.answer->addresses.size() == 3);
        firsts.push_back(waiter.answer->addresses.front().host());
    }
    for (const char* host : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
        CHECK(std::count(firsts.begin(), firsts.end(), host) == 10);
    CHECK(firsts[0] != firsts[1]);
    CHECK(firsts[0] == firsts[3]);
}

TEST_CASE("resolver: the same addresses in another order are no change") {
    struct Observer : pooler::ResolverObserver {
        int heard = 0;
        void on_addresses_changed(std::string_view, const std::vector<Address>&) override { ++heard; }
    };
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1", "192.0.2.2"});
    support::TestLoop loop;
    Observer observer;
    Resolver resolver{loop.get(), options_for(dns), &observer};
    const auto first = resolve(loop, resolver, kHost).addresses.front();
    dns.answer(kHost, {"192.0.2.2", "192.0.2.1"});
    resolver.expire_all();
    CHECK(resolve(loop, resolver, kHost).addresses.front() != first);
    CHECK(observer.heard == 0);
}

TEST_CASE("resolver: who forgot or died is not called; the others are") {
    DnsResponder dns;
    dns.fail(kHost, Mode::kSilent);
    support::TestLoop loop;
    Resolver resolver{loop.get(), options_for(dns)};
    Waiter stays;
    Waiter leaves;
    auto dies = std::make_unique<Waiter>();
    leaves.ask(resolver, kHost);
    dies->ask(resolver, kHost);
    stays.ask(resolver, kHost);
    Resolver::forget(leaves);
    dies.reset();
    CHECK(resolver.counts().waiters == 1);
    dns.answer(kHost, {"192.0.2.1"});
    REQUIRE(loop.run_until([&] {
        dns.answer_open_questions();
        return stays.calls == 1;
    }));
    CHECK(leaves.calls == 0);
}

TEST_CASE("resolver: a waiter may destroy another one and ask again inside its callback") {
    struct Chain : Waiter {
        Resolver* resolver = nullptr;
        std::unique_ptr<Waiter> victim;
        Waiter again;
        void on_resolved(const Resolved& resolved) override {
            Waiter::on_resolved(resolved);
            victim.reset();
            again.ask(*resolver, kHost);
        }
    };
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1"});
    support::TestLoop loop;
    ResolverOptions options = options_for(dns);
    options.max_ttl = 0ms;
    Resolver resolver{loop.get(), options};
    Chain chain;
    chain.resolver = &resolver;
    chain.victim = std::make_unique<Waiter>();
    chain.ask(resolver, kHost);
    chain.victim->ask(resolver, kHost);
    REQUIRE(loop.run_until([&] { return chain.again.answer.has_value(); }));
    CHECK(chain.calls == 1);
    CHECK(texts(*chain.again.answer) == "192.0.2.1:5432");
}

TEST_CASE("resolver: it may end while questions are open") {
    DnsResponder dns;
    dns.fail(kHost, Mode::kSilent);
    support::TestLoop loop;
    Waiter waiter;
    {
        Resolver resolver{loop.get(), options_for(dns)};
        waiter.ask(resolver, kHost);
        REQUIRE(loop.run_until([&] { return dns.asked(kHost) == 1; }));
    }
    loop.run_for(20ms);
    CHECK(waiter.calls == 0);
    CHECK_FALSE(waiter.linked());
}

TEST_CASE("resolver: hosts() lists every name for SHOW DNS_HOSTS") {
    DnsResponder dns;
    dns.answer(kHost, {"192.0.2.1", "192.0.2.2"});
    support::TestLoop loop;
    Resolver resolver{loop.get(), options_for(dns)};
    resolve(loop, resolver, kHost);
    resolve(loop, resolver, "absent.example.com");
    const auto rows = resolver.hosts();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].name == "absent.example.com");
    CHECK(rows[0].addresses.empty());
    CHECK(rows[1].name == kHost);
    CHECK(rows[1].addresses.size() == 2);
    CHECK(rows[1].left <= 15s);
    CHECK(rows[1].left >= 0s);
    resolver.expire_all();
    CHECK(resolver.hosts()[1].left == 0s);
}

TEST_CASE("resolver: a changed resolv.conf is taken up by the next query") {
    const std::string path =
        std::filesystem::temp_directory_path() / ("weir_resolv_" + std::to_string(::getpid()));
    std::ofstream{path} << "nameserver 192.0.2.250\nsearch first.example\n";
    DnsResponder dns;
    dns.answer("host.second.example", {"192.0.2.8"});
    support::TestLoop loop;
    ResolverOptions options = options_for(dns);
    options.resolv_conf = path;
    options.nxdomain_ttl = 0ms;
    Resolver resolver{loop.get(), options};
    CHECK(resolve(loop, resolver, "host").addresses.empty());
    CHECK(dns.asked("host.first.example") == 1);
    std::ofstream{path + ".new"} << "nameserver 192.0.2.250\nsearch second.example\n";
    std::filesystem::rename(path + ".new", path);
    CHECK(texts(resolve(loop, resolver, "host")) == "192.0.2.8:5432");
    std::filesystem::remove(path);
}
