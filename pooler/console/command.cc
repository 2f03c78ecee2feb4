#include "pooler/console/command.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "pooler/console/command_lexer.h"

namespace pooler {
namespace {

/// PgBouncer reads arguments into fixed buffers of 64 and 256 bytes; configurations and scripts rely on no
/// more.
constexpr std::size_t kMaxArgumentBytes = 63;
constexpr std::size_t kMaxValueBytes = 255;

enum class Argument { kNone, kOptional };

struct VerbRow {
    std::string_view word;
    Verb verb;
    Argument argument;
};

constexpr std::array kVerbs{
    VerbRow{"PAUSE", Verb::kPause, Argument::kOptional},
    VerbRow{"RESUME", Verb::kResume, Argument::kOptional},
    VerbRow{"SUSPEND", Verb::kSuspend, Argument::kNone},
    VerbRow{"RELOAD", Verb::kReload, Argument::kNone},
    VerbRow{"DISABLE", Verb::kDisable, Argument::kOptional},
    VerbRow{"ENABLE", Verb::kEnable, Argument::kOptional},
    VerbRow{"RECONNECT", Verb::kReconnect, Argument::kOptional},
    VerbRow{"KILL", Verb::kKill, Argument::kOptional},
    VerbRow{"KILL_CLIENT", Verb::kKillClient, Argument::kOptional},
    VerbRow{"WAIT_CLOSE", Verb::kWaitClose, Argument::kOptional},
    VerbRow{"SHUTDOWN", Verb::kShutdown, Argument::kOptional},
    VerbRow{"FAILOVER", Verb::kFailover, Argument::kOptional},
    VerbRow{"FAILBACK", Verb::kFailback, Argument::kOptional},
};

struct ShowRow {
    std::string_view word;
    Show show;
};

constexpr std::array kShows{
    ShowRow{"ACTIVE_SOCKETS", Show::kActiveSockets},
    ShowRow{"CLIENTS", Show::kClients},
    ShowRow{"CONFIG", Show::kConfig},
    ShowRow{"DATABASES", Show::kDatabases},
    ShowRow{"DNS_HOSTS", Show::kDnsHosts},
    ShowRow{"DNS_ZONES", Show::kDnsZones},
    ShowRow{"ENDPOINTS", Show::kEndpoints},
    ShowRow{"EVENTS", Show::kEvents},
    ShowRow{"FDS", Show::kFds},
    ShowRow{"HANDOVERS", Show::kHandovers},
    ShowRow{"HELP", Show::kHelp},
    ShowRow{"LISTS", Show::kLists},
    ShowRow{"MEM", Show::kMem},
    ShowRow{"NODES", Show::kNodes},
    ShowRow{"PEER_POOLS", Show::kPeerPools},
    ShowRow{"PEERS", Show::kPeers},
    ShowRow{"POOLS", Show::kPools},
    ShowRow{"PREFIXES", Show::kPrefixes},
    ShowRow{"REPLAYS", Show::kReplays},
    ShowRow{"ROUTES", Show::kRoutes},
    ShowRow{"SERVERS", Show::kServers},
    ShowRow{"SOCKETS", Show::kSockets},
    ShowRow{"STATE", Show::kState},
    ShowRow{"STATS", Show::kStats},
    ShowRow{"STATS_AVERAGES", Show::kStatsAverages},
    ShowRow{"STATS_TOTALS", Show::kStatsTotals},
    ShowRow{"TOTALS", Show::kTotals},
    ShowRow{"USERS", Show::kUsers},
    ShowRow{"VERSION", Show::kVersion},
};

template <class Rows>
const typename Rows::value_type* find_word(const Rows& rows, std::string_view word) {
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const auto& row) { return equals_ignoring_case(row.word, word); });
    return found == rows.end() ? nullptr : &*found;
}

tl::unexpected<ConsoleError> error(std::string message) {
    return tl::make_unexpected(ConsoleError{std::move(message)});
}

tl::unexpected<ConsoleError> invalid_command(std::string_view text) {
    return error("invalid command '" + std::string(text) + "', use SHOW HELP;");
}

std::string_view find_ignored_variable(std::string_view key) {
    for (const auto& variable : kSessionVariables) {
        if (equals_ignoring_case(variable.name, key)) return variable.name;
    }
    for (const std::string_view name : kIgnoredVariables) {
        if (equals_ignoring_case(name, key)) return name;
    }
    return {};
}

ConsoleResult<Command> make_show(const std::string& what, std::string_view text) {
    Command command;
    command.verb = Verb::kShow;
    if (const ShowRow* row = find_word(kShows, what)) {
        command.show = row->show;
        return command;
    }
    for (const auto& variable : kSessionVariables) {
        if (!equals_ignoring_case(variable.name, what)) continue;
        command.show = Show::kVariable;
        command.key = variable.name;
        return command;
    }
    return invalid_command(text);
}

ConsoleResult<Command> make_shutdown(const std::string& how, std::string_view text) {
    Command command;
    command.verb = Verb::kShutdown;
    if (how.empty()) return command;
    if (equals_ignoring_case(how, "WAIT_FOR_SERVERS")) {
        command.shutdown = ShutdownKind::kWaitForServers;
    } else if (equals_ignoring_case(how, "WAIT_FOR_CLIENTS")) {
        command.shutdown = ShutdownKind::kWaitForClients;
    } else if (equals_ignoring_case(how, "DRAIN")) {
        command.shutdown = ShutdownKind::kDrain;
    } else {
        return invalid_command(text);
    }
    return command;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, value);
    if (code != std::errc{} || stop != end) return std::nullopt;
    return value;
}

ConsoleResult<Command> make_set(const SetStatement& statement) {
    if (statement.key.size() > kMaxArgumentBytes || statement.value.size() > kMaxValueBytes) {
        return error("bad arguments");
    }
    Command command;
    command.verb = Verb::kSet;
    command.key = statement.key;
    command.value = statement.value;
    command.ignored = !find_ignored_variable(statement.key).empty();
    return command;
}

ConsoleResult<Command> make_plain(const PlainStatement& statement, std::string_view text) {
    if (statement.argument.size() > kMaxArgumentBytes) return error("bad arguments");
    if (equals_ignoring_case(statement.verb, "SHOW") || equals_ignoring_case(statement.verb, "SELECT")) {
        return make_show(statement.argument, text);
    }
    const VerbRow* row = find_word(kVerbs, statement.verb);
    if (row == nullptr) return invalid_command(text);
    if (row->argument == Argument::kNone && !statement.argument.empty()) return invalid_command(text);
    if (row->verb == Verb::kShutdown) return make_shutdown(statement.argument, text);
    Command command;
    command.verb = row->verb;
    if (row->verb == Verb::kKillClient) {
        command.client_id = decimal(statement.argument);
    } else {
        command.database = statement.argument;
    }
    return command;
}

ConsoleResult<Command> make_explain(const ExplainStatement& statement) {
    if (statement.database.size() > kMaxArgumentBytes || statement.user.size() > kMaxArgumentBytes)
        return error("bad arguments");
    Command command;
    command.verb = Verb::kExplainRoute;
    command.value = statement.sql;
    command.database = statement.database;
    command.user = statement.user;
    return command;
}

/// A text that begins so is meant as EXPLAIN ROUTE, and PgBouncer has nothing of the kind.
bool is_explain(std::string_view text) {
    constexpr std::string_view kWord = "EXPLAIN";
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    return equals_ignoring_case(text.substr(begin, kWord.size()), kWord);
}

}  // namespace

ConsoleResult<Command> parse_command(std::string_view text) {
    const std::optional<Statement> statement = read_statement(text);
    if (!statement && is_explain(text))
        return error("write EXPLAIN ROUTE 'sql' [FOR database] [AS user]; a quote in the SQL is doubled");
    if (!statement) return invalid_command(text);
    if (const auto* explain = std::get_if<ExplainStatement>(&*statement)) return make_explain(*explain);
    if (const auto* set = std::get_if<SetStatement>(&*statement)) return make_set(*set);
    if (const auto* plain = std::get_if<PlainStatement>(&*statement)) return make_plain(*plain, text);
    return Command{};
}

bool allowed(ConsoleRole role, const Command& command) {
    if (role == ConsoleRole::kAdmin) return true;
    switch (command.verb) {
        case Verb::kEmpty: return true;
        case Verb::kShow: return command.show != Show::kFds;
        case Verb::kSet: return command.ignored;
        case Verb::kExplainRoute: return true;
        case Verb::kReload:
        case Verb::kPause:
        case Verb::kResume:
        case Verb::kSuspend:
        case Verb::kDisable:
        case Verb::kEnable:
        case Verb::kReconnect:
        case Verb::kKill:
        case Verb::kKillClient:
        case Verb::kWaitClose:
        case Verb::kShutdown:
        case Verb::kFailover:
        case Verb::kFailback: break;
    }
    return false;
}

ConsoleResult<void> check_role(ConsoleRole role, const Command& command) {
    if (!allowed(role, command)) return error("admin access needed");
    return {};
}

ConsoleResult<void> check_arguments(const Command& command) {
    const bool needs_database = command.verb == Verb::kDisable || command.verb == Verb::kEnable ||
                                command.verb == Verb::kFailover || command.verb == Verb::kFailback;
    if (needs_database && command.database.empty()) return error("a database is required");
    if (command.verb == Verb::kKillClient && !command.client_id)
        return error("invalid client pointer supplied");
    if (command.verb == Verb::kShow && command.show == Show::kFds) {
        return tl::make_unexpected(
            ConsoleError{"SHOW FDS is not supported: connections cannot be handed to another process; to "
                         "replace a running "
                         "process use so_reuseport",
                         std::string(kSqlstateNotSupported)});
    }
    return {};
}

ConsoleResult<Command> accept_command(ConsoleRole role, std::string_view text) {
    ConsoleResult<Command> command = parse_command(text);
    if (!command) return command;
    if (const auto rights = check_role(role, *command); !rights) return tl::make_unexpected(rights.error());
    if (const auto complete = check_arguments(*command); !complete) {
        return tl::make_unexpected(complete.error());
    }
    return command;
}

std::string command_tag(const Command& command) {
    switch (command.verb) {
        case Verb::kEmpty: break;
        case Verb::kShow: return "SHOW";
        case Verb::kSet: return command.ignored ? "SET" : "SET " + command.key + "=" + command.value;
        case Verb::kReload: return "RELOAD";
        case Verb::kPause: return "PAUSE";
        case Verb::kResume: return "RESUME";
        case Verb::kSuspend: return "SUSPEND";
        case Verb::kDisable: return "DISABLE";
        case Verb::kEnable: return "ENABLE";
        case Verb::kReconnect: return "RECONNECT";
        case Verb::kKill: return "KILL";
        case Verb::kKillClient: return "KILL_CLIENT";
        case Verb::kWaitClose: return "WAIT_CLOSE";
        case Verb::kShutdown: return "SHUTDOWN";
        case Verb::kFailover: return "FAILOVER";
        case Verb::kFailback: return "FAILBACK";
        case Verb::kExplainRoute: return "EXPLAIN";
    }
    return "";
}

ReportSections sections_for(const Command& command) {
    ReportSections needed;
    if (command.verb != Verb::kShow) return needed;
    switch (command.show) {
        case Show::kActiveSockets:
        case Show::kSockets: needed.clients = needed.servers = true; break;
        case Show::kClients: needed.clients = true; break;
        case Show::kServers: needed.servers = true; break;
        case Show::kDatabases: needed.databases = true; break;
        case Show::kDnsHosts:
        case Show::kDnsZones: needed.dns = true; break;
        case Show::kEndpoints: needed.endpoints = true; break;
        case Show::kEvents: needed.events = true; break;
        case Show::kNodes: needed.nodes = true; break;
        case Show::kLists:
            needed.lists = needed.databases = needed.users = needed.peers = needed.pools = needed.dns = true;
            break;
        case Show::kMem: needed.memory = true; break;
        case Show::kPeerPools:
        case Show::kPeers: needed.peers = true; break;
        case Show::kHandovers:
        case Show::kPools:
        case Show::kPrefixes:
        case Show::kStats:
        case Show::kStatsAverages:
        case Show::kStatsTotals:
        case Show::kTotals: needed.pools = true; break;
        case Show::kReplays: needed.replays = true; break;
        case Show::kRoutes: needed.routes = true; break;
        case Show::kUsers: needed.users = true; break;
        case Show::kConfig:
        case Show::kFds:
        case Show::kHelp:
        case Show::kState:
        case Show::kVariable:
        case Show::kVersion: break;
    }
    return needed;
}

}  // namespace pooler
