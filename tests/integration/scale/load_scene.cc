#include "tests/integration/scale/load_scene.h"

#include <sys/resource.h>

#include <cstdlib>

namespace scale {

using namespace support;

bool full_scale() {
    const char* form = std::getenv("WEIR_SCALE");
    return form != nullptr && std::string{form} == "full";
}

bool descriptors_for(unsigned connections) {
    constexpr rlim_t kOthers = 500;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur >= connections + kOthers;
}

NullServer::NullServer()
    : process_{Command{.argv = {NULL_SERVER}, .environment = {}, .input = {}, .directory = {}}} {
    REQUIRE(eventually([&] { return process_.output().find('}') != std::string::npos; }));
    const auto printed = process_.output().substr(std::string{"{\"port\":"}.size());
    port_ = static_cast<std::uint16_t>(std::stoi(printed));
}

WeirConfig roomy(const NullServer& server) {
    WeirConfig config;
    config.database(server.port());
    return config.set("max_client_conn", "20000")
        .set("default_pool_size", "20")
        .set("listen_backlog", "4096");
}

Command load(const Weir& weir, const std::string& mode, unsigned clients,
             const std::vector<std::string>& more) {
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
    command.argv.insert(command.argv.end(), more.begin(), more.end());
    return command;
}

double number(const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\":");
    return at == std::string::npos ? -1 : std::stod(json.substr(at + key.size() + 3));
}

std::string run_load(const Weir& weir, const std::string& mode, unsigned clients,
                     const std::vector<std::string>& more) {
    const auto result = run(load(weir, mode, clients, more), std::chrono::minutes(5));
    INFO(result.output);
    CHECK(result.status == 0);
    CHECK(number(result.output, "errors") == 0);
    return result.output;
}

}  // namespace scale
