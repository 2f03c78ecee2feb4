// A whole configuration: settings, databases, users, peers and the userlist, with the rules for which value
// counts for whom. Made by conf::load or conf::reload, immutable afterwards, shared between threads as
// shared_ptr<const Configuration>; a RELOAD makes a new one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conf/endpoint.h"
#include "conf/hba.h"
#include "conf/ident.h"
#include "conf/origin.h"
#include "conf/settings.h"
#include "conf/userlist.h"

namespace conf {

/// One line of [databases]. What is absent is inherited: read such values through Configuration.
struct Database {
    std::string name;                ///< the entry's name; for "*" entries the requested name
    std::string dbname;              ///< name on the server; empty only in the stored "*" entry
    std::vector<std::string> hosts;  ///< names, addresses, "/dir" or "@abstract"; empty: unix_socket_dir
    int port = 5432;
    OptionalText user;  ///< forced user: all clients share its pool
    OptionalText password;
    OptionalText auth_user;
    OptionalText auth_query;
    OptionalText auth_dbname;
    std::optional<int> pool_size;  ///< 0 = unlimited
    std::optional<int> min_pool_size;
    std::optional<int> reserve_pool_size;
    std::optional<PoolMode> pool_mode;
    std::optional<int> max_db_connections;
    std::optional<int> max_db_client_connections;
    std::optional<Duration> server_lifetime;
    OptionalText connect_query;
    std::optional<LoadBalanceHosts> load_balance_hosts;
    std::optional<SslMode> sslmode;
    OptionalText sslrootcert;  ///< a file, or "system"
    OptionalText sslcert;
    OptionalText sslkey;
    OptionalText sslcrl;
    std::optional<bool> sslsni;  ///< absent: on
    std::optional<SslNegotiation> sslnegotiation;
    std::optional<bool> transaction_replay;
    std::optional<CommitResolution> commit_resolution;
    OptionalText results_buffer_size;
    OptionalText client_encoding;
    OptionalText datestyle;
    OptionalText timezone;
    OptionalText application_name;
    std::vector<Endpoint> replicas;
    std::optional<ReplicaKind> replica_kind;  ///< absent: streaming
    std::optional<ReadAfterWrite> read_after_write;
    std::optional<Duration> replica_staleness;
    std::optional<Duration> replica_max_lag;
    OptionalText locality;  ///< where this pooler is: replicas that are nearer get the reads
    OptionalText replica_lag_query;
    std::optional<int> primary_reads;   ///< percent of the reads that replicas could have
    std::optional<Endpoint> secondary;  ///< where to fail over to
    std::optional<FailoverChoice> failover;
    std::optional<FailbackChoice> failback;
    OptionalText failback_command;
    std::optional<bool> same_cluster;  ///< primary and secondary lead to the same data
    OptionalText health_check_user;
    OptionalText health_check_query;
    OptionalText write_check_query;
    OptionalText readiness_url;
    bool is_auto = false;        ///< made from the "*" entry
    std::string target;          ///< "" for the primary; else which endpoint of the entry this describes
    OptionalText login_options;  ///< start-up parameter `options` of an endpoint
    Origin origin;
    bool operator==(const Database&) const = default;
};

/// One line of [users].
struct User {
    std::string name;
    std::optional<PoolMode> pool_mode;
    std::optional<int> pool_size;
    std::optional<int> reserve_pool_size;
    std::optional<int> max_user_connections;
    std::optional<int> max_user_client_connections;
    std::optional<Duration> query_timeout;
    std::optional<Duration> idle_transaction_timeout;
    std::optional<Duration> transaction_timeout;
    std::optional<Duration> client_idle_timeout;
    std::optional<bool> transaction_replay;
    std::optional<CommitResolution> commit_resolution;
    Origin origin;
    bool operator==(const User&) const = default;
};

/// One line of [peers].
struct Peer {
    int id = 0;
    std::string host;
    int port = 6432;
    std::optional<int> pool_size;
    Origin origin;
    bool operator==(const Peer&) const = default;
};

/// Longest name of a database entry, in bytes (PgBouncer's limit).
inline constexpr std::size_t kMaxDatabaseBytes = 63;

/// True for the names of the console database, which no entry may take: "pgbouncer" and "weir".
constexpr bool is_console_database(std::string_view name) { return name == "pgbouncer" || name == "weir"; }

struct Configuration {
    Settings settings;
    std::map<std::string, Database, std::less<>> databases;  ///< without "*"
    std::optional<Database> fallback;                        ///< the "*" entry
    std::map<std::string, User, std::less<>> users;
    std::map<int, Peer> peers;
    Userlist userlist;
    Hba hba;                                   ///< read whenever auth_hba_file names a file
    IdentMaps idents;                          ///< likewise of auth_ident_file
    std::vector<std::string> warnings;         ///< what the operator should hear about, in the order found
    std::string path;                          ///< the file this was read from
    std::set<std::string, std::less<>> given;  ///< settings that the file sets
    std::map<std::string, Origin, std::less<>> setting_lines;  ///< where they stand

    /// What is wrong with a setting, with file, line and name: "weir.ini:12: http_listen: ...".
    std::string complaint(std::string_view setting, std::string_view text) const;

    /// The entry for a requested name: its own line, or the "*" line with name and (unless it sets one)
    /// dbname filled in. Nothing for the console's names and for names no entry can have.
    std::optional<Database> find_database(std::string_view name) const;
    /// The same as it looks at one of its endpoints: "replica:1", "secondary"; at its primary if `target` is
    /// empty. Nothing if the entry has no such endpoint.
    std::optional<Database> find_database(std::string_view name, std::string_view target) const;
    const User* find_user(std::string_view name) const;  ///< its line in [users], or null
    /// Hosts to connect to: the entry's, or the directory of the Unix socket. Empty if there is neither.
    std::vector<std::string> hosts(const Database& database) const;

    // `user` in these is the pool user: the forced user if the entry has one, else the login user.
    std::string pool_user(const Database& database, std::string_view login_user) const;
    PoolMode pool_mode(const Database& database, std::string_view user) const;
    int pool_size(const Database& database, std::string_view user) const;          ///< 0 = unlimited
    int reserve_pool_size(const Database& database, std::string_view user) const;  ///< 0 = none
    /// Never above pool_size; 0 with an unlimited pool, where it has no effect.
    int min_pool_size(const Database& database, std::string_view user) const;
    int max_user_connections(std::string_view user) const;  ///< 0 = no limit
    Duration query_timeout(std::string_view user) const;
    Duration idle_transaction_timeout(std::string_view user) const;
    Duration transaction_timeout(std::string_view user) const;

    // `user` in these is the login user.
    int max_user_client_connections(std::string_view user) const;  ///< 0 = no limit
    Duration client_idle_timeout(std::string_view user) const;
    bool transaction_replay(const Database& database, std::string_view user) const;
    CommitResolution commit_resolution(const Database& database, std::string_view user) const;

    int max_db_connections(const Database& database) const;         ///< 0 = no limit
    int max_db_client_connections(const Database& database) const;  ///< 0 = no limit
    Duration server_lifetime(const Database& database) const;       ///< 0 = one use
    LoadBalanceHosts load_balance_hosts(const Database& database) const;
    /// As libpq: the system's authorities stand for verify-full, and require with a file of authorities of
    /// the entry's own checks the chain, no matter where the mode comes from.
    SslMode sslmode(const Database& database) const;
    /// How old what a follower shows may be; and the slack for clocks that disagree (`follower` only).
    Duration replica_staleness(const Database& database) const;
    /// A replica that lags further gets no reads; 0 = no limit.
    Duration replica_max_lag(const Database& database) const;
    /// As whom a database is probed; nothing: it is not.
    OptionalText health_check_user(const Database& database) const;
    std::string health_check_query(const Database& database) const;
    OptionalText auth_user(const Database& database) const;
    std::string auth_query(const Database& database) const;
    OptionalText auth_dbname(const Database& database) const;
    /// Secret with which servers of this entry are logged into as `user` (a pool user): the entry's password
    /// for its forced user, else the userlist's. Nothing: none is known.
    OptionalText server_secret(const Database& database, std::string_view user) const;
    int peer_pool_size(const Peer& peer) const;  ///< 0 = unlimited
};

}  // namespace conf
