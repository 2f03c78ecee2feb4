// pgJDBC, the distribution's package, in its default mode.
#include "tests/integration/drivers/driver_scene.h"
#include "tests/integration/drivers/programs.h"

using namespace support;

namespace {

Command program(const char* name) { return drivers::java(DRIVER_SOURCES "/jdbc/" + std::string(name)); }

}  // namespace

TEST_CASE("jdbc: its server-side statements, batches, COPY, cursors and errors work in transaction pooling",
          "[pg]") {
    REQUIRES_DRIVER(drivers::jdbc_missing());
    drivers::check_dialogue(program("Dialogue.java"));
}

TEST_CASE("jdbc: the console answers in the driver's default mode", "[pg]") {
    REQUIRES_DRIVER(drivers::jdbc_missing());
    drivers::check_dialogue(program("Console.java"));
}
