// The rows of the setting table. Names, defaults and liveness of the first 98 are PgBouncer 1.25's; the ones
// marked weirs_own() are new. Order: as the documentation shows them.
#include <cstdint>

#include "conf/setting_table.h"

namespace conf {
namespace {

constexpr Apply kLive = Apply::kLive;
constexpr Apply kRestart = Apply::kRestart;
constexpr const char* kNull = nullptr;

/// Login roles of PostgreSQL, with a secret only while the role's password is valid.
constexpr const char* kAuthQuery =
    "SELECT rolname, CASE WHEN rolvaliduntil < pg_catalog.now() THEN NULL ELSE rolpassword END "
    "FROM pg_catalog.pg_authid WHERE rolname = $1 AND rolcanlogin";

constexpr SettingRow kRows[] = {
    {"listen_addr", &Settings::listen_addr, "", kRestart, Group::kListening,
     "Addresses or names to listen on, separated by commas; * is all of IPv4 and IPv6; empty: Unix socket "
     "only."},
    SettingRow{"listen_port", &Settings::listen_port, "6432", kRestart, Group::kListening,
               "TCP port; also part of the name of the Unix socket."}
        .range(0, 65535),
    {"listen_backlog", &Settings::listen_backlog, "128", kRestart, Group::kListening,
     "Queue length asked from listen(2)."},
    {"unix_socket_dir", &Settings::unix_socket_dir, "/tmp", kRestart, Group::kListening,
     "Folder of the Unix socket, also used for databases without a host; empty: none; @name: abstract."},
    SettingRow{"unix_socket_mode", &Settings::unix_socket_mode, "0777", kRestart, Group::kListening,
               "Access mode of the Unix socket; write the leading 0."}
        .range(0, 07777),
    {"unix_socket_group", &Settings::unix_socket_group, "", kRestart, Group::kListening,
     "Group of the Unix socket, by name or number."},
    {"so_reuseport", &Settings::so_reuseport, "0", kRestart, Group::kListening,
     "Set SO_REUSEPORT on TCP listeners, so that several processes can share a port. One that is to leave "
     "takes "
     "new clients for 1.3 s more, so that none is reset on its way."},
    {"max_client_conn", &Settings::max_client_conn, "100", kLive, Group::kListening,
     "Client sockets at most, including those still logging in. 0 does not mean unlimited."},
    {"ignore_startup_parameters", &Settings::ignore_startup_parameters, "", kLive, Group::kListening,
     "Startup parameters to drop silently, separated by commas; options also covers those inside options."},
    {"track_extra_parameters", &Settings::track_extra_parameters, "IntervalStyle", kRestart,
     Group::kListening,
     "Further reported parameters to keep per client, separated by commas, in any letter case."},
    {"application_name_add_host", &Settings::application_name_add_host, "0", kLive, Group::kListening,
     "Append the client's address to application_name at login."},
    {"disable_pqexec", &Settings::disable_pqexec, "0", kRestart, Group::kListening,
     "Refuse simple queries; this includes every command on the console."},

    {"pool_mode", &Settings::pool_mode, "session", kLive, Group::kPools,
     "When a server connection returns to its pool."},
    SettingRow{"default_pool_size", &Settings::default_pool_size, "20", kLive, Group::kPools,
               "Server connections per database and user; 0: unlimited."}
        .in("connections"),
    SettingRow{"min_pool_size", &Settings::min_pool_size, "0", kLive, Group::kPools,
               "Server connections to keep open per pool, if it has clients or a forced user."}
        .in("connections"),
    SettingRow{"reserve_pool_size", &Settings::reserve_pool_size, "0", kLive, Group::kPools,
               "Further server connections when clients have waited for reserve_pool_timeout; 0: none."}
        .in("connections"),
    {"reserve_pool_timeout", &Settings::reserve_pool_timeout, "5", kLive, Group::kPools,
     "Wait of a client before the reserve is used; 0: the reserve is off."},
    SettingRow{"max_db_connections", &Settings::max_db_connections, "0", kLive, Group::kPools,
               "Server connections per database over all users; 0: no limit."}
        .in("connections"),
    SettingRow{"max_db_client_connections", &Settings::max_db_client_connections, "0", kLive, Group::kPools,
               "Clients per database; 0: no limit."}
        .in("connections"),
    SettingRow{"max_user_connections", &Settings::max_user_connections, "0", kLive, Group::kPools,
               "Server connections per pool user over all databases; 0: no limit."}
        .in("connections"),
    SettingRow{"max_user_client_connections", &Settings::max_user_client_connections, "0", kLive,
               Group::kPools, "Clients per login user; 0: no limit."}
        .in("connections"),
    {"max_prepared_statements", &Settings::max_prepared_statements, "200", kLive, Group::kPools,
     "Named prepared statements to keep per server connection; 0: named statements are not tracked."},
    {"server_round_robin", &Settings::server_round_robin, "0", kLive, Group::kPools,
     "Use idle server connections in turn (1) instead of the most recently used first (0)."},
    {"autodb_idle_timeout", &Settings::autodb_idle_timeout, "3600", kLive, Group::kPools,
     "Drop a database made from the * entry after this time without use; 0: never."},
    SettingRow{"peer_id", &Settings::peer_id, "0", kLive, Group::kPools,
               "This process's number in [peers]; 0: no peering."}
        .range(0, 65535),

    {"server_reset_query", &Settings::server_reset_query, "DISCARD ALL", kLive, Group::kServers,
     "Sent when a server connection leaves a client in session pooling; empty: nothing."},
    {"server_reset_query_always", &Settings::server_reset_query_always, "0", kLive, Group::kServers,
     "Send server_reset_query in every pool mode."},
    {"server_check_query", &Settings::server_check_query, "<empty>", kLive, Group::kServers,
     "Checks an idle server connection before use; <empty>: an empty query; empty: no check."},
    {"server_check_delay", &Settings::server_check_delay, "30", kLive, Group::kServers,
     "Idle time after which a server connection is checked before use; 0: always."},
    {"server_fast_close", &Settings::server_fast_close, "0", kLive, Group::kServers,
     "Session pooling: close connections that are due as soon as no transaction is open."},
    {"server_lifetime", &Settings::server_lifetime, "3600", kLive, Group::kServers,
     "Age at which an unused server connection is closed; 0: after one use."},
    {"server_idle_timeout", &Settings::server_idle_timeout, "600", kLive, Group::kServers,
     "Close server connections idle for this long; 0: off."},
    {"server_connect_timeout", &Settings::server_connect_timeout, "15", kLive, Group::kServers,
     "Time for connecting and logging in to a server; 0: off."},
    {"server_login_retry", &Settings::server_login_retry, "15", kLive, Group::kServers,
     "Pause after a failed connect or login."},

    {"client_login_timeout", &Settings::client_login_timeout, "60", kLive, Group::kTimeouts,
     "Time from accept to the end of the login; 0: off."},
    {"client_idle_timeout", &Settings::client_idle_timeout, "0", kLive, Group::kTimeouts,
     "Close clients that are idle and hold no server for this long; 0: off."},
    SettingRow{"client_write_timeout", &Settings::client_write_timeout, "60", kLive, Group::kTimeouts,
               "Close clients that take no byte of their result for this long; 0: off."}
        .weirs_own(),
    {"query_timeout", &Settings::query_timeout, "0", kLive, Group::kTimeouts,
     "Close client and server when a query runs longer; 0: off."},
    {"query_wait_timeout", &Settings::query_wait_timeout, "120", kLive, Group::kTimeouts,
     "Close clients that wait longer for a server connection; 0: off."},
    SettingRow{"query_wait_notify", &Settings::query_wait_notify, "5", kLive, Group::kTimeouts,
               "Send a waiting client one notice after this time; 0: off."}
        .in("seconds"),
    SettingRow{
        "max_waiting_clients", &Settings::max_waiting_clients, "0", kLive, Group::kTimeouts,
        "Clients of one pool that may wait for a server connection; one more gets an error at once; 0: "
        "as many as there may be clients."}
        .weirs_own(),
    SettingRow{
        "max_waiting_bytes", &Settings::max_waiting_bytes, "268435456", kLive, Group::kTimeouts,
        "Requests kept of all clients that wait for a server connection; a client whose request does not "
        "fit gets an error at once; 0: no limit."}
        .in("bytes")
        .range(0, UINT32_MAX)
        .weirs_own(),
    {"cancel_wait_timeout", &Settings::cancel_wait_timeout, "10", kLive, Group::kTimeouts,
     "Drop cancel requests that wait longer for a server connection; 0: off."},
    {"idle_transaction_timeout", &Settings::idle_transaction_timeout, "0", kLive, Group::kTimeouts,
     "Close client and server when an open transaction is silent for longer; 0: off."},
    {"transaction_timeout", &Settings::transaction_timeout, "0", kLive, Group::kTimeouts,
     "Close client and server when a transaction takes longer; 0: off."},
    {"suspend_timeout", &Settings::suspend_timeout, "10", kLive, Group::kTimeouts,
     "Close connections that SUSPEND could not flush in this time."},

    SettingRow{"auth_type", &Settings::auth_type, "md5", kLive, Group::kAuthentication,
               "How clients prove who they are."},
    {"auth_file", &Settings::auth_file, kNull, kLive, Group::kAuthentication,
     "The userlist: names and secrets of users."},
    {"auth_hba_file", &Settings::auth_hba_file, "", kLive, Group::kAuthentication,
     "Rules in the manner of pg_hba.conf; used with auth_type = hba."},
    {"auth_ident_file", &Settings::auth_ident_file, kNull, kLive, Group::kAuthentication,
     "Maps of user names; used with auth_type = hba."},
    {"auth_user", &Settings::auth_user, kNull, kLive, Group::kAuthentication,
     "Role that runs auth_query for users who are not in the userlist."},
    {"auth_query", &Settings::auth_query, kAuthQuery, kLive, Group::kAuthentication,
     "Query that gets a user name as $1 and returns name and secret."},
    {"auth_dbname", &Settings::auth_dbname, kNull, kLive, Group::kAuthentication,
     "Database entry in which auth_query runs; NULL: the one the client asked for."},
    SettingRow{"auth_cache_time", &Settings::auth_cache_time, "5", kLive, Group::kAuthentication,
               "How long an answer of auth_query, or a password that a server took (passthrough), counts; a "
               "failed login asks again. 0: ask at each login, as PgBouncer does."}
        .weirs_own(),
    SettingRow{"auth_ldap_options", &Settings::auth_ldap_options, kNull, kLive, Group::kAuthentication,
               "LDAP options; used with auth_type = ldap."}
        .masked(),
    SettingRow{"auth_pam_service", &Settings::auth_pam_service, "pgbouncer", kLive, Group::kAuthentication,
               "PAM service for auth_type = pam: a name under /etc/pam.d, or the path of a service file."}
        .weirs_own(),
    SettingRow{
        "server_allow_cleartext", &Settings::server_allow_cleartext, "0", kLive, Group::kAuthentication,
        "Send passwords in clear to servers that ask for it, also without verified TLS. Always allowed on "
        "this machine."}
        .weirs_own(),
    {"scram_iterations", &Settings::scram_iterations, "4096", kLive, Group::kAuthentication,
     "Iterations for SCRAM secrets made from plain-text passwords."},
    {"admin_users", &Settings::admin_users, "", kLive, Group::kAuthentication,
     "Users who may run every command on the console, separated by commas or blanks."},
    {"stats_users", &Settings::stats_users, "", kLive, Group::kAuthentication,
     "Users who may run the reading commands on the console, separated by commas or blanks."},

    {"client_tls_sslmode", &Settings::client_tls_sslmode, "disable", kLive, Group::kTls,
     "TLS towards clients."},
    {"client_tls_key_file", &Settings::client_tls_key_file, "", kLive, Group::kTls, "Private key, PEM."},
    {"client_tls_cert_file", &Settings::client_tls_cert_file, "", kLive, Group::kTls,
     "Certificate chain, PEM."},
    {"client_tls_ca_file", &Settings::client_tls_ca_file, "", kLive, Group::kTls,
     "Authorities that sign client certificates, PEM; empty: the system's."},
    {"client_tls_protocols", &Settings::client_tls_protocols, "secure", kLive, Group::kTls,
     "TLS versions: tlsv1.0 to tlsv1.3, all, secure (1.2 and 1.3); ! leaves one out."},
    {"client_tls_ciphers", &Settings::client_tls_ciphers, "default", kLive, Group::kTls,
     "OpenSSL cipher string up to TLS 1.2; default, secure, fast, normal: the library's."},
    {"client_tls13_ciphers", &Settings::client_tls13_ciphers, kNull, kLive, Group::kTls,
     "TLS 1.3 cipher suites; NULL or empty: the library's."},
    {"client_tls_ecdhcurve", &Settings::client_tls_ecdhcurve, "auto", kLive, Group::kTls,
     "Curve for ECDH: none, auto or a name."},
    {"client_tls_dheparams", &Settings::client_tls_dheparams, "auto", kLive, Group::kTls,
     "Parameters for DHE: none or auto."},
    {"server_tls_sslmode", &Settings::server_tls_sslmode, "prefer", kLive, Group::kTls,
     "TLS towards servers."},
    {"server_tls_ca_file", &Settings::server_tls_ca_file, "", kLive, Group::kTls,
     "Authorities that sign server certificates, PEM; empty: the system's."},
    {"server_tls_key_file", &Settings::server_tls_key_file, "", kLive, Group::kTls,
     "Private key of the certificate shown to servers, PEM."},
    {"server_tls_cert_file", &Settings::server_tls_cert_file, "", kLive, Group::kTls,
     "Certificate shown to servers, PEM."},
    {"server_tls_protocols", &Settings::server_tls_protocols, "secure", kLive, Group::kTls,
     "TLS versions, as client_tls_protocols."},
    {"server_tls_ciphers", &Settings::server_tls_ciphers, "default", kLive, Group::kTls,
     "Cipher string, as client_tls_ciphers."},
    {"server_tls13_ciphers", &Settings::server_tls13_ciphers, kNull, kLive, Group::kTls,
     "TLS 1.3 cipher suites; NULL or empty: the library's."},
    SettingRow{"server_tls_cert_users", &Settings::server_tls_cert_users, "own", kLive, Group::kTls,
               "Which users' server connections show the certificate: own, the one it names, or any."}
        .weirs_own(),

    {"dns_max_ttl", &Settings::dns_max_ttl, "15", kLive, Group::kNames,
     "How long a good answer counts, whatever its own lifetime."},
    {"dns_nxdomain_ttl", &Settings::dns_nxdomain_ttl, "15", kLive, Group::kNames,
     "How long a failed lookup counts."},
    SettingRow{"dns_zone_check_period", &Settings::dns_zone_check_period, "0", kLive, Group::kNames,
               "How often zone serials are checked for changed addresses; 0: off."},
    {"resolv_conf", &Settings::resolv_conf, "", kRestart, Group::kNames,
     "A resolv.conf of its own for lookups; empty: the system's."},

    {"logfile", &Settings::logfile, "", kLive, Group::kLog,
     "File to append the log to; stderr stays on unless -q or -d."},
    SettingRow{"log_format", &Settings::log_format, "text", kRestart, Group::kLog,
               "Log lines as text or as JSON objects."}
        .weirs_own(),
    {"syslog", &Settings::syslog, "0", kLive, Group::kLog, "Log to syslog."},
    {"syslog_ident", &Settings::syslog_ident, "pgbouncer", kLive, Group::kLog,
     "Name under which syslog shows the lines."},
    {"syslog_facility", &Settings::syslog_facility, "daemon", kLive, Group::kLog,
     "auth, authpriv, daemon, user, local0 to local7; anything else is daemon."},
    {"log_connections", &Settings::log_connections, "1", kLive, Group::kLog, "Log logins."},
    {"log_disconnections", &Settings::log_disconnections, "1", kLive, Group::kLog,
     "Log the end of connections with the reason."},
    {"log_pooler_errors", &Settings::log_pooler_errors, "1", kLive, Group::kLog,
     "Log errors sent to clients."},
    {"log_stats", &Settings::log_stats, "1", kLive, Group::kLog, "Log a line of totals every stats_period."},
    SettingRow{"stats_period", &Settings::stats_period, "60", kLive, Group::kLog,
               "Span of averages; the period is fixed at start."}
        .in("seconds"),
    {"verbose", &Settings::verbose, kNull, kLive, Group::kLog,
     "Debug output, 0 to 3; the option -v adds to it."},
    SettingRow{
        "http_listen", &Settings::http_listen, "", kLive, Group::kLog,
        "Where health checks and metrics are served over HTTP: address:port or the path of a Unix socket; "
        "empty: nowhere."}
        .weirs_own(),
    SettingRow{
        "http_token", &Settings::http_token, "", kLive, Group::kLog,
        "Bearer token that all of HTTP but /livez asks for; a must where http_listen is not a loopback "
        "address or a path."}
        .weirs_own()
        .masked(),

    SettingRow{"pkt_buf", &Settings::pkt_buf, "4096", kRestart, Group::kSockets,
               "Accepted without effect: each worker reads into one block of 128 KiB."}
        .in("bytes"),
    SettingRow{"max_packet_size", &Settings::max_packet_size, "2147483647", kLive, Group::kSockets,
               "Longest message that is let through."}
        .in("bytes")
        .range(0, UINT32_MAX),
    {"sbuf_loopcnt", &Settings::sbuf_loopcnt, "5", kLive, Group::kSockets,
     "Accepted without effect: a connection is read once, then others get their turn."},
    {"tcp_defer_accept", &Settings::tcp_defer_accept, "1", kLive, Group::kSockets,
     "Set TCP_DEFER_ACCEPT on listeners."},
    {"tcp_keepalive", &Settings::tcp_keepalive, "1", kLive, Group::kSockets, "Turn on TCP keepalive."},
    SettingRow{"tcp_keepcnt", &Settings::tcp_keepcnt, "0", kLive, Group::kSockets,
               "Keepalive probes without answer before a connection counts as dead; 0: the system's."}
        .in("probes"),
    SettingRow{"tcp_keepidle", &Settings::tcp_keepidle, "0", kLive, Group::kSockets,
               "Silence before the first keepalive probe; 0: the system's."}
        .in("seconds"),
    SettingRow{"tcp_keepintvl", &Settings::tcp_keepintvl, "0", kLive, Group::kSockets,
               "Time between keepalive probes; 0: the system's."}
        .in("seconds"),
    SettingRow{"tcp_socket_buffer", &Settings::tcp_socket_buffer, "0", kLive, Group::kSockets,
               "SO_SNDBUF and SO_RCVBUF; 0: the system's."}
        .in("bytes"),
    SettingRow{"tcp_user_timeout", &Settings::tcp_user_timeout, "0", kLive, Group::kSockets,
               "TCP_USER_TIMEOUT: unacknowledged data for this long ends a connection; 0: the system's."}
        .in("milliseconds"),

    SettingRow{"workers", &Settings::workers, "auto", kRestart, Group::kProcess,
               "Threads that serve connections; auto: one per core."}
        .range(0, 1024)
        .zero_is("auto")
        .weirs_own(),
    {"user", &Settings::user, kNull, kRestart, Group::kProcess, "Operating system user to become at start."},
    {"pidfile", &Settings::pidfile, "", kRestart, Group::kProcess,
     "File to write the process id to; required with -d."},
    {"conffile", &Settings::conffile, kNull, kLive, Group::kProcess,
     "The configuration file; changed by SET, the next RELOAD reads another file."},
    {"job_name", &Settings::job_name, "pgbouncer", kRestart, Group::kProcess,
     "Name of the service; no effect on Unix."},
    SettingRow{"sigterm", &Settings::sigterm, "wait_for_clients", kLive, Group::kProcess,
               "On SIGTERM wait for clients to leave, or end their sessions at transaction borders (drain)."}
        .weirs_own(),
    SettingRow{"drain_delay", &Settings::drain_delay, "0", kLive, Group::kProcess,
               "sigterm = drain: time to report not ready while still accepting clients."}
        .weirs_own(),
    SettingRow{"drain_timeout", &Settings::drain_timeout, "30", kLive, Group::kProcess,
               "sigterm = drain: time for open transactions before the rest is closed; 0: no limit."}
        .weirs_own(),

    SettingRow{
        "hidden_state", &Settings::hidden_state, "reset", kLive, Group::kSessionState,
        "What to do when a statement may have changed session state unseen: reset the server, or pin it."}
        .weirs_own(),
    SettingRow{"session_safe_functions", &Settings::session_safe_functions, "", kLive, Group::kSessionState,
               "Functions known not to change session state, separated by commas; one named with a schema "
               "covers only calls that name it."}
        .weirs_own(),
    SettingRow{"deferred_begin", &Settings::deferred_begin, "1", kLive, Group::kSessionState,
               "Answer BEGIN at once and send it with the first real statement."}
        .weirs_own(),
    SettingRow{"pin", &Settings::pin, "allow", kLive, Group::kSessionState,
               "What to do when a client needs a server connection for itself."}
        .weirs_own(),

    SettingRow{"transaction_replay", &Settings::transaction_replay, "0", kLive, Group::kReplay,
               "Run transactions again that met a serialization failure or lost their server, unseen by the "
               "client."}
        .weirs_own(),
    SettingRow{"replay_max_bytes", &Settings::replay_max_bytes, "1048576", kLive, Group::kReplay,
               "Requests kept of one transaction; a longer one goes on unprotected."}
        .in("bytes")
        .range(0, UINT32_MAX)
        .weirs_own(),
    SettingRow{"replay_total_bytes", &Settings::replay_total_bytes, "268435456", kLive, Group::kReplay,
               "Requests kept of all transactions, those below 8 KiB not counted; 0: no limit."}
        .in("bytes")
        .range(0, UINT32_MAX)
        .weirs_own(),
    SettingRow{"replay_attempts", &Settings::replay_attempts, "0", kLive, Group::kReplay,
               "Times to run a transaction again; 0: only replay_timeout decides."}
        .in("attempts")
        .range(0, INT32_MAX)
        .weirs_own(),
    SettingRow{"replay_timeout", &Settings::replay_timeout, "30", kLive, Group::kReplay,
               "Time from the first failure of a transaction after which the client gets the error."}
        .weirs_own(),
    SettingRow{"commit_resolution", &Settings::commit_resolution, "off", kLive, Group::kReplay,
               "xid: a COMMIT whose PostgreSQL server is lost is looked up by its transaction's xid; needs "
               "transaction_replay, and a round trip in front of each COMMIT."}
        .weirs_own(),

    SettingRow{"health_check_user", &Settings::health_check_user, "", kLive, Group::kHealth,
               "Role that runs the health checks of all databases; empty: only those that say who does, and "
               "those with a secondary and a forced user, are checked."}
        .weirs_own(),
    SettingRow{"health_check_query", &Settings::health_check_query, "SELECT 1", kLive, Group::kHealth,
               "Query of the health checks; each runs on a connection of its own."}
        .weirs_own(),
    SettingRow{"health_check_interval", &Settings::health_check_interval, "30", kLive, Group::kHealth,
               "Time between health checks of an address that is well."}
        .weirs_own(),
    SettingRow{
        "health_check_retry", &Settings::health_check_retry, "1", kLive, Group::kHealth,
        "Time between health checks of an address that is down or in doubt; attempts to connect to one "
        "that is checked come twice as often."}
        .weirs_own(),
    SettingRow{"health_check_timeout", &Settings::health_check_timeout, "5", kLive, Group::kHealth,
               "Time for one health check, from looking up the name to the answer."}
        .weirs_own(),
    SettingRow{"failover_threshold", &Settings::failover_threshold, "3", kLive, Group::kHealth,
               "Failures in a row after which an address is down."}
        .in("checks")
        .range(1, 1000)
        .weirs_own(),
    SettingRow{"failback_threshold", &Settings::failback_threshold, "5", kLive, Group::kHealth,
               "Successes in a row after which an address that was down is up."}
        .in("checks")
        .range(1, 1000)
        .weirs_own(),
    SettingRow{"failover_drain_timeout", &Settings::failover_drain_timeout, "5", kLive, Group::kHealth,
               "Time for transactions to end before clients move to the other target; then they are cut off."}
        .weirs_own(),
    SettingRow{"failback_command_timeout", &Settings::failback_command_timeout, "3600", kLive, Group::kHealth,
               "Time for failback_command while clients are at work; 0: no limit."}
        .weirs_own(),
    SettingRow{
        "failback_pause", &Settings::failback_pause, "30", kLive, Group::kHealth,
        "Time for the last run of failback_command, while clients wait; then they go on where they were."}
        .weirs_own(),
    SettingRow{"failover_state_file", &Settings::failover_state_file, "", kRestart, Group::kHealth,
               "File that remembers which databases are served by their secondary, for a restart; empty: a "
               "restart begins with the primaries."}
        .weirs_own(),
};

}  // namespace

std::span<const SettingRow> setting_rows() { return kRows; }

}  // namespace conf
