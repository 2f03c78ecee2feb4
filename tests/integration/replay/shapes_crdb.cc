// Shapes for the fake CockroachDB node: the simple protocol, savepoints, several statements in a string.
#include "tests/integration/replay/crdb_sql.h"
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

namespace w = support::wire;
using namespace crdb_sql;

constexpr Shape kShapes[] = {
    {"one insert", [](Script& s) { s.query("BEGIN").query(put(s, 1)).query("COMMIT").commits({1}); }},
    {"insert returning",
     [](Script& s) { s.query("BEGIN").query(put_returning(s, 1)).query("COMMIT").commits({1}); }},
    {"insert of two rows",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1) + ", " + row_of(s, 2) + " RETURNING run, item, value");
         s.query("COMMIT").commits({1, 2});
     }},
    {"upsert",
     [](Script& s) {
         s.query("BEGIN").query("UPSERT INTO ledger VALUES " + row_of(s, 1, "'a'"));
         s.query("UPSERT INTO ledger VALUES " + row_of(s, 1, "'b'")).query("COMMIT").commits({1});
     }},
    {"blind updates",
     [](Script& s) {
         s.query("BEGIN").query(raise(s)).query(raise(s)).query("END").commits({kTally, kTally});
     }},
    {"lock first",
     [](Script& s) {
         s.query("BEGIN").query(tally(s) + " FOR UPDATE").query(raise(s)).query(put(s, 1));
         s.query("COMMIT").commits({kTally, 1});
     }},
    {"reads its own writes",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query(raise(s)).query(tally(s)).query(put(s, 2));
         s.query("SELECT count(*) FROM ledger WHERE run = " + s.id()).query("COMMIT").commits({1, 2, kTally});
     }},
    {"deletes its own row",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query(put(s, 2));
         s.query("DELETE FROM ledger WHERE id = " + key_of(s, 1) + " RETURNING item");
         s.query("COMMIT").commits({2});
     }},
    {"read only", [](Script& s) { s.query("BEGIN READ ONLY").query(tally(s)).query("COMMIT"); }},
    {"write in a transaction that only reads",
     [](Script& s) {
         s.query("BEGIN READ ONLY").query(tally(s)).query(put(s, 1)).query("ROLLBACK");
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
    {"high priority",
     [](Script& s) { s.query("BEGIN PRIORITY HIGH").query(put(s, 1)).query("COMMIT").commits({1}); }},
    {"SET TRANSACTION",
     [](Script& s) {
         s.query("BEGIN").query("SET TRANSACTION PRIORITY HIGH").query(put(s, 1));
         s.query("COMMIT").commits({1});
     }},
    {"rolled back", [](Script& s) { s.query("BEGIN").query(put(s, 1)).query("ROLLBACK"); }},
    {"aborted, and then another",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("ABORT");
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
    {"two transactions",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("COMMIT").commits({1});
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
    {"empty transactions around one",
     [](Script& s) {
         s.query("BEGIN").query("COMMIT").query("BEGIN").query(put(s, 1)).query("COMMIT").commits({1});
         s.query("BEGIN").query("ROLLBACK");
     }},
    {"empty queries",
     [](Script& s) {
         s.query("").query("BEGIN").extended("").extended(put(s, 1)).query(";").query("COMMIT").commits({1});
     }},
    {"a second BEGIN",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("BEGIN").query("ROLLBACK");
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
    {"failed, and then another",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query(kBad).query("SELECT 1").query("ROLLBACK");
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
    {"COMMIT of a failed one",
     [](Script& s) { s.query("BEGIN").query(put(s, 1)).query(kBad).query("COMMIT"); }},
    {"a large result",
     [](Script& s) {
         s.query("BEGIN").query("SELECT id, t FROM wide").query(put(s, 1)).query("COMMIT").commits({1});
     }},
    // Where force_savepoint_restart is on, RELEASE commits, and the pooler cannot see that.
    {"savepoint released",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT a").query(put(s, 1)).query("RELEASE SAVEPOINT a");
         s.query(put(s, 2)).query("COMMIT").commits({1, 2});
     },
     false},
    {"savepoint rolled back",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").query(put(s, 2));
         s.query("ROLLBACK TO SAVEPOINT a").query(put(s, 3)).query("COMMIT").commits({1, 3});
     }},
    {"nested savepoints",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").query(put(s, 2)).query("SAVEPOINT b");
         s.query(put(s, 3)).query("ROLLBACK TO SAVEPOINT b").query(put(s, 4)).query("RELEASE SAVEPOINT a");
         s.query("COMMIT").commits({1, 2, 4});
     },
     false},
    {"savepoint that does not exist",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("ROLLBACK TO SAVEPOINT nowhere").query("ROLLBACK");
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
    {"failed statement inside a savepoint",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").query(kBad);
         s.query("ROLLBACK TO SAVEPOINT a").query(put(s, 2)).query("COMMIT").commits({1, 2});
     }},
    {"duplicate key inside a savepoint",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").query("INSERT INTO wide VALUES (1, '')");
         s.query("ROLLBACK TO SAVEPOINT a").query(raise(s)).query("COMMIT").commits({1, kTally});
     }},
    {"autocommit insert", [](Script& s) { s.query(put(s, 1)).commits({1}); }, false},
    {"autocommit update", [](Script& s) { s.query(raise(s)).commits({kTally}); }, false},
    {"autocommit upsert",
     [](Script& s) { s.query("UPSERT INTO tally VALUES (" + number_of(s.run()) + ", 1)").commits({kTally}); },
     false},
    {"autocommit insert returning", [](Script& s) { s.query(put_returning(s, 1)).commits({1}); }, false},
    {"autocommit read", [](Script& s) { s.query(tally(s)); }, false},
    {"autocommit writes in one write",
     [](Script& s) {
         s.send(w::query(put(s, 1)) + w::query(put(s, 2)), 2).commits({1}, tag(1)).commits({2}, tag(2));
     },
     false},
    {"several writes in a string",
     [](Script& s) { s.query(put(s, 1) + ";" + put(s, 2)).commits({1}, tag(1)).commits({2}, tag(2)); },
     false},
    {"an error in the middle of a string",
     [](Script& s) { s.query(put(s, 1) + ";" + kBad + ";" + put(s, 2)).commits({1}); }, false},
    {"a whole transaction in a string",
     [](Script& s) { s.query("BEGIN;" + put(s, 1) + ";COMMIT").commits({1}, tag(3)); }, false},
    {"BEGIN and a write in a string, a write and COMMIT in another",
     [](Script& s) {
         s.query("BEGIN;" + put(s, 1)).query(put(s, 2) + ";COMMIT").commits({1, 2}, tag(2));
     },
     false},
    {"COMMIT in the middle of a string",
     [](Script& s) {
         s.query("BEGIN;" + put(s, 1) + ";COMMIT;" + put(s, 2)).commits({1}, tag(3)).commits({2}, tag(4));
     },
     false},
    {"ROLLBACK in the middle of a string",
     [](Script& s) { s.query("BEGIN;" + put(s, 1) + ";ROLLBACK;" + put(s, 2)).commits({2}, tag(4)); }, false},
    {"three queries in one write",
     [](Script& s) {
         s.send(w::query("BEGIN") + w::query(put(s, 1)) + w::query("COMMIT"), 3).commits({1}, tag(3));
     }},
    {"what another writes is read twice",
     [](Script& s) {
         const auto read = "SELECT run, 1, v FROM hot WHERE id = " + number_of(s.run());
         s.query("BEGIN").query(read).query(put(s, 2)).query(read).query("COMMIT").commits({2});
     },
     false, true},
};

}  // namespace

std::vector<Shape> crdb_simple_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

std::vector<Shape> crdb_shapes() {
    std::vector<Shape> all;
    for (const auto part : {crdb_simple_shapes, crdb_restart_shapes, crdb_extended_shapes,
                            crdb_session_shapes, crdb_ordered_shapes}) {
        const auto shapes = part();
        all.insert(all.end(), shapes.begin(), shapes.end());
    }
    return all;
}

}  // namespace replay
