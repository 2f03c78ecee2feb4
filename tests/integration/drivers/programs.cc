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

/// Packages from npm: where their lock file is, and where they are installed.
struct Packages {
    explicit Packages(const char* name)
        : sources(fs::path{DRIVER_SOURCES} / name), folder(fs::path{DRIVER_PACKAGES} / name) {}

    [[nodiscard]] bool installed() const {
        return fs::exists(folder / "node_modules") &&
               text_of(folder / "installed") == text_of(sources / "package-lock.json");
    }
    void note_installed() const {
        fs::copy_file(sources / "package-lock.json", folder / "installed",
                      fs::copy_options::overwrite_existing);
    }

    const fs::path sources;
    const fs::path folder;
};

const Packages& node_packages() {
    static const Packages packages("node");
    return packages;
}

const Packages& prisma_packages() {
    static const Packages packages("prisma");
    return packages;
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

/// Empty: they are there. `then` is what is to be done once behind it.
std::string missing(const Packages& packages, void (*then)(const Packages&)) {
    if (find_program("node").empty()) return "no node on the PATH";
    fs::create_directories(packages.folder);
    const FolderLock lock(packages.folder / "lock");
    if (packages.installed()) return "";
    if (find_program("npm").empty()) return "no npm on the PATH";
    for (const char* file : {"package.json", "package-lock.json"})
        fs::copy_file(packages.sources / file, packages.folder / file, fs::copy_options::overwrite_existing);
    Command npm;
    npm.argv = {"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"};
    npm.directory = packages.folder;
    const auto result = run(npm, std::chrono::minutes(3));
    if (result.status != 0 && unreachable(result.output)) return "npm cannot reach its registry";
    INFO(result.output);
    REQUIRE(result.status == 0);
    then(packages);
    packages.note_installed();
    return "";
}

/// The client is made from the schema. It has no engine: any file will do as the one it would download.
void generate_client(const Packages& packages) {
    fs::copy_file(packages.sources / "schema.prisma", packages.folder / "schema.prisma",
                  fs::copy_options::overwrite_existing);
    Command prisma;
    prisma.argv = {"node", "node_modules/prisma/build/index.js", "generate", "--schema", "schema.prisma"};
    prisma.directory = packages.folder;
    prisma.environment = {{"CHECKPOINT_DISABLE", "1"},
                          {"PRISMA_HIDE_UPDATE_MESSAGE", "1"},
                          {"PRISMA_QUERY_ENGINE_LIBRARY", "/bin/true"},
                          {"PRISMA_SCHEMA_ENGINE_BINARY", "/bin/true"}};
    const auto result = run(prisma, std::chrono::minutes(1));
    INFO(result.output);
    REQUIRE(result.status == 0);
}

Command node_with(const Packages& packages, const fs::path& script) {
    Command command;
    command.argv = {"node", script.string()};
    command.environment["NODE_PATH"] = (packages.folder / "node_modules").string();
    return command;
}

}  // namespace

std::string node_missing() {
    return missing(node_packages(), [](const Packages&) {});
}

std::string prisma_missing() { return missing(prisma_packages(), generate_client); }

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

Command node(const fs::path& script) { return node_with(node_packages(), script); }

Command prisma(const fs::path& script) { return node_with(prisma_packages(), script); }

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
