#include "pooler/server/server_statements.h"

#include "tests/support/catch.h"

using pooler::ServerStatements;
using pooler::StatementTable;
using Presence = ServerStatements::Presence;

TEST_CASE("statements: the same text with other parameter types is another statement") {
    StatementTable table;
    const auto plain = table.intern("select $1", std::string_view{"\0\0", 2});
    const auto typed = table.intern("select $1", std::string_view{"\0\1\0\0\0\x17", 6});
    CHECK(plain != typed);
    CHECK(plain->server_name != typed->server_name);
    CHECK(table.intern("select $1", std::string_view{"\0\0", 2}) == plain);
}

TEST_CASE("statements: nobody's text is forgotten by a sweep, somebody's is kept") {
    StatementTable table;
    const auto kept = table.intern("select 1", {});
    static_cast<void>(table.intern("select 2", {}));
    table.sweep();
    CHECK(table.size() == 1);
    CHECK(table.intern("select 1", {}) == kept);
}

TEST_CASE(
    "statements: a statement prepared in this batch counts, one of an open earlier batch does not decide "
    "yet") {
    StatementTable table;
    ServerStatements there;
    const auto statement = table.intern("select 1", {});
    CHECK(there.find(statement, 0, 1) == Presence::kAbsent);
    there.add(statement, 5);
    CHECK(there.find(statement, 4, 5) == Presence::kPresent);
    CHECK(there.find(statement, 4, 6) == Presence::kUnsettled);
    there.on_settled(5);
    CHECK(there.find(statement, 5, 6) == Presence::kPresent);
}

TEST_CASE("statements: what a failed batch prepared or closed is taken back, in reverse") {
    StatementTable table;
    ServerStatements there;
    const auto a = table.intern("select 1", {});
    const auto b = table.intern("select 2", {});
    there.add(a, 1);
    there.on_settled(1);
    there.remove(a, 2);  // evicted for b
    there.add(b, 3);
    there.on_failed({2, 4});
    CHECK(there.find(a, 4, 5) == Presence::kStale);
    CHECK(there.find(b, 4, 5) == Presence::kAbsent);
}

TEST_CASE("statements: the least recently used one is the surplus") {
    StatementTable table;
    ServerStatements there;
    const auto a = table.intern("select 1", {});
    const auto b = table.intern("select 2", {});
    const auto c = table.intern("select 3", {});
    there.add(a, 1);
    there.add(b, 2);
    CHECK(there.surplus(3, c) == nullptr);
    static_cast<void>(there.find(a, 2, 3));
    CHECK(there.surplus(2, c) == b);
    CHECK(there.surplus(0, c) == nullptr);  // no limit
}

TEST_CASE("statements: DEALLOCATE ALL spares what was prepared behind it in the pipeline") {
    StatementTable table;
    ServerStatements there;
    const auto before = table.intern("select 1", {});
    const auto behind = table.intern("select 2", {});
    there.add(before, 1);
    there.add(behind, 3);
    there.on_deallocate_all(2);
    there.on_settled(3);
    CHECK(there.find(before, 3, 4) == Presence::kAbsent);
    CHECK(there.find(behind, 3, 4) == Presence::kPresent);
}

TEST_CASE("statements: after a failed batch nobody knows the unnamed statement") {
    StatementTable table;
    ServerStatements there;
    CHECK_FALSE(there.may_have_unnamed());
    there.set_unnamed(table.intern("select 1", {}), 1);
    there.on_failed({1, 1});
    CHECK(there.unnamed() == nullptr);
    CHECK(there.may_have_unnamed());
    there.clear_unnamed(2);
    CHECK_FALSE(there.may_have_unnamed());
    CHECK(there.parsed_by(nullptr) == 2);  // until then it may have been skipped
}

TEST_CASE("statements: a shape belongs to the Parse that it was asked of") {
    StatementTable table;
    ServerStatements there;
    const auto statement = table.intern("select 1", {});
    const auto shape = std::make_shared<const pooler::Shape>(std::nullopt, std::nullopt);
    there.add(statement, 3);
    CHECK(there.parsed_by(statement) == 3);
    there.set_shape(statement, 2, shape);  // of an earlier one
    CHECK(there.shape(statement) == nullptr);
    there.set_shape(statement, 3, shape);
    CHECK(there.shape(statement) == shape);
    there.set_unnamed(statement, 5);
    CHECK(there.shape(nullptr) == nullptr);
    there.set_shape(nullptr, 5, shape);
    CHECK(there.shape(nullptr) == shape);
    there.set_unnamed(statement, 6);
    CHECK(there.shape(nullptr) == nullptr);
}

TEST_CASE(
    "statements: what was parsed before a statement went stale is to be parsed again, and nothing else") {
    StatementTable table;
    ServerStatements there;
    const auto stale = table.intern("select 1", {});
    const auto other = table.intern("select 2", {});
    there.add(stale, 1);
    there.add(other, 2);
    there.on_settled(2);
    pooler::mark_stale(*stale);
    CHECK(there.find(stale, 2, 3) == Presence::kStale);
    CHECK(there.find(other, 2, 3) == Presence::kPresent);
    there.remove(stale, 3);
    there.add(stale, 4);
    CHECK(there.find(stale, 2, 3) == Presence::kPresent);
}
