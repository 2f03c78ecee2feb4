#include "pooler/server/variables.h"

#include "tests/support/catch.h"

using pooler::StateChange;
using pooler::Variables;
using pooler::VariableValue;

namespace {

VariableValue list(const char* text) { return {text, VariableValue::Form::kList}; }
VariableValue flat(const char* text) { return {text, VariableValue::Form::kFlat}; }

Variables with(std::initializer_list<std::pair<const char*, VariableValue>> items) {
    Variables variables;
    for (const auto& [name, value] : items) variables.set(name, value);
    return variables;
}

std::string change(const Variables& from, const Variables& to) {
    StateChange change;
    append_cleaning(change, from, to);
    append_setting(change, from, to);
    return change.sql;
}

}  // namespace

TEST_CASE("variables: a set is a map by name, and equal sets are equal") {
    Variables a = with({{"work_mem", list("'1MB'")}, {"a.b", list("'x'")}});
    Variables b = with({{"a.b", list("'x'")}, {"work_mem", list("'1MB'")}});
    CHECK(a == b);
    CHECK(a.get("work_mem")->text == "'1MB'");
    CHECK(a.get("work_me") == nullptr);
    b.erase("a.b");
    CHECK_FALSE(a == b);
    b.erase("work_mem");
    b.erase("work_mem");
    CHECK(b.empty());
    CHECK(b == Variables{});
    a.set("work_mem", flat("1MB"));
    CHECK(a.get("work_mem")->form == VariableValue::Form::kFlat);
}

TEST_CASE("variables: equal sets of one worker become one object") {
    pooler::VariableCache cache;
    Variables a = with({{"work_mem", list("'1MB'")}});
    Variables b = with({{"work_mem", list("'1MB'")}});
    CHECK(&a.list() != &b.list());
    a.share(cache);
    b.share(cache);
    CHECK(&a.list() == &b.list());
}

TEST_CASE("variables: nothing is sent when nothing differs") {
    const Variables a = with({{"work_mem", list("'1MB'")}, {"role", list("'r'")}});
    CHECK(change(a, a).empty());
    CHECK(change({}, {}).empty());
}

TEST_CASE("variables: exactly the difference is sent") {
    const Variables a = with({{"work_mem", list("'1MB'")}, {"geqo", list("'off'")}, {"x.y", list("'1'")}});
    const Variables b = with({{"work_mem", list("'2MB'")}, {"geqo", list("'off'")}, {"jit", flat("o'n")}});
    CHECK(change(a, b) == "RESET \"x\".\"y\";SET jit='o''n';SET work_mem='2MB';");
    CHECK(change(b, a) == "RESET jit;SET work_mem='1MB';SET \"x\".\"y\"='1';");
    CHECK(change({}, a) == "SET geqo='off';SET work_mem='1MB';SET \"x\".\"y\"='1';");
}

TEST_CASE("variables: a list of names given as one string stays a list") {
    CHECK(change({}, with({{"search_path", flat("a, \"B\"")}})) ==
          "SELECT pg_catalog.set_config('search_path','a, \"B\"',false);");
    CHECK(change({}, with({{"search_path", list("'a', 'B'")}})) == "SET search_path='a', 'B';");
}

TEST_CASE("variables: the identity is left before and taken up after everything else") {
    const Variables app = with({{"role", list("'r'")}, {"work_mem", list("'1MB'")}});
    const Variables other =
        with({{"session_authorization", list("'o'")}, {"role", list("'none'")}, {"geqo", list("'off'")}});
    CHECK(change(app, other) ==
          "RESET work_mem;RESET ROLE;SET geqo='off';SET session_authorization='o';SET role='none';");
    CHECK(change(other, app) ==
          "RESET geqo;RESET SESSION AUTHORIZATION;RESET ROLE;SET work_mem='1MB';SET role='r';");
    CHECK(change(other, {}) == "RESET geqo;RESET SESSION AUTHORIZATION;RESET ROLE;");
    // Only a variable differs, and it is set by who logged in.
    CHECK(change(app, with({{"role", list("'r'")}})) == "RESET work_mem;RESET ROLE;SET role='r';");
}

TEST_CASE("variables: time limits go first and come last") {
    const Variables a = with({{"statement_timeout", list("'1ms'")}, {"geqo", list("'off'")}});
    const Variables b = with({{"statement_timeout", list("'5s'")}, {"work_mem", list("'1MB'")}});
    CHECK(change(a, b) ==
          "RESET statement_timeout;RESET geqo;SET work_mem='1MB';SET statement_timeout='5s';");
}

TEST_CASE("variables: a change knows which statements are whose") {
    const Variables a = with({{"geqo", list("'off'")}, {"role", list("'r'")}});
    const Variables b = with({{"work_mem", list("'1MB'")}, {"jit", list("'off'")}, {"role", list("'r'")}});
    StateChange change;
    append_cleaning(change, a, b);
    CHECK(change.cleaning == 2);
    append_setting(change, a, b);
    CHECK(change.setting == 3);
}

TEST_CASE("variables: RESET ALL leaves the identity") {
    Variables a = with({{"geqo", list("'off'")}, {"role", list("'r'")}});
    a.erase_all_but_identity();
    CHECK(a == with({{"role", list("'r'")}}));
    a.erase("role");
    a.erase_all_but_identity();
    CHECK(a.empty());
}

TEST_CASE("variables: what is there is kept when the rest is filled in") {
    Variables a = with({{"geqo", list("'off'")}});
    a.fill_from(with({{"geqo", list("'on'")}, {"jit", list("'off'")}}));
    CHECK(a == with({{"geqo", list("'off'")}, {"jit", list("'off'")}}));
}

TEST_CASE("variables: a name cannot leave its quotes") {
    CHECK(pooler::quoted_variable("work_mem") == "work_mem");
    CHECK(pooler::quoted_variable("all") == "\"all\"");
    CHECK(pooler::quoted_variable("transaction") == "\"transaction\"");
    CHECK(pooler::quoted_variable("role") == "role");
    CHECK(pooler::quoted_variable("a.b\"; drop") == "\"a\".\"b\"\"; drop\"");
    CHECK(pooler::folded("TimeZone") == "timezone");
}
