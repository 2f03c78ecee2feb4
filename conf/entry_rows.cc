// The keys of [databases], [users] and [peers]. Names and meanings are PgBouncer 1.25's.
#include "conf/entry_keys.h"

namespace conf {
namespace {

using D = EntryKey<Database>;
using U = EntryKey<User>;
using P = EntryKey<Peer>;

constexpr D kDatabaseKeys[] = {
    D{"dbname", &Database::dbname, "the entry's name", "Database on the server."}.reconnects(),
    D{"host", &Database::hosts, "unix_socket_dir",
      "Name, address, /folder or @abstract of the server, or several separated by commas."}
        .reconnects(),
    D{"port", &Database::port, "5432", "Port, the same for all hosts."}.reconnects(),
    D{"user", &Database::user, "the client's",
      "Forced user: servers are logged into as this user, and all clients share one pool."}
        .reconnects()
        .at_most(kMaxUserBytes),
    D{"password", &Database::password, "from auth_file", "Password of the forced user."}.at_most(
        kMaxSecretBytes),
    D{"password_file", &Database::password, "none",
      "File that holds the password of the forced user; a newline at its end is cut off."}
        .file()
        .weirs_own()
        .at_most(kMaxSecretBytes),
    D{"auth_user", &Database::auth_user, "auth_user", "Role that runs auth_query."}.at_most(kMaxUserBytes),
    D{"auth_query", &Database::auth_query, "auth_query", "Query for the secrets of users."}.reconnects(),
    D{"auth_dbname", &Database::auth_dbname, "auth_dbname", "Database entry in which auth_query runs."}
        .reconnects(),
    D{"pool_size", &Database::pool_size, "default_pool_size", "Server connections per user; 0: unlimited."}
        .unset_by(Unset::kNegative),
    D{"min_pool_size", &Database::min_pool_size, "min_pool_size", "Server connections to keep open."}
        .unset_by(Unset::kNegative),
    D{"reserve_pool_size", &Database::reserve_pool_size, "reserve_pool_size", "Further server connections."}
        .unset_by(Unset::kNegative),
    D{"reserve_pool", &Database::reserve_pool_size, "reserve_pool_size", "Old name of reserve_pool_size."}
        .unset_by(Unset::kNegative),
    {"pool_mode", &Database::pool_mode, "pool_mode", "session, transaction or statement."},
    {"max_db_connections", &Database::max_db_connections, "max_db_connections",
     "Server connections over all users; 0: inherited."},
    {"max_db_client_connections", &Database::max_db_client_connections, "max_db_client_connections",
     "Clients; 0: inherited."},
    {"server_lifetime", &Database::server_lifetime, "server_lifetime", "Whole seconds; 0: inherited."},
    D{"connect_query", &Database::connect_query, "none", "Query run on each new server connection."}
        .reconnects(),
    D{"load_balance_hosts", &Database::load_balance_hosts, "round-robin",
      "round-robin: the next host for each new connection; disable: the next host only after a failure."}
        .reconnects(),
    D{"sslmode", &Database::sslmode, "server_tls_sslmode",
      "disable, allow, prefer, require, verify-ca or verify-full; require with sslrootcert, also inherited, "
      "is verify-ca."}
        .reconnects()
        .weirs_own(),
    D{"sslrootcert", &Database::sslrootcert, "server_tls_ca_file",
      "Authorities that sign the servers' certificates, PEM, or system; system stands for verify-full."}
        .reconnects()
        .weirs_own(),
    D{"sslcert", &Database::sslcert, "server_tls_cert_file",
      "Certificate shown to servers, PEM; only for the user it names (server_tls_cert_users)."}
        .reconnects()
        .weirs_own(),
    D{"sslkey", &Database::sslkey, "server_tls_key_file", "Private key of sslcert, PEM."}
        .reconnects()
        .weirs_own(),
    D{"sslcrl", &Database::sslcrl, "none", "Certificates that were revoked, PEM."}.reconnects().weirs_own(),
    D{"sslsni", &Database::sslsni, "1", "Tell the server which host name is meant (SNI)."}
        .reconnects()
        .weirs_own(),
    D{"sslnegotiation", &Database::sslnegotiation, "postgres",
      "postgres: TLS after an SSLRequest; direct: at once, which needs PostgreSQL 17 or later."}
        .reconnects()
        .weirs_own(),
    D{"transaction_replay", &Database::transaction_replay, "transaction_replay",
      "Run transactions again that failed without having committed."}
        .weirs_own(),
    D{"commit_resolution", &Database::commit_resolution, "commit_resolution",
      "off or xid: how a COMMIT is looked up whose PostgreSQL server is lost."}
        .weirs_own(),
    D{"replicas", &Database::replicas, "none",
      "Servers that take reads: postgresql:// URLs separated by blanks, or connect strings separated by "
      "semicolons, each with its own TLS keys and weight. What is left out is the entry's own."}
        .weirs_own(),
    D{"replica_kind", &Database::replica_kind, "required with replicas",
      "follower: nodes of the same CockroachDB cluster, read a few seconds in the past; standby: a "
      "CockroachDB "
      "cluster that this one is replicated to; streaming: PostgreSQL standbys."}
        .weirs_own(),
    D{"read_after_write", &Database::read_after_write, "user",
      "Whose writes a replica must show before it gets a read: those of all sessions of the same database "
      "and "
      "user, of the session itself, of the whole database; time: none, but replica_max_lag holds; off: none."}
        .weirs_own(),
    D{"replica_staleness", &Database::replica_staleness, "4.7",
      "Seconds that a follower's reads may lie in the past: 4.2 and 0.5 for clocks that disagree."}
        .weirs_own()
        .takes_fractions(),
    D{"replica_max_lag", &Database::replica_max_lag, "10",
      "A replica further behind than so many seconds gets no reads; 0: no limit."}
        .weirs_own()
        .takes_fractions(),
    D{"replica_lag_query", &Database::replica_lag_query, "none",
      "replica_kind=standby: query whose first value is how many seconds the standby cluster is behind."}
        .weirs_own(),
    D{"locality", &Database::locality, "none",
      "Where weir is, the largest first: region=eu,zone=b. Reads go to the replicas whose own locality has "
      "the "
      "most of it in common, to others only while none of those can answer."}
        .weirs_own(),
    D{"primary_reads", &Database::primary_reads, "0",
      "Percent of the reads that stay on the primary although a replica could take them."}
        .weirs_own()
        .unset_by(Unset::kNegative),
    D{"secondary", &Database::secondary, "none",
      "Server to fail over to: one URL or connect string, with the keys of replicas."}
        .weirs_own(),
    D{"failover", &Database::failover, "manual",
      "manual: only FAILOVER on the console; auto: also when the primary is down and the secondary takes "
      "writes."}
        .weirs_own(),
    D{"failback", &Database::failback, "manual",
      "manual: only FAILBACK on the console; gate: when the primary is up again and failback_command "
      "succeeds; "
      "auto: when the primary is up again, only with same_cluster=1."}
        .weirs_own(),
    D{"failback_command", &Database::failback_command, "none",
      "Shell command that brings the primary up to date. It runs with clients at work, then once more while "
      "they wait; exit code 0: in sync."}
        .weirs_own(),
    D{"same_cluster", &Database::same_cluster, "0",
      "1: primary and secondary lead to the same cluster, so that nothing can be lost between them."}
        .weirs_own(),
    D{"health_check_user", &Database::health_check_user, "health_check_user",
      "Role that runs the health checks; with a secondary also the forced user."}
        .weirs_own()
        .at_most(kMaxUserBytes),
    D{"health_check_query", &Database::health_check_query, "health_check_query",
      "Query of the health checks."}
        .weirs_own(),
    D{"write_check_query", &Database::write_check_query, "SHOW transaction_read_only",
      "Tells whether a primary or secondary takes writes: it must succeed, and a first column must not be "
      "on."}
        .weirs_own(),
    D{"readiness_url", &Database::readiness_url, "none",
      "http:// or https:// address that says whether a server is ready, such as "
      "http://{host}:8080/health?ready=1, {host} being each of `host`; 503 means that it drains."}
        .weirs_own(),
    D{"results_buffer_size", &Database::results_buffer_size, "none",
      "Bytes, such as 1048576: how much of an answer a CockroachDB node keeps back to be able to run it "
      "again by "
      "itself. Sent to the server at login; PostgreSQL refuses it."}
        .weirs_own(),
    {"client_encoding", &Database::client_encoding, "none", "Sent to the server at login."},
    {"datestyle", &Database::datestyle, "none", "Sent to the server at login."},
    {"timezone", &Database::timezone, "none", "Sent to the server at login."},
    {"application_name", &Database::application_name, "none", "Sent to the server at login."},
};

constexpr U kUserKeys[] = {
    {"pool_mode", &User::pool_mode, "the database's",
     "session, transaction or statement; wins over all others."},
    U{"pool_size", &User::pool_size, "the database's", "Server connections per database; 0: unlimited."}
        .unset_by(Unset::kNegative),
    U{"reserve_pool_size", &User::reserve_pool_size, "the database's", "Further server connections."}
        .unset_by(Unset::kNegative),
    {"max_user_connections", &User::max_user_connections, "max_user_connections",
     "Server connections over all databases; 0: inherited."},
    {"max_user_client_connections", &User::max_user_client_connections, "max_user_client_connections",
     "Clients; 0: inherited."},
    {"query_timeout", &User::query_timeout, "query_timeout",
     "Whole seconds; 0: inherited. For the pool's user."},
    {"idle_transaction_timeout", &User::idle_transaction_timeout, "idle_transaction_timeout",
     "Whole seconds; 0: inherited. For the pool's user."},
    {"transaction_timeout", &User::transaction_timeout, "transaction_timeout",
     "Whole seconds; 0: inherited. For the pool's user."},
    {"client_idle_timeout", &User::client_idle_timeout, "client_idle_timeout",
     "Whole seconds; 0: inherited. For the user who logs in."},
    U{"transaction_replay", &User::transaction_replay, "the database's",
      "Run transactions again that failed without having committed. For the user who logs in."}
        .weirs_own(),
    U{"commit_resolution", &User::commit_resolution, "the database's",
      "off or xid: how a COMMIT is looked up whose PostgreSQL server is lost. For the user who logs in."}
        .weirs_own(),
};

constexpr P kPeerKeys[] = {
    {"host", &Peer::host, "required", "Name, address, /folder or @abstract of the peer."},
    {"port", &Peer::port, "6432", "Port."},
    P{"pool_size", &Peer::pool_size, "default_pool_size", "Cancel requests forwarded at the same time."}
        .unset_by(Unset::kNegative),
};

}  // namespace

std::span<const EntryKey<Database>> database_keys() { return kDatabaseKeys; }
std::span<const EntryKey<User>> user_keys() { return kUserKeys; }
std::span<const EntryKey<Peer>> peer_keys() { return kPeerKeys; }

}  // namespace conf
