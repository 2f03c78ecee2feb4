#include "tests/integration/drivers/programs.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/support/catch.h"

namespace drivers {
namespace {

namespace fs = std::filesystem;
using support::Command;
using support::find_program;

const fs::path kFolder = fs::path{DRIVER_PACKAGES} / "node";
const fs::path kSources = fs::path{DRIVER_SOURCES} / "node";
constexpr const char* kJar = "/usr/share/java/postgresql.jar";
constexpr const char* kGoPath = "/usr/share/gocode";  // where the distribution's packages of Go sources are
constexpr const char* kPython =
    "/usr/bin/python3";  // the distribution's, which has the distribution's psycopg

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

/// Test programs run side by side: one installs.
class FolderLock {
 public:
    explicit FolderLock(const fs::path& file)
        : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        ::flock(fd_, LOCK_EX);
    }
    ~FolderLock() { ::close(fd_); }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

 private:
    int fd_;
};

}  // namespace

std::string node_missing() {
    if (find_program("node").empty()) return "no node on the PATH";
    fs::create_directories(kFolder);
    const FolderLock lock(kFolder / "lock");
    if (installed()) return "";
    if (find_program("npm").empty()) return "no npm on the PATH";
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

std::string jdbc_missing() {
    if (find_program("javac").empty() || find_program("java").empty()) return "no JDK on the PATH";
    if (!fs::exists(kJar)) return "pgJDBC is not installed";
    return "";
}

std::string pgx_missing() {
    if (find_program("go").empty()) return "no go on the PATH";
    if (!fs::exists(fs::path{kGoPath} / "src/github.com/jackc/pgx/v4")) return "pgx is not installed";
    return "";
}

std::string psycopg_missing() {
    if (!fs::exists(kPython)) return std::string("no ") + kPython;
    Command command;
    command.argv = {kPython, "-c", "import psycopg; assert psycopg.Pipeline.is_supported()"};
    return run(command).status == 0 ? "" : std::string("no psycopg 3 for ") + kPython;
}

std::string psycopg2_missing() {
    if (!fs::exists(kPython)) return std::string("no ") + kPython;
    Command command;
    command.argv = {kPython, "-c", "import psycopg2.errors"};
    return run(command).status == 0 ? "" : std::string("no psycopg2 for ") + kPython;
}

Command node(const fs::path& script) {
    Command command;
    command.argv = {"node", script.string()};
    command.environment["NODE_PATH"] = (kFolder / "node_modules").string();
    return command;
}

Command java(const fs::path& source) {
    Command command;
    command.argv = {
        "java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8",
        "-cp",  kJar,       source.string()};
    return command;
}

Command go(const fs::path& source) {
    Command command;
    command.argv = {"go", "run", source.string()};
    command.environment["GO111MODULE"] = "off";
    command.environment["GOPATH"] = kGoPath;
    command.environment["GOCACHE"] = (fs::path{DRIVER_PACKAGES} / "go").string();
    return command;
}

Command python(const fs::path& script) {
    Command command;
    command.argv = {kPython, "-B", script.string()};
    return command;
}

}  // namespace drivers
