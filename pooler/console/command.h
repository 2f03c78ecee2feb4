// The console's language: a query text becomes a Command or an error. Pure functions without state, any
// thread.
//
// The grammar is PgBouncer's (one command, optional argument, optional semicolon; keywords in any case; names
// that are not plain words in double quotes). Beyond it weir reads SQL comments as white space, takes what
// drivers send on their own (SET of the variables in kIgnoredVariables) and knows SHUTDOWN DRAIN, FAILOVER,
// FAILBACK, EXPLAIN ROUTE, SHOW ENDPOINTS, EVENTS, HANDOVERS, NODES, PREFIXES, REPLAYS and ROUTES. BEGIN and
// its like stay refused: nothing on the console can be undone by a ROLLBACK.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "pooler/console/report.h"

namespace pooler {

/// Name of the virtual database that is the console.
inline constexpr std::string_view kConsoleDatabase = "pgbouncer";

inline constexpr std::string_view kSqlstateProtocolViolation = "08P01";
inline constexpr std::string_view kSqlstateConfigFile = "F0000";
inline constexpr std::string_view kSqlstateNotSupported = "0A000";

/// An error of the console: severity ERROR, the session goes on.
struct ConsoleError {
    std::string message;
    std::string sqlstate{kSqlstateProtocolViolation};

    friend bool operator==(const ConsoleError&, const ConsoleError&) = default;
};

template <class T>
using ConsoleResult = tl::expected<T, ConsoleError>;

enum class ConsoleRole {
    kAdmin,  ///< admin_users: everything
    kStats,  ///< stats_users: reads
};

enum class Verb {
    kEmpty,  ///< nothing but white space and comments
    kShow,
    kSet,
    kReload,
    kPause,
    kResume,
    kSuspend,
    kDisable,
    kEnable,
    kReconnect,
    kKill,
    kKillClient,
    kWaitClose,
    kShutdown,
    kFailover,
    kFailback,
    kExplainRoute,
};

enum class Show {
    kActiveSockets,
    kClients,
    kConfig,
    kDatabases,
    kDnsHosts,
    kDnsZones,
    kEndpoints,  ///< weir's own
    kEvents,     ///< weir's own
    kFds,
    kHandovers,  ///< weir's own
    kHelp,
    kLists,
    kMem,
    kNodes,  ///< weir's own
    kPeerPools,
    kPeers,
    kPools,
    kPrefixes,  ///< weir's own
    kReplays,   ///< weir's own
    kRoutes,    ///< weir's own
    kServers,
    kSockets,
    kState,
    kStats,
    kStatsAverages,
    kStatsTotals,
    kTotals,
    kUsers,
    kVariable,  ///< a session variable drivers ask for; `key` says which
    kVersion,
};

enum class ShutdownKind {
    kNow,
    kWaitForServers,
    kWaitForClients,
    kDrain,  ///< weir's own: each client is closed with 57P01 at its transaction boundary
};

/// A variable of PostgreSQL that drivers read; SET of it is accepted and ignored.
struct SessionVariable {
    std::string_view name;
    std::string_view value;
};

inline constexpr std::array kSessionVariables{
    SessionVariable{"client_encoding", "UTF-8"},
    SessionVariable{"default_transaction_isolation", "read committed"},
    SessionVariable{"standard_conforming_strings", "on"},
    SessionVariable{"datestyle", "ISO"},
    SessionVariable{"timezone", "GMT"},
};

/// Also set by drivers without being asked (JDBC sets both after login). PgBouncer answers `SET failed`,
/// which ends the connection attempt; neither means anything on the console.
inline constexpr std::array<std::string_view, 2> kIgnoredVariables{"extra_float_digits", "application_name"};

/// One console command. Which members count depends on the verb.
struct Command {
    Verb verb = Verb::kEmpty;
    Show show = Show::kHelp;                     ///< kShow
    ShutdownKind shutdown = ShutdownKind::kNow;  ///< kShutdown
    std::string database;                        ///< kPause ... kExplainRoute; empty = all, or the default
    std::optional<std::uint64_t>
        client_id;         ///< kKillClient: column `id` of SHOW CLIENTS; none = not a number
    std::string key;       ///< kSet: as written; Show::kVariable: canonical name
    std::string value;     ///< kSet; kExplainRoute: the SQL
    std::string user;      ///< kExplainRoute; empty = any
    bool ignored = false;  ///< kSet: driver chatter, answered with NOTICE `SET ignored`
};

/// Parses the text of a Query or Parse message. Errors carry PgBouncer's texts: `bad arguments`,
/// `invalid command '...', use SHOW HELP;` and so on. Rights are not looked at: see check_role.
[[nodiscard]] ConsoleResult<Command> parse_command(std::string_view text);

/// Whether the role may run the command. Readers: SHOW except FDS, EXPLAIN ROUTE, SET of ignored variables.
[[nodiscard]] bool allowed(ConsoleRole role, const Command& command);

/// `admin access needed` if not allowed.
[[nodiscard]] ConsoleResult<void> check_role(ConsoleRole role, const Command& command);

/// What a well-formed command still lacks: `a database is required`, `invalid client pointer supplied`, and
/// that SHOW FDS is refused (0A000).
[[nodiscard]] ConsoleResult<void> check_arguments(const Command& command);

/// All three in PgBouncer's order: syntax, rights, arguments. What it returns may be run.
[[nodiscard]] ConsoleResult<Command> accept_command(ConsoleRole role, std::string_view text);

/// Tag of CommandComplete; SET echoes `SET key=value`.
[[nodiscard]] std::string command_tag(const Command& command);

/// What the core has to gather before show() can answer; nothing for other verbs.
[[nodiscard]] ReportSections sections_for(const Command& command);

}  // namespace pooler
