// The settings of the [pgbouncer] section as plain values, one member per row of the setting table.
// A Settings is filled by conf::load, shared as part of an immutable Configuration and read by every thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/enums.h"

namespace conf {

/// All times of the configuration. Zero means "off" wherever the table says so.
using Duration = std::chrono::microseconds;

/// A string whose default is NULL: absent until the file or SET gives it.
using OptionalText = std::optional<std::string>;

/// A default-constructed Settings holds the defaults of the setting table. Meanings: docs/configuration.md.
struct Settings {
    Settings();

    // Listening and clients
    std::string listen_addr;
    int listen_port;
    int listen_backlog;
    std::string unix_socket_dir;
    int unix_socket_mode;
    std::string unix_socket_group;
    bool so_reuseport;
    int max_client_conn;
    std::string ignore_startup_parameters;
    std::string track_extra_parameters;
    bool application_name_add_host;
    bool disable_pqexec;

    // Pools
    PoolMode pool_mode;
    int default_pool_size;
    int min_pool_size;
    int reserve_pool_size;
    Duration reserve_pool_timeout;
    int max_db_connections;
    int max_db_client_connections;
    int max_user_connections;
    int max_user_client_connections;
    int max_prepared_statements;
    bool server_round_robin;
    Duration autodb_idle_timeout;
    int peer_id;

    // Server connections
    std::string server_reset_query;
    bool server_reset_query_always;
    std::string server_check_query;
    Duration server_check_delay;
    bool server_fast_close;
    Duration server_lifetime;
    Duration server_idle_timeout;
    Duration server_connect_timeout;
    Duration server_login_retry;

    // Timeouts of clients and queries
    Duration client_login_timeout;
    Duration client_idle_timeout;
    Duration client_write_timeout;
    Duration query_timeout;
    Duration query_wait_timeout;
    int query_wait_notify;  ///< seconds
    int max_waiting_clients;
    std::uint32_t max_waiting_bytes;
    Duration cancel_wait_timeout;
    Duration idle_transaction_timeout;
    Duration transaction_timeout;
    Duration suspend_timeout;

    // Authentication
    AuthType auth_type;
    OptionalText auth_file;
    std::string auth_hba_file;
    OptionalText auth_ident_file;
    OptionalText auth_user;
    std::string auth_query;
    OptionalText auth_dbname;
    Duration auth_cache_time;
    OptionalText auth_ldap_options;
    std::string auth_pam_service;
    bool server_allow_cleartext;
    int scram_iterations;
    std::string admin_users;
    std::string stats_users;

    // TLS
    SslMode client_tls_sslmode;
    std::string client_tls_key_file;
    std::string client_tls_cert_file;
    std::string client_tls_ca_file;
    std::string client_tls_protocols;
    std::string client_tls_ciphers;
    OptionalText client_tls13_ciphers;
    std::string client_tls_ecdhcurve;
    std::string client_tls_dheparams;
    SslMode server_tls_sslmode;
    std::string server_tls_ca_file;
    std::string server_tls_key_file;
    std::string server_tls_cert_file;
    std::string server_tls_protocols;
    std::string server_tls_ciphers;
    OptionalText server_tls13_ciphers;
    CertUsers server_tls_cert_users;

    // Names
    Duration dns_max_ttl;
    Duration dns_nxdomain_ttl;
    Duration dns_zone_check_period;
    std::string resolv_conf;

    // Log and statistics
    std::string logfile;
    LogFormat log_format;
    bool syslog;
    std::string syslog_ident;
    std::string syslog_facility;
    bool log_connections;
    bool log_disconnections;
    bool log_pooler_errors;
    bool log_stats;
    int stats_period;  ///< seconds
    int verbose;
    std::string http_listen;
    std::string http_token;

    // Sockets
    int pkt_buf;                    ///< bytes
    std::uint32_t max_packet_size;  ///< bytes
    int sbuf_loopcnt;
    bool tcp_defer_accept;
    bool tcp_keepalive;
    int tcp_keepcnt;
    int tcp_keepidle;       ///< seconds
    int tcp_keepintvl;      ///< seconds
    int tcp_socket_buffer;  ///< bytes
    int tcp_user_timeout;   ///< milliseconds

    // Process
    int workers;  ///< 0 = as many as the machine has cores
    OptionalText user;
    std::string pidfile;
    OptionalText conffile;
    std::string job_name;
    SigtermAction sigterm;
    Duration drain_delay;
    Duration drain_timeout;

    // Session state
    HiddenState hidden_state;
    std::string session_safe_functions;
    bool deferred_begin;
    PinAction pin;

    // Replay of transactions
    bool transaction_replay;
    std::uint32_t replay_max_bytes;    ///< bytes
    std::uint32_t replay_total_bytes;  ///< bytes; 0 = no limit
    int replay_attempts;               ///< 0 = only time decides
    Duration replay_timeout;
    CommitResolution commit_resolution;

    // Health checks and failover
    std::string health_check_user;
    std::string health_check_query;
    Duration health_check_interval;
    Duration health_check_retry;
    Duration health_check_timeout;
    int failover_threshold;
    int failback_threshold;
    Duration failover_drain_timeout;
    Duration failback_command_timeout;
    Duration failback_pause;
    std::string failover_state_file;
};

/// The entries of a list separated by commas, blanks or both; empty ones are left out. Views into `text`.
std::vector<std::string_view> split_list(std::string_view text);

/// True if `word` is an entry of the list, compared byte by byte (admin_users, stats_users,
/// ignore_startup_parameters).
bool list_contains(std::string_view list, std::string_view word);

std::vector<std::string_view> admin_users(const Settings& settings);
std::vector<std::string_view> stats_users(const Settings& settings);
std::vector<std::string_view> ignored_startup_parameters(const Settings& settings);
std::vector<std::string_view> tracked_extra_parameters(const Settings& settings);
std::vector<std::string_view> safe_functions(const Settings& settings);
/// Addresses and names to listen on; "*" stays "*" (all, IPv4 and IPv6). Empty: only the Unix socket.
std::vector<std::string_view> listen_addresses(const Settings& settings);

}  // namespace conf
