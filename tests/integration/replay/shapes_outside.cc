// Shapes with effects outside the transaction, values that no second run gives again, and cancels.
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

std::string sleep(const Script& s) { return "SELECT pg_sleep(20), " + s.id(); }

constexpr Shape kShapes[] = {
    {"CREATE TABLE inside",
     [](Script& s) {
         s.query("BEGIN").query("CREATE TABLE " + s.table() + " (x int)").query(s.put(1));
         s.query("INSERT INTO " + s.table() + " VALUES (1)").query("DROP TABLE " + s.table());
         s.query("COMMIT").commits({1});
     },
     false},
    {"autocommit CREATE and DROP TABLE",
     [](Script& s) {
         s.query("CREATE TABLE " + s.table() + " (x int)").query(s.put(1)).commits({1});
         s.query("DROP TABLE " + s.table());
     },
     false},
    {"temporary table",
     [](Script& s) {
         s.query("BEGIN").query("CREATE TEMP TABLE pass ON COMMIT DROP AS SELECT 1 AS x");
         s.query("INSERT INTO ledger SELECT " + s.id() + ", x FROM pass").query("COMMIT").commits({1});
     },
     false},
    {"CALL with a COMMIT inside",
     [](Script& s) { s.query("CALL two_steps(" + s.id() + ")").commits({1}).commits({2}); }, false},
    {"CALL inside",
     [](Script& s) { s.query("BEGIN").query("CALL one_step(" + s.id() + ")").query("COMMIT").commits({1}); },
     false},
    {"DO", [](Script& s) { s.query("DO $$ BEGIN " + s.put(1) + "; END $$").commits({1}); }, false},
    {"DO with a COMMIT inside",
     [](Script& s) {
         s.query("DO $$ BEGIN " + s.put(1) + "; COMMIT; " + s.put(2) + "; END $$").commits({1}).commits({2});
     },
     false},
    {"transaction's advisory lock",
     [](Script& s) {
         s.query("BEGIN")
             .query("SELECT pg_advisory_xact_lock(7)")
             .query(s.put(1))
             .query("COMMIT")
             .commits({1});
     },
     false},
    {"LOCK TABLE",
     [](Script& s) {
         s.query("BEGIN").query("LOCK TABLE hot IN SHARE ROW EXCLUSIVE MODE").query(s.put(1));
         s.query("COMMIT").commits({1});
     },
     false},
    {"NOTIFY",
     [](Script& s) { s.query("BEGIN").query("NOTIFY nobody").query(s.put(1)).query("COMMIT").commits({1}); },
     false},
    {"a sequence's number",
     [](Script& s) {
         s.query("BEGIN").query(s.put_returning(1, "nextval('numbers')")).query("COMMIT").commits({1});
     },
     false},
    {"random numbers",
     [](Script& s) {
         s.query("BEGIN")
             .query(s.put_returning(1, "random()"))
             .query(s.put_returning(2, "gen_random_uuid()"));
         s.extended("COMMIT").commits({1, 2});
     },
     false},
    {"times",
     [](Script& s) {
         s.query("BEGIN").query(s.put_returning(1, "clock_timestamp()")).query(s.put_returning(2, "now()"));
         s.query("COMMIT").commits({1, 2});
     },
     false},
    {"the transaction's id",
     [](Script& s) {
         s.query("BEGIN").query(s.put_returning(1, "pg_current_xact_id()::text")).query(s.put(2));
         s.query("COMMIT").commits({1, 2});
     },
     false},
    {"random number of an autocommit write",
     [](Script& s) { s.query(s.put_returning(1, "random()")).commits({1}); }, false},
    {"what another writes is read, and then copied",
     [](Script& s) {
         s.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
         s.query("SELECT run, 1, v::text FROM hot WHERE run = " + s.id());
         s.query("INSERT INTO ledger SELECT run, 1, v::text FROM hot WHERE run = " + s.id());
         s.query("COMMIT").commits({1});
     },
     false, true},
    {"what another writes is locked, and then copied",
     [](Script& s) {
         s.extended("BEGIN").extended("SELECT run FROM hot WHERE run = $1 FOR UPDATE", {s.run()});
         s.extended("UPDATE hot SET v = v + 10 WHERE run = $1 RETURNING run, 1, v::text", {s.run()});
         s.extended("INSERT INTO ledger SELECT run, 1, v::text FROM hot WHERE run = $1", {s.run()});
         s.extended("COMMIT").commits({1});
     },
     false, true},
    {"cancelled statement",
     [](Script& s) {
         s.query("BEGIN")
             .query(s.put(1))
             .send_until(support::wire::query(sleep(s)), 0)
             .await_running()
             .cancel();
         s.send("").query("ROLLBACK").query(s.put(2)).commits({2});
     },
     false},
    {"cancelled inside a savepoint",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query("SAVEPOINT a").tell(support::wire::query(sleep(s)));
         s.await_running().cancel().send("").query("ROLLBACK TO a").query(s.put(2));
         s.query("COMMIT").commits({1, 2});
     },
     false},
    {"cancelled autocommit write",
     [](Script& s) {
         s.tell(support::wire::query(s.put(1) + "," + "(" + s.id() + ", (SELECT 3 FROM pg_sleep(20)))"));
         s.await_running().cancel().send("").extended(s.put(2)).commits({2}, ready());
     },
     false},
};

}  // namespace

std::vector<Shape> outside_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

std::vector<Shape> postgres_shapes() {
    std::vector<Shape> all;
    for (const auto part : {simple_shapes, savepoint_shapes, extended_shapes, portal_shapes, copy_shapes,
                            session_shapes, outside_shapes, hidden_shapes}) {
        const auto shapes = part();
        all.insert(all.end(), shapes.begin(), shapes.end());
    }
    return all;
}

}  // namespace replay
