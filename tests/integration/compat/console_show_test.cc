// Every SHOW on the wire: columns, types and the cells that tools read.
#include <algorithm>
#include <set>

#include "tests/integration/compat/compat.h"

using namespace support;
using namespace support::wire;

namespace {

const std::string kSocket =
    "type 25, user 25, database 25, replication 25, state 25, addr 25, port 23, local_addr 25, local_port "
    "23, "
    "connect_time 25, request_time 25, wait 23, wait_us 23, close_needed 23, ptr 25, link 25, remote_pid 23, "
    "tls 25, application_name 25, prepared_statements 23, id 23";
const std::string kBuffers =
    ", recv_pos 23, pkt_pos 23, pkt_remain 23, send_pos 23, send_remain 23, pkt_avail 23, send_avail 23";

/// "prefix_name 1700, ..." of the eleven counters under these names.
std::string numerics(const std::vector<std::string>& names) {
    std::string text = "database 25";
    for (const auto& name : names) text += ", " + name + " 1700";
    return text;
}

/// PgBouncer's columns; weir may add its own behind them where `more` says so.
struct Layout {
    std::string show;
    std::string columns;
    std::string more;
};

/// The eleven counters of SHOW STATS_TOTALS.
std::vector<std::string> total_names() {
    return {"server_assignment_count",
            "xact_count",
            "query_count",
            "bytes_received",
            "bytes_sent",
            "xact_time",
            "query_time",
            "wait_time",
            "client_parse_count",
            "server_parse_count",
            "bind_count"};
}

/// SHOW STATS_AVERAGES: only the last three names differ from the totals'.
std::vector<std::string> average_names() {
    auto names = total_names();
    for (std::size_t i = 8; i < names.size(); ++i) names[i] = "avg_" + names[i];
    return names;
}

/// SHOW STATS: totals, then averages.
std::vector<std::string> stats_names() {
    std::vector<std::string> names;
    for (const std::string prefix : {"total_", "avg_"})
        for (auto name : total_names()) {
            if (name == "bytes_received") name = prefix == "avg_" ? "recv" : "received";
            if (name == "bytes_sent") name = "sent";
            names.push_back(prefix + name);
        }
    return names;
}

std::vector<Layout> layouts() {
    return {
        {"ACTIVE_SOCKETS", kSocket + kBuffers, ""},
        {"CLIENTS", kSocket, ", worker 23, pin_reason 25"},
        {"SERVERS", kSocket, ", worker 23, endpoint 25, endpoint_role 25, pin_reason 25"},
        {"SOCKETS", kSocket + kBuffers, ""},
        {"CONFIG", "key 25, value 25, default 25, changeable 25", ""},
        {"DATABASES",
         "name 25, host 25, port 23, database 25, force_user 25, pool_size 23, min_pool_size 23, "
         "reserve_pool_size 23, server_lifetime 23, pool_mode 25, load_balance_hosts 25, max_connections 23, "
         "current_connections 23, max_client_connections 23, current_client_connections 23, paused 23, "
         "disabled 23",
         ""},
        {"DNS_HOSTS", "hostname 25, ttl 20, addrs 25", ""},
        {"DNS_ZONES", "zonename 25, serial 20, count 23", ""},
        {"LISTS", "list 25, items 23", ""},
        {"MEM", "name 25, size 23, used 23, free 23, memtotal 23", ""},
        {"PEERS", "peer_id 23, host 25, port 23, pool_size 23", ""},
        {"PEER_POOLS",
         "peer_id 23, cl_active_cancel_req 23, cl_waiting_cancel_req 23, sv_active_cancel 23, sv_login 23",
         ""},
        {"POOLS",
         "database 25, user 25, cl_active 23, cl_waiting 23, cl_active_cancel_req 23, cl_waiting_cancel_req "
         "23, sv_active 23, sv_active_cancel 23, sv_being_canceled 23, sv_idle 23, sv_used 23, sv_tested 23, "
         "sv_login 23, maxwait 23, maxwait_us 23, pool_mode 25, load_balance_hosts 25",
         ""},
        {"STATE", "key 25, value 25", ""},
        {"STATS", numerics(stats_names()), ""},
        {"STATS_TOTALS", numerics(total_names()), ""},
        {"STATS_AVERAGES", numerics(average_names()), ""},
        {"TOTALS", "name 25, value 1700", ""},
        {"USERS",
         "name 25, pool_size 25, reserve_pool_size 25, pool_mode 25, max_user_connections 23, "
         "current_connections 23, max_user_client_connections 23, current_client_connections 23",
         ""},
        {"VERSION", "version 25", ""},
        {"client_encoding", "client_encoding 25", ""},
        {"default_transaction_isolation", "default_transaction_isolation 25", ""},
        {"standard_conforming_strings", "standard_conforming_strings 25", ""},
        {"datestyle", "datestyle 25", ""},
        {"timezone", "timezone 25", ""},
    };
}

/// The pooler all cases here look at: peers, two databases, a user with limits of its own.
Weir& observed() {
    static const auto weir = [] {
        auto config = compat::before(Postgres::shared());
        config.database(Postgres::shared().port(), "user=other pool_size=3 pool_mode=session", "forced");
        config.databases["named"] =
            "host=localhost dbname=app port=" + std::to_string(Postgres::shared().port());
        config.users["sized"] = "pool_size=7 reserve_pool_size=2 pool_mode=statement max_user_connections=9";
        config.peers["2"] = "host=192.0.2.2 port=6433 pool_size=4";
        config.set("peer_id", "1");
        return std::make_unique<Weir>(config);
    }();
    return *weir;
}

int list_length(Weir& weir, const std::string& list) {
    return std::stoi(compat::row_with(weir, "LISTS", {{"list", list}}).at("items"));
}

}  // namespace

TEST_CASE("SHOW: every table has its columns, types and tag in the simple protocol", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(observed());
    for (const auto& layout : layouts()) {
        INFO(layout.show);
        for (const std::string verb : {"SHOW ", "select "}) {
            const auto answer = client.exchange(query(verb + layout.show + ";"));
            CHECK(compat::columns(answer) == layout.columns + layout.more);
            CHECK(command_tag(answer) == "SHOW");
            CHECK(transaction_status(answer) == 'I');
        }
    }
}

TEST_CASE("SHOW: every table has the same columns in the extended protocol", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(observed());
    for (const auto& layout : layouts()) {
        INFO(layout.show);
        const auto answer = client.exchange(parse("", "SHOW " + layout.show) + describe_statement("") +
                                            bind_portal("", "") + execute("") + sync_message());
        CHECK(compat::columns(answer) == layout.columns + layout.more);
        CHECK(types(answer).substr(0, 4) == "1tT2");
        CHECK(command_tag(answer) == "SHOW");
        CHECK(transaction_status(answer) == 'I');
    }
}

TEST_CASE("SHOW: the five session variables have PgBouncer's values", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(observed());
    const std::map<std::string, std::string> values{{"client_encoding", "UTF-8"},
                                                    {"default_transaction_isolation", "read committed"},
                                                    {"standard_conforming_strings", "on"},
                                                    {"datestyle", "ISO"},
                                                    {"timezone", "GMT"}};
    for (const auto& [name, value] : values) {
        CHECK(rows(client.exchange(query("SHOW " + name))) == Rows{{value}});
        const auto set = client.exchange(query("SET " + name + " = 'anything'"));
        CHECK(command_tag(set) == "SET");
        CHECK(error_fields(set.front())['C'] == "00000");
        CHECK(error_fields(set.front())['M'] == "SET ignored");
    }
}

TEST_CASE("SHOW HELP: one notice, no rows", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(observed());
    const auto answer = client.exchange(query("SHOW HELP"));
    REQUIRE(types(answer) == "NCZ");
    auto fields = error_fields(answer.front());
    CHECK(fields['S'] == "NOTICE");
    CHECK(fields['C'] == "00000");
    CHECK(fields['M'] == "Console usage");
    for (const std::string word : {"SHOW", "SET", "RELOAD", "PAUSE", "RESUME", "DISABLE", "ENABLE",
                                   "RECONNECT", "KILL", "KILL_CLIENT", "SUSPEND", "SHUTDOWN", "WAIT_CLOSE"})
        CHECK(fields['D'].find(word) != std::string::npos);
}

TEST_CASE("SHOW VERSION: a PgBouncer version is the second word", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string version = observed().show("VERSION").at(0).at("version");
    CHECK(version.find("PgBouncer 1.25.") == 0);
}

TEST_CASE("SHOW STATE: three rows, one yes", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(observed());
    CHECK(rows(client.exchange(query("SHOW STATE"))) ==
          Rows{{"active", "yes"}, {"paused", "no"}, {"suspended", "no"}});
}

TEST_CASE("SHOW CLIENTS and SERVERS: who is linked to whom, and in what state", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    auto busy = Client::connect(weir.login().with("application_name=busy"));
    auto idle = Client::connect(weir.login().with("application_name=idle"));
    compat::begin(busy);
    const auto client = compat::row_with(weir, "CLIENTS", {{"application_name", "busy"}});
    REQUIRE_FALSE(client.empty());
    CHECK(client.at("type") == "C");
    CHECK(client.at("user") == "app");
    CHECK(client.at("database") == "app");
    CHECK(client.at("replication") == "none");
    CHECK(client.at("state") == "active");
    CHECK(client.at("addr") == "127.0.0.1");
    CHECK(client.at("local_port") == std::to_string(weir.port()));
    CHECK(client.at("connect_time").size() > std::string("2000-01-01 00:00:00 ").size());
    CHECK(client.at("close_needed") == "0");
    CHECK(client.at("tls").empty());
    const auto server = compat::row_with(weir, "SERVERS", {{"ptr", client.at("link")}});
    REQUIRE_FALSE(server.empty());
    CHECK(server.at("type") == "S");
    CHECK(server.at("state") == "active");
    CHECK(server.at("link") == client.at("ptr"));
    CHECK(server.at("port") == std::to_string(Postgres::shared().port()));
    CHECK(server.at("remote_pid") == busy.value("SELECT pg_backend_pid()"));
    CHECK(std::stoi(client.at("id")) > 0);
    CHECK(compat::row_with(weir, "CLIENTS", {{"application_name", "idle"}}).at("state") == "idle");
    CHECK(compat::row_with(weir, "SOCKETS", {{"id", client.at("id")}}).at("state") == "cl_active");
    CHECK(compat::row_with(weir, "SOCKETS", {{"id", server.at("id")}}).at("state") == "sv_active");
    CHECK_FALSE(compat::row_with(weir, "CLIENTS", {{"database", "pgbouncer"}, {"state", "active"}}).empty());
}

TEST_CASE("SHOW CLIENTS: a client of the Unix socket", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    auto local = Client::connect(weir.unix_login().with("application_name=local"));
    const auto row = compat::row_with(weir, "CLIENTS", {{"application_name", "local"}});
    REQUIRE_FALSE(row.empty());
    CHECK(row.at("addr") == "unix");
    CHECK(row.at("port") == std::to_string(weir.port()));
    CHECK(row.at("remote_pid") == std::to_string(::getpid()));
}

TEST_CASE("SHOW CLIENTS: ids are never used again, and waiting clients say so", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    auto holder = Client::connect(weir.login("app").with_database("forced"));
    auto second = Client::connect(weir.login("app").with_database("forced"));
    auto third = Client::connect(weir.login("app").with_database("forced"));
    for (auto* client : {&holder, &second, &third}) client->query("SELECT 1");
    auto last = Client::connect(weir.login("app").with_database("forced").with("application_name=last"));
    REQUIRE(last.send("SELECT 1"));
    CHECK(eventually([&] {
        return !compat::row_with(weir, "CLIENTS", {{"application_name", "last"}, {"state", "waiting"}})
                    .empty();
    }));
    const auto pool = compat::row_with(weir, "POOLS", {{"database", "forced"}, {"user", "other"}});
    CHECK(pool.at("cl_active") == "3");
    CHECK(pool.at("cl_waiting") == "1");
    CHECK(pool.at("sv_active") == "3");
    CHECK(std::stoi(pool.at("maxwait")) * 1000000 + std::stoi(pool.at("maxwait_us")) > 0);
    std::set<int> ids;
    for (const auto& row : weir.show("CLIENTS")) ids.insert(std::stoi(row.at("id")));
    holder.close();
    CHECK(last.wait().ok);
    auto next = Client::connect(weir.login().with("application_name=next"));
    const int id = std::stoi(compat::row_with(weir, "CLIENTS", {{"application_name", "next"}}).at("id"));
    CHECK(id > *ids.rbegin());
}

TEST_CASE("SHOW DATABASES: what is configured, what is effective, and the console", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    const auto app = compat::row_with(weir, "DATABASES", {{"name", "app"}});
    CHECK(app.at("host") == "127.0.0.1");
    CHECK(app.at("port") == std::to_string(Postgres::shared().port()));
    CHECK(app.at("database") == "app");
    CHECK(app.at("force_user") == kNull);
    CHECK(app.at("pool_size") == "5");
    CHECK(app.at("pool_mode") == kNull);
    CHECK(app.at("load_balance_hosts") == kNull);
    CHECK(app.at("server_lifetime") == "3600");
    CHECK(app.at("paused") == "0");
    CHECK(app.at("disabled") == "0");
    const auto forced = compat::row_with(weir, "DATABASES", {{"name", "forced"}});
    CHECK(forced.at("force_user") == "other");
    CHECK(forced.at("pool_size") == "3");
    CHECK(forced.at("pool_mode") == "session");
    const auto console = compat::row_with(weir, "DATABASES", {{"name", "pgbouncer"}});
    CHECK(console.at("host") == kNull);
    CHECK(console.at("force_user") == "pgbouncer");
    CHECK(console.at("pool_mode") == "statement");
    std::vector<std::string> names;
    for (const auto& row : weir.show("DATABASES")) names.push_back(row.at("name"));
    CHECK(std::is_sorted(names.begin(), names.end()));
}

TEST_CASE("SHOW USERS: sizes are padded text or empty", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    const auto sized = compat::row_with(weir, "USERS", {{"name", "sized"}});
    CHECK(sized.at("pool_size") == "        7");
    CHECK(sized.at("reserve_pool_size") == "        2");
    CHECK(sized.at("pool_mode") == "statement");
    CHECK(sized.at("max_user_connections") == "9");
    const auto app = compat::row_with(weir, "USERS", {{"name", "app"}});
    CHECK(app.at("pool_size").empty());
    CHECK(app.at("reserve_pool_size").empty());
    CHECK(app.at("pool_mode") == kNull);
}

TEST_CASE("SHOW PEERS and PEER_POOLS: one row per peer", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = compat::console(observed());
    CHECK(rows(client.exchange(query("SHOW PEERS"))) == Rows{{"2", "192.0.2.2", "6433", "4"}});
    CHECK(rows(client.exchange(query("SHOW PEER_POOLS"))) == Rows{{"2", "0", "0", "0", "0"}});
}

TEST_CASE("SHOW LISTS: fourteen lengths that agree with the tables", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    const std::vector<std::string> names{"databases",    "users",        "peers",        "pools",
                                         "peer_pools",   "free_clients", "used_clients", "login_clients",
                                         "free_servers", "used_servers", "dns_names",    "dns_zones",
                                         "dns_queries",  "dns_pending"};
    std::vector<std::string> shown;
    for (const auto& row : weir.show("LISTS")) shown.push_back(row.at("list"));
    CHECK(shown == names);
    CHECK(list_length(weir, "databases") == static_cast<int>(weir.show("DATABASES").size()));
    CHECK(list_length(weir, "users") == static_cast<int>(weir.show("USERS").size()));
    CHECK(list_length(weir, "pools") == static_cast<int>(weir.show("POOLS").size()));
    CHECK(list_length(weir, "peers") == 1);
    CHECK(list_length(weir, "peer_pools") == 1);
    CHECK(list_length(weir, "used_clients") >= 2);  // this one and the console
    CHECK(list_length(weir, "used_servers") >= 1);
}

TEST_CASE("SHOW MEM: every object pool is listed, and their use follows the connections", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    std::set<std::string> names;
    for (const auto& row : weir.show("MEM")) {
        names.insert(row.at("name"));
        CHECK(std::stol(row.at("size")) > 0);
        CHECK(std::stol(row.at("memtotal")) >= std::stol(row.at("size")) * std::stol(row.at("used")));
    }
    for (const std::string name : {"client_cache", "server_cache", "pool_cache", "iobuf_cache"}) {
        INFO(name);
        CHECK(names.count(name) == 1);
    }
    CHECK(std::stoi(compat::row_with(weir, "MEM", {{"name", "client_cache"}}).at("used")) >= 2);
    CHECK(std::stoi(compat::row_with(weir, "MEM", {{"name", "server_cache"}}).at("used")) >= 1);
}

TEST_CASE("SHOW DNS_HOSTS: names that were looked up, with their addresses", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    Client::connect(weir.login().with_database("named")).query("SELECT 1");
    const auto row = compat::row_with(weir, "DNS_HOSTS", {{"hostname", "localhost"}});
    REQUIRE_FALSE(row.empty());
    CHECK(row.at("addrs").find("127.0.0.1") != std::string::npos);
    CHECK(std::stoi(row.at("ttl")) >= 0);
    CHECK(std::stoi(row.at("ttl")) <= 15);
    CHECK(list_length(weir, "dns_names") == 1);
}

TEST_CASE("SHOW STATS and TOTALS: counters of the traffic, per database and over all", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = observed();
    const auto number = [&](const std::string& column) {
        return std::stol(compat::row_with(weir, "STATS", {{"database", "app"}}).at(column));
    };
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    const long queries = number("total_query_count");
    const long transactions = number("total_xact_count");
    const long parses = number("total_client_parse_count");
    const long query_time = number("total_query_time");
    const long transaction_time = number("total_xact_time");
    compat::begin(client);
    client.query("COMMIT");
    client.prepare("p", "SELECT 1");
    client.prepared("p", {});
    CHECK(number("total_query_count") == queries + 5);
    CHECK(number("total_xact_count") == transactions + 3);
    CHECK(number("total_client_parse_count") == parses + 1);
    CHECK(number("total_bind_count") >= 1);
    CHECK(number("total_received") > 0);
    CHECK(number("total_sent") > 0);
    CHECK(number("total_query_time") > query_time);
    CHECK(number("total_xact_time") > transaction_time);
    // The console is a pool too: its commands count, there and in the totals.
    const auto commands = [&] {
        return std::stol(
            compat::row_with(weir, "STATS", {{"database", "pgbouncer"}}).at("total_query_count"));
    };
    const long before = commands();
    weir.console("SHOW STATE");
    CHECK(commands() == before + 2);  // itself included
    CHECK(std::stol(compat::row_with(weir, "STATS", {{"database", "pgbouncer"}}).at("total_received")) > 0);
    CHECK(compat::row_with(weir, "POOLS", {{"database", "pgbouncer"}}).at("pool_mode") == "statement");
    const auto totals = weir.show("TOTALS");
    REQUIRE(totals.size() == 22);
    const std::vector<std::string> names{"server_assignment_count",
                                         "xact_count",
                                         "query_count",
                                         "client_bytes",
                                         "server_bytes",
                                         "xact_time",
                                         "query_time",
                                         "wait_time",
                                         "ps_client_parse_count",
                                         "ps_server_parse_count",
                                         "ps_bind_count"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        CHECK(totals[i].at("name") == "total_" + names[i]);
        CHECK(totals[i + names.size()].at("name") == "avg_" + names[i]);
    }
    CHECK(std::stol(totals[2].at("value")) >= number("total_query_count"));
}
