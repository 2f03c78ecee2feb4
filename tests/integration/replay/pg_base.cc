#include "tests/integration/replay/pg_base.h"

#include <poll.h>

#include "tests/support/catch.h"

namespace replay {
namespace {

// A backend in a long statement that has lost its client ends soon, not with the statement.
constexpr const char* kSchema =
    "DROP TABLE IF EXISTS ledger, tally, hot, wide; DROP SEQUENCE IF EXISTS numbers;"
    "ALTER ROLE app SET client_connection_check_interval = 20;"
    "CREATE TABLE ledger (run text NOT NULL, item int NOT NULL, value text NOT NULL DEFAULT '');"
    "CREATE INDEX ON ledger (run);"
    "CREATE TABLE tally (run text PRIMARY KEY, n int NOT NULL DEFAULT 0, note text);"
    "CREATE TABLE hot (run text PRIMARY KEY, v int NOT NULL);"
    "CREATE TABLE wide (id int PRIMARY KEY, text text NOT NULL);"
    "INSERT INTO wide SELECT g, repeat(md5(g::text), 4) FROM generate_series(1, 40) g;"
    "CREATE SEQUENCE numbers;"
    "CREATE OR REPLACE PROCEDURE two_steps(r text) LANGUAGE plpgsql AS $$ BEGIN"
    "  INSERT INTO ledger VALUES (r, 1); COMMIT; INSERT INTO ledger VALUES (r, 2); END $$;"
    "CREATE OR REPLACE PROCEDURE one_step(r text) LANGUAGE sql AS $$ INSERT INTO ledger VALUES (r, 1) $$;"
    "CREATE OR REPLACE FUNCTION put_item(r text, i int) RETURNS int LANGUAGE sql AS"
    " $$ INSERT INTO ledger VALUES (r, i) RETURNING item $$;"
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO app; GRANT ALL ON SEQUENCE numbers TO app";

std::string literal(const std::string& text) { return "'" + text + "'"; }

}  // namespace

PgBase::PgBase()
    : look_(support::Client::connect(postgres_.login("postgres"))),
      watch_(support::Client::connect(postgres_.login("postgres"))) {
    look_.query(kSchema);
}

void PgBase::prepare(const std::string& run) {
    look_.query("INSERT INTO tally VALUES (" + literal(run) + "); INSERT INTO hot VALUES (" + literal(run) +
                ", 0)");
}

std::vector<LedgerRow> PgBase::ledger(const std::string& run) {
    const auto rows = look_
                          .query("SELECT item, value FROM ledger WHERE run = " + literal(run) +
                                 " UNION ALL SELECT " + std::to_string(kTally) +
                                 ", '' FROM tally, generate_series(1, n) WHERE run = " + literal(run))
                          .rows;
    std::vector<LedgerRow> result;
    for (const auto& row : rows) result.push_back({std::stoi(row[0]), row[1]});
    return result;
}

bool PgBase::running(const std::string& run) {
    return look_.value(
               "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND state = 'active' AND query "
               "LIKE '%" +
               run + "%'") != "0";
}

void PgBase::disturb(const std::string& run) {
    static_cast<void>(watch_.try_query("UPDATE hot SET v = v + 1 WHERE run = " + literal(run)));
}

void PgBase::terminate(std::uint16_t from_port) {
    const auto struck = " FROM pg_stat_activity WHERE client_port = " + std::to_string(from_port);
    static_cast<void>(watch_.try_query("SELECT pg_terminate_backend(pid)" + struck));
    const auto end = support::Clock::now() + support::kDeadline;
    while (watch_.try_query("SELECT count(*)" + struck).rows != support::Rows{{"0"}} &&
           support::Clock::now() < end)
        ::poll(nullptr, 0, 1);
}

std::string PgBase::clean_question() const {
    return "SELECT now() = statement_timestamp(), current_setting('application_name'), "
           "current_setting('work_mem'),"
           " current_setting('search_path'), current_setting('transaction_isolation'),"
           " current_setting('transaction_read_only'), session_user, current_user,"
           " (SELECT count(*) FROM pg_cursors WHERE name <> ''),"
           " (SELECT count(*) FROM pg_prepared_statements WHERE from_sql)";
}

support::Row PgBase::clean_answer() const {
    return {"t", "", "4MB", "\"$user\", public", "read committed", "off", "app", "app", "0", "0"};
}

}  // namespace replay
