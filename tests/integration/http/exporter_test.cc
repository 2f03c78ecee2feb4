// What the public Prometheus exporters for PgBouncer ask on the console, and the columns that they look for
// by name. Sources: prometheus-community/pgbouncer_exporter, collector.go; jbub/pgbouncer_exporter,
// internal/sqlstore/sql.go. Both are Go programs on lib/pq, which tells labels and numbers by the type of the
// column.
#include <algorithm>
#include <cstdlib>

#include "tests/integration/scene.h"

using support::Client;
using support::Weir;

namespace {

struct Asked {
    std::string query;
    std::vector<std::string> labels;
    std::vector<std::string> numbers;
};

const std::vector<Asked>& questions() {
    static const std::vector<Asked> all{
        {"SHOW databases;",
         {"name", "host", "port", "database", "force_user", "pool_mode"},
         {"pool_size", "max_connections", "current_connections", "paused", "disabled"}},
        {"SHOW stats_totals;",
         {"database"},
         {"query_count", "query_time", "bytes_received", "bytes_sent", "wait_time", "xact_count", "xact_time",
          "client_parse_count", "server_parse_count", "bind_count"}},
        {"SHOW pools;",
         {"database", "user", "pool_mode"},
         {"cl_active", "cl_active_cancel_req", "cl_waiting", "cl_waiting_cancel_req", "sv_active",
          "sv_active_cancel", "sv_being_canceled", "sv_idle", "sv_used", "sv_tested", "sv_login", "maxwait",
          "maxwait_us"}},
        {"SHOW STATS",
         {"database"},
         {"total_xact_count", "total_query_count", "total_received", "total_sent", "total_xact_time",
          "total_query_time", "total_wait_time", "avg_xact_count", "avg_query_count", "avg_recv", "avg_sent",
          "avg_xact_time", "avg_query_time", "avg_wait_time"}},
    };
    return all;
}

/// As lib/pq reads them: text and integers make labels, everything that parses makes a number.
constexpr Oid kText = 25, kInt4 = 23, kInt8 = 20, kNumeric = 1700;

bool is_label(Oid type) { return type == kText || type == kInt4 || type == kInt8; }

bool is_number(const std::string& text) {
    char* end = nullptr;
    std::strtod(text.c_str(), &end);
    return !text.empty() && *end == '\0';
}

struct Answer {
    explicit Answer(PGresult* given) : result{given, &PQclear} {}
    [[nodiscard]] int column(const std::string& name) const { return PQfnumber(result.get(), name.c_str()); }
    std::unique_ptr<PGresult, decltype(&PQclear)> result;
};

/// A console whose start-up packet says what lib/pq's does.
Client exporter(const Weir& weir) {
    return Client::connect(
        weir.login("stats")
            .with_database("pgbouncer")
            .with("client_encoding=UTF8 options='-c extra_float_digits=2 -c datestyle=ISO,MDY'"));
}

}  // namespace

TEST_CASE("exporters: every query is answered with the columns they look for, in types they can read",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(support::Postgres::shared()));
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    Client console = exporter(weir);
    for (const Asked& asked : questions()) {
        CAPTURE(asked.query);
        const Answer answer{PQexec(console.raw(), asked.query.c_str())};
        const PGresult* result = answer.result.get();
        REQUIRE(PQntuples(result) > 0);
        for (const std::string& label : asked.labels) {
            CAPTURE(label);
            REQUIRE(answer.column(label) >= 0);
            CHECK(is_label(PQftype(result, answer.column(label))));
        }
        for (const std::string& number : asked.numbers) {
            CAPTURE(number);
            const int column = answer.column(number);
            REQUIRE(column >= 0);
            CHECK((is_label(PQftype(result, column)) || PQftype(result, column) == kNumeric));
            for (int row = 0; row < PQntuples(result); ++row)
                CHECK(is_number(PQgetvalue(result, row, column)));
        }
    }
}

TEST_CASE("exporters: lists, configuration and version have the form they read", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(support::Postgres::shared()));
    Client console = exporter(weir);
    const auto lists = console.query("SHOW LISTS;");
    REQUIRE(lists.columns.size() == 2);
    for (const char* name : {"databases", "users", "pools", "free_clients", "used_clients", "login_clients",
                             "free_servers", "used_servers", "dns_names", "dns_zones", "dns_queries"}) {
        CAPTURE(name);
        const auto row = std::find_if(lists.rows.begin(), lists.rows.end(),
                                      [name](const auto& item) { return item.at(0) == name; });
        REQUIRE(row != lists.rows.end());
        CHECK(is_number(row->at(1)));
    }
    const auto config = console.query("SHOW CONFIG;");
    CHECK(config.columns == std::vector<std::string>{"key", "value", "default", "changeable"});
    for (const char* name : {"max_client_conn", "max_user_connections"})
        CHECK(std::any_of(config.rows.begin(), config.rows.end(),
                          [name](const auto& row) { return row.at(0) == name && is_number(row.at(1)); }));
    const auto version = console.query("SHOW VERSION;");
    REQUIRE(version.rows.size() == 1);
    CHECK(version.rows[0].at(0).find("PgBouncer 1.") == 0);
}
