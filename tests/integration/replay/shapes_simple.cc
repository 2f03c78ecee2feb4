// Shapes of the simple protocol: plain transactions, autocommit, several statements in a string.
#include "tests/integration/replay/shapes.h"

namespace replay {

namespace {

constexpr Shape kShapes[] = {
    {"one insert", [](Script& s) { s.query("BEGIN").query(s.put(1)).query("COMMIT").commits({1}); }},
    {"insert returning",
     [](Script& s) { s.query("BEGIN").query(s.put_returning(1)).query("COMMIT").commits({1}); }},
    {"statements that read their own writes",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query(s.put(2));
         s.query("SELECT count(*) FROM ledger WHERE run = " + s.id());
         s.query("DELETE FROM ledger WHERE item = 1 AND run = " + s.id());
         s.query("COMMIT").commits({2});
     }},
    {"blind updates",
     [](Script& s) {
         s.query("BEGIN").query(s.raise()).query(s.raise()).query("END").commits({kTally, kTally});
     }},
    {"lock first",
     [](Script& s) {
         s.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
         s.query("SELECT run FROM tally WHERE run = " + s.id() + " FOR UPDATE");
         s.query(s.raise()).query(s.put(1)).query("COMMIT").commits({kTally, 1});
     }},
    {"read, modify, write",
     [](Script& s) {
         s.query("START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE");
         s.query("SELECT n FROM tally WHERE run = " + s.id());
         s.query("UPDATE tally SET n = 1 WHERE run = " + s.id()).query("COMMIT WORK").commits({kTally});
     }},
    {"read only",
     [](Script& s) {
         s.query("BEGIN READ ONLY").query("SELECT n FROM tally WHERE run = " + s.id());
         s.query("SELECT 2").query("COMMIT");
     }},
    {"rolled back", [](Script& s) { s.query("BEGIN").query(s.put(1)).query("ROLLBACK"); }},
    {"aborted, and then another",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query("ABORT");
         s.query("BEGIN").query(s.put(2)).query("COMMIT").commits({2});
     }},
    {"two transactions",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query("COMMIT").commits({1});
         s.query("BEGIN").query(s.put(2)).query("COMMIT").commits({2});
     }},
    {"commit and chain",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query("COMMIT AND CHAIN").commits({1});
         s.query(s.put(2)).query("COMMIT").commits({2});
     }},
    {"a second BEGIN",
     [](Script& s) { s.query("BEGIN").query("BEGIN").query(s.put(1)).query("COMMIT").commits({1}); }},
    {"empty transactions around one",
     [](Script& s) {
         s.query("BEGIN").query("COMMIT").query("BEGIN").query(s.put(1)).query("COMMIT").commits({1});
         s.query("BEGIN").query("ROLLBACK");
     }},
    {"failed, and then another",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query("SELECT 1/0").query("SELECT 1").query("ROLLBACK");
         s.query("BEGIN").query(s.put(2)).query("COMMIT").commits({2});
     }},
    {"COMMIT of a failed one",
     [](Script& s) { s.query("BEGIN").query(s.put(1)).query("SELECT nothing").query("COMMIT"); }},
    {"a large result",
     [](Script& s) {
         s.query("BEGIN").query("SELECT text FROM wide ORDER BY id").query(s.put(1));
         s.query("COMMIT").commits({1});
     }},
    {"autocommit insert", [](Script& s) { s.query(s.put(1)).commits({1}); }, false},
    {"autocommit insert returning", [](Script& s) { s.query(s.put_returning(1)).commits({1}); }, false},
    {"autocommit update", [](Script& s) { s.query(s.raise()).commits({kTally}); }, false},
    {"autocommit upsert",
     [](Script& s) {
         s.query("INSERT INTO tally VALUES (" + s.id() +
                 ", 7) ON CONFLICT (run) DO UPDATE SET n = tally.n + 1")
             .commits({kTally});
     },
     false},
    {"autocommit reads",
     [](Script& s) {
         s.query("SELECT n FROM tally WHERE run = " + s.id()).query("SELECT text FROM wide WHERE id < 4");
     },
     false},
    {"several writes in a string",
     [](Script& s) {
         s.query(s.put(1) + ";" + s.put(2)).commits({1, 2}, tag(2));
     },
     false},
    {"a whole transaction in a string",
     [](Script& s) { s.query("BEGIN;" + s.put(1) + ";COMMIT").commits({1}, tag(3)); }, false},
    {"BEGIN and a write in a string, a write and COMMIT in another",
     [](Script& s) {
         s.query("BEGIN;" + s.put(1)).query(s.put(2) + ";COMMIT").commits({1, 2}, tag(2));
     },
     false},
    {"COMMIT in the middle of a string",
     [](Script& s) {
         s.query("BEGIN;" + s.put(1) + ";COMMIT;" + s.put(2)).commits({1}, tag(3)).commits({2}, tag(4));
     },
     false},
    {"ROLLBACK in the middle of a string",
     [](Script& s) { s.query("BEGIN;" + s.put(1) + ";ROLLBACK;" + s.put(2)).commits({2}, tag(4)); }, false},
    {"three queries in one write",
     [](Script& s) {
         namespace w = support::wire;
         s.send(w::query("BEGIN") + w::query(s.put(1)) + w::query("COMMIT"), 3).commits({1}, tag(3));
     }},
    {"autocommit writes in one write",
     [](Script& s) {
         namespace w = support::wire;
         s.send(w::query(s.put(1)) + w::query(s.put(2)), 2).commits({1}, tag(1)).commits({2}, tag(2));
     },
     false},
};

}  // namespace

std::vector<Shape> simple_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
