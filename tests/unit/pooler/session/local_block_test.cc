#include "pooler/session/local_block.h"

#include <string>

#include "tests/support/catch.h"

using pooler::Dialect;
using pooler::LocalBlock;
using pooler::read_block_request;
using Verb = pooler::BlockRequest::Verb;

TEST_CASE("block: a plain BEGIN in any spelling may wait, with the options that mean the same later") {
    for (const char* text :
         {"BEGIN", "begin;", "  Begin  Work ;", "BEGIN TRANSACTION READ ONLY", "START TRANSACTION",
          "start transaction isolation level serializable, read only, deferrable", "BEGIN NOT DEFERRABLE"}) {
        CAPTURE(text);
        CHECK(read_block_request(text, Dialect::kPostgres).verb == Verb::kBegin);
    }
    CHECK(read_block_request("BEGIN PRIORITY HIGH", Dialect::kCockroach).verb == Verb::kBegin);
    CHECK(read_block_request(" BEGIN READ ONLY ; ", Dialect::kPostgres).text == "BEGIN READ ONLY");
    CHECK(read_block_request("start transaction", Dialect::kPostgres).tag == "START TRANSACTION");
    CHECK(read_block_request("start transaction", Dialect::kCockroach).tag == "BEGIN");
}

TEST_CASE("block: what a server would refuse, or what fixes a moment, goes to the server") {
    for (const char* text : {"BEGIN; SELECT 1", "BEGIN PRIORITY HIGH", "BEGIN ISOLATION LEVEL NONSENSE",
                             "BEGIN READ ONLY READ WRITE", "BEGINNING", "SELECT 1", "-- BEGIN",
                             "BEGIN \xC3\xA4", "COMMIT PREPARED 'x'", "ROLLBACK TO a",
                             "ROLLBACK PREPARED 'x'", "COMMIT nonsense", "END; BEGIN x"}) {
        CAPTURE(text);
        const auto verb = read_block_request(text, Dialect::kPostgres).verb;
        CHECK((verb == Verb::kOther || verb == Verb::kEndFirst));
    }
    for (const char* text : {"BEGIN DEFERRABLE", "BEGIN AS OF SYSTEM TIME '-10s'"})
        CHECK(read_block_request(text, Dialect::kCockroach).verb == Verb::kOther);
    CHECK(read_block_request("BEGIN" + std::string(600, ' '), Dialect::kPostgres).verb == Verb::kOther);
}

TEST_CASE("block: ends are told by their tag, AND CHAIN and what stands behind them") {
    for (const char* text : {"COMMIT", "END", "commit work;", "END TRANSACTION AND NO CHAIN"}) {
        const auto request = read_block_request(text, Dialect::kPostgres);
        CHECK(request.verb == Verb::kEnd);
        CHECK(request.tag == "COMMIT");
        CHECK_FALSE(request.chain);
    }
    for (const char* text : {"ROLLBACK", "ABORT", "rollback work"})
        CHECK(read_block_request(text, Dialect::kPostgres).tag == "ROLLBACK");
    CHECK(read_block_request("ROLLBACK AND CHAIN", Dialect::kPostgres).chain);
    const auto first = read_block_request(" ROLLBACK work; SELECT 1", Dialect::kPostgres);
    CHECK(first.verb == Verb::kEndFirst);
    CHECK(first.text == "ROLLBACK work");
    for (const char* text : {"", " ", ";", " ;; "})
        CHECK(read_block_request(text, Dialect::kPostgres).verb == Verb::kEmpty);
}

TEST_CASE("block: its status is what a server would report") {
    LocalBlock block;
    CHECK(block.status() == protocol::TransactionStatus::kIdle);
    block.begin("BEGIN READ ONLY");
    CHECK(block.status() == protocol::TransactionStatus::kInTransaction);
    block.fail();
    CHECK(block.status() == protocol::TransactionStatus::kFailed);
    block.chain();
    CHECK(block.text() == "BEGIN READ ONLY");
    CHECK(block.status() == protocol::TransactionStatus::kInTransaction);
    block.end();
    CHECK(block.none());
    CHECK(block.text().empty());
}
