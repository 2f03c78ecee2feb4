// psql, unmodified, through the pooler.
#include <cstdlib>

#include "tests/integration/scene.h"
#include "tests/support/process_stats.h"

using namespace support;

namespace {

Command psql(const Login& login, std::vector<std::string> arguments, const std::string& input = "") {
    Command command;
    command.argv = {
        (postgres_programs() / "psql").string(), "-X", "-At", "-v", "ON_ERROR_STOP=1", login.conninfo()};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = {{"PGCLIENTENCODING", "UTF8"}, {"PAGER", ""}};
    command.input = input;
    return command;
}

/// Reads a result row by row and throws it away; returns the number of rows, or -1 on an error.
int count_rows(Client& client, const std::string& sql) {
    if (PQsendQuery(client.raw(), sql.c_str()) != 1 || PQsetSingleRowMode(client.raw()) != 1) return -1;
    int rows = 0;
    bool ok = true;
    while (PGresult* result = PQgetResult(client.raw())) {
        const auto status = PQresultStatus(result);
        rows += PQntuples(result);
        ok = ok && (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK);
        PQclear(result);
    }
    return ok ? rows : -1;
}

}  // namespace

TEST_CASE("psql: queries, a description and several statements in one string work", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    const auto result =
        run(psql(weir.login(), {},
                 "DROP TABLE IF EXISTS psql_t;\n"
                 "CREATE TABLE psql_t (id int PRIMARY KEY, note text);\n"
                 "INSERT INTO psql_t VALUES (1, 'one'), (2, NULL);\n"
                 "SELECT count(*), sum(id) FROM psql_t\\; SELECT note FROM psql_t WHERE id = 1;\n"
                 "\\pset tuples_only off\n"
                 "\\d psql_t\n"
                 "DROP TABLE psql_t;\n"));
    INFO(result.output);
    CHECK(result.status == 0);
    CHECK(result.output.find("2|3\none\n") != std::string::npos);
    CHECK(result.output.find("id|integer||not null|") != std::string::npos);
    CHECK(result.output.find("\"psql_t_pkey\" PRIMARY KEY, btree (id)") != std::string::npos);
}

TEST_CASE("psql: \\copy brings rows in and out again unchanged", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    const TempDir dir;
    std::string lines;
    constexpr int kLines = 20'000;
    for (int i = 0; i < kLines; ++i) lines += std::to_string(i) + "\tline " + std::to_string(i) + "\n";
    const auto in = dir.write("in.tsv", lines);
    const auto out = dir.path("out.tsv");
    const auto result = run(psql(weir.login(), {},
                                 "CREATE TABLE copy_t (id int, note text);\n"
                                 "\\copy copy_t from '" +
                                     in + "'\n" + "\\copy (SELECT * FROM copy_t ORDER BY id) to '" + out +
                                     "'\n" + "DROP TABLE copy_t;\n"));
    INFO(result.output);
    CHECK(result.status == 0);
    CHECK(read_file(out) == lines);
}

TEST_CASE("psql: Ctrl-C ends the running query and the session goes on", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(postgres);
    Process session(
        psql(weir.login(), {"-v", "ON_ERROR_STOP=0"}, "SELECT pg_sleep(600);\nSELECT 'went ' || 'on';\n"));
    REQUIRE(scene::running(postgres, "pg_sleep(600)"));
    session.signal(SIGINT);
    REQUIRE(session.wait());
    CHECK(session.output().find("canceling statement due to user request") != std::string::npos);
    CHECK(postgres.connections("query LIKE '%pg_sleep(600)%' AND state = 'active'") == 0);
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

TEST_CASE("psql: a query text of 16 MB arrives whole", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    const std::string text(16U << 20U, 'x');
    const auto result = run(psql(weir.login(), {}, "SELECT length('" + text + "'), md5('" + text + "');\n"));
    CHECK(result.status == 0);
    const auto expected = Client::connect(Postgres::shared().login())
                              .value("SELECT length(t) || '|' || md5(t) FROM repeat('x', 16 << 20) t");
    CHECK(result.output.substr(0, 200) == expected + "\n");
}

TEST_CASE("psql: a result much larger than memory limits streams through", "[pg]") {
    REQUIRES_POSTGRES();
    const char* asked = std::getenv("WEIR_TEST_RESULT_MB");  // 1024 for the full size
    const int megabytes = asked != nullptr ? std::atoi(asked) : 200;
    Weir weir(Postgres::shared());
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    const auto before = resident_bytes(weir.pid());
    const auto sql = "SELECT repeat('x', 1 << 20) FROM generate_series(1, " + std::to_string(megabytes) + ")";
    CHECK(count_rows(client, sql) == megabytes);
    const auto after = resident_bytes(weir.pid());
    CAPTURE(before, after);
    // A sanitizer keeps freed memory aside; there the size says nothing about the pooler.
    constexpr std::size_t kAllowance = 32U << 20U;
    if (!kSanitized) CHECK(after < before + kAllowance);
    CHECK(client.value("SELECT 1") == "1");
}
