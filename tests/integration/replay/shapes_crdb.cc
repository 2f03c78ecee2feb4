// Shapes in the SQL that the fake CockroachDB node knows.
#include "tests/integration/replay/crdb_base.h"
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

namespace w = support::wire;

std::string row_of(const Script& s, int item, const std::string& value) {
    const auto number = std::to_string(item);
    return "(" + number_of(s.run()) + std::string(3 - number.size(), '0') + number + ", " + s.id() + ", " +
           number + ", " + value + ")";
}
std::string put(const Script& s, int item) { return "INSERT INTO ledger VALUES " + row_of(s, item, "'x'"); }
std::string put_returning(const Script& s, int item) { return put(s, item) + " RETURNING run, item, value"; }
std::string raise(const Script& s) { return "UPDATE tally SET n = n + 1 WHERE id = " + number_of(s.run()); }
std::string tally(const Script& s) { return "SELECT n FROM tally WHERE id = " + number_of(s.run()); }
std::string synced(std::string_view sql) { return unit(sql) + w::sync_message(); }

constexpr Shape kShapes[] = {
    {"one insert", [](Script& s) { s.query("BEGIN").query(put(s, 1)).query("COMMIT").commits({1}); }},
    {"insert returning",
     [](Script& s) { s.query("BEGIN").query(put_returning(s, 1)).query("COMMIT").commits({1}); }},
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
    {"read only", [](Script& s) { s.query("BEGIN READ ONLY").query(tally(s)).query("COMMIT"); }},
    {"high priority",
     [](Script& s) { s.query("BEGIN PRIORITY HIGH").query(put(s, 1)).query("COMMIT").commits({1}); }},
    {"SET TRANSACTION",
     [](Script& s) {
         s.query("BEGIN")
             .query("SET TRANSACTION PRIORITY HIGH")
             .query(put(s, 1))
             .query("COMMIT")
             .commits({1});
     }},
    {"rolled back", [](Script& s) { s.query("BEGIN").query(put(s, 1)).query("ROLLBACK"); }},
    {"two transactions",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("COMMIT").commits({1});
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
    {"failed, and then another",
     [](Script& s) {
         s.query("BEGIN")
             .query(put(s, 1))
             .query("SELECT nothing FROM wide")
             .query("SELECT 1")
             .query("ROLLBACK");
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
    {"a large result",
     [](Script& s) {
         s.query("BEGIN").query("SELECT id, t FROM wide").query(put(s, 1)).query("COMMIT").commits({1});
     }},
    {"savepoint rolled back",
     [](Script& s) {
         s.query("BEGIN")
             .query(put(s, 1))
             .query("SAVEPOINT a")
             .query(put(s, 2))
             .query("ROLLBACK TO SAVEPOINT a");
         s.query(put(s, 3)).query("COMMIT").commits({1, 3});
     }},
    {"failed statement inside a savepoint",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").query("SELECT nothing FROM wide");
         s.query("ROLLBACK TO SAVEPOINT a").query(put(s, 2)).query("COMMIT").commits({1, 2});
     }},
    {"cockroach_restart",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT cockroach_restart").query(put(s, 1)).query(raise(s));
         s.query("RELEASE SAVEPOINT cockroach_restart").commits({1, kTally});
         s.query("COMMIT");
     },
     false},
    {"cockroach_restart used",
     [](Script& s) {
         s.query("BEGIN; SAVEPOINT cockroach_restart").query(put(s, 1));
         s.query("ROLLBACK TO SAVEPOINT cockroach_restart").query(put(s, 2));
         s.query("RELEASE SAVEPOINT cockroach_restart").commits({2});
         s.query("COMMIT");
     },
     false},
    {"cockroach_restart without RELEASE",
     [](Script& s) {
         s.query("BEGIN").query("SAVEPOINT cockroach_restart").query(put(s, 1)).query("COMMIT").commits({1});
     },
     false},
    {"autocommit insert", [](Script& s) { s.query(put(s, 1)).commits({1}); }, false},
    {"autocommit update", [](Script& s) { s.query(raise(s)).commits({kTally}); }, false},
    {"autocommit insert returning", [](Script& s) { s.query(put_returning(s, 1)).commits({1}); }, false},
    {"autocommit read", [](Script& s) { s.query(tally(s)); }, false},
    {"a whole transaction in a string",
     [](Script& s) { s.query("BEGIN;" + put(s, 1) + ";COMMIT").commits({1}, tag(3)); }, false},
    {"extended", [](Script& s) { s.extended("BEGIN").extended(put(s, 1)).extended("COMMIT").commits({1}); }},
    {"extended with parameters",
     [](Script& s) {
         s.extended("BEGIN");
         s.extended("UPDATE tally SET n = n + 1 WHERE id = $1 RETURNING n", {number_of(s.run())});
         s.extended("COMMIT").commits({kTally});
     }},
    {"named statement over two transactions",
     [](Script& s) {
         const auto use = w::bind_portal("", "up", {number_of(s.run())}) + w::execute("") + w::sync_message();
         s.extended("BEGIN").send(w::parse("up", "UPDATE tally SET n = n + 1 WHERE id = $1") + use);
         s.extended("COMMIT").commits({kTally});
         s.extended("BEGIN").send(use).extended("ROLLBACK");
     }},
    {"a whole transaction before a Sync",
     [](Script& s) { s.send(unit("BEGIN") + unit(put(s, 1)) + synced("COMMIT")).commits({1}, tag(3)); },
     false},
    {"Syncs in one write",
     [](Script& s) {
         s.send(synced("BEGIN") + synced(put(s, 1)) + synced(put_returning(s, 2)) + synced("COMMIT"), 4);
         s.commits({1, 2}, tag(4));
     }},
    {"pipelined autocommits",
     [](Script& s) {
         s.send(synced(put(s, 1)) + synced(put(s, 2)), 2).commits({1}, ready(1)).commits({2}, ready(2));
     },
     false},
    {"extended autocommit insert", [](Script& s) { s.extended(put(s, 1)).commits({1}, ready()); }, false},
    {"row limit",
     [](Script& s) {
         s.extended("BEGIN").extended(put(s, 1));
         s.send(w::parse("", "SELECT id, t FROM wide") + w::bind_portal("p", "") + w::execute("p", 3) +
                w::execute("p", 0) + w::sync_message());
         s.extended("COMMIT").commits({1});
     }},
    {"COPY in",
     [](Script& s) {
         const auto id = number_of(s.run()) + "001";
         s.query("BEGIN").query(raise(s)).send_until(w::query("COPY ledger FROM STDIN"), 'G');
         s.send(w::copy_data(id + "\t" + s.run() + "\t1\tx\n") + w::copy_done());
         s.query("COMMIT").commits({1, kTally});
     }},
    {"SET inside",
     [](Script& s) {
         s.query("BEGIN")
             .query("SET application_name = 'inside'")
             .query(put(s, 1))
             .query("SHOW application_name");
         s.query("COMMIT").commits({1});
         s.query("SHOW application_name");
     }},
    {"SET rolled back",
     [](Script& s) {
         s.query("BEGIN").query("SET application_name = 'inside'").query(put(s, 1)).query("ROLLBACK");
         s.query("SHOW application_name");
     }},
    {"autocommit CREATE and DROP TABLE",
     [](Script& s) {
         s.query("CREATE TABLE " + s.table() + " (x INT PRIMARY KEY)").query(put(s, 1)).commits({1});
         s.query("DROP TABLE " + s.table());
     },
     false},
    {"what another writes is read twice",
     [](Script& s) {
         const auto read = "SELECT run, 1, v FROM hot WHERE id = " + number_of(s.run());
         s.query("BEGIN").query(read).query(put(s, 2)).query(read).query("COMMIT").commits({2});
     },
     false, true},
};

}  // namespace

std::vector<Shape> crdb_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
