// node-postgres in its default mode.
#include "tests/integration/drivers/driver_scene.h"
#include "tests/integration/drivers/programs.h"

using namespace support;

namespace {

Command script(const char* name) { return drivers::node(DRIVER_SOURCES "/node/" + std::string(name)); }

}  // namespace

TEST_CASE("node-postgres: named statements, transactions, errors and types work in transaction pooling",
          "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    drivers::check_dialogue(script("dialogue.js"));
}

TEST_CASE("node-postgres: the console answers simple, extended and named queries", "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    drivers::check_dialogue(script("console.js"));
}
