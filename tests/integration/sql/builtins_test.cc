// The generated list of built-in functions, types and operators is what the catalogue says.
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "pooler/sql/function_list.h"
#include "pooler/sql/postgres_builtins.h"
#include "tests/support/catch.h"
#include "tests/support/postgres.h"

namespace {

using Names = std::set<std::string>;

std::map<std::string, Names> catalogue(support::Client& client) {
    std::ifstream in{BUILTINS_SQL};
    const std::string sql{std::istreambuf_iterator<char>{in}, {}};
    std::map<std::string, Names> lists;
    for (const auto& row : client.query(sql).rows) lists[row[0]].insert(row[1]);
    return lists;
}

Names names(std::span<const std::string_view> list) { return {list.begin(), list.end()}; }

// Names that are in one of the two only.
Names difference(const Names& one, const Names& other) {
    Names out;
    for (const auto& name : one) {
        if (other.count(name) == 0) out.insert(name);
    }
    for (const auto& name : other) {
        if (one.count(name) == 0) out.insert(name);
    }
    return out;
}

}  // namespace

TEST_CASE("builtins: the checked-in lists equal PostgreSQL 15's catalogue") {
    REQUIRES_POSTGRES();
    auto& control = support::Postgres::shared().control();
    if (control.value("SHOW server_version_num").substr(0, 2) != "15") {
        WARN("skipped: the lists are those of PostgreSQL 15");
        return;
    }
    auto lists = catalogue(control);
    CHECK(difference(lists["function"], names(pooler::postgres_functions())) == Names{});
    CHECK(difference(lists["type"], names(pooler::postgres_types())) == Names{});
    CHECK(difference(lists["operator"], names(pooler::postgres_operators())) == Names{});
}

TEST_CASE("builtins: of the volatile functions only the reviewed ones are reads") {
    REQUIRES_POSTGRES();
    auto& control = support::Postgres::shared().control();
    const auto rows = control
                          .query(
                              "SELECT DISTINCT proname FROM pg_proc WHERE provolatile = 'v' AND "
                              "pronamespace = 'pg_catalog'::regnamespace")
                          .rows;
    Names reads;
    for (const auto& row : rows) {
        const auto found = pooler::classify_function(row[0], pooler::Dialect::kPostgres);
        if (found == pooler::FunctionClass::kRead) reads.insert(row[0]);
    }
    const Names reviewed{"clock_timestamp",
                         "current_query",
                         "gen_random_uuid",
                         "pg_collation_actual_version",
                         "pg_database_collation_actual_version",
                         "pg_database_size",
                         "pg_indexes_size",
                         "pg_partition_ancestors",
                         "pg_partition_tree",
                         "pg_relation_size",
                         "pg_table_size",
                         "pg_tablespace_size",
                         "pg_total_relation_size",
                         "random",
                         "timeofday"};
    CHECK(difference(reads, reviewed) == Names{});
}
