// The columns of every SHOW and of EXPLAIN ROUTE: names, order and types are PgBouncer 1.25's, which
// monitoring tools read by name or by place; weir's own columns stand behind them. Constant data, any thread.
#pragma once

#include <array>
#include <span>

#include "pooler/console/command.h"
#include "pooler/console/result_set.h"

namespace pooler {

/// Columns of the command's rows, known without running it; empty if it returns no rows.
[[nodiscard]] std::span<const Column> columns_of(const Command& command);

namespace columns {

inline constexpr auto kInt4 = ColumnType::kInt4;
inline constexpr auto kInt8 = ColumnType::kInt8;
inline constexpr auto kNumeric = ColumnType::kNumeric;
inline constexpr auto kText = ColumnType::kText;

/// The 21 columns CLIENTS, SERVERS and SOCKETS begin with.
inline constexpr std::array kSocketBase{
    Column{"type", kText},
    Column{"user", kText},
    Column{"database", kText},
    Column{"replication", kText},
    Column{"state", kText},
    Column{"addr", kText},
    Column{"port", kInt4},
    Column{"local_addr", kText},
    Column{"local_port", kInt4},
    Column{"connect_time", kText},
    Column{"request_time", kText},
    Column{"wait", kInt4},
    Column{"wait_us", kInt4},
    Column{"close_needed", kInt4},
    Column{"ptr", kText},
    Column{"link", kText},
    Column{"remote_pid", kInt4},
    Column{"tls", kText},
    Column{"application_name", kText},
    Column{"prepared_statements", kInt4},
    Column{"id", kInt4},
};

template <std::size_t N>
constexpr std::array<Column, kSocketBase.size() + N> after_socket_base(const std::array<Column, N>& more) {
    std::array<Column, kSocketBase.size() + N> all{};
    for (std::size_t i = 0; i < kSocketBase.size(); ++i) all[i] = kSocketBase[i];
    for (std::size_t i = 0; i < N; ++i) all[kSocketBase.size() + i] = more[i];
    return all;
}

inline constexpr auto kClients =
    after_socket_base(std::array{Column{"worker", kInt4}, Column{"pin_reason", kText}});

inline constexpr auto kServers =
    after_socket_base(std::array{Column{"worker", kInt4}, Column{"endpoint", kText},
                                 Column{"endpoint_role", kText}, Column{"pin_reason", kText}});

inline constexpr auto kSockets = after_socket_base(std::array{
    Column{"recv_pos", kInt4},
    Column{"pkt_pos", kInt4},
    Column{"pkt_remain", kInt4},
    Column{"send_pos", kInt4},
    Column{"send_remain", kInt4},
    Column{"pkt_avail", kInt4},
    Column{"send_avail", kInt4},
});

inline constexpr std::array kConfig{Column{"key", kText}, Column{"value", kText}, Column{"default", kText},
                                    Column{"changeable", kText}};

inline constexpr std::array kDatabases{
    Column{"name", kText},
    Column{"host", kText},
    Column{"port", kInt4},
    Column{"database", kText},
    Column{"force_user", kText},
    Column{"pool_size", kInt4},
    Column{"min_pool_size", kInt4},
    Column{"reserve_pool_size", kInt4},
    Column{"server_lifetime", kInt4},
    Column{"pool_mode", kText},
    Column{"load_balance_hosts", kText},
    Column{"max_connections", kInt4},
    Column{"current_connections", kInt4},
    Column{"max_client_connections", kInt4},
    Column{"current_client_connections", kInt4},
    Column{"paused", kInt4},
    Column{"disabled", kInt4},
};

inline constexpr std::array kDnsHosts{Column{"hostname", kText}, Column{"ttl", kInt8},
                                      Column{"addrs", kText}};

inline constexpr std::array kDnsZones{Column{"zonename", kText}, Column{"serial", kInt8},
                                      Column{"count", kInt4}};

inline constexpr std::array kLists{Column{"list", kText}, Column{"items", kInt4}};

inline constexpr std::array kMem{Column{"name", kText}, Column{"size", kInt4}, Column{"used", kInt4},
                                 Column{"free", kInt4}, Column{"memtotal", kInt4}};

inline constexpr std::array kPeers{Column{"peer_id", kInt4}, Column{"host", kText}, Column{"port", kInt4},
                                   Column{"pool_size", kInt4}};

inline constexpr std::array kPeerPools{
    Column{"peer_id", kInt4},
    Column{"cl_active_cancel_req", kInt4},
    Column{"cl_waiting_cancel_req", kInt4},
    Column{"sv_active_cancel", kInt4},
    Column{"sv_login", kInt4},
};

inline constexpr std::array kPools{
    Column{"database", kText},
    Column{"user", kText},
    Column{"cl_active", kInt4},
    Column{"cl_waiting", kInt4},
    Column{"cl_active_cancel_req", kInt4},
    Column{"cl_waiting_cancel_req", kInt4},
    Column{"sv_active", kInt4},
    Column{"sv_active_cancel", kInt4},
    Column{"sv_being_canceled", kInt4},
    Column{"sv_idle", kInt4},
    Column{"sv_used", kInt4},
    Column{"sv_tested", kInt4},
    Column{"sv_login", kInt4},
    Column{"maxwait", kInt4},
    Column{"maxwait_us", kInt4},
    Column{"pool_mode", kText},
    Column{"load_balance_hosts", kText},
};

inline constexpr std::array kState{Column{"key", kText}, Column{"value", kText}};

inline constexpr std::array kStats{
    Column{"database", kText},
    Column{"total_server_assignment_count", kNumeric},
    Column{"total_xact_count", kNumeric},
    Column{"total_query_count", kNumeric},
    Column{"total_received", kNumeric},
    Column{"total_sent", kNumeric},
    Column{"total_xact_time", kNumeric},
    Column{"total_query_time", kNumeric},
    Column{"total_wait_time", kNumeric},
    Column{"total_client_parse_count", kNumeric},
    Column{"total_server_parse_count", kNumeric},
    Column{"total_bind_count", kNumeric},
    Column{"avg_server_assignment_count", kNumeric},
    Column{"avg_xact_count", kNumeric},
    Column{"avg_query_count", kNumeric},
    Column{"avg_recv", kNumeric},
    Column{"avg_sent", kNumeric},
    Column{"avg_xact_time", kNumeric},
    Column{"avg_query_time", kNumeric},
    Column{"avg_wait_time", kNumeric},
    Column{"avg_client_parse_count", kNumeric},
    Column{"avg_server_parse_count", kNumeric},
    Column{"avg_bind_count", kNumeric},
};

inline constexpr std::array kStatsTotals{
    Column{"database", kText},
    Column{"server_assignment_count", kNumeric},
    Column{"xact_count", kNumeric},
    Column{"query_count", kNumeric},
    Column{"bytes_received", kNumeric},
    Column{"bytes_sent", kNumeric},
    Column{"xact_time", kNumeric},
    Column{"query_time", kNumeric},
    Column{"wait_time", kNumeric},
    Column{"client_parse_count", kNumeric},
    Column{"server_parse_count", kNumeric},
    Column{"bind_count", kNumeric},
};

/// PgBouncer mixes names with and without avg_; all are averages.
inline constexpr std::array kStatsAverages{
    Column{"database", kText},
    Column{"server_assignment_count", kNumeric},
    Column{"xact_count", kNumeric},
    Column{"query_count", kNumeric},
    Column{"bytes_received", kNumeric},
    Column{"bytes_sent", kNumeric},
    Column{"xact_time", kNumeric},
    Column{"query_time", kNumeric},
    Column{"wait_time", kNumeric},
    Column{"avg_client_parse_count", kNumeric},
    Column{"avg_server_parse_count", kNumeric},
    Column{"avg_bind_count", kNumeric},
};

inline constexpr std::array kTotals{Column{"name", kText}, Column{"value", kNumeric}};

inline constexpr std::array kUsers{
    Column{"name", kText},
    Column{"pool_size", kText},
    Column{"reserve_pool_size", kText},
    Column{"pool_mode", kText},
    Column{"max_user_connections", kInt4},
    Column{"current_connections", kInt4},
    Column{"max_user_client_connections", kInt4},
    Column{"current_client_connections", kInt4},
};

inline constexpr std::array kVersion{Column{"version", kText}};

// weir's own

inline constexpr std::array kEndpoints{
    Column{"database", kText},    Column{"role", kText},        Column{"host", kText},
    Column{"port", kInt4},        Column{"state", kText},       Column{"node_id", kText},
    Column{"connections", kInt4}, Column{"outstanding", kInt4}, Column{"latency_us", kInt8},
    Column{"last_error", kText},  Column{"changed", kText},     Column{"lag_us", kInt8},
    Column{"active", kInt4},      Column{"draining", kInt4},    Column{"failures", kInt8},
};

inline constexpr std::array kEvents{
    Column{"number", kInt8},   Column{"time", kText},  Column{"kind", kText},
    Column{"database", kText}, Column{"event", kText},
};

inline constexpr std::array kNodes{
    Column{"database", kText}, Column{"node", kText},        Column{"state", kText},
    Column{"reason", kText},   Column{"connections", kInt4}, Column{"drains", kNumeric},
    Column{"changed", kText},
};

inline constexpr std::array kHandovers{
    Column{"database", kText},
    Column{"user", kText},
    Column{"handovers", kNumeric},
    Column{"longest_missed_wait_us", kInt8},
};

inline constexpr std::array kPrefixes{
    Column{"database", kText},        Column{"user", kText},
    Column{"prefix_waits", kNumeric}, Column{"state_changes", kNumeric},
    Column{"state_resets", kNumeric}, Column{"restores", kNumeric},
    Column{"pin_checks", kNumeric},   Column{"pins", kNumeric},
    Column{"refused_pins", kNumeric},
};

inline constexpr std::array kReplays{
    Column{"database", kText},         Column{"started", kNumeric},     Column{"succeeded", kNumeric},
    Column{"mismatched", kNumeric},    Column{"refused", kNumeric},     Column{"over_limit", kNumeric},
    Column{"running", kInt4},          Column{"log_bytes", kNumeric},   Column{"by_serialization", kNumeric},
    Column{"by_deadlock", kNumeric},   Column{"by_loss", kNumeric},     Column{"cancelled", kNumeric},
    Column{"ambiguous", kNumeric},     Column{"unprotected", kNumeric}, Column{"attempts", kNumeric},
    Column{"time_us", kNumeric},       Column{"by_recovery", kNumeric}, Column{"by_savepoint", kNumeric},
    Column{"attempts_1", kNumeric},    Column{"attempts_2", kNumeric},  Column{"attempts_4", kNumeric},
    Column{"attempts_8", kNumeric},    Column{"attempts_16", kNumeric}, Column{"attempts_more", kNumeric},
    Column{"time_p50_us", kNumeric},   Column{"time_p99_us", kNumeric}, Column{"found_committed", kNumeric},
    Column{"found_aborted", kNumeric}, Column{"unknown", kNumeric},
};

inline constexpr std::array kRoutes{
    Column{"database", kText}, Column{"user", kText},   Column{"class", kText},
    Column{"target", kText},   Column{"reason", kText}, Column{"requests", kNumeric},
};

inline constexpr std::array kExplainRoute{
    Column{"database", kText}, Column{"class", kText},  Column{"target", kText},
    Column{"share", kInt4},    Column{"reason", kText},
};

}  // namespace columns
}  // namespace pooler
