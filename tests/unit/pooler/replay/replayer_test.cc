#include "pooler/replay/replayer.h"

#include "tests/support/catch.h"
#include "tests/unit/pooler/replay/dialogue.h"

using pooler::GiveUp;
using pooler::Replayer;
using pooler::Ruling;
using pooler::Unfit;
using protocol::FrontendType;
using replay_test::backend;
using replay_test::Dialogue;
using replay_test::done;
using replay_test::error;
using replay_test::ready;
using Gate = Replayer::Gate;
using State = Replayer::State;

TEST_CASE(
    "replayer: a bound COMMIT goes before the answers are compared, the RELEASE in front of it does not") {
    Dialogue d;
    d.exchange("UPDATE t SET a = 1", "UPDATE 1");
    d.replayer.on_message();
    d.replayer.on_bytes(backend('P', std::string("s\0COMMIT\0\0\0", 11)));
    CHECK(d.server(backend('1')) == backend('1'));
    d.now += std::chrono::seconds{1};
    CHECK(d.replayer.on_lost(d.now) == pooler::Ruling::kReplay);
    d.replayer.begin_feeding();
    d.query("UPDATE t SET a = 1");
    CHECK(d.server(done("UPDATE 1") + ready('T')).empty());
    d.replayer.on_message();
    d.replayer.on_bytes(backend('P', std::string("s\0COMMIT\0\0\0", 11)));
    const auto commit = pooler::facts_of(pooler::classify("COMMIT"), "COMMIT", pooler::Dialect::kPostgres);
    CHECK(d.replayer.gate(FrontendType::kBind, &commit) == Gate::kGo);
    CHECK(d.replayer.gate(FrontendType::kBind, &commit, true) == Gate::kFlush);
    CHECK(d.replayer.gate(FrontendType::kBind, &commit, true) == Gate::kWait);
    CHECK(d.server(backend('1')).empty());
    CHECK(d.replayer.gate(FrontendType::kBind, &commit, true) == Gate::kGo);
}

TEST_CASE("replayer: what goes well is passed on untouched, and forgotten at its end") {
    Dialogue d;
    CHECK(d.exchange("UPDATE t SET a = 1", "UPDATE 1") == done("UPDATE 1") + ready('T'));
    CHECK(d.replayer.log_bytes() > 0);
    CHECK(d.exchange("COMMIT", "COMMIT", 'I') == done("COMMIT") + ready('I'));
    CHECK(d.replayer.log_bytes() == 0);
    CHECK(d.replayer.state() == State::kRecording);
}

TEST_CASE("replayer: an answer outside a transaction that ended well need not be looked at") {
    Dialogue d{false};
    CHECK_FALSE(d.replayer.on_plain_end());  // nothing is under way
    d.query("SELECT a FROM t");
    SECTION("in one piece") {}
    SECTION("its beginning was") {
        const std::string row = backend('D', "abcdef");
        CHECK(d.server(row.substr(0, 7)) == row.substr(0, 7));
    }
    CHECK(d.replayer.on_plain_end());
    CHECK(d.replayer.log_bytes() == 0);
    CHECK(d.replayer.window().empty());
    // What follows is a unit of its own, which may run again.
    d.query("SELECT a FROM t");
    CHECK(d.server(error("40001")).empty());
    CHECK(d.replayer.state() == State::kFailed);
    CHECK_FALSE(d.replayer.on_plain_end());
    CHECK(d.server(ready('I')).empty());
    d.restart();
    CHECK_FALSE(d.replayer.on_plain_end());
    CHECK(d.replayer.rest() == Dialogue::query_bytes("SELECT a FROM t"));
    d.query("SELECT a FROM t");
    CHECK(d.replayer.finish());
    CHECK_FALSE(d.replayer.settled());
    CHECK(d.replayer.on_plain_end());
    CHECK(d.replayer.settled());
}

TEST_CASE("replayer: of a transaction, and of several units under way, every answer is looked at") {
    const bool begins = GENERATE(true, false);
    Dialogue d{begins};
    d.query("SELECT a FROM t");
    if (!begins) d.query("SELECT b FROM t");
    CHECK_FALSE(d.replayer.on_plain_end());
    CHECK(d.replayer.window().outstanding() == (begins ? 1 : 2));
}

TEST_CASE("replayer: after 40001 the client sees the answers of the second attempt and no error") {
    Dialogue d;
    static_cast<void>(d.exchange("UPDATE t SET a = 1", "UPDATE 1"));
    d.query("UPDATE t SET a = 2");
    CHECK(d.server(error("40001")).empty());
    CHECK(d.replayer.state() == State::kFailed);
    CHECK(d.replayer.awaits_ready());
    CHECK(d.server(ready('E')).empty());
    CHECK_FALSE(d.replayer.awaits_ready());
    d.restart();
    CHECK(d.replayer.rest() ==
          Dialogue::query_bytes("UPDATE t SET a = 1") + Dialogue::query_bytes("UPDATE t SET a = 2"));
    d.query("UPDATE t SET a = 1");
    CHECK_FALSE(d.replayer.finish());
    CHECK(d.server(done("UPDATE 1") + ready('T')).empty());  // it has that
    d.query("UPDATE t SET a = 2");
    CHECK(d.replayer.finish());
    CHECK(d.server(done("UPDATE 1") + ready('T')) == done("UPDATE 1") + ready('T'));
    CHECK(d.exchange("COMMIT", "COMMIT", 'I') == done("COMMIT") + ready('I'));
}

TEST_CASE("replayer: another answer ends it, and the client gets the original error") {
    Dialogue d;
    static_cast<void>(d.exchange("SELECT a FROM t", "SELECT 1"));
    d.query("UPDATE t SET a = 2");
    const std::string original = error("40001");
    static_cast<void>(d.server(original + ready('E')));
    d.restart();
    d.query("SELECT a FROM t");
    CHECK(d.server(done("SELECT 2") + ready('T')).empty());
    CHECK(d.replayer.state() == State::kGivenUp);
    CHECK(d.replayer.given_up() == GiveUp::kMismatch);
    const auto outcome = d.replayer.outcome();
    CHECK(outcome.error == original);
    CHECK(outcome.closed);
    CHECK_FALSE(outcome.ends);
    CHECK(outcome.unstarted.empty());
}

TEST_CASE("replayer: a refused COMMIT leaves no transaction behind") {
    Dialogue d;
    static_cast<void>(d.exchange("UPDATE t SET a = 1", "UPDATE 1"));
    d.query("COMMIT");
    CHECK(d.server(error("40001") + ready('I')).empty());
    CHECK(d.replayer.outcome().ends);
    d.restart();
    d.query("UPDATE t SET a = 1");
    static_cast<void>(d.server(done("UPDATE 1") + ready('T')));
    d.query("COMMIT");
    CHECK(d.replayer.finish());
    CHECK(d.server(done("COMMIT") + ready('I')) == done("COMMIT") + ready('I'));
    CHECK(d.replayer.log_bytes() == 0);
}

TEST_CASE("replayer: COMMIT waits until all answers in front of it have come again") {
    Dialogue d;
    static_cast<void>(d.exchange("UPDATE t SET a = 1", "UPDATE 1"));
    d.query("COMMIT");
    static_cast<void>(d.server(error("40001") + ready('I')));
    d.restart();
    const auto commit = pooler::facts_of(pooler::classify("COMMIT"), "COMMIT", pooler::Dialect::kPostgres);
    d.query("UPDATE t SET a = 1");
    CHECK(d.replayer.gate(FrontendType::kQuery, &commit) == Gate::kWait);
    static_cast<void>(d.server(done("UPDATE 1")));
    CHECK(d.replayer.gate(FrontendType::kQuery, &commit) == Gate::kWait);
    static_cast<void>(d.server(ready('T')));
    CHECK(d.replayer.gate(FrontendType::kQuery, &commit) == Gate::kGo);
}

TEST_CASE("replayer: in a batch the Execute that may commit waits for a Flush") {
    Dialogue d;
    const auto text = [](std::string_view sql) {
        return pooler::facts_of(pooler::classify(sql), sql, pooler::Dialect::kPostgres);
    };
    const auto update = text("UPDATE t SET a = 1");
    const auto commit = text("COMMIT");
    const auto send = [&](const pooler::StatementFacts* facts) {
        d.replayer.on_message();
        if (facts != nullptr) d.replayer.on_statement(*facts);
        d.replayer.on_bytes(backend('x'));
    };
    send(&update);
    send(nullptr);
    send(&commit);
    send(nullptr);
    d.replayer.end_unit(++d.sequence, false);
    const std::string shown = backend('2') + done("UPDATE 1") + backend('2');
    CHECK(d.server(shown + error("40001") + ready('I')) == shown);
    d.restart();
    CHECK(d.replayer.gate(FrontendType::kBind, &update) == Gate::kGo);
    send(&update);
    CHECK(d.replayer.gate(FrontendType::kExecute, nullptr) == Gate::kGo);
    send(nullptr);
    CHECK(d.replayer.gate(FrontendType::kBind, &commit) == Gate::kGo);
    send(&commit);
    CHECK(d.replayer.gate(FrontendType::kExecute, nullptr) == Gate::kFlush);
    CHECK(d.replayer.gate(FrontendType::kExecute, nullptr) == Gate::kWait);
    CHECK(d.server(shown).empty());
    CHECK(d.replayer.gate(FrontendType::kExecute, nullptr) == Gate::kGo);
}

TEST_CASE("replayer: a result that was cut goes on inside the message") {
    Dialogue d;
    d.query("SELECT a FROM t");
    const std::string row = backend('D', std::string(100, 'r'));
    CHECK(d.server(row + row.substr(0, 40)).size() == 145);
    CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
    d.replayer.begin_feeding();
    d.query("SELECT a FROM t");
    CHECK(d.server(row + row.substr(0, 20)).empty());
    CHECK(d.server(row.substr(20)) == row.substr(40));
    CHECK(d.replayer.finish());
    CHECK(d.server(done("SELECT 2") + ready('T')) == done("SELECT 2") + ready('T'));
}

TEST_CASE("replayer: a shorter answer is another answer") {
    Dialogue d;
    d.query("SELECT a FROM t");
    const std::string row = backend('D', "row");
    static_cast<void>(d.server(row + row));
    REQUIRE(d.replayer.on_lost(d.now) == Ruling::kReplay);
    d.replayer.begin_feeding();
    d.query("SELECT a FROM t");
    CHECK(d.server(row + done("SELECT 1")).empty());
    CHECK(d.replayer.given_up() == GiveUp::kMismatch);
}

TEST_CASE("replayer: a connection lost with COMMIT under way is ambiguous, in every attempt") {
    Dialogue d;
    static_cast<void>(d.exchange("UPDATE t SET a = 1", "UPDATE 1"));
    d.query("COMMIT");
    SECTION("in the first") { CHECK(d.replayer.on_lost(d.now) == Ruling::kAmbiguous); }
    SECTION("announced by the server") {
        CHECK(d.server(error("57P01", "FATAL")).empty());
        CHECK(d.replayer.on_lost(d.now) == Ruling::kAmbiguous);
    }
    SECTION("in the second") {
        static_cast<void>(d.server(error("40001") + ready('I')));
        d.restart();
        d.query("UPDATE t SET a = 1");
        static_cast<void>(d.server(done("UPDATE 1") + ready('T')));
        d.query("COMMIT");
        CHECK(d.replayer.finish());
        CHECK(d.replayer.on_lost(d.now) == Ruling::kAmbiguous);
    }
    SECTION("in the second, before it went out again") {
        static_cast<void>(d.server(error("40001") + ready('I')));
        d.restart();
        d.query("UPDATE t SET a = 1");
        CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
        CHECK(d.replayer.state() == State::kRestarting);
    }
    SECTION("of a server whose error had come") {
        static_cast<void>(d.server(error("40001")));
        CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
    }
}

TEST_CASE("replayer: an error that leaves open whether a write took effect is counted, others are not") {
    struct Line {
        std::string text, code;
        bool cockroach;
        std::uint64_t unknown;
    };
    const Line line =
        GENERATE(Line{"UPDATE t SET a = 1", "57014", true, 1}, Line{"UPDATE t SET a = 1", "57014", false, 0},
                 Line{"UPDATE t SET a = 1", "40003", false, 1}, Line{"UPDATE t SET a = 1", "23505", true, 0},
                 Line{"SELECT a FROM t", "57014", true, 0});
    CAPTURE(line.text, line.code, line.cockroach);
    const bool inside = GENERATE(false, true);
    CAPTURE(inside);
    pooler::ServerTraits traits;
    traits.cockroach = line.cockroach;
    Dialogue d{inside, {}, traits};
    d.query(line.text);
    CHECK_FALSE(d.server(error(line.code) + ready(inside ? 'E' : 'I')).empty());
    // Inside a transaction only its COMMIT may have done something.
    CHECK(d.replayer.take_unknown() == (inside && line.code == "57014" ? 0 : line.unknown));
    CHECK(d.replayer.take_unknown() == 0);
    if (!inside) return;
    d.replayer.open({}, traits, true);
    d.query("UPDATE t SET a = 1");
    static_cast<void>(d.server(done("UPDATE 1") + ready('T')));
    d.query("COMMIT");
    static_cast<void>(d.server(error("57014") + ready('I')));
    CHECK(d.replayer.take_unknown() == (line.cockroach ? 1 : 0));
}

TEST_CASE("replayer: an idle client in a transaction waits for nothing while it is replayed") {
    Dialogue d;
    static_cast<void>(d.exchange("UPDATE t SET a = 1", "UPDATE 1"));
    CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
    CHECK_FALSE(d.replayer.outcome().due);
    d.replayer.begin_feeding();
    d.query("UPDATE t SET a = 1");
    CHECK_FALSE(d.replayer.finish());
    CHECK(d.server(done("UPDATE 1") + ready('T')).empty());
    CHECK(d.replayer.finish());
}

TEST_CASE(
    "replayer: it is settled when what had failed is answered; if that fails again it is the same one") {
    Dialogue d;
    static_cast<void>(d.exchange("UPDATE t SET a = 1", "UPDATE 1"));
    CHECK(d.replayer.settled());
    d.query("UPDATE t SET a = 2");
    static_cast<void>(d.server(error("40001") + ready('E')));
    const auto again = [&d] {
        d.restart();
        d.query("UPDATE t SET a = 1");
        CHECK(d.server(done("UPDATE 1") + ready('T')).empty());
        d.query("UPDATE t SET a = 2");
        REQUIRE(d.replayer.finish());
        CHECK_FALSE(d.replayer.settled());
    };
    again();
    SECTION("by a conflict") { CHECK(d.server(error("40001") + ready('E')).empty()); }
    SECTION("by a loss") { CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay); }
    if (d.replayer.state() == State::kFailed) d.replayer.leave_server(d.now);
    CHECK_FALSE(d.replayer.settled());
    CHECK(d.replayer.attempts_of_replay() == 2);
    d.replayer.begin_feeding();
    d.query("UPDATE t SET a = 1");
    static_cast<void>(d.server(done("UPDATE 1") + ready('T')));
    d.query("UPDATE t SET a = 2");
    REQUIRE(d.replayer.finish());
    CHECK_FALSE(d.replayer.settled());
    CHECK(d.server(done("UPDATE 1")) == done("UPDATE 1"));
    CHECK(d.replayer.settled());
}

TEST_CASE("replayer: what fails after a replay was settled has all the time again") {
    Dialogue d;
    d.query("UPDATE t SET a = 1");
    static_cast<void>(d.server(error("40001") + ready('E')));
    d.restart();
    d.query("UPDATE t SET a = 1");
    REQUIRE(d.replayer.finish());
    static_cast<void>(d.server(done("UPDATE 1") + ready('T')));
    REQUIRE(d.replayer.settled());
    d.replayer.settle();
    d.now += std::chrono::minutes{10};
    CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
    CHECK(d.replayer.state() == State::kRestarting);
    CHECK(d.replayer.attempts() == 2);
    CHECK(d.replayer.attempts_of_replay() == 1);
}

TEST_CASE("replayer: it is settled at once where the client is what is waited for") {
    Dialogue d;
    SECTION("it is idle in its transaction") {
        static_cast<void>(d.exchange("UPDATE t SET a = 1", "UPDATE 1"));
        CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
        d.replayer.begin_feeding();
        d.query("UPDATE t SET a = 1");
        static_cast<void>(d.server(done("UPDATE 1") + ready('T')));
        REQUIRE(d.replayer.finish());
    }
    SECTION("it has not sent its Sync") {
        d.replayer.on_message();
        d.replayer.on_bytes(backend('P', std::string("\0SELECT 1\0\0\0", 12)));
        CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
        d.replayer.begin_feeding();
        d.replayer.on_message();
        d.replayer.on_bytes(backend('P', std::string("\0SELECT 1\0\0\0", 12)));
        REQUIRE(d.replayer.finish());
    }
    SECTION("the server takes COPY data") {
        d.query("COPY t FROM STDIN");
        CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
        d.replayer.begin_feeding();
        d.query("COPY t FROM STDIN");
        REQUIRE(d.replayer.finish());
        CHECK_FALSE(d.replayer.settled());
        static_cast<void>(d.server(backend('G', std::string("\0\0\0", 3))));
    }
    CHECK(d.replayer.settled());
}

TEST_CASE("replayer: units behind the failed one are kept for the time after giving up") {
    Dialogue d;
    d.query("UPDATE t SET a = 1");
    d.query("COMMIT");
    static_cast<void>(d.server(error("40001") + ready('E') + done("ROLLBACK") + ready('I')));
    CHECK(d.replayer.state() == State::kFailed);
    d.replayer.cancel();
    CHECK(d.replayer.given_up() == GiveUp::kCancelled);
    CHECK(d.replayer.outcome().unstarted == Dialogue::query_bytes("COMMIT"));
}

TEST_CASE("replayer: limits end it") {
    SECTION("attempts") {
        Dialogue d(true, {1024, 1, std::chrono::seconds{30}});
        d.query("UPDATE t SET a = 1");
        static_cast<void>(d.server(error("40P01") + ready('E')));
        d.restart();
        d.query("UPDATE t SET a = 1");
        static_cast<void>(d.server(error("40001") + ready('E')));
        d.replayer.leave_server(d.now);
        CHECK(d.replayer.given_up() == GiveUp::kAttempts);
        CHECK(d.replayer.outcome().error == error("40001"));
    }
    SECTION("time") {
        Dialogue d(true, {1024, 0, std::chrono::seconds{30}});
        d.query("UPDATE t SET a = 1");
        static_cast<void>(d.server(error("40001") + ready('E')));
        d.replayer.leave_server(d.now);
        d.replayer.on_clock(d.now + std::chrono::seconds{29});
        CHECK(d.replayer.state() == State::kRestarting);
        d.replayer.on_clock(d.now + std::chrono::seconds{30});
        CHECK(d.replayer.given_up() == GiveUp::kTimeout);
    }
    SECTION("bytes") {
        Dialogue d(true, {10, 0, std::chrono::seconds{30}});
        d.query("UPDATE t SET a = 1");
        CHECK(d.replayer.window().unfit() == Unfit::kTooLarge);
        CHECK(d.server(error("40001") + ready('E')) == error("40001") + ready('E'));
        CHECK(d.replayer.on_lost(d.now) == Ruling::kLost);
    }
}

TEST_CASE("replayer: delays grow from nothing, within bounds") {
    Dialogue d;
    d.query("UPDATE t SET a = 1");
    for (int attempt = 1; attempt < 20; ++attempt) {
        d.replayer.leave_server(d.now);
        CHECK(d.replayer.delay(0).count() == 0);
        if (attempt <= 2) CHECK(d.replayer.delay(0xFFFFFFFFU).count() == 0);
        CHECK(d.replayer.delay(0xFFFFFFFFU).count() <= 1000);
    }
    CHECK(d.replayer.delay(900).count() == 900);
}

TEST_CASE("replayer: notices pass once, and are not compared") {
    Dialogue d;
    d.query("UPDATE t SET a = 1");
    const std::string notice = backend('N', std::string_view{"SNOTICE\0\0", 9});
    CHECK(d.server(notice + done("UPDATE 1") + ready('T')) == notice + done("UPDATE 1") + ready('T'));
    d.query("UPDATE t SET a = 2");
    static_cast<void>(d.server(error("40001") + ready('E')));
    d.restart();
    d.query("UPDATE t SET a = 1");
    CHECK(d.server(notice + done("UPDATE 1") + notice + ready('T')).empty());
    d.query("UPDATE t SET a = 2");
    CHECK(d.server(notice + done("UPDATE 1") + ready('T')) == notice + done("UPDATE 1") + ready('T'));
}

TEST_CASE("replayer: failed statements inside savepoints are answers like others") {
    Dialogue d;
    static_cast<void>(d.exchange("SAVEPOINT a", "SAVEPOINT"));
    d.query("INSERT INTO t VALUES (1)");
    CHECK(d.server(error("23505") + ready('E')) == error("23505") + ready('E'));
    static_cast<void>(d.exchange("ROLLBACK TO a", "ROLLBACK"));
    REQUIRE(d.replayer.on_lost(d.now) == Ruling::kReplay);
    d.replayer.begin_feeding();
    d.query("SAVEPOINT a");
    static_cast<void>(d.server(done("SAVEPOINT") + ready('T')));
    d.query("INSERT INTO t VALUES (1)");
    CHECK(d.server(error("23505") + ready('E')).empty());
    CHECK(d.replayer.state() == State::kFeeding);
    d.query("ROLLBACK TO a");
    static_cast<void>(d.server(done("ROLLBACK") + ready('T')));
    CHECK(d.replayer.finish());
}

TEST_CASE(
    "replayer: a BEGIN of ours that fails the second time ends it, unless the server goes away with it") {
    Dialogue d;
    d.query("UPDATE t SET a = 1");
    const std::string original = error("40001");
    static_cast<void>(d.server(original + ready('E')));
    d.restart();
    d.query("UPDATE t SET a = 1");
    d.replayer.on_begin_failed();
    SECTION("it is refused") {
        CHECK(d.server(error("25006")).empty());
        CHECK(d.replayer.given_up() == GiveUp::kMismatch);
        CHECK(d.replayer.outcome().error == original);
    }
    SECTION("the server ends") {
        CHECK(d.server(error("57P01", "FATAL")).empty());
        CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
        CHECK(d.replayer.state() == State::kRestarting);
    }
}

TEST_CASE("replayer: a transaction in which a statement was interrupted is not run again") {
    Dialogue talk;
    CHECK(talk.exchange("SAVEPOINT a", "SAVEPOINT").empty() == false);
    talk.query("SELECT pg_sleep(9)");
    CHECK(talk.server(error("57014") + ready('E')) == error("57014") + ready('E'));
    CHECK(talk.exchange("ROLLBACK TO a", "ROLLBACK").empty() == false);
    CHECK(talk.replayer.window().unfit() == Unfit::kInterrupted);
    CHECK(talk.replayer.on_lost(talk.now) == Ruling::kLost);
}

TEST_CASE("replayer: a unit that is skipped since the server closes is lost like another") {
    Dialogue d;
    d.exchange("UPDATE t SET a = 1", "UPDATE 1");
    d.query("UPDATE t SET a = 2");
    d.replayer.on_skipped(d.sequence, d.sequence);  // what stood in front of it failed
    SECTION("it closes") {
        CHECK(d.server(error("57P01", "FATAL")).empty());
        CHECK(d.replayer.window().unfit() == Unfit::kNone);
        CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
    }
    SECTION("it goes on") {
        CHECK(d.server(error("40001")) == error("40001"));
        CHECK(d.replayer.window().unfit() == Unfit::kPipeline);
    }
}

TEST_CASE("replayer: the client's own end of a COPY is no interruption") {
    Dialogue talk;
    talk.query("COPY t FROM STDIN");
    const std::string copy_in = backend('G', std::string(3, '\0'));
    CHECK(talk.server(copy_in) == copy_in);
    CHECK(talk.server(error("57014") + ready('E')) == error("57014") + ready('E'));
    CHECK(talk.replayer.window().unfit() == Unfit::kNone);
    CHECK(talk.replayer.on_lost(talk.now) == Ruling::kReplay);
}

TEST_CASE("replayer: 40003 is passed on, whatever it answers") {
    Dialogue d;
    d.query("COMMIT");
    CHECK(d.server(error("40003") + ready('I')) == error("40003") + ready('I'));
}

TEST_CASE(
    "replayer: a write in a transaction that is read-only by its own will is refused again, and goes on") {
    Dialogue d;
    static_cast<void>(d.exchange("SET TRANSACTION READ ONLY", "SET"));
    d.query("INSERT INTO t VALUES (1)");
    CHECK(d.server(error("25006")) == error("25006"));
    CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
    d.replayer.begin_feeding();
    d.query("SET TRANSACTION READ ONLY");
    CHECK(d.server(done("SET") + ready('T')).empty());
    d.query("INSERT INTO t VALUES (1)");
    CHECK(d.server(error("25006")).empty());  // it has that
    CHECK(d.replayer.finish());
    CHECK(d.server(ready('E')) == ready('E'));
    CHECK(d.replayer.state() == State::kRecording);
}

TEST_CASE("replayer: a server that is lost while it is made ready costs an attempt, no more") {
    Dialogue d(true, {1024, 2, std::chrono::seconds{30}});
    d.query("UPDATE t SET a = 1");
    static_cast<void>(d.server(error("40001") + ready('E')));
    d.replayer.leave_server(d.now);
    CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
    CHECK(d.replayer.state() == State::kRestarting);
    CHECK(d.replayer.on_lost(d.now) == Ruling::kReplay);
    CHECK(d.replayer.given_up() == GiveUp::kAttempts);
    CHECK(d.replayer.outcome().error == error("40001"));
}
