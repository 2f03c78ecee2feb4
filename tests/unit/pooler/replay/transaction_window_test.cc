#include "pooler/replay/transaction_window.h"

#include "tests/support/catch.h"

using pooler::Dialect;
using pooler::TransactionWindow;
using pooler::Unfit;
using Status = protocol::TransactionStatus;

namespace {

struct Window : TransactionWindow {
    std::uint64_t sequence = 0;
    std::size_t at = 0;
    explicit Window(bool open) { begin(open); }
    Window& statement(std::string_view text) {
        on_message(at += 10);
        on_statement(pooler::facts_of(pooler::classify(text), text, Dialect::kPostgres));
        return *this;
    }
    Window& query(std::string_view text) {
        statement(text).end_unit(++sequence, true);
        return *this;
    }
    Window& sync() {
        on_message(at += 10);
        end_unit(++sequence, false);
        return *this;
    }
};

}  // namespace

TEST_CASE("transaction window: writes of an open transaction have not committed before COMMIT is sent") {
    Window w(true);
    CHECK(w.empty());
    w.query("UPDATE t SET a = 1");
    CHECK(w.is_transaction());
    CHECK_FALSE(w.may_have_committed());
    REQUIRE(w.on_ready(Status::kInTransaction));
    w.query("COMMIT");
    CHECK(w.may_have_committed());
    REQUIRE(w.on_ready(Status::kIdle));
    CHECK(w.empty());
    CHECK_FALSE(w.may_have_committed());
}

TEST_CASE("transaction window: an autocommit write may have committed as soon as it is sent") {
    CHECK(Window(false).query("UPDATE t SET a = 1").may_have_committed());
    CHECK_FALSE(Window(false).query("SELECT 1").may_have_committed());
    CHECK(Window(false).query("SELECT f()").may_have_committed());
}

TEST_CASE("transaction window: what is sent behind a BEGIN without an answer may run by itself") {
    Window pipelined(false);
    pipelined.query("BEGIN");
    CHECK_FALSE(pipelined.may_have_committed());
    pipelined.query("UPDATE t SET a = 1");
    CHECK(pipelined.may_have_committed());

    Window answered(false);
    answered.query("BEGIN");
    REQUIRE(answered.on_ready(Status::kInTransaction));
    CHECK_FALSE(answered.query("UPDATE t SET a = 1").may_have_committed());

    Window batch(false);  // one unit: if BEGIN fails, the rest is skipped
    batch.statement("BEGIN").statement("UPDATE t SET a = 1").sync();
    CHECK_FALSE(batch.may_have_committed());
    CHECK(batch.is_transaction());
}

TEST_CASE("transaction window: behind COMMIT or ROLLBACK nothing is part of the transaction") {
    Window rolled_back(true);
    rolled_back.query("ROLLBACK");
    CHECK_FALSE(rolled_back.may_have_committed());
    rolled_back.query("UPDATE t SET a = 1");
    CHECK(rolled_back.may_have_committed());
    CHECK(rolled_back.unfit() == Unfit::kChain);
    REQUIRE(rolled_back.on_ready(Status::kIdle));
    CHECK(rolled_back.unfit() == Unfit::kPipeline);
    CHECK(rolled_back.may_have_committed());
    REQUIRE(rolled_back.on_ready(Status::kIdle));
    CHECK(rolled_back.unfit() == Unfit::kNone);
}

TEST_CASE("transaction window: units end with a Query or a Sync, and begin with their first message") {
    Window w(true);
    w.statement("SELECT 1").statement("SELECT 2").sync().query("SELECT 3");
    CHECK(w.outstanding() == 2);
    CHECK(w.oldest()->start == 10);
    CHECK(w.oldest()->statements == 2);
    CHECK(w.start_behind_oldest() == std::size_t{40});
    CHECK(w.ends_within(1, 1));
    CHECK_FALSE(w.ends_within(3, 9));
    REQUIRE(w.on_ready(Status::kInTransaction));
    REQUIRE(w.on_ready(Status::kInTransaction));
    CHECK_FALSE(w.on_ready(Status::kInTransaction));
}

TEST_CASE("transaction window: a Sync that a COPY swallows does not end its unit") {
    Window w(true);
    w.statement("COPY t FROM STDIN").sync();
    REQUIRE(w.reopen());
    CHECK_FALSE(w.oldest()->closed());
    w.sync();
    CHECK(w.outstanding() == 1);
    w.query("SELECT 1");
    CHECK_FALSE(w.reopen());
}
