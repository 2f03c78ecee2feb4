// The console's commands: who may run them, what they answer, what they refuse.
#include "tests/integration/compat/compat.h"
#include "tests/support/account.h"

using namespace support;
using namespace support::wire;

namespace {

/// The pooler of the cases that change nothing in it.
Weir& calm() {
    static const auto weir = std::make_unique<Weir>(Postgres::shared());
    return *weir;
}

struct Refused {
    std::string command;
    std::string error;
};

const std::string kNeedsHelp = "', use SHOW HELP;";

std::string invalid(const std::string& command) {
    return "ERROR 08P01 invalid command '" + command + kNeedsHelp;
}

const std::vector<std::string> kAdminCommands{
    "RELOAD", "PAUSE",    "RESUME",     "SUSPEND",       "DISABLE app", "ENABLE app",     "RECONNECT",
    "KILL",   "SHUTDOWN", "WAIT_CLOSE", "KILL_CLIENT 1", "SHOW FDS",    "SET verbose = 1"};

}  // namespace

TEST_CASE("console: the greeting has PgBouncer's parameters, a key and readiness", "[pg]") {
    REQUIRES_POSTGRES();
    WireClient client(calm().port());
    client.send(startup({{"user", "admin"}, {"database", "pgbouncer"}}));
    const auto login = client.read_until('Z');
    CHECK(types(login) == "RSSSSSSSKZ");
    std::map<std::string, std::string> said;
    for (const auto& message : login)
        if (message.type == 'S')
            said[message.body.c_str()] = message.body.c_str() + std::string(message.body.c_str()).size() + 1;
    CHECK(said == std::map<std::string, std::string>{{"server_version", "1.25.2/bouncer"},
                                                     {"client_encoding", "UTF8"},
                                                     {"server_encoding", "UTF8"},
                                                     {"DateStyle", "ISO"},
                                                     {"TimeZone", "GMT"},
                                                     {"standard_conforming_strings", "on"},
                                                     {"is_superuser", "on"}});
}

TEST_CASE("console: whoever is in neither list is refused before any password", "[pg]") {
    REQUIRES_POSTGRES();
    CHECK(compat::refusal(calm(), {{"user", "app"}, {"database", "pgbouncer"}}) == "FATAL 08P01 not allowed");
    CHECK(compat::refusal(calm(), {{"user", "nobody_knows"}, {"database", "pgbouncer"}}) ==
          "FATAL 08P01 not allowed");
}

TEST_CASE("console: a reader may look and nothing else", "[pg]") {
    REQUIRES_POSTGRES();
    auto reader = compat::console(calm(), "stats");
    for (const auto& command : kAdminCommands) {
        INFO(command);
        const auto answer = reader.exchange(query(command));
        CHECK(compat::error(answer) == "ERROR 08P01 admin access needed");
        CHECK(transaction_status(answer) == 'I');
    }
    for (const std::string show : {"SHOW POOLS", "SHOW CONFIG", "SHOW MEM", "SHOW STATS"})
        CHECK(command_tag(reader.exchange(query(show))) == "SHOW");
    CHECK(command_tag(reader.exchange(query("SET datestyle TO iso"))) == "SET");
}

TEST_CASE("console: user pgbouncer on the Unix socket is administrator if it has the pooler's uid", "[pg]") {
    REQUIRES_POSTGRES();
    Command psql;
    psql.argv = {"psql",
                 "-XAtc",
                 "SHOW STATE",
                 "-h",
                 calm().folder().string(),
                 "-p",
                 std::to_string(calm().port()),
                 "-U",
                 "pgbouncer",
                 "pgbouncer"};
    psql.environment = {{"PGPASSWORD", ""}};
    psql.as_account = true;
    psql.directory = calm().folder();
    const auto same = run(psql);
    CHECK(same.status == 0);
    CHECK(same.output.find("active|yes") != std::string::npos);
    CHECK(compat::refusal(calm(), {{"user", "pgbouncer"}, {"database", "pgbouncer"}}) ==
          "FATAL 08P01 not allowed");
    if (::geteuid() != 0) return;  // the test itself has the pooler's uid
    CHECK_FALSE(Client(calm().unix_login("pgbouncer").with_database("pgbouncer")).connected());
}

TEST_CASE("console: errors have PgBouncer's texts and leave the session ready", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(calm());
    const std::string nothing = "ERROR 08P01 no such database: not_there";
    const std::vector<Refused> refused{
        {"", invalid("")},
        {";", invalid(";")},
        {"DROP TABLE x", invalid("DROP TABLE x")},
        {"SHOW nonsense", invalid("SHOW nonsense")},
        {"SHOW", invalid("SHOW")},
        {"RELOAD now", invalid("RELOAD now")},
        {"SUSPEND now", invalid("SUSPEND now")},
        {"SHUTDOWN sometime", invalid("SHUTDOWN sometime")},
        {"PAUSE q.d", invalid("PAUSE q.d")},
        {"PAUSE " + std::string(64, 'a'), "ERROR 08P01 bad arguments"},
        {"SET verbose = " + std::string(256, '1'), "ERROR 08P01 bad arguments"},
        {"PAUSE not_there", nothing},
        {"RESUME not_there", nothing},
        {"KILL not_there", nothing},
        {"RECONNECT not_there", nothing},
        {"WAIT_CLOSE not_there", nothing},
        {"DISABLE not_there", nothing},
        {"ENABLE not_there", nothing},
        {"PAUSE APP", "ERROR 08P01 no such database: APP"},
        {"PAUSE pgbouncer", "ERROR 08P01 cannot pause admin db: pgbouncer"},
        {"KILL pgbouncer", "ERROR 08P01 cannot kill admin db: pgbouncer"},
        {"RECONNECT pgbouncer", "ERROR 08P01 cannot reconnect admin db: pgbouncer"},
        {"WAIT_CLOSE pgbouncer", "ERROR 08P01 cannot wait in admin db: pgbouncer"},
        {"DISABLE pgbouncer", "ERROR 08P01 cannot disable admin db: pgbouncer"},
        {"ENABLE pgbouncer", "ERROR 08P01 cannot enable admin db: pgbouncer"},
        {"DISABLE", "ERROR 08P01 a database is required"},
        {"ENABLE", "ERROR 08P01 a database is required"},
        {"RESUME", "ERROR 08P01 pooler is not paused/suspended"},
        {"RESUME app", "ERROR 08P01 database app is not paused"},
        {"KILL_CLIENT", "ERROR 08P01 invalid client pointer supplied"},
        {"KILL_CLIENT abc", "ERROR 08P01 invalid client pointer supplied"},
        {"KILL_CLIENT 4000000000", "ERROR 08P01 client not found"},
    };
    for (const auto& [command, text] : refused) {
        INFO(command);
        const auto answer = client.exchange(query(command));
        CHECK(compat::error(answer) == text);
        CHECK(types(answer) == "EZ");
        CHECK(transaction_status(answer) == 'I');
    }
    for (const std::string set : {"SET nonsense = 1", "SET verbose = abc", "SET auth_type = nonsense"}) {
        INFO(set);
        CHECK(compat::error(client.exchange(query(set))).find("ERROR 08P01 SET failed") == 0);
    }
}

TEST_CASE("console: commands are read in any case, with and without semicolon and quotes", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(calm());
    CHECK(command_tag(client.exchange(query("  rEcOnNeCt  \"app\" ;  "))) == "RECONNECT");
    CHECK(command_tag(client.exchange(query("wait_close app"))) == "WAIT_CLOSE");
    CHECK(command_tag(client.exchange(query("SET query_wait_notify = '5'"))) == "SET query_wait_notify=5");
    CHECK(command_tag(client.exchange(query("set query_wait_notify to 5"))) == "SET query_wait_notify=5");
}

TEST_CASE("console: the extended protocol runs commands and reports their errors", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(calm());
    const auto done = client.exchange(parse("", "RECONNECT app") + bind_portal("", "") + describe_portal("") +
                                      execute("") + sync_message());
    CHECK(types(done) == "12nCZ");
    CHECK(command_tag(done) == "RECONNECT");
    const auto failed =
        client.exchange(parse("", "PAUSE not_there") + bind_portal("", "") + execute("") + sync_message());
    CHECK(compat::error(failed) == "ERROR 08P01 no such database: not_there");
    CHECK(types(failed) == "12EZ");
    auto libpq = Client::connect(compat::console_login(calm()));
    CHECK(libpq.try_params("SHOW STATE", {}).rows.size() == 3);
}

TEST_CASE("console: a driver may prepare, describe, and run again and again with binary results, as pgx does",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(calm());
    const auto prepared = client.exchange(parse("stmtcache_1", "SHOW LISTS") +
                                          describe_statement("stmtcache_1") + sync_message());
    CHECK(types(prepared) == "1tTZ");
    const auto expected = rows(client.exchange(query("SHOW LISTS")));
    const auto bind = message(
        'B', cstring("") + cstring("stmtcache_1") + int16(0) + int16(0) + int16(2) + int16(0) + int16(1));
    for (int i = 0; i < 2; ++i) {
        const auto answer = client.exchange(bind + describe_portal("") + execute("") + sync_message());
        CHECK(types(answer) == "2T" + std::string(expected.size(), 'D') + "CZ");
        const auto got = rows(answer);
        REQUIRE(got.size() == expected.size());
        for (std::size_t k = 0; k < got.size(); ++k) {
            CHECK(got[k][0] == expected[k][0]);
            REQUIRE(got[k][1].size() == 4);
            if (got[k][0] == "databases") CHECK(std::to_string(read_uint32(got[k][1])) == expected[k][1]);
        }
    }
    CHECK(types(client.exchange(close_statement("stmtcache_1") + sync_message())) == "3Z");
    CHECK(sqlstate(client.exchange(bind + execute("") + sync_message())) == "26000");
    CHECK(rows(client.exchange(query("SHOW VERSION"))).size() == 1);
}

TEST_CASE("console: what is no message of a console ends it", "[pg]") {
    REQUIRES_POSTGRES();
    for (const auto& bytes : {function_call(1, {}), copy_data("x"), password("x"), message('!')}) {
        auto client = compat::console(calm());
        client.send(bytes);
        CHECK(compat::error(client.read_to_end()) == "FATAL 08P01 bad packet");
    }
}

TEST_CASE("console: limits per database and per user keep readers out, but no administrator", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string setting = GENERATE("max_db_client_connections", "max_user_client_connections");
    Weir weir(compat::before(Postgres::shared()).set(setting, "2"));
    const compat::Cells console_row{{"name", "pgbouncer"}};
    {
        auto admin = compat::console(weir);
        auto second = compat::console(weir);
        auto third = compat::console(weir);  // more than the limit, none of them refused
        CHECK(command_tag(third.exchange(query("SHOW POOLS"))) == "SHOW");
        CHECK(rows(third.exchange(query("SHOW VERSION"))).size() == 1);
    }
    const auto reads = [&] { return Client(compat::console_login(weir, "stats")).connected(); };
    CHECK(eventually(reads));  // the administrators have left
    auto one = compat::console(weir, "stats");
    // Whoever asks is an administrator and counts towards the database's limit too.
    if (setting == "max_user_client_connections") {
        auto two = compat::console(weir, "stats");
        CHECK(compat::refusal(weir, {{"user", "stats"}, {"database", "pgbouncer"}}) ==
              "FATAL 08P01 client connections exceeded (max_user_client_connections)");
    } else {
        auto admin = compat::console(weir);
        CHECK(compat::refusal(weir, {{"user", "stats"}, {"database", "pgbouncer"}}) ==
              "FATAL 08P01 client connections exceeded (max_db_client_connections)");
        const auto row = compat::row_with(weir, "DATABASES", console_row);
        CHECK(row.at("max_client_connections") == "2");
        CHECK(row.at("current_client_connections") == "3");  // this question's own among them
    }
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "pgbouncer"}}).find("FATAL 08P01 ") == 0);
    CHECK(command_tag(compat::console(weir).exchange(query("SHOW POOLS"))) == "SHOW");
    CHECK(command_tag(one.exchange(query("SHOW POOLS"))) == "SHOW");
}

TEST_CASE("console: SHOW FDS is refused to administrators too, with a code of its own", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(calm());
    const auto answer = client.exchange(query("SHOW FDS"));
    CHECK(types(answer) == "EZ");
    CHECK(compat::error(answer).find("ERROR 0A000 ") == 0);
    CHECK(command_tag(client.exchange(query("SHOW STATE"))) == "SHOW");
}

TEST_CASE("console: TLS settings that cannot be applied are refused and change nothing", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    auto client = compat::console(weir);
    // Without TLS the file is only a name; PgBouncer would take the second one too, with a NOTICE.
    CHECK(command_tag(client.exchange(query("SET client_tls_key_file = '/nowhere/key.pem'"))) ==
          "SET client_tls_key_file=/nowhere/key.pem");
    const auto failed = client.exchange(query("SET client_tls_sslmode = 'require'"));
    CHECK(types(failed) == "EZ");
    CHECK(compat::error(failed).find("ERROR 08P01 SET failed: ") == 0);
    CHECK(compat::row_with(weir, "CONFIG", {{"key", "client_tls_sslmode"}}).at("value") == "disable");
    CHECK(Client::connect(weir.login().with("sslmode=disable")).value("SELECT 1") == "1");
}

TEST_CASE("console: max_client_conn does not keep an administrator out", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = compat::before(Postgres::shared()).set("max_client_conn", "2");
    Weir weir(config.set("max_db_client_connections", "5"));
    auto one = Client::connect(weir.login());
    auto two = Client::connect(weir.login());
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "app"}}) ==
          "FATAL 08P01 no more connections allowed (max_client_conn)");
    CHECK(command_tag(compat::console(weir).exchange(query("SHOW POOLS"))) == "SHOW");
    CHECK(command_tag(compat::console(weir, "stats").exchange(query("SHOW POOLS"))) == "SHOW");
}

TEST_CASE("console: with auth_type=any administrators rule and all others read", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(compat::before(Postgres::shared(), "user=app").set("auth_type", "any"));
    auto stranger = compat::console(weir, "stranger");
    CHECK(command_tag(stranger.exchange(query("SHOW POOLS"))) == "SHOW");
    CHECK(compat::error(stranger.exchange(query("PAUSE"))) == "ERROR 08P01 admin access needed");
    auto admin = compat::console(weir);
    CHECK(command_tag(admin.exchange(query("PAUSE"))) == "PAUSE");
    CHECK(command_tag(admin.exchange(query("RESUME"))) == "RESUME");
}

TEST_CASE("RELOAD: a broken file is an error with its own SQLSTATE and changes nothing", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    auto client = compat::console(weir);
    CHECK(command_tag(client.exchange(query("RELOAD"))) == "RELOAD");
    weir.config().set("nonsense", "1");
    weir.write_files();
    const auto answer = client.exchange(query("RELOAD"));
    CHECK(sqlstate(answer) == "F0000");
    CHECK(types(answer) == "EZ");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    weir.config().settings.erase("nonsense");
    weir.reload();
}
