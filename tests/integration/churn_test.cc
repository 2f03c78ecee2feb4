// Thousands of connections come, misbehave and go; memory and descriptors end where they began.
#include <cstdlib>
#include <random>

#include "tests/integration/scene.h"
#include "tests/support/process_stats.h"

using namespace support;

namespace {

int rounds() {
    const char* asked = std::getenv("WEIR_TEST_CHURN");
    return asked != nullptr ? std::atoi(asked) : 2000;
}

const wire::Parameters kApp{{"user", "app"}, {"database", "app"}};

void leave_in_transaction(WireClient& client) {
    client.exchange(wire::query("BEGIN"));
    client.exchange(wire::query("SELECT 1"));
}

/// One client's life, of a kind chosen by the number.
void one_life(const Weir& weir, unsigned kind) {
    constexpr unsigned kKinds = 10;
    kind %= kKinds;
    if (kind == 0) return WireClient(weir.port()).reset();
    if (kind == 1) {
        WireClient client(weir.port());
        client.send(wire::startup(kApp).substr(0, 12));
        return;
    }
    if (kind == 2) {
        WireClient client(weir.port());
        client.send(wire::startup({{"user", "nobody_knows"}}));
        client.read_to_end();
        return;
    }
    auto client = WireClient::logged_in(weir.login());
    switch (kind) {
        case 3: client.exchange(wire::query("SELECT 1")); break;
        case 4: leave_in_transaction(client); break;
        case 5: leave_in_transaction(client), client.reset(); break;
        case 6: client.exchange(wire::query("SELECT 1/0")); break;
        case 7: client.send(wire::query("SELECT repeat('x', 100000)")); break;
        case 8:
            client.exchange(wire::parse("s", "SELECT 1") + wire::bind_portal("", "s") + wire::execute("") +
                            wire::sync_message());
            break;
        default: client.exchange(wire::query("SELECT 2")), client.send(wire::terminate()); break;
    }
}

/// With every server closed and no client there: what the process needs for itself.
struct Footprint {
    std::size_t descriptors;
    std::size_t bytes;
};

Footprint at_rest(Weir& weir) {
    weir.console("PAUSE");
    CHECK(eventually([&] { return weir.pool("cl_active") + weir.pool("cl_waiting") == 0; }));
    std::size_t descriptors = open_descriptors(weir.pid());
    // The console's own connection of a moment ago may still be on its way out.
    CHECK(eventually([&] {
        const auto now = open_descriptors(weir.pid());
        return std::exchange(descriptors, now) == now &&
               always([&] { return open_descriptors(weir.pid()) == now; }, std::chrono::milliseconds(100));
    }));
    const Footprint footprint{descriptors, resident_bytes(weir.pid())};
    weir.console("RESUME");
    return footprint;
}

}  // namespace

TEST_CASE("churn: memory and descriptors are the same after thousands of short lives", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres)
                  .set("default_pool_size", "3")
                  .set("log_connections", "0")
                  .set("log_disconnections", "0"));
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const int warm_up = rounds() / 4;
    for (int i = 0; i < warm_up; ++i) one_life(weir, static_cast<unsigned>(random()));
    const auto before = at_rest(weir);
    for (int i = 0; i < rounds(); ++i) {
        one_life(weir, static_cast<unsigned>(random()));
        constexpr int kKillEvery = 200;
        if (i % kKillEvery == 0) postgres.terminate("state = 'idle'");
    }
    const auto after = at_rest(weir);
    CAPTURE(before.bytes, after.bytes);
    CHECK(after.descriptors == before.descriptors);
    constexpr std::size_t kAllowance = 8U << 20U;
    if (!kSanitized) CHECK(after.bytes < before.bytes + kAllowance);
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    CHECK(postgres.connections() <= 3);
}
