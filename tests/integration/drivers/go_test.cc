// pgx, the distribution's package, in its default mode.
#include "tests/integration/drivers/driver_scene.h"
#include "tests/integration/drivers/programs.h"

using namespace support;

namespace {

Command program(const char* name) { return drivers::go(DRIVER_SOURCES "/go/" + std::string(name)); }

}  // namespace

TEST_CASE("pgx: its prepared statements, batches, COPY, deadlines and errors work in transaction pooling",
          "[pg]") {
    REQUIRES_DRIVER(drivers::pgx_missing());
    drivers::check_dialogue(program("dialogue.go"));
}

TEST_CASE("pgx: the console answers in the driver's default mode, numbers in the binary format", "[pg]") {
    REQUIRES_DRIVER(drivers::pgx_missing());
    drivers::check_dialogue(program("console.go"));
}
