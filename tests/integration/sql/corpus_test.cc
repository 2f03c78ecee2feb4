// The corpus run on PostgreSQL, each statement in a READ ONLY transaction: what the server refuses there
// (25006) is never taken for a read, and what is taken for one runs.
#include "tests/unit/pooler/sql/corpus.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/postgres.h"

namespace {

using support::Client;
using support::Outcome;

Client& scratch() {
    static Client client = [] {
        auto& postgres = support::Postgres::shared();
        postgres.control().query("CREATE DATABASE corpus");
        auto made = Client::connect(postgres.login("postgres").with_database("corpus"));
        made.query(corpus::file("schema.sql"));
        return made;
    }();
    return client;
}

bool has_parameters(const std::string& text) {
    const auto at = text.find('$');
    return at != std::string::npos && at + 1 < text.size() && text[at + 1] == '1';
}

// Run inside a transaction that is rolled back. With parameters it is only prepared.
Outcome in_read_only(Client& client, const std::string& text) {
    client.query("BEGIN READ ONLY; SET LOCAL statement_timeout = '5s'");
    Outcome outcome = has_parameters(text) ? client.try_prepare("", text) : client.try_query(text);
    (void)client.try_query("ROLLBACK");
    return outcome;
}

bool is_one_of(const std::string& klass, std::initializer_list<const char*> names) {
    return std::find(names.begin(), names.end(), klass) != names.end();
}

// Not those that end the transaction themselves, or act on the server as a whole.
bool stays_inside(const corpus::Sample& sample) {
    if (!is_one_of(sample.klass, {"select", "insert", "update", "delete", "merge", "explain", "ddl", "lock"}))
        return false;
    const auto names = {"pg_reload_conf", "pg_rotate_logfile", "pg_switch_wal", "pg_stat_reset",     "SYSTEM",
                        "DATABASE",       "TABLESPACE",        "SUBSCRIPTION",  "pg_create_physical"};
    return std::none_of(names.begin(), names.end(),
                        [&sample](const char* name) { return sample.text.find(name) != std::string::npos; });
}

}  // namespace

TEST_CASE("corpus: each statement called a read runs in a READ ONLY transaction") {
    REQUIRES_POSTGRES();
    Client& client = scratch();
    std::size_t prepared = 0;
    for (const auto& sample : corpus::load("postgres_reads")) {
        const Outcome outcome = in_read_only(client, sample.text);
        prepared += has_parameters(sample.text) ? 1 : 0;
        if (outcome.ok) continue;
        INFO(sample.text << ": " << outcome.sqlstate << " " << outcome.message);
        CHECK(false);
    }
    CHECK(prepared < 100);  // the rest was run
}

TEST_CASE("corpus: what PostgreSQL refuses in a READ ONLY transaction is never called a read") {
    REQUIRES_POSTGRES();
    Client& client = scratch();
    std::size_t refused = 0;
    for (const auto& sample : corpus::load("postgres_others")) {
        if (!stays_inside(sample)) continue;
        const Outcome outcome = in_read_only(client, sample.text);
        if (!client.connected()) FAIL("the server went away at: " << sample.text);
        if (outcome.sqlstate != "25006") continue;
        ++refused;
        if (!pooler::classify(sample.text).read_only()) continue;
        INFO(sample.text);
        CHECK(false);
    }
    CHECK(refused > 800);  // so many were put to the proof
}

TEST_CASE("corpus: no statement called a read changes a row or a variable outside a READ ONLY transaction") {
    REQUIRES_POSTGRES();
    Client& client = scratch();
    const std::string written = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables";
    const std::string variables =
        "SELECT md5(string_agg(name || setting, ',' ORDER BY name)) FROM pg_settings";
    client.query("BEGIN");
    const std::string rows_before = client.value(written);
    const std::string variables_before = client.value(variables);
    for (const auto& sample : corpus::load("postgres_reads")) {
        if (has_parameters(sample.text) || !pooler::classify(sample.text).read_only()) continue;
        const Outcome outcome = client.try_query(sample.text);
        if (outcome.ok) continue;
        INFO(sample.text << ": " << outcome.message);
        CHECK(false);
        break;
    }
    CHECK(client.value("SELECT pg_current_xact_id_if_assigned() IS NULL") == "t");
    CHECK(client.value(written) == rows_before);
    CHECK(client.value(variables) == variables_before);
    client.query("ROLLBACK");
}
