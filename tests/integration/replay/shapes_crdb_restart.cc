// Shapes for the fake CockroachDB node: clients that restart by themselves.
#include "tests/integration/replay/crdb_sql.h"
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

using namespace crdb_sql;

constexpr const char* kSavepoint = "SAVEPOINT cockroach_restart";
constexpr const char* kRelease = "RELEASE SAVEPOINT cockroach_restart";
constexpr const char* kBack = "ROLLBACK TO SAVEPOINT cockroach_restart";

constexpr Shape kShapes[] = {
    {"cockroach_restart",
     [](Script& s) {
         s.query("BEGIN").query(kSavepoint).query(put(s, 1)).query(raise(s));
         s.query(kRelease).commits({1, kTally});
         s.query("COMMIT");
     },
     false},
    {"cockroach_restart used",
     [](Script& s) {
         s.query("BEGIN; SAVEPOINT cockroach_restart").query(put(s, 1)).query(kBack).query(put(s, 2));
         s.query(kRelease).commits({2});
         s.query("COMMIT");
     },
     false},
    {"cockroach_restart without RELEASE",
     [](Script& s) { s.query("BEGIN").query(kSavepoint).query(put(s, 1)).query("COMMIT").commits({1}); },
     false},
    {"RELEASE and COMMIT in a string",
     [](Script& s) {
         s.query("BEGIN; SAVEPOINT cockroach_restart").query(put(s, 1));
         s.query("RELEASE SAVEPOINT cockroach_restart; COMMIT").commits({1});
     },
     false},
    {"ROLLBACK behind RELEASE",
     [](Script& s) {
         s.query("BEGIN").query(kSavepoint).query(put(s, 1)).query(kRelease).commits({1});
         s.query("ROLLBACK");
     },
     false},
    {"a statement behind RELEASE",
     [](Script& s) {
         s.query("BEGIN").query(kSavepoint).query(put(s, 1)).query(kRelease).commits({1});
         s.query(put(s, 2)).query("COMMIT");
         s.query(put(s, 3)).commits({3});
     },
     false},
    {"cockroach_restart behind an error",
     [](Script& s) {
         s.query("BEGIN").query(kSavepoint).query(put(s, 1)).query(kBad).query(kSavepoint);
         s.query(put(s, 2)).query(kRelease).commits({2});
         s.query("COMMIT");
     },
     false},
    {"savepoint inside of cockroach_restart",
     [](Script& s) {
         s.query("BEGIN").query(kSavepoint).query(put(s, 1)).query("SAVEPOINT a").query(put(s, 2));
         s.query("ROLLBACK TO SAVEPOINT a").query(put(s, 3)).query(kRelease).commits({1, 3});
         s.query("COMMIT");
     },
     false},
    {"savepoint whose name begins so",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT cockroach_restart_mine").query(put(s, 1));
         s.query("RELEASE SAVEPOINT cockroach_restart_mine").commits({1});
         s.query("COMMIT");
     },
     false},
    {"cockroach_restart, extended",
     [](Script& s) {
         s.extended("BEGIN").extended(kSavepoint).extended(put(s, 1));
         s.send(unit(kRelease) + synced("COMMIT")).commits({1}, tag(1));
     },
     false},
    {"force_savepoint_restart",
     [](Script& s) {
         s.query("SET force_savepoint_restart = on");
         s.query("BEGIN").query("SAVEPOINT mine").query(put(s, 1)).query("ROLLBACK TO SAVEPOINT mine");
         s.query(put(s, 2)).query("RELEASE SAVEPOINT mine").commits({2});
         s.query("COMMIT");
     },
     false},
};

}  // namespace

std::vector<Shape> crdb_restart_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
