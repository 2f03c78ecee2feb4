#include <string>
#include <string_view>

#include "pooler/sql/literal.h"
#include "pooler/sql/statement.h"
#include "tests/support/catch.h"

using namespace pooler;

namespace {

// "scope variable value" of a text that is one SET or RESET, or why it is not.
std::string told(std::string_view text) {
    const SqlScript script = classify(text);
    if (!script.understood() || script.size() != 1) return "not understood";
    const SqlStatement& statement = script[0];
    if (statement.kind != StatementKind::kSet && statement.kind != StatementKind::kReset) return "not a SET";
    std::string out = statement.kind == StatementKind::kReset ? "reset "
                      : statement.scope == SetScope::kLocal   ? "local "
                                                              : "session ";
    out += variable_name(statement, text).value_or("?");
    if (statement.kind == StatementKind::kReset) return out;
    switch (statement.set_value) {
        case SetValue::kText: return out + " " + std::string{statement.value.in(text)};
        case SetValue::kDefault: return out + " DEFAULT";
        case SetValue::kNone: return out + " NONE";
        case SetValue::kFromCurrent: return out + " FROM CURRENT";
    }
    return out;
}

StatementKind kind(std::string_view text) {
    const SqlScript script = classify(text);
    return script.understood() && script.size() == 1 ? script[0].kind : StatementKind::kUnknown;
}

}  // namespace

TEST_CASE("set: a variable, its scope and its value as spelled") {
    CHECK(told("SET search_path TO a, \"B\", 'c'") == "session search_path a, \"B\", 'c'");
    CHECK(told("set session Work_Mem='4MB' ;") == "session work_mem '4MB'");
    CHECK(told("SET LOCAL statement_timeout = 5000") == "local statement_timeout 5000");
    CHECK(told("SET my.\"Var\" = on") == "session my.var on");
    CHECK(told("SET x = -1.5") == "session x -1.5");
    CHECK(told("SET x TO DEFAULT") == "session x DEFAULT");
    CHECK(told("SET x FROM CURRENT") == "session x FROM CURRENT");
    CHECK(told("SET database = defaultdb") == "session database defaultdb");
    CHECK(told("SET tracing = on") == "session tracing on");
}

TEST_CASE("set: the forms with words of their own") {
    CHECK(told("SET TIME ZONE 'Europe/Berlin'") == "session timezone 'Europe/Berlin'");
    CHECK(told("SET LOCAL TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE") ==
          "local timezone INTERVAL '-08:00' HOUR TO MINUTE");
    CHECK(told("SET TIME ZONE LOCAL") == "session timezone DEFAULT");
    CHECK(told("SET TIME ZONE DEFAULT") == "session timezone DEFAULT");
    CHECK(told("SET NAMES 'utf8'") == "session client_encoding 'utf8'");
    CHECK(told("SET NAMES") == "session client_encoding DEFAULT");
    CHECK(told("SET SCHEMA 'a'") == "session search_path 'a'");
    CHECK(told("SET ROLE admin") == "session role admin");
    CHECK(told("SET LOCAL ROLE NONE") == "local role NONE");
    CHECK(told("SET role TO admin") == "session role admin");
    CHECK(told("SET SESSION ROLE x") == "session role x");
    CHECK(told("SET SESSION AUTHORIZATION bob") == "session session_authorization bob");
    CHECK(told("SET LOCAL SESSION AUTHORIZATION DEFAULT") == "local session_authorization DEFAULT");
    CHECK(told("SET SESSION SESSION AUTHORIZATION bob") == "session session_authorization bob");
    CHECK(told("SET XML OPTION DOCUMENT") == "session xmloption DOCUMENT");
    CHECK(told("USE bank") == "session database bank");
}

TEST_CASE("set: RESET and its forms") {
    CHECK(told("RESET Work_Mem") == "reset work_mem");
    CHECK(told("RESET a.b") == "reset a.b");
    CHECK(told("RESET TIME ZONE") == "reset timezone");
    CHECK(told("RESET ROLE") == "reset role");
    CHECK(told("RESET SESSION AUTHORIZATION") == "reset session_authorization");
    CHECK(told("RESET TRANSACTION ISOLATION LEVEL") == "reset transaction_isolation");
    CHECK(kind("RESET ALL") == StatementKind::kResetAll);
    CHECK(kind("RESET CLUSTER SETTING a.b") == StatementKind::kUtility);
}

TEST_CASE("set: what is not one variable of the session is another kind") {
    CHECK(kind("SET TRANSACTION READ ONLY") == StatementKind::kSetTransaction);
    CHECK(kind("SET LOCAL TRANSACTION READ ONLY") == StatementKind::kSetTransaction);
    CHECK(kind("SET SESSION TRANSACTION PRIORITY HIGH") == StatementKind::kSetTransaction);
    CHECK(classify("SET TRANSACTION SNAPSHOT '1'")[0].transaction.snapshot);
    CHECK(classify("SET TRANSACTION AS OF SYSTEM TIME '-5s'")[0].transaction.as_of);
    CHECK(kind("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY") ==
          StatementKind::kSetSessionCharacteristics);
    CHECK(kind("SET CONSTRAINTS ALL DEFERRED") == StatementKind::kSetConstraints);
    CHECK(kind("SET CLUSTER SETTING a.b = 1") == StatementKind::kUtility);
    CHECK(kind("DISCARD ALL") == StatementKind::kDiscardAll);
    CHECK(kind("DISCARD TEMPORARY") == StatementKind::kDiscardTemp);
    CHECK(kind("DISCARD PLANS") == StatementKind::kDiscardPlans);
    CHECK(kind("DISCARD SEQUENCES") == StatementKind::kDiscardSequences);
}

TEST_CASE("set: an expression, or nothing, is no value") {
    for (const char* text : {"SET x", "SET x =", "SET x = (SELECT 1)", "SET x = f(1)", "SET x = $1",
                             "SET = 1", "SET x 1", "SET ROLE NONE x", "RESET", "RESET a b", "DISCARD",
                             "DISCARD ALL x", "SET TIME ZONE LOCAL x", "SET x = 'a'::text"})
        CHECK(kind(text) == StatementKind::kUnknown);
}

TEST_CASE("set: set_config with literals is as good as SET") {
    const std::string_view text = "SELECT pg_catalog.set_config('search_path', '', false)";
    const SqlStatement statement = classify(text)[0];
    CHECK(statement.set_config == SetConfig::kReadable);
    CHECK(statement.scope == SetScope::kSession);
    CHECK(variable_name(statement, text) == "search_path");
    CHECK(string_value(statement.value.in(text)) == "");
    CHECK(classify("select set_config('a.b', E'x\\n', true) as c")[0].scope == SetScope::kLocal);
}

TEST_CASE("set: set_config that we cannot see through leaves hidden state, unless it is local") {
    for (const char* text :
         {"SELECT set_config($1, 'b', false)", "SELECT set_config('a', b, false) FROM t",
          "SELECT set_config('a', 'b', false) FROM t", "SELECT set_config('a', 'b', c)",
          "SELECT set_config('a', 'b', false), 1",
          "SELECT set_config('a', set_config('c', 'd', true), false)",
          "SELECT set_config('a', 'b', true AND false)", "UPDATE t SET a = set_config('a', 'b', 'f')",
          "SELECT set_config('a', 'b', is_local => false)", "UPDATE pg_settings SET setting = 'x'"}) {
        CAPTURE(std::string{text});
        CHECK(classify(text).hidden_state());
    }
    const SqlScript local = classify("SELECT set_config('a', $1, true), set_config($2, $3, true)");
    CHECK(local[0].set_config == SetConfig::kLocalOnly);
    CHECK_FALSE(local.hidden_state());
}
