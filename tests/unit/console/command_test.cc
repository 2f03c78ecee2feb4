#include "pooler/console/command.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace pooler;

namespace {

std::string invalid(const std::string& text) { return "invalid command '" + text + "', use SHOW HELP;"; }

std::string message_of(const ConsoleResult<Command>& result) { return result ? "" : result.error().message; }

struct RoleCase {
    std::string text;
    bool reader_may;
};

}  // namespace

TEST_CASE("console command: each verb is read in any letter case, with or without a semicolon") {
    struct Case {
        std::string word;
        Verb verb;
    };
    const std::vector<Case> cases{
        {"RELOAD", Verb::kReload},     {"PAUSE", Verb::kPause},          {"RESUME", Verb::kResume},
        {"SUSPEND", Verb::kSuspend},   {"DISABLE", Verb::kDisable},      {"ENABLE", Verb::kEnable},
        {"KILL", Verb::kKill},         {"RECONNECT", Verb::kReconnect},  {"KILL_CLIENT", Verb::kKillClient},
        {"SHUTDOWN", Verb::kShutdown}, {"WAIT_CLOSE", Verb::kWaitClose}, {"FAILBACK", Verb::kFailback},
        {"FAILOVER", Verb::kFailover},
    };
    for (const Case& c : cases) {
        std::string lower = c.word;
        for (char& letter : lower)
            letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        for (const std::string& text :
             {c.word, lower, c.word + ";", " \t\n" + c.word + " ; ", lower + "\n"}) {
            INFO(text);
            const auto command = parse_command(text);
            REQUIRE(command);
            CHECK(command->verb == c.verb);
            CHECK(command->database.empty());
        }
    }
}

TEST_CASE("console command: SHOW and SELECT know every name") {
    struct Case {
        std::string word;
        Show show;
    };
    const std::vector<Case> cases{
        {"ACTIVE_SOCKETS", Show::kActiveSockets},
        {"CLIENTS", Show::kClients},
        {"CONFIG", Show::kConfig},
        {"DATABASES", Show::kDatabases},
        {"DNS_HOSTS", Show::kDnsHosts},
        {"DNS_ZONES", Show::kDnsZones},
        {"ENDPOINTS", Show::kEndpoints},
        {"EVENTS", Show::kEvents},
        {"FDS", Show::kFds},
        {"HANDOVERS", Show::kHandovers},
        {"HELP", Show::kHelp},
        {"LISTS", Show::kLists},
        {"MEM", Show::kMem},
        {"NODES", Show::kNodes},
        {"PEER_POOLS", Show::kPeerPools},
        {"PEERS", Show::kPeers},
        {"POOLS", Show::kPools},
        {"PREFIXES", Show::kPrefixes},
        {"REPLAYS", Show::kReplays},
        {"ROUTES", Show::kRoutes},
        {"SERVERS", Show::kServers},
        {"SOCKETS", Show::kSockets},
        {"STATE", Show::kState},
        {"STATS", Show::kStats},
        {"STATS_AVERAGES", Show::kStatsAverages},
        {"STATS_TOTALS", Show::kStatsTotals},
        {"TOTALS", Show::kTotals},
        {"USERS", Show::kUsers},
        {"VERSION", Show::kVersion},
    };
    for (const Case& c : cases) {
        for (const std::string& text :
             {"SHOW " + c.word, "select " + c.word + ";", "show \"" + c.word + "\""}) {
            INFO(text);
            const auto command = parse_command(text);
            REQUIRE(command);
            CHECK(command->verb == Verb::kShow);
            CHECK(command->show == c.show);
        }
    }
}

TEST_CASE("console command: EXPLAIN ROUTE takes a text, a database and a user") {
    const auto whole =
        accept_command(ConsoleRole::kStats, "explain route 'select ''x''; ' for \"my db\" as app ;");
    REQUIRE(whole);
    CHECK(whole->verb == Verb::kExplainRoute);
    CHECK(whole->value == "select 'x'; ");
    CHECK(whole->database == "my db");
    CHECK(whole->user == "app");
    CHECK(command_tag(*whole) == "EXPLAIN");
    const auto bare = parse_command("EXPLAIN ROUTE 'select 1'");
    REQUIRE(bare);
    CHECK(bare->value == "select 1");
    CHECK(bare->database.empty());
    CHECK(parse_command("EXPLAIN ROUTE '' AS app")->user == "app");
    for (const std::string wrong :
         {"EXPLAIN", "EXPLAIN ROUTE", "EXPLAIN ROUTE select 1", "EXPLAIN ROUTE 'select 1",
          "EXPLAIN 'select 1'", "EXPLAIN ROUTE 'select 'x''", "EXPLAIN ROUTE 'x' AS app FOR db",
          "EXPLAIN ROUTE 'x' FOR", "EXPLAIN ROUTE 'x' FOR 'db'", " explain select 1"}) {
        INFO(wrong);
        const auto refused = parse_command(wrong);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.find("write EXPLAIN ROUTE 'sql' [FOR database] [AS user]") == 0);
    }
    CHECK(parse_command("EXPLAIN ROUTE 'x' FOR " + std::string(64, 'a')).error().message == "bad arguments");
}

TEST_CASE("console command: session variables are shown under their canonical name") {
    for (const std::string name : {"client_encoding", "default_transaction_isolation",
                                   "standard_conforming_strings", "datestyle", "timezone"}) {
        const auto command = parse_command("SHOW " + name);
        REQUIRE(command);
        CHECK(command->show == Show::kVariable);
        CHECK(command->key == name);
    }
    CHECK(parse_command("select TimeZone;")->key == "timezone");
}

TEST_CASE("console command: an argument is a word or stands in double quotes") {
    struct Case {
        std::string text;
        std::string database;
    };
    const std::vector<Case> cases{
        {"PAUSE db1", "db1"},
        {"pause Db_2;", "Db_2"},
        {"RESUME \"q.d\"", "q.d"},
        {"KILL \"a\"\"b\"", "a\"b"},
        {"RECONNECT \"x y\" ;", "x y"},
        {"WAIT_CLOSE 9lives", "9lives"},
        {"DISABLE \"naïve\"", "naïve"},
        {"FAILBACK main", "main"},
        {"FAILOVER main", "main"},
        {"PAUSE \"\"", ""},
        {"PAUSE /* why */ db1 -- now", "db1"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto command = parse_command(c.text);
        REQUIRE(command);
        CHECK(command->database == c.database);
    }
}

TEST_CASE("console command: what is not a command is quoted back") {
    const std::vector<std::string> texts{
        "",
        ";",
        " ; ",
        "SHOW",
        "SHOW foo",
        "SHOW\"version\"",
        "SHOW x y",
        "PAUSE q.d",
        "PAUSE 'db1'",
        "PAUSE \"db1",
        "SHOW version ;;",
        "SHOW version; SHOW version",
        "RELOAD x",
        "SUSPEND x",
        "SHUTDOWN soon",
        "FOO",
        "FOO BAR",
        "select 1",
        "BEGIN",
        "COMMIT",
        "SET",
        "SET a",
        "SET a 1",
        "SET a TO",
        "SET a = ",
        "SET a = -1",
        "SET a = 'x",
        "SET a = 1 2",
        "SET a TO1",
        "SETa = 1",
        "1 PAUSE",
        "\"SHOW\" x",
        "/* open PAUSE",
        "PAUSE /* open",
        "SHOW config x",
        "SHOW transaction_isolation",
        "DISCARD ALL",
        "PAUSE \xff",
        "SET 1a = 2",
        "SET \"a\" = 2",
    };
    for (const std::string& text : texts) {
        const auto command = parse_command(text);
        REQUIRE_FALSE(command);
        CHECK(command.error() == ConsoleError{invalid(text), "08P01"});
    }
}

TEST_CASE("console command: a text of comments alone is a driver's ping") {
    for (const std::string text : {"-- ping", "/* ping */", "-- ping\n;", " /**/ -- x"}) {
        INFO(text);
        const auto command = parse_command(text);
        REQUIRE(command);
        CHECK(command->verb == Verb::kEmpty);
    }
}

TEST_CASE("console command: arguments over 63 bytes and values over 255 are bad arguments") {
    CHECK(parse_command("PAUSE " + std::string(63, 'a')));
    CHECK(message_of(parse_command("PAUSE " + std::string(64, 'a'))) == "bad arguments");
    CHECK(message_of(parse_command("SHOW " + std::string(64, 'a'))) == "bad arguments");
    CHECK(parse_command("SET x = " + std::string(255, 'b')));
    CHECK(message_of(parse_command("SET x = " + std::string(256, 'b'))) == "bad arguments");
    CHECK(message_of(parse_command("SET " + std::string(64, 'k') + " = 1")) == "bad arguments");
}

TEST_CASE("console command: SET takes = or TO and three ways to write a value") {
    struct Case {
        std::string text;
        std::string key;
        std::string value;
        bool ignored;
        std::string tag;
    };
    const std::vector<Case> cases{
        {"SET verbose=0", "verbose", "0", false, "SET verbose=0"},
        {"set verbose TO 2;", "verbose", "2", false, "SET verbose=2"},
        {"SET server_check_query = ''", "server_check_query", "", false, "SET server_check_query="},
        {"SET x = 'it''s'", "x", "it's", false, "SET x=it's"},
        {"SET x = \"a\"\"b\"", "x", "a\"b", false, "SET x=a\"b"},
        {"SET a='\"'", "a", "\"", false, "SET a=\""},
        {"SET timezone = 'UTC'", "timezone", "UTC", true, "SET"},
        {"SET DateStyle TO iso", "DateStyle", "iso", true, "SET"},
        {"SET extra_float_digits = 3", "extra_float_digits", "3", true, "SET"},
        {"SET application_name = 'PostgreSQL JDBC Driver'", "application_name", "PostgreSQL JDBC Driver",
         true, "SET"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto command = parse_command(c.text);
        REQUIRE(command);
        CHECK(command->verb == Verb::kSet);
        CHECK(command->key == c.key);
        CHECK(command->value == c.value);
        CHECK(command->ignored == c.ignored);
        CHECK(command_tag(*command) == c.tag);
    }
}

TEST_CASE("console command: SHUTDOWN has four forms") {
    CHECK(parse_command("SHUTDOWN")->shutdown == ShutdownKind::kNow);
    CHECK(parse_command("shutdown wait_for_servers")->shutdown == ShutdownKind::kWaitForServers);
    CHECK(parse_command("SHUTDOWN WAIT_FOR_CLIENTS;")->shutdown == ShutdownKind::kWaitForClients);
    CHECK(parse_command("SHUTDOWN Drain")->shutdown == ShutdownKind::kDrain);
}

TEST_CASE("console command: KILL_CLIENT takes a decimal id") {
    CHECK(accept_command(ConsoleRole::kAdmin, "KILL_CLIENT 42")->client_id == 42U);
    for (const std::string text : {"KILL_CLIENT", "KILL_CLIENT abc", "KILL_CLIENT 0x10", "KILL_CLIENT \"-1\"",
                                   "KILL_CLIENT 99999999999999999999999"}) {
        INFO(text);
        CHECK(message_of(accept_command(ConsoleRole::kAdmin, text)) == "invalid client pointer supplied");
    }
}

TEST_CASE("console command: a missing database and SHOW FDS are refused after the rights were checked") {
    for (const std::string text : {"DISABLE", "ENABLE"}) {
        CHECK(message_of(accept_command(ConsoleRole::kAdmin, text)) == "a database is required");
        CHECK(message_of(accept_command(ConsoleRole::kStats, text)) == "admin access needed");
    }
    const auto fds = accept_command(ConsoleRole::kAdmin, "SHOW FDS");
    REQUIRE_FALSE(fds);
    CHECK(fds.error().sqlstate == "0A000");
    CHECK(message_of(accept_command(ConsoleRole::kStats, "SHOW FDS")) == "admin access needed");
    CHECK(message_of(accept_command(ConsoleRole::kStats, "SHUTDOWN foo")) == invalid("SHUTDOWN foo"));
}

// No administrator's command is open to stats users. Every command stands here, with every role.
TEST_CASE(
    "console command: readers may SHOW all but FDS and nothing else; administrators may do everything") {
    std::vector<RoleCase> cases{
        {"-- ping", true},
        {"SHOW FDS", false},
        {"SET timezone = x", true},
        {"SET client_encoding = x", true},
        {"SET default_transaction_isolation = x", true},
        {"SET standard_conforming_strings = on", true},
        {"SET datestyle = x", true},
        {"SET extra_float_digits = 3", true},
        {"SET application_name = x", true},
        {"SET verbose = 0", false},
        {"SET admin_users = x", false},
        {"RELOAD", false},
        {"PAUSE", false},
        {"PAUSE db1", false},
        {"RESUME", false},
        {"RESUME db1", false},
        {"SUSPEND", false},
        {"DISABLE db1", false},
        {"ENABLE db1", false},
        {"RECONNECT", false},
        {"RECONNECT db1", false},
        {"KILL", false},
        {"KILL db1", false},
        {"KILL_CLIENT 1", false},
        {"WAIT_CLOSE", false},
        {"WAIT_CLOSE db1", false},
        {"SHUTDOWN", false},
        {"SHUTDOWN WAIT_FOR_SERVERS", false},
        {"SHUTDOWN WAIT_FOR_CLIENTS", false},
        {"SHUTDOWN DRAIN", false},
        {"FAILBACK", false},
        {"FAILBACK db1", false},
        {"FAILOVER db1", false},
    };
    for (const std::string show : {"ACTIVE_SOCKETS", "CLIENTS",  "CONFIG",  "DATABASES",       "DNS_HOSTS",
                                   "DNS_ZONES",      "EVENTS",   "NODES",   "ENDPOINTS",       "HANDOVERS",
                                   "HELP",           "LISTS",    "MEM",     "PEER_POOLS",      "PEERS",
                                   "POOLS",          "PREFIXES", "REPLAYS", "ROUTES",          "SERVERS",
                                   "SOCKETS",        "STATE",    "STATS",   "STATS_AVERAGES",  "STATS_TOTALS",
                                   "TOTALS",         "USERS",    "VERSION", "client_encoding", "timezone"}) {
        cases.push_back({"SHOW " + show, true});
        cases.push_back({"SELECT " + show, true});
    }
    for (const RoleCase& c : cases) {
        INFO(c.text);
        const auto command = parse_command(c.text);
        REQUIRE(command);
        CHECK(allowed(ConsoleRole::kAdmin, *command));
        CHECK(allowed(ConsoleRole::kStats, *command) == c.reader_may);
        if (!c.reader_may) {
            CHECK(check_role(ConsoleRole::kStats, *command).error() ==
                  ConsoleError{"admin access needed", "08P01"});
        }
    }
}

TEST_CASE("console command: each tag is the verb") {
    struct Case {
        std::string text;
        std::string tag;
    };
    const std::vector<Case> cases{
        {"select version", "SHOW"},
        {"reload", "RELOAD"},
        {"pause db1", "PAUSE"},
        {"resume", "RESUME"},
        {"suspend", "SUSPEND"},
        {"disable x", "DISABLE"},
        {"enable x", "ENABLE"},
        {"reconnect", "RECONNECT"},
        {"kill", "KILL"},
        {"kill_client 1", "KILL_CLIENT"},
        {"wait_close", "WAIT_CLOSE"},
        {"shutdown wait_for_clients", "SHUTDOWN"},
        {"failback", "FAILBACK"},
        {"failover x", "FAILOVER"},
    };
    for (const Case& c : cases) CHECK(command_tag(*parse_command(c.text)) == c.tag);
}

TEST_CASE("console command: a SHOW asks workers only for what it prints") {
    const auto sections = [](const std::string& text) { return sections_for(*parse_command(text)); };
    CHECK(sections("SHOW CLIENTS") == ReportSections{.clients = true});
    CHECK(sections("SHOW SOCKETS") == ReportSections{.clients = true, .servers = true});
    CHECK(sections("SHOW TOTALS") == ReportSections{.pools = true});
    CHECK(sections("SHOW VERSION") == ReportSections{});
    CHECK(sections("RELOAD") == ReportSections{});
    CHECK(sections("SHOW LISTS").clients == false);
}
