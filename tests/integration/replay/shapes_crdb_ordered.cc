// Shapes for the fake CockroachDB node that goes wrong by itself, and is cut besides: retryable errors at all
// points, a drain. With replay alone, since nothing else hides them.
#include "tests/integration/replay/crdb_sql.h"
#include "tests/integration/replay/shapes.h"

namespace replay {
namespace {

namespace w = support::wire;
using namespace crdb_sql;

void simple(Script& s) {
    s.query("BEGIN").query(put(s, 1)).query(raise(s)).query("COMMIT").commits({1, kTally});
}
void with_results(Script& s) {
    s.query("BEGIN").query(put_returning(s, 1)).query(tally(s)).query(raise(s)).query(tally(s));
    s.query("COMMIT").commits({1, kTally});
}
void extended(Script& s) {
    s.extended("BEGIN").extended(put_returning(s, 1)).extended(raise(s)).extended("COMMIT");
    s.commits({1, kTally});
}
void pipelined(Script& s) {
    s.send(synced("BEGIN") + synced(put_returning(s, 1)) + synced(raise(s)) + synced("COMMIT"), 4);
    s.commits({1, kTally}, tag(4));
}
void flushed(Script& s) {
    s.send_until(unit("BEGIN") + unit(put_returning(s, 1)) + w::flush_message(), 'C', 2);
    s.send_until(unit(raise(s)) + w::flush_message(), 'C');
    s.send(synced("COMMIT")).commits({1, kTally});
}
void two_batches(Script& s) {
    s.send(unit("BEGIN") + synced(put(s, 1)));
    s.send(unit(raise(s)) + synced("COMMIT")).commits({1, kTally}, tag(2));
}
/// With a COMMIT behind it the pooler passes a drain's 57014 on.
void pipelined_before(Script& s) {
    s.send(synced("BEGIN") + synced(put_returning(s, 1)) + synced(raise(s)), 3);
    s.extended("COMMIT").commits({1, kTally});
}
void savepoints(Script& s) {
    s.query("BEGIN").query(put(s, 1)).query("SAVEPOINT a").query(put(s, 2));
    s.query("ROLLBACK TO SAVEPOINT a").query(raise(s)).query("COMMIT").commits({1, kTally});
}
void sets(Script& s) {
    s.query("BEGIN").query("SET application_name = 'inside'").query(put(s, 1)).query(raise(s));
    s.query("SHOW application_name").query("COMMIT").commits({1, kTally});
}
void copies(Script& s) {
    s.query("BEGIN").query(put(s, 1)).send_until(w::query("COPY ledger FROM STDIN"), 'G');
    s.send(line(s, 2) + w::copy_done()).query(raise(s)).query("COMMIT").commits({1, 2, kTally});
}
void write_alone(Script& s) { s.query(put(s, 1)).commits({1}); }
void write_alone_extended(Script& s) { s.extended(put_returning(s, 1)).commits({1}); }
void read_alone(Script& s) { s.query(tally(s)); }

constexpr Shape kShapes[] = {
    {"40001 at the first statement", simple, true, false, Ordered::kRetryFirst},
    {"40001 at the second statement", simple, true, false, Ordered::kRetrySecond},
    {"40001 at the second statement, twice", simple, true, false, Ordered::kRetryTwice},
    {"aborted at the second statement", simple, true, false, Ordered::kAborted},
    {"40001 at COMMIT", simple, true, false, Ordered::kRetryCommit},
    {"40001 behind results", with_results, true, false, Ordered::kRetrySecond},
    {"40001 at COMMIT behind results", with_results, true, false, Ordered::kRetryCommit},
    {"40001 at the second statement, extended", extended, true, false, Ordered::kRetrySecond},
    {"40001 at COMMIT, extended", extended, true, false, Ordered::kRetryCommit},
    {"40001 in a pipeline", pipelined, false, false, Ordered::kRetrySecond},
    {"40001 at COMMIT in a pipeline", pipelined, false, false, Ordered::kRetryCommit},
    {"40001 at the first statement of a flushed batch", flushed, true, false, Ordered::kRetryFirst},
    {"40001 in a flushed batch", flushed, true, false, Ordered::kRetrySecond},
    {"40001 with COMMIT in the same batch", two_batches, true, false, Ordered::kRetrySecond},
    {"40001 behind a savepoint", savepoints, true, false, Ordered::kRetrySecond},
    {"40001 at COMMIT behind a savepoint", savepoints, true, false, Ordered::kRetryCommit},
    {"40001 behind SET", sets, true, false, Ordered::kRetrySecond},
    {"40001 behind COPY", copies, true, false, Ordered::kRetrySecond},
    {"40001 at an autocommit write", write_alone, false, false, Ordered::kRetryFirst},
    {"40001 at an autocommit write, extended", write_alone_extended, false, false, Ordered::kRetryFirst},
    {"40001 at an autocommit read", read_alone, false, false, Ordered::kRetryFirst},
    {"drained in the first statement", simple, true, false, Ordered::kDrainedFirst},
    {"drained in the first statement, extended", extended, true, false, Ordered::kDrainedFirst},
    {"drained in the second statement", simple, true, false, Ordered::kDrained},
    {"drained in the second statement, extended", extended, true, false, Ordered::kDrained},
    {"drained in a pipeline", pipelined_before, true, false, Ordered::kDrained},
    {"refused by a drain, autocommit write", write_alone, false, false, Ordered::kRefused},
    {"refused by a drain, autocommit write, extended", write_alone_extended, false, false, Ordered::kRefused},
    {"refused by a drain, first statement", simple, true, false, Ordered::kRefused},
};

}  // namespace

std::vector<Shape> crdb_ordered_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
