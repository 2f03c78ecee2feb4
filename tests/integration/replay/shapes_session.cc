// Shapes that change the session: SET in all its forms, and what a rollback takes back.
#include "tests/integration/replay/shapes.h"

namespace replay {

namespace {

constexpr Shape kShapes[] = {
    {"SET before",
     [](Script& s) {
         // One step: a SET that is sent on a connection that ends is an outcome left open, not a transaction.
         s.send(support::wire::query("SET work_mem = '5MB'") +
                    support::wire::query("SET application_name = 'shape'"),
                2);
         s.query("BEGIN").query("SHOW work_mem").query(s.put(1)).query("COMMIT").commits({1});
         s.query("SHOW application_name");
     }},
    {"SET inside",
     [](Script& s) {
         s.query("BEGIN")
             .query("SHOW work_mem")
             .query("SET work_mem = '5MB'")
             .query(s.put(1))
             .query("SHOW work_mem");
         s.query("COMMIT").commits({1});
         s.query("SHOW work_mem");
     }},
    {"SET LOCAL",
     [](Script& s) {
         s.query("BEGIN").query("SET LOCAL work_mem = '6MB'").query(s.put(1)).query("SHOW work_mem");
         s.query("COMMIT").commits({1});
         s.query("SHOW work_mem");
     }},
    {"SET rolled back",
     [](Script& s) {
         s.query("BEGIN")
             .query("SET work_mem = '7MB'")
             .query(s.put(1))
             .query("ROLLBACK")
             .query("SHOW work_mem");
     }},
    {"SET after a savepoint that is rolled back",
     [](Script& s) {
         s.query("BEGIN").query("SET work_mem = '5MB'").query("SAVEPOINT a").query("SET work_mem = '6MB'");
         s.query("ROLLBACK TO a").query("SHOW work_mem").query(s.put(1)).query("COMMIT").commits({1});
         s.query("SHOW work_mem");
     }},
    {"SET twice, values read between",
     [](Script& s) {
         s.extended("BEGIN").extended("SET application_name = 'one'").extended("SHOW application_name");
         s.extended(s.put(1)).extended("SET application_name = 'two'").extended("SHOW application_name");
         s.extended("COMMIT").commits({1});
     }},
    {"set_config",
     [](Script& s) {
         s.query("BEGIN").query("SELECT set_config('work_mem', '5MB', false)").query(s.put(1));
         s.query("SHOW work_mem").query("COMMIT").commits({1});
     }},
    {"RESET inside",
     [](Script& s) {
         s.query("SET work_mem = '5MB'").query("BEGIN").query(s.put(1)).query("RESET work_mem");
         s.query("SHOW work_mem").query("COMMIT").commits({1});
     }},
    {"SET TRANSACTION",
     [](Script& s) {
         s.query("BEGIN")
             .query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
             .query("SHOW transaction_isolation");
         s.query(s.put(1)).query("COMMIT").commits({1});
     }},
    {"search_path",
     [](Script& s) {
         s.query("BEGIN")
             .query("SET search_path = pg_catalog, public")
             .query(s.put(1))
             .query("SHOW search_path");
         s.query("COMMIT").commits({1});
     }},
};

}  // namespace

std::vector<Shape> session_shapes() { return {std::begin(kShapes), std::end(kShapes)}; }

}  // namespace replay
