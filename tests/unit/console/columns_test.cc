#include "pooler/console/columns.h"

#include <string>
#include <vector>

#include "pooler/console/show.h"
#include "tests/support/catch.h"

using namespace pooler;

namespace {

/// "name oid, name oid, ..." of a SHOW.
std::string layout(const std::string& show) {
    const auto command = parse_command("SHOW " + show);
    REQUIRE(command);
    std::string text;
    for (const Column& column : columns_of(*command)) {
        text += (text.empty() ? "" : ", ") + std::string(column.name) + " " +
                std::to_string(static_cast<std::uint32_t>(column.type));
    }
    return text;
}

const std::string kSocketBase =
    "type 25, user 25, database 25, replication 25, state 25, addr 25, port 23, local_addr 25, local_port "
    "23, "
    "connect_time 25, request_time 25, wait 23, wait_us 23, close_needed 23, ptr 25, link 25, remote_pid 23, "
    "tls 25, "
    "application_name 25, prepared_statements 23, id 23";

const std::string kBuffers =
    ", recv_pos 23, pkt_pos 23, pkt_remain 23, send_pos 23, send_remain 23, pkt_avail 23, send_avail 23";

struct Layout {
    std::string show;
    std::string columns;
};

}  // namespace

TEST_CASE("columns: every SHOW has PgBouncer's names, order and types, weir's own behind them") {
    const std::vector<Layout> layouts{
        {"CLIENTS", kSocketBase + ", worker 23, pin_reason 25"},
        {"SERVERS", kSocketBase + ", worker 23, endpoint 25, endpoint_role 25, pin_reason 25"},
        {"SOCKETS", kSocketBase + kBuffers},
        {"ACTIVE_SOCKETS", kSocketBase + kBuffers},
        {"CONFIG", "key 25, value 25, default 25, changeable 25"},
        {"DATABASES",
         "name 25, host 25, port 23, database 25, force_user 25, pool_size 23, min_pool_size 23, "
         "reserve_pool_size 23, "
         "server_lifetime 23, pool_mode 25, load_balance_hosts 25, max_connections 23, current_connections "
         "23, "
         "max_client_connections 23, current_client_connections 23, paused 23, disabled 23"},
        {"DNS_HOSTS", "hostname 25, ttl 20, addrs 25"},
        {"DNS_ZONES", "zonename 25, serial 20, count 23"},
        {"LISTS", "list 25, items 23"},
        {"MEM", "name 25, size 23, used 23, free 23, memtotal 23"},
        {"PEERS", "peer_id 23, host 25, port 23, pool_size 23"},
        {"PEER_POOLS",
         "peer_id 23, cl_active_cancel_req 23, cl_waiting_cancel_req 23, sv_active_cancel 23, sv_login 23"},
        {"POOLS",
         "database 25, user 25, cl_active 23, cl_waiting 23, cl_active_cancel_req 23, cl_waiting_cancel_req "
         "23, "
         "sv_active 23, sv_active_cancel 23, sv_being_canceled 23, sv_idle 23, sv_used 23, sv_tested 23, "
         "sv_login 23, "
         "maxwait 23, maxwait_us 23, pool_mode 25, load_balance_hosts 25"},
        {"STATE", "key 25, value 25"},
        {"STATS",
         "database 25, total_server_assignment_count 1700, total_xact_count 1700, total_query_count 1700, "
         "total_received 1700, total_sent 1700, total_xact_time 1700, total_query_time 1700, total_wait_time "
         "1700, "
         "total_client_parse_count 1700, total_server_parse_count 1700, total_bind_count 1700, "
         "avg_server_assignment_count 1700, avg_xact_count 1700, avg_query_count 1700, avg_recv 1700, "
         "avg_sent 1700, "
         "avg_xact_time 1700, avg_query_time 1700, avg_wait_time 1700, avg_client_parse_count 1700, "
         "avg_server_parse_count 1700, avg_bind_count 1700"},
        {"STATS_TOTALS",
         "database 25, server_assignment_count 1700, xact_count 1700, query_count 1700, bytes_received 1700, "
         "bytes_sent 1700, xact_time 1700, query_time 1700, wait_time 1700, client_parse_count 1700, "
         "server_parse_count 1700, bind_count 1700"},
        {"STATS_AVERAGES",
         "database 25, server_assignment_count 1700, xact_count 1700, query_count 1700, bytes_received 1700, "
         "bytes_sent 1700, xact_time 1700, query_time 1700, wait_time 1700, avg_client_parse_count 1700, "
         "avg_server_parse_count 1700, avg_bind_count 1700"},
        {"TOTALS", "name 25, value 1700"},
        {"USERS",
         "name 25, pool_size 25, reserve_pool_size 25, pool_mode 25, max_user_connections 23, "
         "current_connections 23, "
         "max_user_client_connections 23, current_client_connections 23"},
        {"VERSION", "version 25"},
        {"ENDPOINTS",
         "database 25, role 25, host 25, port 23, state 25, node_id 25, connections 23, outstanding 23, "
         "latency_us 20, last_error 25, changed 25, lag_us 20, active 23, draining 23, failures 20"},
        {"EVENTS", "number 20, time 25, kind 25, database 25, event 25"},
        {"NODES", "database 25, node 25, state 25, reason 25, connections 23, drains 1700, changed 25"},
        {"HANDOVERS", "database 25, user 25, handovers 1700, longest_missed_wait_us 20"},
        {"PREFIXES",
         "database 25, user 25, prefix_waits 1700, state_changes 1700, state_resets 1700, restores 1700, "
         "pin_checks 1700, pins 1700, refused_pins 1700"},
        {"REPLAYS",
         "database 25, started 1700, succeeded 1700, mismatched 1700, refused 1700, over_limit 1700, running "
         "23, "
         "log_bytes 1700, by_serialization 1700, by_deadlock 1700, by_loss 1700, cancelled 1700, ambiguous "
         "1700, "
         "unprotected 1700, attempts 1700, time_us 1700, by_recovery 1700, by_savepoint 1700, attempts_1 "
         "1700, attempts_2 "
         "1700, attempts_4 "
         "1700, attempts_8 1700, attempts_16 1700, attempts_more 1700, time_p50_us 1700, time_p99_us 1700, "
         "found_committed 1700, found_aborted 1700, unknown 1700"},
        {"ROUTES", "database 25, user 25, class 25, target 25, reason 25, requests 1700"},
        {"HELP", ""},
        {"FDS", ""},
        {"client_encoding", "client_encoding 25"},
        {"default_transaction_isolation", "default_transaction_isolation 25"},
        {"standard_conforming_strings", "standard_conforming_strings 25"},
        {"DateStyle", "datestyle 25"},
        {"TimeZone", "timezone 25"},
    };
    for (const Layout& expected : layouts) {
        INFO(expected.show);
        CHECK(layout(expected.show) == expected.columns);
    }
}

TEST_CASE("columns: EXPLAIN ROUTE has its own, and no other command but SHOW returns rows") {
    const auto columns = columns_of(*parse_command("EXPLAIN ROUTE 'select 1'"));
    REQUIRE(columns.size() == 5);
    CHECK(columns[0].name == "database");
    CHECK(columns[4].name == "reason");
    for (const std::string text : {"RELOAD", "PAUSE", "SET verbose = 1", "-- ping", "SHUTDOWN DRAIN"}) {
        CHECK(columns_of(*parse_command(text)).empty());
    }
}

TEST_CASE("columns: what show() returns has the columns Describe promised, and full rows") {
    Report report;
    report.clients.emplace_back().state = ClientRowState::kIdle;
    report.servers.emplace_back();
    report.clients[0].socket.buffers.recv_pos = 1;
    report.pools.emplace_back();
    report.databases.emplace_back();
    report.users.emplace_back();
    report.peers.emplace_back();
    report.peer_pools.emplace_back();
    report.dns_hosts.emplace_back();
    report.dns_zones.emplace_back();
    report.memory.emplace_back();
    report.endpoints.emplace_back();
    report.nodes.emplace_back();
    report.events.emplace_back();
    report.replays.emplace_back();
    report.routes.emplace_back();
    const conf::Settings settings;
    const StatsHistory history{SteadyTime{}};
    const ShowInput input{report, settings, PoolingMode::kActive, stats_view(report, history, SteadyTime{}),
                          "0.1.0"};
    for (const std::string name : {"ACTIVE_SOCKETS",
                                   "CLIENTS",
                                   "CONFIG",
                                   "DATABASES",
                                   "DNS_HOSTS",
                                   "DNS_ZONES",
                                   "ENDPOINTS",
                                   "EVENTS",
                                   "HANDOVERS",
                                   "LISTS",
                                   "MEM",
                                   "NODES",
                                   "PEER_POOLS",
                                   "PEERS",
                                   "POOLS",
                                   "PREFIXES",
                                   "REPLAYS",
                                   "ROUTES",
                                   "SERVERS",
                                   "SOCKETS",
                                   "STATE",
                                   "STATS",
                                   "STATS_AVERAGES",
                                   "STATS_TOTALS",
                                   "TOTALS",
                                   "USERS",
                                   "VERSION",
                                   "client_encoding",
                                   "default_transaction_isolation",
                                   "standard_conforming_strings",
                                   "datestyle",
                                   "timezone"}) {
        INFO(name);
        const auto command = parse_command("SHOW " + std::string(name));
        const ResultSet set = show(*command, input);
        CHECK(set.columns().data() == columns_of(*command).data());
        CHECK(set.columns().size() == columns_of(*command).size());
        CHECK_FALSE(set.rows().empty());
        for (const Row& row : set.rows()) CHECK(row.size() == set.columns().size());
    }
}
