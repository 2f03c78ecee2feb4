#include "pooler/replay/commit_lookup.h"

#include "tests/support/catch.h"

using namespace pooler;
using Verdict = CommitLookup::Verdict;
using Row = CommitLookup::Row;

namespace {

using Clock = CommitLookup::Clock;

constexpr Clock::time_point kStart{std::chrono::hours{1}};

Clock::time_point at(int second) { return kStart + std::chrono::seconds{second}; }

/// Asked at 10 seconds, of a server whose run is "run"; lost later.
CommitLookup lost() {
    CommitLookup lookup;
    lookup.ask(at(10), "answer");
    REQUIRE(lookup.asking());
    lookup.on_xid({"77", "run"});
    REQUIRE(lookup.known());
    lookup.begin(at(40));
    REQUIRE(lookup.looking());
    return lookup;
}

const ServerRun kWitness{"run", "12/34", at(9)};

Verdict told(const std::string& status, const std::string& standbys = "") {
    CommitLookup lookup = lost();
    const Verdict verdict = lookup.on_answer(kWitness, {status, "run", "12/34", standbys});
    CHECK(lookup.looking() == (verdict == Verdict::kOpen));
    return verdict;
}

}  // namespace

TEST_CASE("commit lookup: a witness that was there before tells what became of the transaction") {
    CHECK(told("committed") == Verdict::kCommitted);
    CHECK(told("aborted") == Verdict::kAborted);
    CHECK(told("in progress") == Verdict::kOpen);
    CHECK(told("something new") == Verdict::kUnknown);
    CHECK(lost().answer() == "answer");
    CHECK(lost().question().find("txid_status(77)") != std::string::npos);
}

TEST_CASE("commit lookup: what is only on the primary does not count behind a synchronous standby") {
    CHECK(told("committed", "s1") == Verdict::kUnknown);
    CHECK(told("aborted", "s1") == Verdict::kAborted);
}

TEST_CASE("commit lookup: who was not there before the number was asked for is no witness") {
    const CommitLookup lookup = lost();
    CHECK(lookup.may_ask(kWitness));
    CHECK_FALSE(lookup.may_ask({"run", "12/34", at(10)}));
    CHECK_FALSE(lookup.may_ask({"run", "12/34", at(11)}));
    CHECK_FALSE(lookup.may_ask({"another run", "12/34", at(9)}));
}

TEST_CASE("commit lookup: an answer from another server, run or process counts for nothing") {
    const std::vector<Row> rows{{"committed", "another run", "12/34", ""},
                                {"committed", "run", "12/35", ""},
                                {"aborted", "run", "12/35", ""},
                                {"in progress", "run", "12/35", ""},
                                {"committed", "run", std::nullopt, ""},
                                {"committed", "run", "12/34", std::nullopt},
                                {std::nullopt, "run", "12/34", ""},
                                {"committed", "run", "12/34"},
                                {}};
    for (const Row& row : rows) {
        CommitLookup lookup = lost();
        CHECK(lookup.on_answer(kWitness, row) == Verdict::kUnknown);
        CHECK_FALSE(lookup.looking());
    }
}

TEST_CASE("commit lookup: without a number, or with none that can be read, there is nothing to look up") {
    const std::vector<Row> rows{{},          {"77"},         {std::nullopt, "run"}, {"77", std::nullopt},
                                {"", "run"}, {"7'7", "run"}, {"-7", "run"}};
    for (const Row& row : rows) {
        CommitLookup lookup;
        lookup.ask(at(10), "answer");
        lookup.on_xid(row);
        CHECK_FALSE(lookup.asking());
        CHECK_FALSE(lookup.known());
    }
}

TEST_CASE("commit lookup: it ends with nobody left to ask, or in time") {
    CHECK(lost().on_nobody() == Verdict::kUnknown);
    CommitLookup lookup = lost();
    CHECK(lookup.on_clock(at(39)) == Verdict::kOpen);
    CHECK(lookup.looking());
    CHECK(lookup.on_clock(at(40)) == Verdict::kUnknown);
    CHECK_FALSE(lookup.looking());
}

TEST_CASE("commit lookup: while it runs it is asked for at longer and longer intervals") {
    CommitLookup lookup = lost();
    auto before = lookup.pause();
    for (int i = 0; i < 20; ++i) {
        const auto now = lookup.pause();
        CHECK(now >= before);
        before = now;
    }
    CHECK(before == std::chrono::milliseconds{250});
}

TEST_CASE("server run: what a server does not say makes it no witness") {
    CHECK(ServerRun::read({"run", "12/34", std::nullopt}, at(1))->backend == "12/34");
    CHECK(ServerRun::read({"run", "12/34", "5"}, at(1))->since == at(1));
    CHECK(ServerRun::read({"run", std::nullopt, std::nullopt}, at(1)) == nullptr);
    CHECK(ServerRun::read({std::nullopt, "12/34", std::nullopt}, at(1)) == nullptr);
    CHECK(ServerRun::read({}, at(1)) == nullptr);
}
