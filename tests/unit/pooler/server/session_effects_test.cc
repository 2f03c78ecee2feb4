#include "pooler/server/session_effects.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

using namespace pooler;
using Kind = VariableEffect::Kind;

namespace {

SessionEffects effects(std::string_view text, std::string_view safe = "",
                       Dialect dialect = Dialect::kPostgres) {
    static const TrackedNames tracked{{}};
    return effects_of(classify(text, dialect), text, {&tracked, dialect, safe});
}

bool taints(std::string_view text, std::string_view safe = "") { return effects(text, safe).taints; }

/// What becomes of variables, a statement's effects after each other: "name=value", "-name", "-".
std::string variables(std::string_view text) {
    const auto found = effects(text).variables;
    std::string out;
    if (!found) return out;
    for (const VariableEffect& effect : *found) {
        if (!out.empty()) out += ' ';
        switch (effect.kind) {
            case Kind::kSet: out += effect.name + "=" + effect.value.text; break;
            case Kind::kReset: out += "-" + effect.name; break;
            case Kind::kResetAll:
            case Kind::kDiscardAll: out += "-"; break;
            case Kind::kSavepoint: out += "save:" + effect.name; break;
            case Kind::kRelease: out += "release:" + effect.name; break;
            case Kind::kRollbackTo: out += "back:" + effect.name; break;
            case Kind::kNone: out += "."; break;
            case Kind::kLocalAuthorization: out += "local authorization"; break;
            case Kind::kUnknown: out += "?"; break;
            case Kind::kOpaque: out += "??"; break;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("session effects: an unlisted function taints, unless the list names it as it is called") {
    struct Row {
        const char* text;
        const char* safe;
        bool taints;
    };
    const std::vector<Row> rows{
        {"SELECT harmless()", "", true},
        {"SELECT harmless()", "other, harmless", false},
        {"SELECT HARMLESS ()", " Harmless\t", false},
        {"SELECT harmless(), set_tenant('x')", "harmless", true},
        {"SELECT harmless(set_tenant('x'))", "harmless", true},
        {"SELECT upper('x'), harmless(now())", "harmless", false},
        {"SELECT harm()", "harmless", true},
        // Schemas: a built-in name of another schema is not built in.
        {"SELECT evil.lower('x'), harmless()", "harmless", true},
        {"SELECT evil.lower('x')", "evil.lower", false},
        {"SELECT pg_catalog.lower('x'), harmless()", "harmless", false},
        {"SELECT any_schema.harmless()", "harmless", false},
        {"SELECT app.harmless()", "app.harmless", false},
        {"SELECT db.app . harmless()", "app.harmless", false},
        {"SELECT evil.harmless()", "app.harmless", true},
        {"SELECT harmless()", "app.harmless", true},
        // Words that mean something to the classifier.
        {"SELECT harmless(), backup('x')", "harmless", true},
        {"SELECT backup('x')", "backup", false},
        // Quotes.
        {"SELECT \"Harmless\"()", "harmless", true},
        {"SELECT \"Harmless\"()", "\"Harmless\"", false},
        {"SELECT \"harmless\"()", "Harmless", false},
        {"SELECT \"app.harmless\"()", "app.harmless", true},
        {"SELECT U&\"harmless\"()", "harmless", true},
        // What a function cannot excuse.
        {"UPDATE pg_settings SET setting = harmless()", "harmless", true},
        {"DO 'BEGIN PERFORM harmless(); END'", "harmless", true},
        {"EXECUTE p(harmless())", "harmless, p", true},
        {"SELECT set_config(a, b, false), harmless() FROM t", "harmless", true},
        {"frobnicate harmless()", "harmless", true},
        {"CALL harmless()", "harmless", false},
        {"CALL lower('x')", "harmless", true},
        {"CREATE TABLE x AS SELECT 1 FROM a JOIN b ON harmless()", "harmless", false},
        {"", "harmless", false},
        {"SELECT harmless()", ", ,\"", true},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string{row.text}, std::string{row.safe});
        CHECK(taints(row.text, row.safe) == row.taints);
    }
}

TEST_CASE("session effects: each statement of a script is judged for itself") {
    CHECK(taints("SELECT harmless(); SELECT f()", "harmless"));
    CHECK(taints("SELECT f(); SELECT harmless()", "harmless"));
    CHECK_FALSE(taints("SELECT harmless(); SELECT 1; SELECT harmless(2)", "harmless"));
    CHECK(effects("SELECT unique_rowid()").taints);
    CHECK_FALSE(effects("SELECT unique_rowid()", "", Dialect::kCockroach).taints);
}

TEST_CASE("session effects: what is set, reset and saved") {
    const std::vector<std::pair<const char*, const char*>> rows{
        {"SELECT 1", ""},
        {"SET geqo = off", "geqo='off'"},
        {"SET search_path TO A, \"B\", 'c d'", "search_path='a', 'B', 'c d'"},
        {"SET SESSION work_mem = 64; RESET geqo", "work_mem='64' -geqo"},
        {"SET geqo TO DEFAULT", "-geqo"},
        {"SET LOCAL geqo = off", ""},
        {"SET ROLE NONE", "role='none'"},
        {"SET LOCAL SESSION AUTHORIZATION a", "local authorization"},
        {"SET x.y = 1.5e3", "?"},
        {"RESET ALL; SELECT 1; DISCARD ALL", "- . -"},
        {"SAVEPOINT A; ROLLBACK TO \"A\"; RELEASE a", "save:a back:A release:a"},
        {"SELECT set_config('a.b', 'It''s', false)", "a.b=It's"},
        {"SELECT set_config('a.b', 'x', true)", ""},
        {"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL SERIALIZABLE",
         "default_transaction_isolation='serializable' default_transaction_read_only='on'"},
        {"SET TRANSACTION READ ONLY", ""},
    };
    for (const auto& [text, said] : rows) {
        CAPTURE(std::string{text});
        CHECK(variables(text) == said);
    }
    const auto tracked = effects("SET timezone = 'UTC'").variables;
    REQUIRE(tracked);
    CHECK(tracked->front().tracked > 0);
    CHECK(effects("RESET geqo").restores);
    CHECK_FALSE(effects("SET geqo = off").restores);
}

TEST_CASE("session effects: what pins a session, and what may take it away") {
    const auto pins = [](std::string_view text, Dialect dialect = Dialect::kPostgres) {
        return describe(effects(text, "", dialect).pins);
    };
    CHECK(pins("CREATE TEMP TABLE t (a int)") == "temporary object");
    CHECK(pins("DECLARE c CURSOR WITH HOLD FOR SELECT 1") == "cursor with hold");
    CHECK(pins("PREPARE p AS SELECT 1; LISTEN c") == "SQL PREPARE, LISTEN");
    CHECK(pins("SELECT pg_advisory_lock(1)") == "advisory lock");
    CHECK(pins("SELECT pg_advisory_lock(1)", Dialect::kCockroach).empty());
    CHECK(pins("LISTEN c", Dialect::kCockroach).empty());
    CHECK(pins("SELECT 1").empty());
    for (const char* text : {"DROP TABLE t", "CLOSE c", "DISCARD ALL", "UNLISTEN *", "DEALLOCATE p",
                             "SELECT pg_advisory_unlock(1)", "SELECT f()", "DO 'x'"}) {
        CAPTURE(std::string{text});
        CHECK(effects(text).may_unpin);
    }
    CHECK_FALSE(effects("INSERT INTO t VALUES (1)").may_unpin);
}

TEST_CASE("session effects: a text that is not understood may do anything") {
    for (const auto& said : {effects("SELECT 'a\\'"), effects_of_unreadable(), effects_of_anything()}) {
        CHECK(said.taints);
        CHECK(said.may_unpin);
        REQUIRE(said.variables);
    }
    CHECK(effects_of_unreadable().variables->front().kind == Kind::kOpaque);
    CHECK(effects_of_anything().variables->front().kind == Kind::kUnknown);
    CHECK(touches_session(classify("SELECT 'a\\'")));
    CHECK(touches_session(classify("SELECT f()")));
    CHECK_FALSE(touches_session(classify("SELECT lower('a'); UPDATE t SET a = 1")));
}
