// Shapes for the fake CockroachDB node: the extended protocol, pipelines, portals, COPY.
#include "tests/integration/replay/crdb_sql.h"
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

namespace w = support::wire;
using namespace crdb_sql;

constexpr const char* kPut = "INSERT INTO ledger VALUES ($1, $2, $3, $4)";
constexpr const char* kCopyIn = "COPY ledger FROM STDIN";

/// Bind and Execute of a named statement that puts an item.
std::string use(const Script& s, const char* name, int item) {
    return w::bind_portal("", name, {key_of(s, item), s.run(), std::to_string(item), "x"}) + w::execute("") +
           w::sync_message();
}

constexpr Shape kExtended[] = {
    {"extended", [](Script& s) { s.extended("BEGIN").extended(put(s, 1)).extended("COMMIT").commits({1}); }},
    {"extended with parameters",
     [](Script& s) {
         s.extended("BEGIN");
         s.extended("UPDATE tally SET n = n + 1 WHERE id = $1 RETURNING n", {number_of(s.run())});
         s.extended("COMMIT").commits({kTally});
     }},
    {"extended and simple mixed",
     [](Script& s) {
         s.query("BEGIN").extended(put(s, 1)).query(put(s, 2)).extended("COMMIT").commits({1, 2});
     }},
    {"savepoints of the extended protocol",
     [](Script& s) {
         s.extended("BEGIN").extended(put(s, 1)).extended("SAVEPOINT a").extended(kBad);
         s.extended("ROLLBACK TO SAVEPOINT a").extended(put(s, 2)).extended("COMMIT").commits({1, 2});
     }},
    {"named statement of before",
     [](Script& s) {
         s.send(w::parse("put", kPut) + w::describe_statement("put") + w::sync_message());
         s.query("BEGIN").send(use(s, "put", 1)).query("COMMIT").commits({1});
     }},
    {"named statement over two transactions",
     [](Script& s) {
         const auto use = w::bind_portal("", "up", {number_of(s.run())}) + w::execute("") + w::sync_message();
         s.extended("BEGIN").send(w::parse("up", "UPDATE tally SET n = n + 1 WHERE id = $1") + use);
         s.extended("COMMIT").commits({kTally});
         s.extended("BEGIN").send(use).extended("ROLLBACK");
     }},
    {"named statement closed and made anew",
     [](Script& s) {
         s.query("BEGIN").send(w::parse("put", kPut) + w::sync_message()).send(use(s, "put", 1));
         s.send(w::close_statement("put") + w::parse("put", put(s, 2)) + w::sync_message());
         s.send(w::bind_portal("", "put") + w::execute("") + w::sync_message());
         s.query("COMMIT").commits({1, 2});
     }},
    {"unnamed statement used again",
     [](Script& s) {
         s.query("BEGIN").send(w::parse("", kPut) + w::sync_message());
         s.send(use(s, "", 1)).send(use(s, "", 2)).query("COMMIT").commits({1, 2});
     }},
    {"described",
     [](Script& s) {
         s.extended("BEGIN").send(w::parse("q", "SELECT n FROM tally WHERE id = $1") +
                                  w::describe_statement("q") + w::sync_message());
         s.send(w::bind_portal("", "q", {number_of(s.run())}) + w::describe_portal("") + w::execute("") +
                w::sync_message());
         s.extended(raise(s)).extended("COMMIT").commits({kTally});
     }},
    {"statement that cannot be parsed",
     [](Script& s) {
         s.extended("BEGIN").extended(put(s, 1)).send(w::parse("bad", "SELEC") + w::sync_message());
         s.extended("ROLLBACK").extended("BEGIN").extended(put(s, 2)).extended("COMMIT").commits({2});
     }},
    {"extended autocommit insert", [](Script& s) { s.extended(put(s, 1)).commits({1}, tag()); }, false},
    {"extended autocommit read",
     [](Script& s) { s.extended("SELECT n FROM tally WHERE id = $1", {number_of(s.run())}); }, false},
    {"several writes before a Sync",
     [](Script& s) { s.send(unit(put(s, 1)) + synced(put(s, 2))).commits({1}, tag(1)).commits({2}, tag(2)); },
     false},
    {"a whole transaction before a Sync",
     [](Script& s) { s.send(unit("BEGIN") + unit(put(s, 1)) + synced("COMMIT")).commits({1}, tag(3)); },
     false},
    {"BEGIN and the first write before a Sync",
     [](Script& s) {
         s.send(unit("BEGIN") + synced(put(s, 1)));
         s.send(unit(put(s, 2)) + synced("COMMIT")).commits({1, 2}, tag(2));
     }},
    {"Syncs in one write",
     [](Script& s) {
         s.send(synced("BEGIN") + synced(put(s, 1)) + synced(put_returning(s, 2)) + synced("COMMIT"), 4);
         s.commits({1, 2}, tag(4));
     }},
    {"pipelined, then COMMIT",
     [](Script& s) {
         s.send(synced("BEGIN") + synced(put_returning(s, 1)) + synced(tally(s)), 3);
         s.send(synced(put(s, 2)) + synced("SELECT 1"), 2).send(synced("COMMIT")).commits({1, 2});
     }},
    {"pipelined autocommits",
     [](Script& s) {
         s.send(synced(put(s, 1)) + synced(put(s, 2)), 2).commits({1}, tag(1)).commits({2}, tag(2));
     },
     false},
    {"an error in the middle of a pipeline",
     [](Script& s) {
         s.send(synced(put(s, 1)) + unit(kBad) + synced(put(s, 2)) + synced(put(s, 3)), 3);
         s.commits({1}, tag(1)).commits({3}, tag(2));
     },
     false},
    {"an error in a pipelined transaction",
     [](Script& s) {
         s.send(synced("BEGIN") + synced(put(s, 1)) + synced(kBad) + synced("COMMIT"), 4);
         s.send(synced(put(s, 2))).commits({2}, tag());
     },
     false},
    {"flushed",
     [](Script& s) {
         s.send_until(unit("BEGIN") + unit(put_returning(s, 1)) + w::flush_message(), 'C', 2);
         s.send_until(unit(put(s, 2)) + w::flush_message(), 'C');
         s.send(synced("COMMIT")).commits({1, 2});
     }},
    {"row limit",
     [](Script& s) {
         s.extended("BEGIN").extended(put(s, 1));
         s.send(w::parse("", "SELECT id, t FROM wide") + w::bind_portal("p", "") + w::execute("p", 3) +
                w::execute("p", 0) + w::sync_message());
         s.extended("COMMIT").commits({1});
     }},
    {"row limit over Syncs",
     [](Script& s) {
         s.extended("BEGIN").extended(put(s, 1));
         s.send(w::parse("", "SELECT id FROM wide LIMIT 5") + w::bind_portal("p", "") + w::execute("p", 2) +
                w::sync_message());
         s.send(w::execute("p", 2) + w::sync_message()).send(w::execute("p", 2) + w::sync_message());
         s.extended("COMMIT").commits({1});
     }},
    {"another statement beside a suspended portal",
     [](Script& s) {
         s.extended("BEGIN").extended(put(s, 1));
         s.send(w::parse("", "SELECT id FROM wide LIMIT 5") + w::bind_portal("p", "") + w::execute("p", 2) +
                w::sync_message());
         s.extended("SELECT 1").query("ROLLBACK");
         s.query("BEGIN").query(put(s, 2)).query("COMMIT").commits({2});
     }},
};

constexpr Shape kCopies[] = {
    {"COPY in",
     [](Script& s) {
         s.query("BEGIN").query(raise(s)).send_until(w::query(kCopyIn), 'G');
         s.send(line(s, 1) + w::copy_done()).query("COMMIT").commits({1, kTally});
     }},
    {"COPY in, line by line",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).send_until(w::query(kCopyIn), 'G');
         s.tell(line(s, 2)).tell(line(s, 3)).send(w::copy_done()).query("COMMIT").commits({1, 2, 3});
     }},
    {"COPY in, given up inside a savepoint",
     [](Script& s) {
         s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").send_until(w::query(kCopyIn), 'G');
         s.send(line(s, 2) + w::copy_fail("no")).query("ROLLBACK TO SAVEPOINT a").query(put(s, 3));
         s.query("COMMIT").commits({1, 3});
     }},
    {"COPY in of a bad line",
     [](Script& s) {
         s.query("BEGIN").send_until(w::query(kCopyIn), 'G');
         s.send(line(s, 1) + w::copy_data("bad\tx\t1\tx\n") + w::copy_done()).query("ROLLBACK");
     }},
    {"autocommit COPY in",
     [](Script& s) {
         s.send_until(w::query(kCopyIn), 'G').send(line(s, 1) + line(s, 2) + w::copy_done()).commits({1, 2});
     },
     false},
};

}  // namespace

std::vector<Shape> crdb_extended_shapes() {
    std::vector<Shape> all{std::begin(kExtended), std::end(kExtended)};
    all.insert(all.end(), std::begin(kCopies), std::end(kCopies));
    return all;
}

}  // namespace replay
