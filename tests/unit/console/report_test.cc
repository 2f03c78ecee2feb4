#include "pooler/console/report.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace pooler;
using namespace std::chrono_literals;

namespace {

PoolRow pool(std::string database, std::string user, std::uint64_t each, Microseconds max_wait) {
    PoolRow row;
    row.database = std::move(database);
    row.user = std::move(user);
    row.cl_active = row.cl_waiting = row.cl_active_cancel_req = row.cl_waiting_cancel_req = each;
    row.sv_active = row.sv_active_cancel = row.sv_being_canceled = row.sv_idle = each;
    row.sv_used = row.sv_tested = row.sv_login = each;
    row.max_wait = max_wait;
    row.pool_mode = "transaction";
    row.stats.query_count = each;
    row.stats.wait_time_us = 10 * each;
    row.arrivals = each;
    row.prefixes = {each, each, each, each, each, each, each};
    row.longest_missed_wait = max_wait / 2;
    return row;
}

}  // namespace

TEST_CASE("report: pools of one database and user become one row, the longest wait stays") {
    Report sum;
    sum.pools = {pool("db", "u", 1, 5ms), pool("db", "v", 7, 0ms)};
    Report other;
    other.pools = {pool("db", "u", 2, 9ms), pool("d2", "u", 4, 1ms)};
    merge(sum, std::move(other));

    REQUIRE(sum.pools.size() == 3);
    const PoolRow& row = sum.pools[0];
    for (const std::uint64_t count :
         {row.cl_active, row.cl_waiting, row.cl_active_cancel_req, row.cl_waiting_cancel_req, row.sv_active,
          row.sv_active_cancel, row.sv_being_canceled, row.sv_idle, row.sv_used, row.sv_tested,
          row.sv_login}) {
        CHECK(count == 3);
    }
    CHECK(row.max_wait == 9ms);
    CHECK(row.arrivals == 3);
    const PrefixCounters& prefixes = row.prefixes;
    for (const std::uint64_t count :
         {prefixes.waits, prefixes.state_changes, prefixes.state_resets, prefixes.restores,
          prefixes.pin_checks, prefixes.pins, prefixes.refused_pins})
        CHECK(count == 3);
    CHECK(row.longest_missed_wait == 4500us);
    CHECK(row.stats.wait_time_us == 30);
    const auto sums = stats_by_database(sum);
    CHECK(sums.at("db").query_count == 10);
    CHECK(sums.at("d2").query_count == 4);
}

TEST_CASE("report: the same user of two databases stays two pools") {
    Report sum;
    sum.pools = {pool("a", "bc", 1, 0ms)};
    Report other;
    other.pools = {pool("ab", "c", 1, 0ms)};
    merge(sum, std::move(other));
    CHECK(sum.pools.size() == 2);
}

TEST_CASE("report: counters add up member by member") {
    StatCounters a{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    a += StatCounters{10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110};
    CHECK(a == StatCounters{11, 22, 33, 44, 55, 66, 77, 88, 99, 110, 121});
}

TEST_CASE("report: clients and servers of all workers are listed") {
    Report sum;
    sum.clients.resize(2);
    Report other;
    other.clients.resize(3);
    other.servers.resize(1);
    merge(sum, std::move(other));
    CHECK(sum.clients.size() == 5);
    CHECK(sum.servers.size() == 1);
}

TEST_CASE("report: settings of a database come from its first contributor, its connections add up") {
    Report sum;
    DatabaseRow& first = sum.databases.emplace_back();
    first.name = "db";
    first.host = "192.0.2.1";
    first.pool_size = 20;
    first.current_connections = 2;
    Report other;
    DatabaseRow& second = other.databases.emplace_back();
    second.name = "db";
    second.current_connections = 3;
    second.current_client_connections = 4;
    second.paused = true;
    merge(sum, std::move(other));
    REQUIRE(sum.databases.size() == 1);
    CHECK(sum.databases[0].host == "192.0.2.1");
    CHECK(sum.databases[0].pool_size == 20);
    CHECK(sum.databases[0].current_connections == 5);
    CHECK(sum.databases[0].current_client_connections == 4);
    CHECK(sum.databases[0].paused);
}

TEST_CASE("report: of two answers to one name the one that lasts longer is kept") {
    Report sum;
    sum.dns_hosts = {{"db.example.com", 3s, {"192.0.2.1"}}};
    Report other;
    other.dns_hosts = {{"db.example.com", 9s, {"192.0.2.2"}}, {"x.example.com", 1s, {}}};
    merge(sum, std::move(other));
    REQUIRE(sum.dns_hosts.size() == 2);
    CHECK(sum.dns_hosts[0].addresses == std::vector<std::string>{"192.0.2.2"});
}

TEST_CASE("report: an endpoint shows its latest state and the connections of all workers") {
    EndpointRow endpoint;
    endpoint.database = "db";
    endpoint.role = "primary";
    endpoint.host = "n1.example.com";
    endpoint.port = 26257;
    endpoint.state = "up";
    endpoint.connections = 2;
    endpoint.changed = WallTime{100s};
    Report sum;
    sum.endpoints = {endpoint};
    Report other;
    endpoint.state = "down";
    endpoint.connections = 3;
    endpoint.changed = WallTime{101s};
    other.endpoints = {endpoint};
    merge(sum, std::move(other));
    REQUIRE(sum.endpoints.size() == 1);
    CHECK(sum.endpoints[0].state == "down");
    CHECK(sum.endpoints[0].connections == 5);
}

TEST_CASE("report: a worker that only counts connections does not hide what the process knows") {
    EndpointRow known;
    known.database = "db";
    known.role = "primary";
    known.host = "n1.example.com";
    known.port = 26257;
    known.state = "up";
    known.active = true;
    known.consecutive_failures = 1;
    known.last_check = WallTime{100s};
    known.lag = 3ms;
    EndpointRow counted;
    counted.database = known.database;
    counted.role = known.role;
    counted.host = known.host;
    counted.port = known.port;
    counted.connections = 2;
    counted.outstanding = 1;
    for (const bool worker_first : {true, false}) {
        CAPTURE(worker_first);
        Report sum;
        sum.endpoints = {worker_first ? counted : known};
        Report other;
        other.endpoints = {worker_first ? known : counted};
        merge(sum, std::move(other));
        REQUIRE(sum.endpoints.size() == 1);
        const EndpointRow& row = sum.endpoints[0];
        CHECK(row.state == "up");
        CHECK(row.active);
        CHECK(row.consecutive_failures == 1);
        CHECK(row.lag == 3ms);
        CHECK(row.connections == 2);
        CHECK(row.outstanding == 1);
    }
}

TEST_CASE("report: the last failover and failback are the latest anybody knows of") {
    Report sum;
    sum.failovers = {{"db", WallTime{5s}, {}}};
    Report other;
    other.failovers = {{"db", WallTime{3s}, WallTime{4s}}};
    merge(sum, std::move(other));
    REQUIRE(sum.failovers.size() == 1);
    CHECK(sum.failovers[0].last_failover == WallTime{5s});
    CHECK(sum.failovers[0].last_failback == WallTime{4s});
}

TEST_CASE("report: users, peers, memory, lists and replays add up") {
    Report sum;
    Report other;
    for (Report* report : {&sum, &other}) {
        UserRow& user = report->users.emplace_back();
        user.name = "u";
        user.current_connections = 1;
        user.current_client_connections = 2;
        report->peers.emplace_back().peer_id = 7;
        report->peer_pools.push_back({7, 1, 2, 3, 4});
        report->memory.push_back({"blocks", 4096, 1, 2, 12288});
        report->lists = {1, 2, 3, 4, 5, 6, 7};
        report->replays.push_back({"db", 1,  2,  3,  4,  5,  6,
                                   7,    8,  9,  10, 11, 12, 18,
                                   19,   13, 14, 16, 17, {}, pooler::Microseconds{15}});
        report->replays.back().unknown = 5;
    }
    merge(sum, std::move(other));
    REQUIRE(sum.users.size() == 1);
    CHECK(sum.users[0].current_client_connections == 4);
    CHECK(sum.peers.size() == 1);
    CHECK(sum.peer_pools.at(0).sv_login == 8);
    CHECK(sum.memory.at(0).total_bytes == 24576);
    CHECK(sum.memory.at(0).size_bytes == 4096);
    CHECK(sum.lists.dns_pending == 14);
    CHECK(sum.lists.free_clients == 2);
    CHECK(sum.replays.at(0).log_bytes == 14);
    CHECK(sum.replays.at(0).by_serialization == 16);
    CHECK(sum.replays.at(0).found_committed == 36);
    CHECK(sum.replays.at(0).found_aborted == 38);
    CHECK(sum.replays.at(0).by_savepoint == 34);
    CHECK(sum.replays.at(0).unknown == 10);
    CHECK(sum.replays.at(0).time.count() == 30);
}
