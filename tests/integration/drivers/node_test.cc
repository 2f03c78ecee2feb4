// node-postgres in its default mode. The version is the one of node/package-lock.json; npm puts it into the
// build folder, once.
#include <fstream>
#include <sstream>

#include "tests/integration/drivers/driver_scene.h"

using namespace support;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = fs::path{DRIVER_PACKAGES} / "node";
const fs::path kSources = fs::path{DRIVER_SOURCES} / "node";

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool installed() {
    return fs::exists(kFolder / "node_modules" / "pg") &&
           text_of(kFolder / "installed") == text_of(kSources / "package-lock.json");
}

/// True if what npm said means that there is no network, rather than that something is wrong with the lock
/// file.
bool unreachable(const std::string& output) {
    for (const char* code :
         {"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ERR_SOCKET_TIMEOUT"})
        if (output.find(code) != std::string::npos) return true;
    return false;
}

/// Installs the driver; returns why the tests cannot run here, empty if they can.
std::string install() {
    if (find_program("node").empty()) return "no node on the PATH";
    if (installed()) return "";
    if (find_program("npm").empty()) return "no npm on the PATH";
    fs::create_directories(kFolder);
    for (const char* file : {"package.json", "package-lock.json"})
        fs::copy_file(kSources / file, kFolder / file, fs::copy_options::overwrite_existing);
    Command npm;
    npm.argv = {"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"};
    npm.directory = kFolder;
    const auto result = run(npm, std::chrono::minutes(3));
    if (result.status != 0 && unreachable(result.output)) return "npm cannot reach its registry";
    INFO(result.output);
    REQUIRE(result.status == 0);
    fs::copy_file(kSources / "package-lock.json", kFolder / "installed",
                  fs::copy_options::overwrite_existing);
    return "";
}

Command node(const char* script) {
    Command command;
    command.argv = {"node", (kSources / script).string()};
    command.environment["NODE_PATH"] = (kFolder / "node_modules").string();
    return command;
}

}  // namespace

#define REQUIRES_NODE_POSTGRES()                              \
    do {                                                      \
        REQUIRES_POSTGRES();                                  \
        if (const auto reason = install(); !reason.empty()) { \
            WARN("skipped: " << reason);                      \
            return;                                           \
        }                                                     \
    } while (false)

TEST_CASE("node-postgres: named statements, transactions, errors and types work in transaction pooling",
          "[pg]") {
    REQUIRES_NODE_POSTGRES();
    drivers::check_dialogue(node("dialogue.js"));
}

TEST_CASE("node-postgres: the console answers simple, extended and named queries", "[pg]") {
    REQUIRES_NODE_POSTGRES();
    drivers::check_dialogue(node("console.js"));
}
