// Many clients at once in front of a server that costs nothing: what they take of memory and time, and that a
// storm of connects does not stop those who work. The form of `make test` is small; WEIR_SCALE=full makes it
// 10,000 idle and 2,000 working clients and a storm of 5,000.
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/support/catch.h"
#include "tests/support/process_stats.h"
#include "tests/support/weir_process.h"

using namespace support;

namespace {

struct Sizes {
    unsigned idle;
    unsigned active;
    unsigned storm;
    unsigned working;  ///< while the storm blows
    unsigned seconds;  ///< how long they work, before it and during it
};

Sizes sizes() {
    const char* form = std::getenv("WEIR_SCALE");
    if (form != nullptr && std::string{form} == "full") return {10'000, 2'000, 5'000, 500, 10};
    return {1'000, 200, 500, 50, 2};
}

/// Lifts the limit of open descriptors, which children inherit; false if it stays below what is needed.
bool descriptors_for(unsigned connections) {
    constexpr rlim_t kOthers = 500;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur >= connections + kOthers;
}

class NullServer {
 public:
    NullServer() : process_{Command{.argv = {NULL_SERVER}, .environment = {}, .input = {}, .directory = {}}} {
        REQUIRE(eventually([&] { return process_.output().find('}') != std::string::npos; }));
        port_ =
            static_cast<std::uint16_t>(std::stoi(process_.output().substr(std::string{"{\"port\":"}.size())));
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
    Process process_;
    std::uint16_t port_ = 0;
};

WeirConfig roomy(const NullServer& server) {
    WeirConfig config;
    config.database(server.port());
    return config.set("max_client_conn", "20000")
        .set("default_pool_size", "20")
        .set("listen_backlog", "4096");
}

Command load(const Weir& weir, const std::string& mode, unsigned clients,
             const std::vector<std::string>& limit) {
    Command command;
    command.argv = {LOAD_GENERATOR,
                    "--port",
                    std::to_string(weir.port()),
                    "--user",
                    "app",
                    "--database",
                    "app",
                    "--mode",
                    mode,
                    "--clients",
                    std::to_string(clients),
                    "--give-up-after",
                    "300"};
    command.argv.insert(command.argv.end(), limit.begin(), limit.end());
    return command;
}

double number(const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\":");
    return at == std::string::npos ? -1 : std::stod(json.substr(at + key.size() + 3));
}

/// Runs it to its end: no error, and no client without an answer.
std::string run_load(const Weir& weir, const std::string& mode, unsigned clients,
                     const std::vector<std::string>& limit) {
    const auto result = run(load(weir, mode, clients, limit), std::chrono::minutes(5));
    INFO(result.output);
    CHECK(result.status == 0);
    CHECK(number(result.output, "errors") == 0);
    return result.output;
}

}  // namespace

#define REQUIRES_DESCRIPTORS(connections)                                                 \
    do {                                                                                  \
        if (!descriptors_for(connections)) {                                              \
            WARN("skipped: too few descriptors for " << (connections) << " connections"); \
            return;                                                                       \
        }                                                                                 \
    } while (false)

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
