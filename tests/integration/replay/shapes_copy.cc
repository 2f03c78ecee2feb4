// Shapes with COPY.
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

namespace w = support::wire;

constexpr const char* kCopyIn = "COPY ledger (run, item) FROM STDIN";

std::string line(const Script& s, int item) {
    return w::copy_data(s.run() + "\t" + std::to_string(item) + "\n");
}

constexpr Shape kShapes[] = {
    {"COPY in",
     [](Script& s) {
         s.query("BEGIN").send_until(w::query(kCopyIn), 'G').send(line(s, 1) + line(s, 2) + w::copy_done());
         s.query(s.put(3)).query("COMMIT").commits({1, 2, 3});
     }},
    {"COPY in, line by line",
     [](Script& s) {
         s.query("BEGIN")
             .query(s.put(1))
             .send_until(w::query(kCopyIn), 'G')
             .tell(line(s, 2))
             .tell(line(s, 3));
         s.send(w::copy_done()).query("COMMIT").commits({1, 2, 3});
     }},
    {"COPY in, given up inside a savepoint",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT a").send_until(w::query(kCopyIn), 'G');
         s.send(line(s, 1) + w::copy_fail("no")).query("ROLLBACK TO a").query(s.put(2));
         s.query("COMMIT").commits({2});
     }},
    {"COPY in of a bad line",
     [](Script& s) {
         s.query("BEGIN").send_until(w::query(kCopyIn), 'G');
         s.send(line(s, 1) + w::copy_data("bad\n") + w::copy_done()).query("ROLLBACK");
     }},
    {"COPY in, extended",
     [](Script& s) {
         s.extended("BEGIN").send_until(unit(kCopyIn) + w::flush_message(), 'G');
         s.send(line(s, 1) + w::copy_done() + w::sync_message()).extended("COMMIT").commits({1});
     }},
    {"autocommit COPY in",
     [](Script& s) {
         s.send_until(w::query(kCopyIn), 'G').send(line(s, 1) + line(s, 2) + w::copy_done()).commits({1, 2});
     },
     false},
    {"COPY out",
     [](Script& s) {
         s.query("BEGIN").query(s.put(1)).query(
             "COPY (SELECT id, text FROM wide WHERE id < 9 ORDER BY id) TO STDOUT");
         s.query("COMMIT").commits({1});
     }},
    {"autocommit COPY out", [](Script& s) { s.query("COPY (SELECT id FROM wide ORDER BY id) TO STDOUT"); },
     false},
};

}  // namespace

std::vector<Shape> copy_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
