// What the console's SHOW commands and the metrics read: plain rows, gathered by each worker from its own
// objects and merged into one Report on the thread that answers. Nothing here points back into a worker: a
// Report is a copy that may outlive everything it describes.
//
// Rows that describe the process or the configuration rather than one worker (databases, users, peers, mode)
// are filled in by one contributor only; merge() still copes with several.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pooler/base/attempt_counts.h"
#include "pooler/base/latency.h"

namespace pooler {

using WallTime = std::chrono::system_clock::time_point;
using Microseconds = std::chrono::microseconds;

/// The running totals of one pool, or the sum of several. Counts since the pool was made; they never
/// decrease.
struct StatCounters {
    std::uint64_t server_assignment_count = 0;  ///< a server was linked to a client
    std::uint64_t xact_count = 0;
    std::uint64_t query_count = 0;
    std::uint64_t received_bytes = 0;  ///< from clients
    std::uint64_t sent_bytes = 0;      ///< from servers
    std::uint64_t xact_time_us = 0;
    std::uint64_t query_time_us = 0;
    std::uint64_t wait_time_us = 0;  ///< clients waiting for a server
    std::uint64_t client_parse_count = 0;
    std::uint64_t server_parse_count = 0;
    std::uint64_t bind_count = 0;

    StatCounters& operator+=(const StatCounters& other);
    friend bool operator==(const StatCounters&, const StatCounters&) = default;
};

enum class Replication { kNone, kLogical, kPhysical };

enum class ClientRowState {
    kLogin,             ///< not yet logged in: in SOCKETS only
    kActive,            ///< linked to a server
    kIdle,              ///< no server, no request
    kWaiting,           ///< a request waits for a server, or the login for the pool's first server
    kActiveCancelReq,   ///< cancel request being forwarded
    kWaitingCancelReq,  ///< cancel request waiting for a connection
};

enum class ServerRowState {
    kLogin,  ///< connecting or logging in, shown as "new"
    kActive,
    kIdle,
    kUsed,    ///< idle for longer than server_check_delay
    kTested,  ///< reset or check query running
    kActiveCancel,
    kBeingCanceled,
};

/// One end of a connection as SHOW prints it. A Unix socket is shown as `unix` with the listen port.
struct SocketEnd {
    bool unix_socket = false;
    std::string address;     ///< numeric, without brackets; not read for a Unix socket
    std::uint16_t port = 0;  ///< for a Unix socket: listen_port
};

/// Bytes a connection holds at the moment, the seven extra columns of SHOW SOCKETS.
struct BufferUse {
    std::int64_t recv_pos = 0;     ///< received and waiting to be looked at
    std::int64_t pkt_pos = 0;      ///< of these: already looked at
    std::int64_t pkt_remain = 0;   ///< still missing of the message being passed through
    std::int64_t send_pos = 0;     ///< of the pending output: written
    std::int64_t send_remain = 0;  ///< of the pending output: not written
    std::int64_t pkt_avail = 0;    ///< complete bytes of the current message
    std::int64_t send_avail = 0;   ///< bytes ready to be sent

    /// A connection is listed by SHOW ACTIVE_SOCKETS if it holds anything.
    [[nodiscard]] bool any() const { return recv_pos > 0 || send_remain > 0 || send_avail > 0; }
};

/// What clients and servers have in common: the columns of SHOW CLIENTS, SERVERS and SOCKETS.
struct SocketRow {
    std::optional<std::string> user;      ///< none yet: shown as (nouser)
    std::optional<std::string> database;  ///< none, or a peer: shown as (nodb)
    Replication replication = Replication::kNone;
    SocketEnd remote;
    SocketEnd local;
    WallTime connect_time;
    WallTime request_time;      ///< last message of the client, or last use of the server
    Microseconds wait{0};       ///< since the current query's first message; 0 if there is none
    bool close_needed = false;  ///< a server that will not be used again
    std::uint64_t address = 0;  ///< identity of the object, printed as `ptr`; never followed
    std::uint64_t link = 0;     ///< `ptr` of the other side; 0 = none, printed empty
    std::uint32_t remote_pid = 0;
    std::string tls;  ///< "TLSv1.3/TLS_AES_256_GCM_SHA384/ECDH=X25519", empty without TLS
    std::string application_name;
    std::uint64_t prepared_statements = 0;
    std::uint64_t id = 0;  ///< process-wide, in order of creation, never used again
    BufferUse buffers;
    std::uint32_t worker = 0;  ///< weir's own column: the thread that owns it
};

struct ClientRow {
    SocketRow socket;
    ClientRowState state = ClientRowState::kLogin;
    std::string pin_reason;  ///< weir's own column: why the session keeps its server; empty = it does not
};

struct ServerRow {
    SocketRow socket;
    ServerRowState state = ServerRowState::kLogin;
    std::string endpoint;       ///< weir's own column: host:port as configured
    std::string endpoint_role;  ///< weir's own column: primary, replica or secondary
    std::string pin_reason;     ///< weir's own column: why its client keeps it; empty = it does not
};

/// SHOW PREFIXES: statements that weir ran on a client's server beside the client's own.
struct PrefixCounters {
    std::uint64_t waits = 0;          ///< round trips that a client waited for
    std::uint64_t state_changes = 0;  ///< of them: a server was given the client's variables
    std::uint64_t state_resets = 0;   ///< a server was reset because variables may have been set unseen
    std::uint64_t restores = 0;       ///< start-up values came back after a RESET or DISCARD
    std::uint64_t pin_checks = 0;     ///< a server was asked for what pins its client
    std::uint64_t pins = 0;           ///< times a session was found to need its server
    std::uint64_t refused_pins = 0;   ///< statements that pin = refuse kept from running

    PrefixCounters& operator+=(const PrefixCounters& other) {
        waits += other.waits;
        state_changes += other.state_changes;
        state_resets += other.state_resets;
        restores += other.restores;
        pin_checks += other.pin_checks;
        pins += other.pins;
        refused_pins += other.refused_pins;
        return *this;
    }
};

/// Shown by /metrics only.
struct PoolEvents {
    std::uint64_t lost_links = 0;         ///< servers found dead when a client was to use them
    std::uint64_t shape_checks = 0;       ///< times a server was asked for the shape of a statement
    std::uint64_t deferred_begins = 0;    ///< sent together with a first statement
    std::uint64_t unreachable = 0;        ///< attempts to open a server that nobody answered
    std::uint64_t login_refusals = 0;     ///< attempts that the server refused
    std::uint64_t server_violations = 0;  ///< answers that fitted nothing, or were no messages
    std::uint64_t client_violations = 0;  ///< requests that were no messages
    std::uint64_t refused_waits = 0;      ///< clients that found the queue for servers full
    std::uint64_t refused_bytes = 0;      ///< and whose request did not fit into it

    PoolEvents& operator+=(const PoolEvents& other);
};

/// SHOW POOLS: one per database and server user. Times of the oldest waiter.
struct PoolRow {
    std::string database;
    std::string user;
    std::uint64_t cl_active = 0;  ///< linked plus idle clients
    std::uint64_t cl_waiting = 0;
    std::uint64_t cl_active_cancel_req = 0;
    std::uint64_t cl_waiting_cancel_req = 0;
    std::uint64_t sv_active = 0;
    std::uint64_t sv_active_cancel = 0;
    std::uint64_t sv_being_canceled = 0;
    std::uint64_t sv_idle = 0;
    std::uint64_t sv_used = 0;
    std::uint64_t sv_tested = 0;
    std::uint64_t sv_login = 0;
    Microseconds max_wait{0};
    std::string pool_mode;                          ///< effective: session, transaction or statement
    std::optional<std::string> load_balance_hosts;  ///< none if the host is not a list
    StatCounters stats;
    PrefixCounters prefixes;
    PoolEvents events;
    PoolLatency latency;
    std::uint64_t arrivals = 0;  ///< SHOW HANDOVERS: servers that changed their worker
    /// SHOW HANDOVERS: the longest time a client waited on one worker while another had an idle server.
    Microseconds longest_missed_wait{0};
};

/// SHOW DATABASES. Sizes and limits are effective values, 0 = no limit.
struct DatabaseRow {
    std::string name;
    std::optional<std::string> host;  ///< none: the Unix socket directory
    std::uint16_t port = 0;
    std::string database;  ///< on the server
    std::optional<std::string> force_user;
    std::int64_t pool_size = 0;
    std::int64_t min_pool_size = 0;
    std::int64_t reserve_pool_size = 0;
    std::chrono::seconds server_lifetime{0};
    std::optional<std::string> pool_mode;  ///< only if set for this database
    std::optional<std::string> load_balance_hosts;
    std::int64_t max_connections = 0;
    std::uint64_t current_connections = 0;
    std::int64_t max_client_connections = 0;
    std::uint64_t current_client_connections = 0;
    bool paused = false;
    bool disabled = false;
};

/// SHOW USERS. A size or mode that is not set for the user is none.
struct UserRow {
    std::string name;
    std::optional<std::int64_t> pool_size;
    std::optional<std::int64_t> reserve_pool_size;
    std::optional<std::string> pool_mode;
    std::int64_t max_user_connections = 0;
    std::uint64_t current_connections = 0;
    std::int64_t max_user_client_connections = 0;
    std::uint64_t current_client_connections = 0;
};

struct PeerRow {
    std::int32_t peer_id = 0;
    std::string host;
    std::uint16_t port = 0;
    std::int64_t pool_size = 0;
};

struct PeerPoolRow {
    std::int32_t peer_id = 0;
    std::uint64_t cl_active_cancel_req = 0;
    std::uint64_t cl_waiting_cancel_req = 0;
    std::uint64_t sv_active_cancel = 0;
    std::uint64_t sv_login = 0;
};

struct DnsHostRow {
    std::string hostname;
    std::chrono::seconds ttl{0};         ///< left; below zero is shown as 0
    std::vector<std::string> addresses;  ///< numeric, each with its port if it has one
};

struct DnsZoneRow {
    std::string zone_name;
    std::uint64_t serial = 0;
    std::uint64_t host_count = 0;
};

/// The lines of SHOW LISTS that are not the length of another list in this file.
struct ListCounts {
    std::uint64_t free_clients = 0;
    std::uint64_t used_clients = 0;
    std::uint64_t login_clients = 0;
    std::uint64_t free_servers = 0;
    std::uint64_t used_servers = 0;
    std::uint64_t dns_queries = 0;
    std::uint64_t dns_pending = 0;
};

struct MemRow {
    std::string name;
    std::uint64_t size_bytes = 0;  ///< of one item
    std::uint64_t used = 0;        ///< items
    std::uint64_t free = 0;        ///< items
    std::uint64_t total_bytes = 0;
};

/// `used` items of this size and no free ones.
[[nodiscard]] MemRow memory_row(std::string name, std::size_t size_bytes, std::size_t used);

/// SHOW ENDPOINTS and /health, weir's own: one address of one database and what is known about its health.
/// Connections and requests are counted by the workers, the rest is the process's.
struct EndpointRow {
    std::string database;
    std::string role;  ///< primary, replica or secondary
    std::string host;  ///< as configured
    std::uint16_t port = 0;
    std::string state = "unknown";  ///< the health machine's word: up, down, draining, unknown, ...
    std::string node_id;            ///< as the server says, empty if unknown
    std::uint64_t connections = 0;  ///< that are logged in
    std::uint64_t outstanding = 0;  ///< requests without an answer
    /// Smoothed time of the probe, of reads if it is a replica, or of the last login; 0: not measured.
    Microseconds latency{0};
    std::string last_error;
    std::optional<WallTime> changed;  ///< when `state` was entered
    bool active = false;              ///< what is sent to this role goes here at the moment
    bool draining = false;
    std::uint64_t consecutive_failures = 0;
    std::optional<WallTime> last_check;  ///< end of the last probe or attempt to connect
    std::optional<Microseconds> lag;     ///< of a replica behind its primary; none: not known
};

/// /health: when a database changed between its primary and its secondary last.
struct FailoverRow {
    std::string database;
    std::optional<WallTime> last_failover;
    std::optional<WallTime> last_failback;
};

/// SHOW NODES, weir's own: a node of a cluster behind an address of a database, told apart by its number.
struct NodeRow {
    std::string database;
    std::string node;
    std::string state;   ///< "up" or "draining"
    std::string reason;  ///< why it counts as draining
    std::uint64_t connections = 0;
    std::uint64_t drains = 0;
    WallTime changed;  ///< when `state` was entered
};

/// SHOW EVENTS, weir's own.
struct EventRow {
    std::uint64_t number = 0;
    WallTime at;
    std::string kind;
    std::string database;
    std::string text;
};

/// SHOW REPLAYS, weir's own: what became of transactions that met a retryable error or lost their server.
struct ReplayRow {
    std::string database;
    std::uint64_t started = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t mismatched = 0;  ///< the repeated answers differed; the client got the original error
    std::uint64_t refused = 0;     ///< a statement in it must not be repeated
    std::uint64_t over_limit = 0;  ///< too large, too often or too long
    std::uint64_t running = 0;
    std::uint64_t log_bytes = 0;                                       ///< kept at the moment
    std::uint64_t by_serialization = 0, by_deadlock = 0, by_loss = 0;  ///< what started them
    std::uint64_t cancelled = 0;
    std::uint64_t ambiguous = 0;  ///< lost with a commit under way: the client got 08007
    std::uint64_t found_committed = 0, found_aborted = 0;  ///< the same, but it was looked up
    std::uint64_t unprotected = 0;  ///< transactions that went on without, for a statement or a limit
    std::uint64_t attempts = 0;
    std::uint64_t by_recovery = 0;   ///< started by 25006, behind a switchover
    std::uint64_t by_savepoint = 0;  ///< of the attempts: on the same connection
    AttemptCounts needed{};          ///< attempts, by those that succeeded
    Microseconds time{0};            ///< of those that succeeded, from the failure to the end of the replay
    LatencyHistogram durations{};    ///< the same, one by one
    std::map<std::string, std::uint64_t, std::less<>> given_up{};             ///< by reason
    std::map<std::string, std::uint64_t, std::less<>> unprotected_reasons{};  ///< of `unprotected`
    /// The client got an error that leaves open whether its write took effect.
    std::uint64_t unknown = 0;
};

/// What a worker counts beside its pools.
struct WorkerCounts {
    HandshakeStats client_handshakes;
    HandshakeStats server_handshakes;

    WorkerCounts& operator+=(const WorkerCounts& other) {
        client_handshakes += other.client_handshakes;
        server_handshakes += other.server_handshakes;
        return *this;
    }
};

/// SHOW ROUTES, weir's own: requests that could have gone to a replica or the primary, and why they went
/// where.
struct RouteRow {
    std::string database;
    std::string user;
    std::string statement_class;  ///< what the requests were taken for
    std::string target;           ///< "primary", "replica:1"
    std::string reason;
    std::uint64_t requests = 0;
};

/// EXPLAIN ROUTE, weir's own: one place where the text could run, in the order of likeliness.
struct ExplainRow {
    std::string database;
    std::string statement_class;  ///< what weir takes the text for
    std::string target;           ///< "primary", "replica:1"
    unsigned share = 0;           ///< of all such requests, in percent
    std::string reason;           ///< why it runs there, or why not
};

/// Which parts of a Report a command needs, so that a SHOW does not make every worker copy everything.
struct ReportSections {
    bool clients = false;
    bool servers = false;
    bool pools = false;
    bool databases = false;
    bool users = false;
    bool peers = false;
    bool dns = false;
    bool lists = false;
    bool memory = false;
    bool endpoints = false;
    bool nodes = false;
    bool events = false;
    bool replays = false;
    bool worker_counts = false;
    bool routes = false;

    friend bool operator==(const ReportSections&, const ReportSections&) = default;
};

struct Report {
    std::vector<ClientRow> clients;
    std::vector<ServerRow> servers;
    std::vector<PoolRow> pools;
    std::vector<DatabaseRow> databases;
    std::vector<UserRow> users;
    std::vector<PeerRow> peers;
    std::vector<PeerPoolRow> peer_pools;
    std::vector<DnsHostRow> dns_hosts;
    std::vector<DnsZoneRow> dns_zones;
    ListCounts lists;
    std::vector<MemRow> memory;
    std::vector<EndpointRow> endpoints;
    std::vector<FailoverRow> failovers;  ///< of the section endpoints
    std::vector<NodeRow> nodes;          ///< the process's own
    std::vector<EventRow> events;        ///< the process's own, oldest first
    std::vector<ReplayRow> replays;
    WorkerCounts worker_counts;
    std::vector<RouteRow> routes;
};

/// Adds what another worker saw. Rows of the same pool, database, user, peer, endpoint or allocator become
/// one: counts are added, max_wait is the larger one, settings are the first contributor's. Order of rows is
/// not kept: the SHOW functions sort.
void merge(Report& into, Report&& from);

/// The counters of all pools, per database name.
[[nodiscard]] std::map<std::string, StatCounters> stats_by_database(const Report& report);

}  // namespace pooler
