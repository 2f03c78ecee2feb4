#include "pooler/server/ledger.h"

#include <string>

#include "tests/support/catch.h"

using pooler::Delivery;
using pooler::Entry;
using pooler::Ledger;
using pooler::Request;
using pooler::Verdict;
using protocol::BackendType;

namespace {

/// A ledger driven by short texts: what is sent and what comes back.
struct Script {
    Ledger ledger;
    std::uint64_t sequence = 0;

    bool send(Request request, Delivery delivery = Delivery::kForward) {
        return ledger.push({request, delivery, ++sequence});
    }
    Verdict reply(char type) { return ledger.on_reply(static_cast<BackendType>(type)); }
    /// Every reply must be legal; returns what of it goes to the client.
    std::string replies(const std::string& types) {
        std::string forwarded;
        for (const char type : types) {
            const Verdict verdict = reply(type);
            CAPTURE(types, type);
            REQUIRE(verdict.action != Verdict::Action::kViolation);
            if (verdict.action == Verdict::Action::kForward) forwarded += type;
        }
        return forwarded;
    }
};

}  // namespace

TEST_CASE("ledger: a simple query owes everything up to its ReadyForQuery") {
    Script s;
    REQUIRE(s.send(Request::kQuery));
    CHECK(s.replies("TDDCTDC") == "TDDCTDC");
    CHECK_FALSE(s.ledger.empty());
    CHECK(s.reply('Z').completes);
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: a reply that does not fit the head is a violation, whatever came before") {
    Script s;
    CHECK(s.reply('Z').action == Verdict::Action::kViolation);
    REQUIRE(s.send(Request::kParse));
    for (const char wrong : {'2', '3', 'T', 'D', 'C', 'Z', 'V', 'n', 't'})
        CHECK(Ledger{s.ledger}.on_reply(static_cast<BackendType>(wrong)).action ==
              Verdict::Action::kViolation);
    CHECK(s.replies("1") == "1");
    CHECK(s.reply('1').action == Verdict::Action::kViolation);
}

TEST_CASE("ledger: CopyBothResponse belongs to replication and answers nothing") {
    for (const Request request : {Request::kQuery, Request::kExecute}) {
        Script s;
        REQUIRE(s.send(request));
        CHECK(s.reply('W').action == Verdict::Action::kViolation);
    }
}

TEST_CASE("ledger: every Sync and Query of a pipeline is counted against its own ReadyForQuery") {
    Script s;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(s.send(Request::kBind));
        REQUIRE(s.send(Request::kExecute));
        REQUIRE(s.send(Request::kSync));
    }
    s.replies("2DCZ2DCZ2DC");
    CHECK_FALSE(s.ledger.empty());
    s.replies("Z");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: an error in a batch skips to its Sync and reports what was skipped") {
    Script s;
    s.send(Request::kParse);    // 1
    s.send(Request::kBind);     // 2
    s.send(Request::kExecute);  // 3
    s.send(Request::kSync);     // 4
    s.send(Request::kParse);    // 5
    s.send(Request::kSync);     // 6
    s.replies("1");
    const Verdict error = s.reply('E');
    CHECK(error.failed.first == 2);
    CHECK(error.failed.last == 3);
    CHECK_FALSE(s.ledger.skipping());
    s.replies("Z1Z");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: after an error without a Sync nothing is expected until the Sync is sent") {
    Script s;
    s.send(Request::kParse);
    s.reply('E');
    CHECK(s.ledger.skipping());
    CHECK_FALSE(s.send(Request::kBind));
    CHECK_FALSE(s.send(Request::kQuery));
    CHECK(s.send(Request::kSync));
    CHECK_FALSE(s.ledger.skipping());
    s.replies("Z");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: our own requests are swallowed, but the error of one in a batch belongs to the client") {
    Script s;
    s.send(Request::kQuery, Delivery::kSwallow);
    CHECK(s.replies("SCZ").empty());
    s.send(Request::kParse, Delivery::kSwallow);
    s.send(Request::kBind);
    s.send(Request::kSync);
    CHECK(s.replies("1") == "");
    CHECK(s.replies("2Z") == "2Z");
    s.send(Request::kParse, Delivery::kSwallow);
    s.send(Request::kBind);
    s.send(Request::kSync);
    CHECK(s.replies("EZ") == "EZ");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: what we answer ourselves is answered in order, not before its turn") {
    Script s;
    s.send(Request::kParse);
    s.send(Request::kClose, Delivery::kAnswer);
    s.send(Request::kSync);
    Entry entry;
    CHECK_FALSE(s.ledger.take_answer(entry));
    s.replies("1");
    REQUIRE(s.ledger.take_answer(entry));
    CHECK(entry.request == Request::kClose);
    s.replies("Z");

    s.send(Request::kParse, Delivery::kAnswer);
    CHECK(s.ledger.only_answers());
    s.send(Request::kBind);
    CHECK_FALSE(s.ledger.only_answers());
}

TEST_CASE("ledger: a COPY swallows the Syncs sent before its CopyDone, and only those") {
    SECTION("pipelined as a whole") {
        Script s;
        s.send(Request::kExecute);
        s.send(Request::kSync);
        s.send(Request::kCopyEnd);
        s.send(Request::kSync);
        s.replies("GCZ");
        CHECK(s.ledger.empty());
        CHECK_FALSE(s.ledger.batch_open());
    }
    SECTION("the data follows the CopyInResponse") {
        Script s;
        s.send(Request::kExecute);
        s.send(Request::kSync);
        s.replies("G");
        CHECK(s.ledger.in_copy());
        CHECK_FALSE(s.send(Request::kSync));
        CHECK_FALSE(s.send(Request::kCopyEnd));
        CHECK_FALSE(s.ledger.in_copy());
        CHECK(s.send(Request::kSync));
        s.replies("CZ");
        CHECK(s.ledger.empty());
    }
    SECTION("until the Sync behind the data its batch is open, so that nobody else gets the server") {
        Script s;
        s.send(Request::kExecute);
        s.send(Request::kSync);
        CHECK_FALSE(s.ledger.batch_open());
        s.replies("G");
        CHECK_FALSE(s.send(Request::kCopyEnd));
        s.replies("C");
        CHECK(s.ledger.empty());
        CHECK(s.ledger.batch_open());
        CHECK(s.send(Request::kSync));
        CHECK_FALSE(s.ledger.batch_open());
    }
    SECTION("the statement failed before the COPY began: both Syncs are answered") {
        Script s;
        s.send(Request::kExecute);
        s.send(Request::kSync);
        s.send(Request::kCopyEnd);
        s.send(Request::kSync);
        s.replies("EZZ");
        CHECK(s.ledger.empty());
    }
    SECTION("an error in the data of an extended COPY waits for the next Sync") {
        Script s;
        s.send(Request::kExecute);
        s.send(Request::kSync);
        s.replies("GE");
        CHECK_FALSE(s.ledger.in_copy());
        CHECK(s.ledger.skipping());
        CHECK_FALSE(s.send(Request::kCopyEnd));
        CHECK(s.send(Request::kSync));
        s.replies("Z");
        CHECK(s.ledger.empty());
    }
}

TEST_CASE("ledger: several COPYs in one Query each take their own CopyDone") {
    Script s;
    s.send(Request::kQuery);
    s.send(Request::kCopyEnd);
    s.send(Request::kCopyEnd);
    s.replies("GC");
    CHECK_FALSE(s.ledger.in_copy());
    s.replies("GCZ");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: a request in the middle of COPY data is consumed by the COPY it breaks") {
    Script s;
    s.send(Request::kQuery);
    s.send(Request::kQuery);  // read as part of the COPY: no reply of its own
    s.replies("GEZ");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: a row limit suspends the portal and completes the Execute") {
    Script s;
    s.send(Request::kExecute);
    s.send(Request::kExecute);
    CHECK(s.reply('D').completes == false);
    CHECK(s.reply('s').completes);
    s.replies("DC");
    CHECK(s.ledger.empty());
    CHECK(s.ledger.batch_open());  // no Sync yet: the server is not free
    s.send(Request::kSync);
    s.replies("Z");
    CHECK_FALSE(s.ledger.batch_open());
}

TEST_CASE("ledger: a ReadyForQuery is owed for what was sent with its end, a Query behind a batch too") {
    Script s;
    CHECK_FALSE(s.ledger.owes_ready());
    s.send(Request::kExecute);
    CHECK_FALSE(s.ledger.owes_ready());
    SECTION("by a Sync") { s.send(Request::kSync); }
    SECTION("by a Query, where it ends what is skipped") {
        s.ledger.query_ends_skip(true);
        s.send(Request::kQuery);
    }
    SECTION("not by a Query that is skipped") {
        s.send(Request::kQuery);
        CHECK_FALSE(s.ledger.owes_ready());
        s.send(Request::kSync);
    }
    CHECK(s.ledger.owes_ready());
    s.send(Request::kExecute);  // of a batch that is still open
    CHECK(s.ledger.owes_ready());
    s.replies("EZ");
    CHECK_FALSE(s.ledger.owes_ready());
}

TEST_CASE("ledger: an error at the Sync itself, as a failing COMMIT gives, does not skip") {
    Script s;
    s.send(Request::kSync);
    CHECK(s.reply('E').failed.empty());
    s.replies("Z");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: asynchronous messages never move the head") {
    Script s;
    CHECK(s.reply('N').unasked);
    CHECK(s.reply('E').unasked);
    s.send(Request::kDescribeStatement);
    CHECK(s.replies("NSAtT") == "NSAtT");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: the server works for the client only while one of its statements is outstanding") {
    Script s;
    REQUIRE(s.send(Request::kParse, Delivery::kSwallow));
    CHECK_FALSE(s.ledger.owes_client());
    REQUIRE(s.send(Request::kExecute));
    CHECK(s.ledger.owes_client());
    REQUIRE(s.send(Request::kSync));
    CHECK(s.replies("1DC") == "DC");
    CHECK_FALSE(s.ledger.owes_client());  // what is left is only the end of the batch
    REQUIRE(s.send(Request::kQuery));
    CHECK(s.ledger.owes_client());
}

TEST_CASE("ledger: CockroachDB takes a simple Query behind a failed batch for a Sync") {
    Script s;
    s.ledger.query_ends_skip(true);
    REQUIRE(s.send(Request::kParse));
    REQUIRE(s.send(Request::kExecute));
    REQUIRE(s.send(Request::kQuery));
    REQUIRE(s.send(Request::kParse));
    REQUIRE(s.send(Request::kSync));
    const auto verdict = s.reply('E');
    CHECK(verdict.failed.first == 1);
    CHECK(verdict.failed.last == 3);  // its text was skipped too
    CHECK_FALSE(s.ledger.skipping());
    CHECK(Ledger{s.ledger}.on_reply(static_cast<BackendType>('T')).action == Verdict::Action::kViolation);
    CHECK(s.replies("Z1Z") == "Z1Z");
    CHECK(s.ledger.empty());
}

TEST_CASE("ledger: PostgreSQL skips a simple Query behind a failed batch altogether") {
    Script s;
    REQUIRE(s.send(Request::kParse));
    REQUIRE(s.send(Request::kQuery));
    REQUIRE(s.send(Request::kSync));
    CHECK(s.reply('E').failed.last == 2);
    CHECK(s.replies("Z") == "Z");
    CHECK(s.ledger.empty());
}
