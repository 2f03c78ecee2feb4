#include "pooler/console/show.h"

#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "pooler/console/show_config.h"
#include "pooler/console/show_health.h"
#include "pooler/console/show_lists.h"
#include "pooler/console/show_pools.h"
#include "pooler/console/show_sockets.h"
#include "tests/support/catch.h"

using namespace pooler;
using namespace std::chrono_literals;

namespace {

/// A cell by the name of its column; "(null)" for NULL.
std::string cell(const ResultSet& set, std::size_t row, std::string_view column) {
    for (std::size_t i = 0; i < set.columns().size(); ++i) {
        if (set.columns()[i].name == column) return set.rows().at(row).at(i).value_or("(null)");
    }
    return "no such column";
}

std::string cells(const ResultSet& set, std::size_t row) {
    std::string text;
    for (const Cell& value : set.rows().at(row)) text += (text.empty() ? "" : "|") + value.value_or("(null)");
    return text;
}

std::string column(const ResultSet& set, std::string_view name) {
    std::string text;
    for (std::size_t i = 0; i < set.rows().size(); ++i) text += (i == 0 ? "" : " ") + cell(set, i, name);
    return text;
}

/// Makes local time UTC for the length of a test.
class UtcZone {
 public:
    UtcZone() {
        const char* const before = std::getenv("TZ");
        if (before != nullptr) saved_ = before;
        had_ = before != nullptr;
        ::setenv("TZ", "UTC0", 1);
        ::tzset();
    }
    ~UtcZone() {
        had_ ? ::setenv("TZ", saved_.c_str(), 1) : ::unsetenv("TZ");
        ::tzset();
    }
    UtcZone(const UtcZone&) = delete;
    UtcZone& operator=(const UtcZone&) = delete;

 private:
    std::string saved_;
    bool had_ = false;
};

SocketRow socket(std::uint64_t id) {
    SocketRow row;
    row.user = "joe";
    row.database = "shop";
    row.remote = {false, "192.0.2.7", 40001};
    row.local = {false, "192.0.2.1", 6432};
    row.connect_time = WallTime{1s};
    row.request_time = WallTime{62s};
    row.wait = 2s + 3us;
    row.address = 0xab0;
    row.link = 0xcd0;
    row.remote_pid = 77;
    row.tls = "TLSv1.3/TLS_AES_256_GCM_SHA384";
    row.application_name = "app";
    row.prepared_statements = 4;
    row.id = id;
    row.worker = 2;
    return row;
}

ClientRow client(std::uint64_t id, ClientRowState state) {
    ClientRow row;
    row.socket = socket(id);
    row.state = state;
    return row;
}

ServerRow server(std::uint64_t id, ServerRowState state, std::uint64_t link = 1) {
    ServerRow row;
    row.socket = socket(id);
    row.socket.link = link;
    row.state = state;
    return row;
}

}  // namespace

TEST_CASE("show clients: every cell") {
    const UtcZone utc;
    Report report;
    report.clients = {client(9, ClientRowState::kActive)};
    report.clients[0].pin_reason = "temporary table";
    CHECK(cells(show_clients(report), 0) ==
          "C|joe|shop|none|active|192.0.2.7|40001|192.0.2.1|6432|1970-01-01 00:00:01 UTC|1970-01-01 00:01:02 "
          "UTC|2|3|0|"
          "0xab0|0xcd0|77|TLSv1.3/TLS_AES_256_GCM_SHA384|app|4|9|2|temporary table");
}

TEST_CASE("show clients: states, order by id, none that still logs in") {
    Report report;
    report.clients = {client(7, ClientRowState::kWaitingCancelReq),
                      client(3, ClientRowState::kIdle),
                      client(4, ClientRowState::kWaiting),
                      client(2, ClientRowState::kActive),
                      client(5, ClientRowState::kLogin),
                      client(6, ClientRowState::kActiveCancelReq)};
    const ResultSet set = show_clients(report);
    CHECK(column(set, "id") == "2 3 4 6 7");
    CHECK(column(set, "state") == "active idle waiting active_cancel_req waiting_cancel_req");
}

TEST_CASE("show clients: what is unknown or a Unix socket has its words") {
    Report report;
    report.clients = {client(1, ClientRowState::kActive)};
    SocketRow& row = report.clients[0].socket;
    row.user.reset();
    row.database.reset();
    row.replication = Replication::kLogical;
    row.remote = row.local = {true, "", 6432};
    row.link = 0;
    row.tls.clear();
    row.close_needed = true;
    row.wait = -1us;
    const ResultSet set = show_clients(report);
    CHECK(cell(set, 0, "user") == "(nouser)");
    CHECK(cell(set, 0, "database") == "(nodb)");
    CHECK(cell(set, 0, "replication") == "logical");
    CHECK(cell(set, 0, "addr") == "unix");
    CHECK(cell(set, 0, "port") == "6432");
    CHECK(cell(set, 0, "local_addr") == "unix");
    CHECK(cell(set, 0, "link").empty());
    CHECK(cell(set, 0, "tls").empty());
    CHECK(cell(set, 0, "close_needed") == "1");
    CHECK(cell(set, 0, "wait_us") == "0");
}

TEST_CASE("show servers: states; an active one without client is idle") {
    Report report;
    report.servers = {server(1, ServerRowState::kActive),       server(2, ServerRowState::kActive, 0),
                      server(3, ServerRowState::kIdle),         server(4, ServerRowState::kUsed),
                      server(5, ServerRowState::kTested),       server(6, ServerRowState::kLogin),
                      server(7, ServerRowState::kActiveCancel), server(8, ServerRowState::kBeingCanceled)};
    report.servers[0].endpoint = "db1.example.com:26257";
    report.servers[0].endpoint_role = "primary";
    report.servers[0].pin_reason = "LISTEN";
    report.servers[0].socket.replication = Replication::kPhysical;
    const ResultSet set = show_servers(report);
    CHECK(column(set, "state") == "active idle idle used tested new active_cancel being_canceled");
    CHECK(column(set, "type") == "S S S S S S S S");
    CHECK(cell(set, 0, "endpoint") == "db1.example.com:26257");
    CHECK(cell(set, 0, "endpoint_role") == "primary");
    CHECK(cell(set, 0, "pin_reason") == "LISTEN");
    CHECK(cell(set, 0, "replication") == "physical");
}

TEST_CASE("show sockets: prefixed states, clients before servers, buffers last") {
    Report report;
    report.clients = {client(8, ClientRowState::kLogin), client(2, ClientRowState::kActive),
                      client(3, ClientRowState::kWaiting), client(4, ClientRowState::kIdle)};
    report.servers = {server(1, ServerRowState::kActive), server(5, ServerRowState::kActive, 0),
                      server(6, ServerRowState::kLogin),  server(7, ServerRowState::kIdle),
                      server(9, ServerRowState::kUsed),   server(10, ServerRowState::kTested)};
    report.clients[1].socket.buffers = {1, 2, 3, 4, 5, 6, 7};
    const ResultSet set = show_sockets(report, SocketFilter::kAll);
    CHECK(column(set, "state") ==
          "cl_active cl_waiting idle cl_login sv_active idle sv_login sv_idle sv_used sv_tested");
    std::string buffers;
    for (const std::string name :
         {"recv_pos", "pkt_pos", "pkt_remain", "send_pos", "send_remain", "pkt_avail", "send_avail"}) {
        buffers += cell(set, 0, name);
    }
    CHECK(buffers == "1234567");
    const ResultSet active = show_sockets(report, SocketFilter::kActive);
    CHECK(column(active, "id") == "2");
}

TEST_CASE("show pools: by database and user, the longest wait in seconds and microseconds") {
    Report report;
    PoolRow pool;
    pool.database = "shop";
    pool.user = "joe";
    pool.cl_active = 1;
    pool.cl_waiting = 2;
    pool.cl_active_cancel_req = 3;
    pool.cl_waiting_cancel_req = 4;
    pool.sv_active = 5;
    pool.sv_active_cancel = 6;
    pool.sv_being_canceled = 7;
    pool.sv_idle = 8;
    pool.sv_used = 9;
    pool.sv_tested = 10;
    pool.sv_login = 11;
    pool.max_wait = 12s + 13us;
    pool.pool_mode = "transaction";
    report.pools = {pool, console_pool_row(2)};
    pool.user = "amy";
    pool.load_balance_hosts = "round-robin";
    report.pools.push_back(pool);
    const ResultSet set = show_pools(report);
    CHECK(cells(set, 0) == "pgbouncer|pgbouncer|2|0|0|0|0|0|0|0|0|0|0|0|0|statement|(null)");
    CHECK(cells(set, 1) == "shop|amy|1|2|3|4|5|6|7|8|9|10|11|12|13|transaction|round-robin");
    CHECK(cells(set, 2) == "shop|joe|1|2|3|4|5|6|7|8|9|10|11|12|13|transaction|(null)");
}

TEST_CASE("show databases: by name, what is not set is NULL") {
    Report report;
    DatabaseRow row;
    row.name = "shop";
    row.host = "db1.example.com,db2.example.com";
    row.port = 26257;
    row.database = "defaultdb";
    row.force_user = "pool";
    row.pool_size = 20;
    row.min_pool_size = 1;
    row.reserve_pool_size = 2;
    row.server_lifetime = 300s;
    row.pool_mode = "session";
    row.load_balance_hosts = "disable";
    row.max_connections = 40;
    row.current_connections = 3;
    row.max_client_connections = 100;
    row.current_client_connections = 17;
    row.paused = true;
    report.databases = {row, console_database_row(6432, 3600s)};
    DatabaseRow plain;
    plain.name = plain.database = "a";
    plain.port = 5432;
    plain.disabled = true;
    report.databases.push_back(plain);
    const ResultSet set = show_databases(report);
    CHECK(cells(set, 0) == "a|(null)|5432|a|(null)|0|0|0|0|(null)|(null)|0|0|0|0|0|1");
    CHECK(cells(set, 1) ==
          "pgbouncer|(null)|6432|pgbouncer|pgbouncer|2|0|0|3600|statement|(null)|0|0|0|0|0|0");
    CHECK(cells(set, 2) ==
          "shop|db1.example.com,db2.example.com|26257|defaultdb|pool|20|1|2|300|session|disable|40|3|100|17|"
          "1|0");
}

TEST_CASE("show users: sizes are text, padded to nine, empty if not set") {
    Report report;
    UserRow row;
    row.name = "joe";
    row.pool_size = 5;
    row.reserve_pool_size = 1234567890;
    row.pool_mode = "transaction";
    row.max_user_connections = 7;
    row.current_connections = 1;
    row.max_user_client_connections = 9;
    row.current_client_connections = 2;
    report.users = {row};
    report.users.emplace_back().name = "amy";
    const ResultSet set = show_users(report);
    CHECK(cells(set, 0) == "amy|||(null)|0|0|0|0");
    CHECK(cells(set, 1) == "joe|        5|1234567890|transaction|7|1|9|2");
}

TEST_CASE("show peers and peer_pools: by id") {
    Report report;
    report.peers = {{20, "192.0.2.20", 6432, 4}, {3, "/run/weir", 6433, 5}};
    report.peer_pools = {{20, 1, 2, 3, 4}, {3, 5, 6, 7, 8}};
    CHECK(cells(show_peers(report), 0) == "3|/run/weir|6433|5");
    CHECK(cells(show_peers(report), 1) == "20|192.0.2.20|6432|4");
    CHECK(cells(show_peer_pools(report), 0) == "3|5|6|7|8");
    CHECK(cells(show_peer_pools(report), 1) == "20|1|2|3|4");
}

TEST_CASE("show lists: fourteen rows in order") {
    Report report;
    report.databases.resize(2);
    report.users.resize(3);
    report.peers.resize(4);
    report.pools.resize(5);
    report.peer_pools.resize(6);
    report.dns_hosts.resize(7);
    report.dns_zones.resize(8);
    report.lists = {9, 10, 11, 12, 13, 14, 15};
    const ResultSet set = show_lists(report);
    CHECK(column(set, "list") ==
          "databases users peers pools peer_pools free_clients used_clients login_clients free_servers "
          "used_servers "
          "dns_names dns_zones dns_queries dns_pending");
    CHECK(column(set, "items") == "2 3 4 5 6 9 10 11 12 13 7 8 14 15");
}

TEST_CASE("show mem, dns_hosts and dns_zones: every cell") {
    Report report;
    report.memory = {{"blocks", 65536, 1, 2, 196608}};
    report.dns_hosts = {{"db.example.com", 14s, {"192.0.2.1", "2001:db8::1"}}, {"old.example.com", -3s, {}}};
    report.dns_zones = {{"example.com", 4294967295, 2}};
    CHECK(cells(show_mem(report), 0) == "blocks|65536|1|2|196608");
    CHECK(cells(show_dns_hosts(report), 0) == "db.example.com|14|192.0.2.1,2001:db8::1");
    CHECK(cells(show_dns_hosts(report), 1) == "old.example.com|0|");
    CHECK(cells(show_dns_zones(report), 0) == "example.com|4294967295|2");
}

TEST_CASE("show state: one yes among three") {
    CHECK(column(show_state(PoolingMode::kActive), "key") == "active paused suspended");
    CHECK(column(show_state(PoolingMode::kActive), "value") == "yes no no");
    CHECK(column(show_state(PoolingMode::kPaused), "value") == "no yes no");
    CHECK(column(show_state(PoolingMode::kSuspended), "value") == "no no yes");
}

TEST_CASE("show stats: totals before averages, one order of counters in all tables") {
    StatsView stats;
    stats.totals["shop"] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    stats.totals["app"] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110};
    stats.averages["shop"] = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    stats.overall_average = {51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61};
    CHECK(cells(show_stats(stats), 1) == "shop|1|2|3|4|5|6|7|8|9|10|11|21|22|23|24|25|26|27|28|29|30|31");
    CHECK(cells(show_stats_totals(stats), 0) == "app|10|20|30|40|50|60|70|80|90|100|110");
    CHECK(cells(show_stats_averages(stats), 1) == "shop|21|22|23|24|25|26|27|28|29|30|31");
    const ResultSet totals = show_totals(stats);
    CHECK(column(totals, "name") ==
          "total_server_assignment_count total_xact_count total_query_count total_client_bytes "
          "total_server_bytes "
          "total_xact_time total_query_time total_wait_time total_ps_client_parse_count "
          "total_ps_server_parse_count "
          "total_ps_bind_count avg_server_assignment_count avg_xact_count avg_query_count avg_client_bytes "
          "avg_server_bytes avg_xact_time avg_query_time avg_wait_time avg_ps_client_parse_count "
          "avg_ps_server_parse_count avg_ps_bind_count");
    CHECK(column(totals, "value") == "11 22 33 44 55 66 77 88 99 110 121 51 52 53 54 55 56 57 58 59 60 61");
}

TEST_CASE("show config: conf's rows with yes and no") {
    const conf::Settings settings;
    const ResultSet set = show_config(settings);
    CHECK(set.rows().size() >= 98);
    std::size_t seen = 0;
    for (std::size_t i = 0; i < set.rows().size(); ++i) {
        if (cell(set, i, "key") == "listen_port") {
            CHECK(cells(set, i) == "listen_port|6432|6432|no");
            ++seen;
        }
        if (cell(set, i, "key") == "auth_user") {
            CHECK(cells(set, i) == "auth_user|(null)|(null)|yes");
            ++seen;
        }
    }
    CHECK(seen == 2);
}

TEST_CASE("show endpoints and replays: sorted, a state never entered has no time") {
    const UtcZone utc;
    Report report;
    EndpointRow row;
    row.database = "shop";
    row.role = "replica";
    row.host = "db2.example.com";
    row.port = 26257;
    row.state = "up";
    row.connections = 3;
    row.lag = 250us;
    report.endpoints = {row};
    row.role = "primary";
    row.lag.reset();
    row.host = "db1.example.com";
    row.state = "down";
    row.node_id = "1";
    row.outstanding = 2;
    row.latency = 1500us;
    row.last_error = "57P01";
    row.changed = WallTime{1s};
    row.active = row.draining = true;
    row.consecutive_failures = 4;
    report.endpoints.push_back(row);
    report.replays = {
        {"shop", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 18, 19, 13, 14, 16, 17, {}, pooler::Microseconds{15}},
        {"app"}};
    report.replays.front().needed.add(2);
    report.replays.front().durations += 100;
    report.replays.front().unknown = 20;
    CHECK(cells(show_endpoints(report), 0) ==
          "shop|primary|db1.example.com|26257|down|1|3|2|1500|57P01|1970-01-01 00:00:01 UTC|(null)|1|1|4");
    CHECK(cells(show_endpoints(report), 1) ==
          "shop|replica|db2.example.com|26257|up||3|0|0||(null)|250|0|0|0");
    CHECK(cells(show_replays(report), 1) ==
          "shop|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|0|1|0|0|0|0|128|128|18|19|20");
}

TEST_CASE("show nodes and events: nodes by database and number, events in their order") {
    Report report;
    report.nodes = {{"shop", "2", "draining", "57P01", 3, 1, WallTime{1s}}, {"app", "1", "up", "", 4, 0, {}}};
    CHECK(cells(show_nodes(report), 0) == "app|1|up||4|0|1970-01-01 00:00:00 UTC");
    CHECK(cells(show_nodes(report), 1) == "shop|2|draining|57P01|3|1|1970-01-01 00:00:01 UTC");
    report.events = {{7, WallTime{1s}, "failover", "shop", "served by the secondary"},
                     {8, WallTime{2s}, "reload", "", "read again"}};
    CHECK(cells(show_events(report), 0) == "7|1970-01-01 00:00:01 UTC|failover|shop|served by the secondary");
    CHECK(cells(show_events(report), 1) == "8|1970-01-01 00:00:02 UTC|reload||read again");
}

TEST_CASE("show handovers: one row for each pool, sorted") {
    Report report;
    for (const std::string database : {"shop", "app"}) {
        PoolRow& row = report.pools.emplace_back();
        row.database = database;
        row.user = "bob";
        row.arrivals = database.size();
        row.longest_missed_wait = 1s + 17us;
    }
    CHECK(cells(show_handovers(report), 0) == "app|bob|3|1000017");
    CHECK(cells(show_handovers(report), 1) == "shop|bob|4|1000017");
}

TEST_CASE("show prefixes: one row for each pool, sorted") {
    Report report;
    for (const std::string database : {"shop", "app"}) {
        PoolRow& row = report.pools.emplace_back();
        row.database = database;
        row.user = "bob";
        row.prefixes = {database.size(), 1, 2, 3, 5, 6, 7};
    }
    CHECK(cells(show_prefixes(report), 0) == "app|bob|3|1|2|3|5|6|7");
    CHECK(cells(show_prefixes(report), 1) == "shop|bob|4|1|2|3|5|6|7");
}

TEST_CASE("show version: exporters find a PgBouncer version as the second word") {
    CHECK(version_text("0.1.0") == "PgBouncer 1.25.2 (weir 0.1.0)");
}

TEST_CASE("show: session variables have PgBouncer's values") {
    const auto value = [](const std::string& name) {
        return show_variable(*parse_command("SHOW " + name)).rows().at(0).at(0).value_or("(null)");
    };
    CHECK(value("client_encoding") == "UTF-8");
    CHECK(value("default_transaction_isolation") == "read committed");
    CHECK(value("standard_conforming_strings") == "on");
    CHECK(value("datestyle") == "ISO");
    CHECK(value("timezone") == "GMT");
}
