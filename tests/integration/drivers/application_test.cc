// An application as its users write it, migrated, used, dumped and restored through transaction pooling; then
// the same on another server, behind the same ini with one line changed.
#include "tests/integration/drivers/programs.h"
#include "tests/support/catch.h"
#include "tests/support/client.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres.h"
#include "tests/support/weir_process.h"

using namespace support;

namespace {

constexpr int kMigrations = 4;

/// Any database of this server: the one line that names it.
void aim_at(WeirConfig& config, const Postgres& postgres) {
    config.databases["*"] = "host=127.0.0.1 port=" + std::to_string(postgres.port());
}

void start_afresh(Postgres& postgres) {
    auto& control = postgres.control();
    postgres.terminate();
    control.query("DROP SCHEMA IF EXISTS shop CASCADE");
    control.query("DROP DATABASE IF EXISTS restored WITH (FORCE)");
    control.query("CREATE DATABASE restored OWNER app");
}

void run_application(const Weir& weir, const std::string& database, int missing_migrations) {
    auto program = drivers::node(DRIVER_SOURCES "/node/shop/application.js");
    for (const auto& argument : {std::string("127.0.0.1"), std::to_string(weir.port()), database,
                                 std::to_string(missing_migrations)})
        program.argv.push_back(argument);
    const auto result = run(program, std::chrono::minutes(5));
    INFO(database << ": " << result.output << "\n" << weir.log());
    REQUIRE(result.status == 0);
    CHECK(result.output.find("all ok") != std::string::npos);
}

Finished run_tool(const std::string& name, const Login& login, std::vector<std::string> options,
                  const std::string& input = "") {
    Command command;
    command.argv = {(postgres_programs() / name).string(), "-d", login.conninfo()};
    command.argv.insert(command.argv.end(), options.begin(), options.end());
    command.environment = {{"PGCLIENTENCODING", "UTF8"}};
    command.input = input;
    return run(command, std::chrono::minutes(2));
}

/// pg_dump and psql as they are: the rows travel by COPY in both directions.
void dump_and_restore(const Weir& weir) {
    const TempDir folder;
    const auto file = folder.path("dump.sql");
    const auto dump = run_tool("pg_dump", weir.login(), {"--no-owner", "--schema=shop", "-f", file});
    INFO(dump.output);
    REQUIRE(dump.status == 0);
    const auto restored = run_tool("psql", weir.login().with_database("restored"),
                                   {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file});
    INFO(restored.output);
    REQUIRE(restored.status == 0);
}

/// All rows of all tables, as far as their order does not matter.
std::string content(const Login& login) {
    auto client = Client::connect(login);
    std::string digests;
    for (const char* table :
         {"shop.products", "shop.orders", "shop.lines", "shop.audit", "shop.jobs_2", "shop.migrations"})
        digests += client.value(std::string("SELECT count(*) || ' ' || md5(string_agg(t::text, '|' ORDER BY "
                                            "t::text)) FROM ") +
                                table + " t") +
                   "\n";
    return digests;
}

void live_through(Weir& weir, Postgres& postgres) {
    run_application(weir, "app", kMigrations);
    dump_and_restore(weir);
    const auto restored = weir.login().with_database("restored");
    CHECK(content(restored) == content(postgres.login()));
    run_application(weir, "restored", 0);  // triggers, defaults and sequences have come along
    CHECK(content(restored) != content(weir.login()));
}

}  // namespace

TEST_CASE("an application: migrated, used and restored; one line of the ini moves it to another server",
          "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    auto& first = Postgres::shared();
    Postgres second;
    start_afresh(first);
    start_afresh(second);
    WeirConfig config;
    aim_at(config.set("default_pool_size", "4"), first);
    Weir weir(config);
    live_through(weir, first);
    const auto rows = content(first.login());

    aim_at(weir.config(), second);
    weir.reload();
    live_through(weir, second);
    CHECK(content(first.login()) == rows);
    CHECK(eventually([&] { return first.connections("application_name <> 'test_control'") == 0; }));
}
