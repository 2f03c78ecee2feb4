// Shapes for the fake CockroachDB node: what changes the session, DDL, values that no second run gives again,
// cancels.
#include "tests/integration/replay/crdb_sql.h"
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

namespace w = support::wire;
using namespace crdb_sql;

std::string sleep(const Script& s) { return "SELECT pg_sleep(20), " + s.id(); }
std::string create(const Script& s) { return "CREATE TABLE " + s.table() + " (x INT PRIMARY KEY, y INT)"; }

constexpr Shape kSession[] = {
    {"SET before",
     [](Script& s) {
         s.send(w::query("SET statement_timeout = '9s'") + w::query("SET application_name = 'shape'"), 2);
         s.query("BEGIN").query("SHOW statement_timeout").query(put(s, 1)).query("COMMIT").commits({1});
         s.query("SHOW application_name");
     }},
    {"SET inside",
     [](Script& s) {
         s.query("BEGIN").query("SET application_name = 'inside'").query(put(s, 1));
         s.query("SHOW application_name").query("COMMIT").commits({1});
         s.query("SHOW application_name");
     }},
    {"SET rolled back",
     [](Script& s) {
         s.query("BEGIN").query("SET application_name = 'inside'").query(put(s, 1)).query("ROLLBACK");
         s.query("SHOW application_name");
     }},
    {"SET behind a savepoint that is rolled back",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").query("SET lock_timeout = '9s'");
         s.query("ROLLBACK TO SAVEPOINT a").query("SHOW lock_timeout").query("COMMIT").commits({1});
         s.query("SHOW lock_timeout");
     }},
    {"SET twice, values read between",
     [](Script& s) {
         s.extended("BEGIN").extended("SET application_name = 'one'").extended("SHOW application_name");
         s.extended(put(s, 1)).extended("SET application_name = 'two'").extended("SHOW application_name");
         s.extended("COMMIT").commits({1});
     }},
    {"RESET inside",
     [](Script& s) {
         s.query("SET lock_timeout = '9s'").query("BEGIN").query(put(s, 1)).query("RESET lock_timeout");
         s.query("SHOW lock_timeout").query("COMMIT").commits({1});
     }},
    {"set_config",
     [](Script& s) {
         s.query("BEGIN").query("SELECT set_config('lock_timeout', '9s', false)").query(put(s, 1));
         s.query("SHOW lock_timeout").query("COMMIT").commits({1});
     }},
    {"search_path",
     [](Script& s) {
         s.query("BEGIN").query("SET search_path = public").query(put(s, 1)).query("SHOW search_path");
         s.query("COMMIT").commits({1});
     }},
    {"PREPARE of SQL",
     [](Script& s) {
         s.query("BEGIN").query("PREPARE up AS UPDATE tally SET n = n + 1 WHERE id = $1");
         s.query("EXECUTE up(" + number_of(s.run()) + ")").query("COMMIT").commits({kTally});
         s.query("DEALLOCATE up");
     },
     false},
};

constexpr Shape kOutside[] = {
    {"autocommit CREATE and DROP TABLE",
     [](Script& s) {
         s.query(create(s)).query(put(s, 1)).commits({1});
         s.query("DROP TABLE " + s.table());
     },
     false},
    {"DDL that commits the transaction in front of it",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query(create(s)).commits({1});
         s.query(put(s, 2)).commits({2});
         s.query("COMMIT").query("DROP TABLE " + s.table());
     },
     false},
    {"DDL that commits, extended",
     [](Script& s) {
         s.extended("BEGIN").extended(put(s, 1)).extended(create(s)).commits({1});
         s.extended("COMMIT").extended("DROP TABLE " + s.table());
     },
     false},
    {"DDL that commits, in a pipeline",
     [](Script& s) {
         s.send(
             synced("BEGIN") + synced(put(s, 1)) + synced(create(s)) + synced(put(s, 2)) + synced("COMMIT"),
             5);
         s.commits({1}, tag(3)).commits({2}, tag(4));
         s.query("DROP TABLE " + s.table());
     },
     false},
    {"CREATE TABLE inside",
     [](Script& s) {
         s.query("SET autocommit_before_ddl = off").query("BEGIN").query(create(s)).query(put(s, 1));
         s.query("COMMIT").commits({1});
         s.query("DROP TABLE " + s.table());
     },
     false},
    {"schema change that fails behind the commit",
     [](Script& s) {
         s.query("SET autocommit_before_ddl = off").query(create(s));
         s.query("INSERT INTO " + s.table() + " VALUES (1, 1), (2, 1)").query("BEGIN");
         s.query("CREATE UNIQUE INDEX u ON " + s.table() + " (y)").query(put(s, 1));
         s.query("COMMIT").commits({1}, {'E', 1});
         s.query("DROP TABLE " + s.table());
     },
     false},
    {"generated ids",
     [](Script& s) {
         s.query("BEGIN").query(put_returning(s, 1, "unique_rowid()::text"));
         s.query(put_returning(s, 2, "gen_random_uuid()::text")).query("COMMIT").commits({1, 2});
     },
     false},
    {"times",
     [](Script& s) {
         s.query("BEGIN").query(put_returning(s, 1, "now()::text"));
         s.query(put_returning(s, 2, "clock_timestamp()::text")).query("COMMIT").commits({1, 2});
     },
     false},
    {"generated id of an autocommit write",
     [](Script& s) { s.query(put_returning(s, 1, "unique_rowid()::text")).commits({1}); }, false},
    {"cancelled statement",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).tell(w::query(sleep(s))).await_running().cancel();
         s.send("").query("ROLLBACK").query(put(s, 2)).commits({2});
     },
     false},
    {"cancelled inside a savepoint",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").tell(w::query(sleep(s))).await_running();
         s.cancel().send("").query("ROLLBACK TO SAVEPOINT a").query(put(s, 2));
         s.query("COMMIT").commits({1, 2});
     },
     false},
    {"cancelled autocommit write",
     [](Script& s) {
         s.tell(w::query(put(s, 1))).await_running().cancel().send("");
         s.extended(put(s, 2)).commits({2}, tag());
     },
     false, false, Ordered::kHeld},
    {"statement_timeout",
     [](Script& s) {
         s.query("SET statement_timeout = '30ms'").query("BEGIN").query(put(s, 1)).query(sleep(s));
         s.query("ROLLBACK").query(put(s, 2)).commits({2});
     },
     false},
};

}  // namespace

std::vector<Shape> crdb_session_shapes() {
    std::vector<Shape> all{std::begin(kSession), std::end(kSession)};
    all.insert(all.end(), std::begin(kOutside), std::end(kOutside));
    return all;
}

}  // namespace replay
