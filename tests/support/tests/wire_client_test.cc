#include "tests/support/wire_client.h"

#include "tests/support/catch.h"
#include "tests/support/postgres.h"

using namespace support;
using namespace support::wire;

TEST_CASE("wire messages: lengths count themselves and numbers are big-endian") {
    CHECK(sync_message() == std::string("S\0\0\0\4", 5));
    CHECK(query("") == std::string("Q\0\0\0\5\0", 6));
    CHECK(int32(0x01020304) == "\x01\x02\x03\x04");
    CHECK(startup({}) == std::string("\0\0\0\x09\0\3\0\0\0", 9));
}

TEST_CASE("wire client: a simple and an extended query are answered message by message", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = WireClient::logged_in(Postgres::shared().login());
    const auto simple = client.exchange(query("SELECT 1, NULL"));
    CHECK(types(simple) == "TDCZ");
    CHECK(rows(simple) == Rows{{"1", kNull}});
    CHECK(command_tag(simple) == "SELECT 1");
    CHECK(transaction_status(simple) == 'I');
    const auto extended =
        client.exchange(parse("s", "SELECT $1::text", {25}) + bind_portal("", "s", {"x"}) +
                        describe_portal("") + execute("") + close_statement("s") + sync_message());
    CHECK(types(extended) == "12TDC3Z");
    CHECK(rows(extended) == Rows{{"x"}});
}

TEST_CASE("wire client: error fields and the state of the transaction are read", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = WireClient::logged_in(Postgres::shared().login());
    client.exchange(query("BEGIN"));
    const auto failed = client.exchange(query("SELECT 1/0"));
    CHECK(types(failed) == "EZ");
    CHECK(sqlstate(failed) == "22012");
    CHECK(error_text(failed) == "division by zero");
    CHECK(transaction_status(failed) == 'E');
}

TEST_CASE("wire client: single bytes are enough and a function call is answered", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = WireClient::logged_in(Postgres::shared().login());
    constexpr std::uint32_t kInt4Plus = 177;  // pg_proc.oid of int4pl
    client.send_in_pieces(function_call(kInt4Plus, {"40", "2"}), 1);
    const auto answer = client.read_answer();
    REQUIRE(types(answer) == "VZ");
    CHECK(answer[0].body == int32(2) + "42");
    client.send(terminate());
    CHECK(client.read_to_end().empty());
}
