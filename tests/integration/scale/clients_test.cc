// Many clients at once in front of a server that costs nothing: what they take of memory and time, and that a
// storm of connects does not stop those who work. The form of `make test` is small; WEIR_SCALE=full makes it
// 10,000 idle and 2,000 working clients and a storm of 5,000.
#include <algorithm>
#include <iostream>

#include "tests/integration/scale/load_scene.h"
#include "tests/support/process_stats.h"

using namespace support;
using namespace scale;

namespace {

struct Sizes {
    unsigned idle;
    unsigned active;
    unsigned storm;
    unsigned working;  ///< while the storm blows
    unsigned seconds;  ///< how long they work, before it and during it
};

Sizes sizes() {
    if (full_scale()) return {10'000, 2'000, 5'000, 500, 10};
    return {1'000, 200, 500, 50, 2};
}

}  // namespace

TEST_CASE("scale: idle clients cost little memory and do not slow down those who work") {
    const Sizes size = sizes();
    REQUIRES_DESCRIPTORS(size.idle + size.active);
    const NullServer server;
    Weir weir(roomy(server));
    run_load(weir, "simple", 1, {"--transactions", "100"});  // pool, resolver, first buffers
    const auto before = resident_bytes(weir.pid());

    Process idle(load(weir, "idle", size.idle, {"--threads", "2", "--seconds", "280"}));
    REQUIRE(eventually([&] { return idle.output().find("\"idle\":") != std::string::npos; },
                       std::chrono::minutes(2)));
    CHECK(number(idle.output(), "idle") == size.idle);
    const auto after = resident_bytes(weir.pid());
    const double each = (static_cast<double>(after) - static_cast<double>(before)) / size.idle;
    std::cout << size.idle << " idle clients: " << before / 1024 << " kB before, " << after / 1024
              << " kB with them, " << each << " bytes each\n";
    constexpr double kMostBytes = 8192;
    if (!kSanitized) CHECK(each < kMostBytes);

    const auto cpu = cpu_time(weir.pid());
    const auto transactions = size.active * 20;
    const auto output =
        run_load(weir, "simple", size.active, {"--transactions", std::to_string(transactions)});
    CHECK(number(output, "transactions") == transactions);
    const auto spent = std::chrono::duration<double, std::micro>(cpu_time(weir.pid()) - cpu).count();
    std::cout << size.active << " active clients among them: " << number(output, "tps") << " per second, p50 "
              << number(output, "p50") << " us, p99 " << number(output, "p99") << " us, "
              << spent / transactions << " us of CPU each, with their logins\n";
    CHECK(idle.running());
    CHECK(weir.pool("cl_active") == static_cast<int>(size.idle));
}

TEST_CASE("scale: a storm of connects neither fails nor stops the clients that work") {
    const Sizes size = sizes();
    REQUIRES_DESCRIPTORS(size.storm + size.working);
    const NullServer server;
    Weir weir(roomy(server));
    const std::vector<std::string> limit{"--seconds", std::to_string(size.seconds)};
    const double calm = number(run_load(weir, "simple", size.working, limit), "p99");

    // All at once: as many logins under way as there are connects.
    Process storm(
        load(weir, "connect", size.storm,
             {"--transactions", std::to_string(size.storm), "--logins-at-once", std::to_string(size.storm)}));
    const double stormy = number(run_load(weir, "simple", size.working, limit), "p99");
    REQUIRE(eventually([&] { return !storm.running(); }, std::chrono::minutes(4)));
    INFO(storm.output());
    CHECK(storm.wait() == 0);
    CHECK(number(storm.output(), "errors") == 0);
    CHECK(number(storm.output(), "transactions") == size.storm);
    std::cout << "a storm of " << size.storm << " connects: " << number(storm.output(), "seconds")
              << " s; p99 of " << size.working << " working clients " << calm << " us before, " << stormy
              << " us during it: " << stormy / calm << " times\n";
    // Far from what is usual: the load generators take their share of the cores too.
    constexpr double kMostUs = 5e6;
    CHECK(stormy < std::max(50 * calm, kMostUs));
}
