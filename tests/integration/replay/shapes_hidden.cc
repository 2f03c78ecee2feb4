// Shapes that write where it does not show: in what looks like a read, in a function, behind a word that is
// hardly used; and locks and channels of the session taken inside a transaction.
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

/// A statement that puts an item and gives its number.
std::string put_item(const Script& s) { return s.put(1) + " RETURNING item"; }

constexpr Shape kShapes[] = {
    {"autocommit SELECT of a function that writes",
     [](Script& s) { s.query("SELECT put_item(" + s.id() + ", 1)").commits({1}); }, false},
    {"autocommit SELECT of a function that writes, extended",
     [](Script& s) { s.extended("SELECT put_item($1, 1)", {s.run()}).commits({1}, ready()); }, false},
    {"function that writes, inside",
     [](Script& s) {
         s.query("BEGIN").query("SELECT put_item(" + s.id() + ", 1)").query(s.put(2));
         s.query("COMMIT").commits({1, 2});
     },
     false},
    {"autocommit SELECT with an INSERT in it",
     [](Script& s) { s.query("WITH w AS (" + put_item(s) + ") SELECT item FROM w").commits({1}); }, false},
    {"SELECT with an INSERT in it, inside",
     [](Script& s) {
         s.query("BEGIN").query("WITH w AS (" + put_item(s) + ") SELECT item FROM w").query(s.raise());
         s.query("COMMIT").commits({1, kTally});
     }},
    {"autocommit EXPLAIN ANALYZE of an INSERT",
     [](Script& s) {
         s.query("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + s.put(1)).commits({1});
     },
     false},
    {"autocommit COPY of what an INSERT returns",
     [](Script& s) { s.query("COPY (" + put_item(s) + ") TO STDOUT").commits({1}); }, false},
    {"autocommit MERGE",
     [](Script& s) {
         s.query("MERGE INTO tally t USING (SELECT " + s.id() +
                 " AS run) w ON t.run = w.run WHEN MATCHED THEN UPDATE SET n = t.n + 1");
         s.commits({kTally});
     },
     false},
    {"MERGE inside",
     [](Script& s) {
         s.query("BEGIN").query("MERGE INTO tally t USING (SELECT " + s.id() +
                                " AS run) w ON t.run = w.run WHEN MATCHED THEN UPDATE SET n = t.n + 1");
         s.query(s.put(1)).query("COMMIT").commits({kTally, 1});
     }},
    {"autocommit SELECT INTO",
     [](Script& s) {
         s.query("SELECT 1 AS x INTO " + s.table()).query(s.put(1)).commits({1});
         s.query("DROP TABLE " + s.table());
     },
     false},
    {"autocommit EXECUTE that writes",
     [](Script& s) {
         s.query("PREPARE put AS " + s.put(1)).query("EXECUTE put").commits({1});
         s.query("DEALLOCATE put");
     },
     false},
    {"autocommit row lock",
     [](Script& s) { s.query("SELECT n FROM tally WHERE run = " + s.id() + " FOR UPDATE"); }, false},
    {"session's advisory lock, inside",
     [](Script& s) {
         s.query("BEGIN").query("SELECT pg_advisory_lock(8)").query(s.put(1));
         s.query("SELECT pg_advisory_unlock(8)").query("COMMIT").commits({1});
     },
     false},
    {"LISTEN inside",
     [](Script& s) {
         s.query("BEGIN").query("LISTEN somebody").query(s.put(1)).query("COMMIT").commits({1});
         s.query("UNLISTEN *");
     },
     false},
    {"setval inside",
     [](Script& s) {
         s.query("BEGIN").query("SELECT setval('numbers', 5)").query(s.put(1)).query("COMMIT").commits({1});
     },
     false},
};

}  // namespace

std::vector<Shape> hidden_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
