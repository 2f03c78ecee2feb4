// Who may run which command of the console: each command for administrators and readers, in both protocols,
// and nothing at all for those who are neither or have not proved who they are.
#include <algorithm>
#include <set>

#include "tests/integration/compat/compat.h"

using namespace support;
using namespace support::wire;

namespace {

constexpr const char* kDenied = "ERROR 08P01 admin access needed";
constexpr const char* kRuns = "";

struct Cell {
    const char* command;
    const char* admin;  ///< the tag it is answered with, or the error
    const char* stats;  ///< kRuns, or the error
};

/// What SHOW HELP names, in its order, and what drivers send. What an administrator pauses he resumes.
constexpr Cell kCells[] = {
    {"SHOW HELP", "SHOW", kRuns},
    {"SHOW CONFIG", "SHOW", kRuns},
    {"SHOW DATABASES", "SHOW", kRuns},
    {"SHOW POOLS", "SHOW", kRuns},
    {"SHOW CLIENTS", "SHOW", kRuns},
    {"SHOW SERVERS", "SHOW", kRuns},
    {"SHOW USERS", "SHOW", kRuns},
    {"SHOW VERSION", "SHOW", kRuns},
    {"SHOW PEERS", "SHOW", kRuns},
    {"SHOW PEER_POOLS", "SHOW", kRuns},
    {"SHOW SOCKETS", "SHOW", kRuns},
    {"SHOW ACTIVE_SOCKETS", "SHOW", kRuns},
    {"SHOW LISTS", "SHOW", kRuns},
    {"SHOW MEM", "SHOW", kRuns},
    {"SHOW STATE", "SHOW", kRuns},
    {"SHOW DNS_HOSTS", "SHOW", kRuns},
    {"SHOW DNS_ZONES", "SHOW", kRuns},
    {"SHOW STATS", "SHOW", kRuns},
    {"SHOW STATS_TOTALS", "SHOW", kRuns},
    {"SHOW STATS_AVERAGES", "SHOW", kRuns},
    {"SHOW TOTALS", "SHOW", kRuns},
    {"SHOW ENDPOINTS", "SHOW", kRuns},
    {"SHOW NODES", "SHOW", kRuns},
    {"SHOW EVENTS", "SHOW", kRuns},
    {"SHOW HANDOVERS", "SHOW", kRuns},
    {"SHOW PREFIXES", "SHOW", kRuns},
    {"SHOW REPLAYS", "SHOW", kRuns},
    {"SHOW ROUTES", "SHOW", kRuns},
    {"SHOW FDS", "ERROR 0A000 SHOW FDS is not supported", kDenied},
    {"SHOW client_encoding", "SHOW", kRuns},
    {"SET application_name = 'x'", "SET", kRuns},
    {"SET verbose = 0", "SET verbose=0", kDenied},
    {"SET admin_users = 'admin'", "SET admin_users=admin", kDenied},
    {"RELOAD", "RELOAD", kDenied},
    {"PAUSE", "PAUSE", kDenied},
    {"RESUME", "RESUME", kDenied},
    {"PAUSE app", "PAUSE", kDenied},
    {"RESUME app", "RESUME", kDenied},
    {"DISABLE app", "DISABLE", kDenied},
    {"ENABLE app", "ENABLE", kDenied},
    {"RECONNECT", "RECONNECT", kDenied},
    {"RECONNECT app", "RECONNECT", kDenied},
    {"KILL app", "KILL", kDenied},
    {"RESUME app", "RESUME", kDenied},
    {"KILL", "KILL", kDenied},  // nobody has a pool now
    {"KILL_CLIENT 999999999", "ERROR 08P01 ", kDenied},
    {"FAILOVER app", "ERROR ", kDenied},
    {"FAILBACK app", "ERROR ", kDenied},
    {"EXPLAIN ROUTE 'SELECT 1' FOR app", "EXPLAIN", kRuns},
    {"SUSPEND", "SUSPEND", kDenied},
    {"RESUME", "RESUME", kDenied},
    {"WAIT_CLOSE", "WAIT_CLOSE", kDenied},
    {"WAIT_CLOSE app", "WAIT_CLOSE", kDenied},
};

/// Their end is the pooler's, so an administrator runs each on a pooler of its own.
constexpr const char* kShutdowns[] = {"SHUTDOWN", "SHUTDOWN WAIT_FOR_SERVERS", "SHUTDOWN WAIT_FOR_CLIENTS",
                                      "SHUTDOWN DRAIN"};

std::string extended(const std::string& command) {
    return parse("", command) + bind_portal("", "") + execute("") + sync_message();
}

/// The error, or the tag.
std::string outcome(const Messages& answer) {
    const std::string error = compat::error(answer);
    return error.empty() ? command_tag(answer) : error;
}

/// Nothing is paused, suspended, disabled or ending, and clients are served.
void check_undisturbed(Weir& weir) {
    for (auto& row : weir.show("STATE")) CHECK(row["value"] == (row["key"] == "active" ? "yes" : "no"));
    for (auto& row : weir.show("DATABASES")) {
        CHECK(row["paused"] == "0");
        CHECK(row["disabled"] == "0");
    }
    const auto config = weir.config();
    CHECK(Client::connect(weir.login().with_user("app", config.userlist.at("app"))).value("SELECT 1") == "1");
}

/// The command of each line that SHOW HELP prints: `SHOW POOLS`, `PAUSE`, `SHUTDOWN DRAIN`.
std::set<std::string> commands_of_help(const std::string& text) {
    std::set<std::string> found;
    for (std::size_t at = text.find('\t'); at != std::string::npos; at = text.find('\t', at + 1)) {
        const std::string line = text.substr(at + 1, text.find('\n', at) - at - 1);
        const std::string verb = line.substr(0, line.find(' '));
        const std::string rest = line.size() > verb.size() ? line.substr(verb.size() + 1) : "";
        if (rest.find('|') == std::string::npos) {
            found.insert(verb);
            continue;
        }
        for (std::size_t from = 0; from < rest.size();) {
            const std::size_t end = std::min(rest.find('|', from), rest.size());
            found.insert(verb + " " + rest.substr(from, end - from));
            from = end + 1;
        }
    }
    return found;
}

std::string help(Weir& weir) {
    auto admin = compat::console(weir);
    for (const auto& message : admin.exchange(query("SHOW HELP")))
        if (message.type == 'N') return error_fields(message)['D'];
    return "";
}

WeirConfig with_passwords() {
    auto config = compat::before(Postgres::shared());
    config.set("auth_type", "plain");
    config.userlist = {{"app", "app"}, {"admin", "secret"}, {"stats", "secret"}};
    return config;
}

}  // namespace

TEST_CASE("console roles: each command that SHOW HELP names is in the table", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    const auto named = commands_of_help(help(weir));
    CHECK(named.size() > 40);
    for (const auto& command : named) {
        INFO(command);
        const auto begins = [&](const std::string& text) {
            return text == command || text.rfind(command + " ", 0) == 0;
        };
        CHECK((std::any_of(std::begin(kCells), std::end(kCells),
                           [&](const Cell& cell) { return begins(cell.command); }) ||
               std::any_of(std::begin(kShutdowns), std::end(kShutdowns), begins)));
    }
}

TEST_CASE("console roles: a reader runs what the table says and disturbs nothing", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    auto stats = compat::console(weir, "stats");
    const auto ask = [&](const std::string& command, const std::string& expected) {
        INFO(command);
        for (const auto& bytes : {query(command), extended(command)}) {
            const auto answer = stats.exchange(bytes);
            CHECK(transaction_status(answer) == 'I');
            CHECK(compat::error(answer) == expected);
        }
    };
    for (const Cell& cell : kCells) ask(cell.command, cell.stats);
    for (const char* command : kShutdowns) ask(command, kDenied);
    for (const auto& id : weir.show("CLIENTS")) ask("KILL_CLIENT " + id.at("id"), kDenied);
    ask("SET admin_users = 'admin,stats'", kDenied);
    ask("/* x */ pause ;", kDenied);
    check_undisturbed(weir);
}

TEST_CASE("console roles: an administrator runs each command", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    auto admin = compat::console(weir);
    for (const Cell& cell : kCells) {
        INFO(cell.command);
        const std::string said = outcome(admin.exchange(query(cell.command)));
        CAPTURE(said);
        CHECK(said.rfind(cell.admin, 0) == 0);
        CHECK(said != kDenied);
    }
    check_undisturbed(weir);
    for (const char* command : kShutdowns) {
        INFO(command);
        Weir other(Postgres::shared());
        auto client = compat::console(other);
        client.send(query(command));
        const auto answer = client.read_answer();
        CHECK((answer.empty() || outcome(answer) == "SHUTDOWN"));
        client.close();
        other.check_end();
    }
}

TEST_CASE("console roles: who is in neither list gets no console, and his commands are SQL elsewhere",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with_passwords());
    for (const std::string database : {"pgbouncer", "weir"}) {
        WireClient client(weir.port());
        client.send(startup({{"user", "app"}, {"database", database}}) + password("app") + query("PAUSE"));
        CHECK(types(client.read_to_end()) == "E");
    }
    WireClient client = WireClient::logged_in(weir.login().with_user("app", "app"));
    for (const std::string command : {"PAUSE", "SHUTDOWN", "RELOAD", "SUSPEND", "KILL", "SHOW POOLS"}) {
        INFO(command);
        const auto answer = client.exchange(query(command));
        CHECK((sqlstate(answer) == "42601" || sqlstate(answer) == "42704"));  // PostgreSQL's
    }
    check_undisturbed(weir);
}

TEST_CASE("console roles: before the password was right no command is run", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with_passwords());
    for (const std::string user : {"admin", "stats"}) {
        for (const std::string& instead : {password("wrong"), password(""), query("PAUSE"), std::string{}}) {
            for (const Cell& cell : kCells) {
                INFO(user << ": " << cell.command);
                WireClient client(weir.port());
                client.send(startup({{"user", user}, {"database", "pgbouncer"}}) + instead +
                            query(cell.command));
                client.finish_sending();
                for (const auto& message : client.read_to_end())
                    CHECK((message.type == 'R' || message.type == 'E'));
            }
        }
    }
    check_undisturbed(weir);
}
