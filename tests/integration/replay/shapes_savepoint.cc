// Shapes with savepoints, their own and those of CockroachDB's retry protocol.
#include "tests/integration/replay/shapes.h"

namespace replay {

namespace {

constexpr Shape kShapes[] = {
    {"savepoint released",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT a").query(s.put(1)).query("RELEASE a").query(s.put(2));
         s.query("COMMIT").commits({1, 2});
     }},
    {"savepoint rolled back",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query("SAVEPOINT a").query(s.put(2));
         s.query("ROLLBACK TO SAVEPOINT a").query(s.put(3)).query("COMMIT").commits({1, 3});
     }},
    {"failed statement inside a savepoint",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query("SAVEPOINT a");
         s.query("INSERT INTO tally VALUES (" + s.id() + ")").query("ROLLBACK TO a").query(s.raise());
         s.query("COMMIT").commits({1, kTally});
     }},
    {"nested savepoints",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT a").query(s.put(1)).query("SAVEPOINT b").query(s.put(2));
         s.query("ROLLBACK TO b").query("SAVEPOINT b").query(s.put(3)).query("RELEASE a");
         s.query("COMMIT").commits({1, 3});
     }},
    {"savepoint of the same name twice",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT a").query(s.put(1)).query("SAVEPOINT a").query(s.put(2));
         s.query("ROLLBACK TO a").query("RELEASE a").query(s.put(3)).query("COMMIT").commits({1, 3});
     }},
    {"savepoint that does not exist",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query("ROLLBACK TO nowhere").query("ROLLBACK");
         s.query("BEGIN").query(s.put(2)).query("COMMIT").commits({2});
     }},
    {"savepoints of the extended protocol",
     [](Script& s) {
         s.extended("BEGIN").extended("SAVEPOINT a").extended(s.put(1)).extended("SELECT 1/0");
         s.extended("ROLLBACK TO SAVEPOINT a").extended(s.put(2)).extended("COMMIT").commits({2});
     }},
    {"rolled back to a savepoint, and then all of it",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT a").query(s.put(1)).query("ROLLBACK TO a").query("ROLLBACK");
     }},
    {"cockroach_restart",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT cockroach_restart").query(s.put(1));
         s.query("RELEASE SAVEPOINT cockroach_restart").query("COMMIT").commits({1});
     },
     false},
    {"cockroach_restart used",
     [](Script& s) {
         s.query("BEGIN; SAVEPOINT cockroach_restart").query(s.put(1));
         s.query("ROLLBACK TO SAVEPOINT cockroach_restart").query(s.put(2));
         s.query("RELEASE SAVEPOINT cockroach_restart").query("COMMIT").commits({2});
     },
     false},
};

}  // namespace

std::vector<Shape> savepoint_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
