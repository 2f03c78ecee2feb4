// pgJDBC, the distribution's package, in its default mode. The programs are run from their sources.
#include "tests/integration/drivers/driver_scene.h"

using namespace support;

namespace {

constexpr const char* kJar = "/usr/share/java/postgresql.jar";

/// Why the tests cannot run here; empty if they can.
std::string missing() {
    if (find_program("javac").empty() || find_program("java").empty()) return "no JDK on the PATH";
    if (!std::filesystem::exists(kJar)) return "pgJDBC is not installed";
    return "";
}

Command java(const std::string& source) {
    Command command;
    command.argv = {"java",
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Dfile.encoding=UTF-8",
                    "-cp",
                    kJar,
                    DRIVER_SOURCES "/jdbc/" + source};
    return command;
}

}  // namespace

#define REQUIRES_JDBC()                                       \
    do {                                                      \
        REQUIRES_POSTGRES();                                  \
        if (const auto reason = missing(); !reason.empty()) { \
            WARN("skipped: " << reason);                      \
            return;                                           \
        }                                                     \
    } while (false)

TEST_CASE("jdbc: its server-side statements, batches, COPY, cursors and errors work in transaction pooling",
          "[pg]") {
    REQUIRES_JDBC();
    drivers::check_dialogue(java("Dialogue.java"));
}

TEST_CASE("jdbc: the console answers in the driver's default mode", "[pg]") {
    REQUIRES_JDBC();
    drivers::check_dialogue(java("Console.java"));
}
