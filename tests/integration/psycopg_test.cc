// psycopg 3 in its default mode through the pooler in transaction pooling.
#include "tests/integration/scene.h"

using namespace support;

namespace {

constexpr const char* kPython =
    "/usr/bin/python3";  // the distribution's, which has the distribution's psycopg

bool have_psycopg() {
    Command command;
    command.argv = {kPython, "-c", "import psycopg; assert psycopg.Pipeline.is_supported()"};
    return std::filesystem::exists(kPython) && run(command).status == 0;
}

Finished dialogue(const Login& login) {
    Command command;
    command.argv = {kPython, "-B", PSYCOPG_DIALOGUE, login.conninfo()};
    return run(command, std::chrono::minutes(3));
}

}  // namespace

TEST_CASE("psycopg: its prepared statements, pipelines, COPY and cursors work in transaction pooling",
          "[pg]") {
    REQUIRES_POSTGRES();
    if (!have_psycopg()) {
        WARN("skipped: no psycopg 3 for " << kPython);
        return;
    }
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "3"));
    const auto result = dialogue(weir.login());
    INFO(result.output << "\n" << weir.log());
    CHECK(result.status == 0);
    CHECK(result.output.find("all ok") != std::string::npos);
    CHECK(postgres.connections() <= 3);
}
