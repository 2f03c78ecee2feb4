// Shapes with portals, cursors and prepared statements of SQL.
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

namespace w = support::wire;

constexpr const char* kRows = "SELECT id, text FROM wide WHERE id <= 7 ORDER BY id";

constexpr Shape kShapes[] = {
    {"row limit",
     [](Script& s) {
         s.extended("BEGIN");
         s.send(w::parse("", kRows) + w::bind_portal("p", "") + w::execute("p", 3) + w::sync_message());
         s.extended(s.put(1));
         s.send(w::execute("p", 3) + w::sync_message()).send(w::execute("p", 3) + w::sync_message());
         s.extended("COMMIT").commits({1});
     }},
    {"row limit, flushed",
     [](Script& s) {
         s.extended("BEGIN");
         s.send_until(w::parse("", kRows) + w::bind_portal("p", "") + w::execute("p", 3) + w::flush_message(),
                      's');
         s.send_until(w::execute("p", 2) + w::flush_message(), 's');
         s.send(w::close_portal("p") + w::sync_message()).extended(s.put(1)).extended("COMMIT").commits({1});
     }},
    {"two portals",
     [](Script& s) {
         s.extended("BEGIN").send(w::parse("q", kRows) + w::sync_message());
         s.send(w::bind_portal("a", "q") + w::execute("a", 2) + w::bind_portal("b", "q") +
                w::execute("b", 1) + w::sync_message());
         s.send(w::execute("b", 2) + w::execute("a", 9) + w::sync_message());
         s.extended(s.put(1)).extended("COMMIT").commits({1});
     }},
    {"portal of an insert returning",
     [](Script& s) {
         s.extended("BEGIN").send(w::parse("", s.put_returning(1)) + w::bind_portal("p", "") +
                                  w::describe_portal("p") + w::execute("p", 1) + w::sync_message());
         s.send(w::execute("p", 0) + w::sync_message()).extended("COMMIT").commits({1});
     }},
    {"cursor",
     [](Script& s) {
         s.query("BEGIN").query(std::string("DECLARE c CURSOR FOR ") + kRows).query("FETCH 2 FROM c");
         s.query(s.put(1)).query("FETCH 3 FROM c").query("CLOSE c").query("COMMIT").commits({1});
     }},
    {"scrolled cursor",
     [](Script& s) {
         s.query("BEGIN")
             .query(std::string("DECLARE c SCROLL CURSOR FOR ") + kRows)
             .query("FETCH LAST FROM c");
         s.query("MOVE BACKWARD 3 IN c").query("FETCH PRIOR FROM c").query(s.put(1));
         s.query("COMMIT").commits({1});
     }},
    {"cursor that is written through",
     [](Script& s) {
         s.query("BEGIN").query("DECLARE c CURSOR FOR SELECT n FROM tally WHERE run = " + s.id() +
                                " FOR UPDATE");
         s.query("FETCH c")
             .query("UPDATE tally SET n = n + 1 WHERE CURRENT OF c")
             .query("COMMIT")
             .commits({kTally});
     }},
    {"cursor WITH HOLD",
     [](Script& s) {
         s.query("BEGIN").query(std::string("DECLARE c CURSOR WITH HOLD FOR ") + kRows).query(s.put(1));
         s.query("COMMIT").commits({1});
         s.query("FETCH 2 FROM c").query("CLOSE c");
     },
     false},
    {"PREPARE of SQL",
     [](Script& s) {
         s.query("BEGIN").query("PREPARE put(text, int) AS INSERT INTO ledger VALUES ($1, $2)");
         s.query("EXECUTE put(" + s.id() + ", 1)").query("COMMIT").commits({1});
         s.query("DEALLOCATE put");
     },
     false},
};

}  // namespace

std::vector<Shape> portal_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
