// Shapes of the extended protocol: parameters, named statements, pipelines.
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

namespace w = support::wire;

std::string synced(std::string_view sql) { return unit(sql) + w::sync_message(); }

std::string put_parameter(int item) {
    return "INSERT INTO ledger VALUES ($1, " + std::to_string(item) + ", $2)";
}

/// Bind and Execute of a named statement that puts an item.
std::string use(const Script& s, const char* name, const char* value) {
    return w::bind_portal("", name, {s.run(), value}) + w::execute("") + w::sync_message();
}

constexpr Shape kShapes[] = {
    {"extended", [](Script& s) { s.extended("BEGIN").extended(s.put(1)).extended("COMMIT").commits({1}); }},
    {"extended with parameters",
     [](Script& s) {
         s.extended("BEGIN").extended(put_parameter(1) + " RETURNING run, item, value", {s.run(), "größe"});
         s.extended("SELECT $1::int + 1, $2::text", {"41", std::nullopt});
         s.extended("COMMIT").commits({1});
     }},
    {"extended and simple mixed",
     [](Script& s) {
         s.query("BEGIN").extended(s.put(1)).query(s.put(2)).extended("COMMIT").commits({1, 2});
     }},
    {"named statement of before",
     [](Script& s) {
         s.send(w::parse("put", put_parameter(1)) + w::describe_statement("put") + w::sync_message());
         s.query("BEGIN").send(use(s, "put", "a")).query("COMMIT").commits({1});
     }},
    {"named statement over two transactions",
     [](Script& s) {
         s.extended("BEGIN").send(w::parse("put", "INSERT INTO ledger VALUES ($1, $2::int)") +
                                  w::bind_portal("", "put", {s.run(), "1"}) + w::execute("") +
                                  w::sync_message());
         s.extended("COMMIT").commits({1});
         s.extended("BEGIN").send(w::bind_portal("", "put", {s.run(), "2"}) + w::execute("") +
                                  w::sync_message());
         s.extended("COMMIT").commits({2});
     }},
    {"named statement closed and made anew",
     [](Script& s) {
         s.query("BEGIN")
             .send(w::parse("put", put_parameter(1)) + w::sync_message())
             .send(use(s, "put", "a"));
         s.send(w::close_statement("put") + w::parse("put", put_parameter(2)) + w::sync_message());
         s.send(use(s, "put", "b")).query("COMMIT").commits({1, 2});
     }},
    {"unnamed statement used again",
     [](Script& s) {
         s.query("BEGIN").send(w::parse("", "INSERT INTO ledger VALUES ($1, $2::int)") + w::sync_message());
         for (const char* item : {"1", "2"})
             s.send(w::bind_portal("", "", {s.run(), item}) + w::execute("") + w::sync_message());
         s.query("COMMIT").commits({1, 2});
     }},
    {"described",
     [](Script& s) {
         s.extended("BEGIN").send(w::parse("q", "SELECT n FROM tally WHERE run = $1") +
                                  w::describe_statement("q") + w::sync_message());
         s.send(w::bind_portal("", "q", {s.run()}) + w::describe_portal("") + w::execute("") +
                w::sync_message());
         s.extended(s.raise()).extended("COMMIT").commits({kTally});
     }},
    {"statement that cannot be parsed",
     [](Script& s) {
         s.extended("BEGIN").extended(s.put(1)).send(w::parse("bad", "SELEC") + w::sync_message());
         s.extended("ROLLBACK").extended("BEGIN").extended(s.put(2)).extended("COMMIT").commits({2});
     }},
    {"extended autocommit insert", [](Script& s) { s.extended(s.put(1)).commits({1}, ready()); }, false},
    {"extended autocommit read",
     [](Script& s) { s.extended("SELECT n FROM tally WHERE run = $1", {s.run()}); }, false},
    {"several writes before a Sync",
     [](Script& s) {
         s.send(unit(s.put(1)) + synced(s.put(2))).commits({1, 2}, ready());
     },
     false},
    {"a whole transaction before a Sync",
     [](Script& s) { s.send(unit("BEGIN") + unit(s.put(1)) + synced("COMMIT")).commits({1}, tag(3)); }},
    {"BEGIN and the first write before a Sync",
     [](Script& s) {
         s.send(unit("BEGIN") + synced(s.put(1)))
             .send(unit(s.put(2)) + synced("COMMIT"))
             .commits({1, 2}, tag(2));
     }},
    {"Syncs in one write",
     [](Script& s) {
         s.send(synced("BEGIN") + synced(s.put(1)) + synced(s.put(2)) + synced("COMMIT"), 4)
             .commits({1, 2}, tag(4));
     }},
    {"pipelined, then COMMIT",
     [](Script& s) {
         s.send(synced("BEGIN") + synced(s.put_returning(1)) + synced("SELECT text FROM wide WHERE id < 9"),
                3);
         s.send(synced(s.put(2)) + synced("SELECT 1"), 2).send(synced("COMMIT")).commits({1, 2});
     }},
    {"pipelined autocommits",
     [](Script& s) {
         s.send(synced(s.put(1)) + synced(s.put(2)) + synced(s.put(3)), 3);
         s.commits({1}, ready(1)).commits({2}, ready(2)).commits({3}, ready(3));
     },
     false},
    {"an error in the middle of a pipeline",
     [](Script& s) {
         s.send(synced(s.put(1)) + unit("SELECT 1/0") + synced(s.put(2)) + synced(s.put(3)), 3);
         s.commits({1}, ready(1)).commits({3}, ready(3));
     },
     false},
    {"an error in a pipelined transaction",
     [](Script& s) {
         s.send(synced("BEGIN") + synced(s.put(1)) + synced("SELECT 1/0") + synced("COMMIT"), 4);
         s.send(synced(s.put(2))).commits({2}, ready());
     },
     false},
    {"flushed",
     [](Script& s) {
         s.send_until(unit("BEGIN") + unit(s.put_returning(1)) + w::flush_message(), 'C', 2);
         s.send_until(unit(s.put(2)) + w::flush_message(), 'C');
         s.send(synced("COMMIT")).commits({1, 2});
     }},
    {"empty queries",
     [](Script& s) {
         s.query("").query("BEGIN").extended("").extended(s.put(1)).query(";").query("COMMIT").commits({1});
     }},
};

}  // namespace

std::vector<Shape> extended_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
