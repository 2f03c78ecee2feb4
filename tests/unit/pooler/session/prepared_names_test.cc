#include "pooler/session/prepared_names.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using pooler::PreparedNames;
using pooler::RouteReason;
using pooler::StatementTable;
using Presence = PreparedNames::Presence;

namespace {

struct Names {
    StatementTable table;
    PreparedNames names;
    Presence look(std::string_view name, std::uint64_t settled, std::uint64_t batch_start) const {
        return names.find(name, settled, batch_start).presence;
    }
};

}  // namespace

TEST_CASE("names: a failed Parse leaves no mapping") {
    Names n;
    n.names.set("a", n.table.intern("selec", {}), 1);
    CHECK(n.look("a", 0, 1) == Presence::kPresent);
    CHECK(n.look("a", 0, 2) == Presence::kUnsettled);
    n.names.on_failed({1, 3});
    CHECK(n.look("a", 3, 4) == Presence::kAbsent);
}

TEST_CASE("names: a Close that was skipped leaves the name in use") {
    Names n;
    const auto statement = n.table.intern("select 1", {});
    n.names.set("a", statement, 1);
    n.names.on_settled(1);
    n.names.remove("a", 3);
    CHECK(n.look("a", 1, 3) == Presence::kAbsent);
    n.names.on_failed({2, 3});
    CHECK(n.names.find("a", 3, 4).statement == statement);
}

TEST_CASE("names: taking back goes in reverse order, so that the oldest state wins") {
    Names n;
    const auto first = n.table.intern("select 1", {});
    n.names.set("a", first, 1);
    n.names.on_settled(1);
    n.names.remove("a", 3);
    n.names.set("a", n.table.intern("select 2", {}), 4);
    n.names.on_failed({2, 4});
    CHECK(n.names.find("a", 4, 5).statement == first);
}

TEST_CASE("names: the failed Parse of the unnamed statement destroys the old one, a skipped one does not") {
    Names n;
    const auto old = n.table.intern("select 1", {});
    n.names.set("", old, 1);
    n.names.on_settled(1);
    SECTION("failed") {
        n.names.set("", n.table.intern("selec", {}), 2);
        n.names.on_failed({2, 3});
        CHECK(n.look("", 3, 4) == Presence::kAbsent);
    }
    SECTION("skipped") {
        n.names.set("", n.table.intern("select 2", {}), 3);
        n.names.on_failed({2, 3});
        CHECK(n.names.find("", 3, 4).statement == old);
    }
}

TEST_CASE("names: a Close that is skipped behind a DEALLOCATE ALL brings nothing back") {
    Names n;
    n.names.set("a", n.table.intern("select 1", {}), 1);
    n.names.on_settled(1);
    n.names.expect_deallocate_all(2);
    n.names.remove("a", 3);
    n.names.on_deallocate_all(2);
    n.names.on_failed({3, 4});
    CHECK(n.look("a", 5, 6) == Presence::kAbsent);
}

TEST_CASE("names: DEALLOCATE ALL spares a Parse behind it, a simple Query takes the unnamed statement only") {
    Names n;
    n.names.set("before", n.table.intern("select 1", {}), 1);
    n.names.set("behind", n.table.intern("select 2", {}), 3);
    n.names.set("", n.table.intern("select 3", {}), 4);
    n.names.on_settled(4);
    n.names.on_deallocate_all(2);
    CHECK(n.look("before", 4, 5) == Presence::kAbsent);
    CHECK(n.look("behind", 4, 5) == Presence::kPresent);
    n.names.expect_deallocate_all(5);
    CHECK(n.look("behind", 4, 5) == Presence::kAbsent);
    CHECK(n.look("", 4, 5) == Presence::kPresent);
    n.names.on_failed({5, 5});
    n.names.expect_deallocate_all(0);
    n.names.drop_unnamed(5);
    n.names.on_settled(5);
    CHECK(n.look("", 5, 6) == Presence::kAbsent);
    CHECK(n.look("behind", 5, 6) == Presence::kPresent);
}

TEST_CASE("names: a failed batch leaves alone what a later batch did to the unnamed statement") {
    Names n;
    const auto old = n.table.intern("select 1", {});
    const auto newer = n.table.intern("select 2", {});
    n.names.set("", old, 1);
    n.names.on_settled(1);
    n.names.set("", n.table.intern("skipped", {}), 3);
    SECTION("parsed anew") {
        n.names.set("", newer, 5);
        n.names.on_failed({2, 3});
        CHECK(n.names.find("", 3, 5).statement == newer);
        SECTION("and skipped as well: back to what was before both") {
            n.names.on_failed({4, 5});
            CHECK(n.names.find("", 5, 6).statement == old);
        }
    }
    SECTION("destroyed by a simple Query") {
        n.names.drop_unnamed(5);
        n.names.on_failed({2, 3});
        n.names.on_settled(5);
        CHECK(n.look("", 5, 6) == Presence::kAbsent);
    }
}

TEST_CASE("names: after a mark everything can be gone back, the mark stays") {
    Names n;
    const auto one = n.table.intern("select 1", {});
    const auto two = n.table.intern("select 2", {});
    n.names.set("a", one, 1);
    n.names.set("b", one, 2);
    n.names.on_settled(2);
    n.names.mark();
    for (int attempt = 0; attempt < 2; ++attempt) {
        n.names.set("a", two, 3);
        n.names.set("c", two, 4);
        n.names.remove("a", 5);
        n.names.set("a", one, 6);
        n.names.on_settled(4);
        n.names.on_deallocate_all(7);
        CHECK(n.names.size() == 0);
        n.names.rewind();
        CHECK(n.names.size() == 2);
        CHECK(n.names.find("a", 0, 9).statement == one);
        CHECK(n.names.find("b", 0, 9).statement == one);
        CHECK(n.look("c", 0, 9) == Presence::kAbsent);
    }
}

TEST_CASE("names: what was looked for last is not found any more once it is gone, and not in a copy") {
    PreparedNames names;
    StatementTable table;
    names.set("a", table.intern("SELECT 1", "\0\0"), 1);
    REQUIRE(names.statement("a"));
    PreparedNames copy = names;
    SECTION("removed") { names.remove("a", 2); }
    SECTION("dropped with all") { names.on_deallocate_all(2); }
    SECTION("failed") { names.on_failed({1, 1}); }
    SECTION("another one takes its place") { names = PreparedNames{}; }
    CHECK_FALSE(names.statement("a"));
    REQUIRE(copy.statement("a"));
    copy.set("a", table.intern("SELECT 2", "\0\0"), 2);
    REQUIRE(copy.statement("a"));
    CHECK(copy.statement("a")->query == "SELECT 2");
}

TEST_CASE("names: where a statement goes is asked once for each meaning of its name") {
    Names n;
    std::vector<std::string> asked;
    const auto route = [&](std::string_view name) {
        return n.names.route(name, [&](std::string_view text) {
            asked.emplace_back(text);
            return text == "select 1" ? RouteReason::kRead : RouteReason::kNotProvablyRead;
        });
    };
    CHECK_FALSE(route("a"));
    n.names.set("a", n.table.intern("select 1", {}), 1);
    n.names.on_settled(1);
    CHECK(route("a") == RouteReason::kRead);
    CHECK(route("a") == RouteReason::kRead);
    CHECK(asked == std::vector<std::string>{"select 1"});
    n.names.remove("a", 2);
    CHECK_FALSE(route("a"));
    n.names.set("a", n.table.intern("delete from t", {}), 3);
    CHECK(route("a") == RouteReason::kNotProvablyRead);
    SECTION("also after it was taken back") {
        n.names.on_failed({2, 3});
        CHECK(route("a") == RouteReason::kRead);
    }
    SECTION("and after the session went back to a mark") {
        n.names.on_settled(3);
        n.names.mark();
        n.names.set("a", n.table.intern("select 1", {}), 4);
        CHECK(route("a") == RouteReason::kRead);
        n.names.rewind();
        CHECK(route("a") == RouteReason::kNotProvablyRead);
    }
}
