#include "pooler/session/describe_notes.h"

#include "tests/support/catch.h"

using pooler::DescribeNotes;
using pooler::StatementTable;

TEST_CASE("describe notes: an answer finds its Describe and drops those that failed before it") {
    DescribeNotes notes;
    notes.describing({2, "failed", 1, nullptr, 1, false, false});
    notes.describing({5, "a", 4, nullptr, 4, false, false});
    notes.describing({7, "b", 6, nullptr, 6, true, false});
    CHECK(notes.described_since("b", 6));
    CHECK_FALSE(notes.described_since("b", 8));
    CHECK(notes.answered(5).value().name == "a");
    CHECK_FALSE(notes.answered(6));
    CHECK(notes.answered(7).value().portal);
    CHECK_FALSE(notes.answered(7));
}

TEST_CASE(
    "describe notes: what is settled without an answer is forgotten, and our own asking is not the "
    "client's") {
    DescribeNotes notes;
    notes.describing({3, "a", 1, nullptr, 1, false, true});
    CHECK_FALSE(notes.described_since("a", 1));
    notes.rewrite({4, "x", "y", {}});
    CHECK(notes.rewrite_of(4) != nullptr);
    notes.on_settled(4);
    CHECK(notes.rewrite_of(4) == nullptr);
    CHECK_FALSE(notes.answered(3));
}

TEST_CASE("describe notes: a batch is blamed on its statement only if it used a single one") {
    StatementTable table;
    DescribeNotes notes;
    const auto one = table.intern("select 1", {});
    const auto two = table.intern("select 2", {});
    notes.use(one, 1);
    notes.use(one, 1);
    CHECK(notes.only_used(9) == one);
    notes.use(two, 1);
    CHECK(notes.only_used(9) == nullptr);
    notes.use(one, 1);
    CHECK(notes.only_used(9) == nullptr);
    notes.use(two, 9);
    CHECK(notes.only_used(9) == two);
    CHECK(notes.only_used(8) == nullptr);  // a request of the batch before
}

TEST_CASE("describe notes: only the portal that was bound last is known") {
    DescribeNotes notes;
    CHECK(notes.bound_to("", 1) == nullptr);
    notes.bind("", "s", 4);
    REQUIRE(notes.bound_to("", 1) != nullptr);
    CHECK(notes.bound_to("", 1)->name == "s");
    CHECK(notes.bound_to("", 1)->sequence == 4);
    CHECK(notes.bound_to("", 5) == nullptr);  // a Query may have replaced it
    notes.bind("p", "t", 6);
    CHECK(notes.bound_to("", 1) == nullptr);
    CHECK(notes.bound_to("p", 9) != nullptr);
    CHECK(notes.bound_by(4).value() == "s");
    CHECK_FALSE(notes.bound_by(5));
    notes.on_settled(4);
    CHECK_FALSE(notes.bound_by(4));
    CHECK(notes.bound_by(6).value() == "t");
}
