// The extended protocol: pipelines, errors in them, portals, Flush, empty queries, function calls.
#include <random>

#include "tests/integration/scene.h"

using namespace support;
using namespace support::wire;

namespace {

WeirConfig one_server() { return scene::before(Postgres::shared()).set("default_pool_size", "1"); }

std::string once(const std::string& sql) {
    return parse("", sql) + bind_portal("", "") + execute("") + sync_message();
}

}  // namespace

TEST_CASE("pipeline: many queries in one write are answered in order", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "2"));
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<WireClient> clients;
    for (int i = 0; i < 4; ++i) clients.push_back(WireClient::logged_in(weir.login()));
    constexpr int kQueries = 60;
    for (auto& client : clients) {
        std::string batch;
        for (int i = 0; i < kQueries; ++i) {
            const auto sql = "SELECT " + std::to_string(i);
            batch += random() % 2 == 0 ? query(sql) : once(sql);
        }
        for (std::string_view rest = batch; !rest.empty();) {
            const auto piece = std::min<std::size_t>(rest.size(), 1 + random() % 400);
            REQUIRE(client.send(rest.substr(0, piece)));
            rest.remove_prefix(piece);
        }
    }
    for (auto& client : clients) {
        for (int i = 0; i < kQueries; ++i) REQUIRE(rows(client.read_answer()) == Rows{{std::to_string(i)}});
    }
}

TEST_CASE("pipeline: after an error everything up to the Sync is skipped and nothing behind it", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    client.send(parse("", "SELECT 1") + bind_portal("", "") + execute("") +  //
                parse("", "SELECT 1/(g-1) FROM generate_series(1,1) g") + bind_portal("", "") +
                execute("") +                                                                               //
                parse("skipped", "SELECT 2") + bind_portal("", "skipped") + execute("") + sync_message() +  //
                once("SELECT 3") + query("SELECT 4"));
    const auto failed = client.read_answer();
    CHECK(types(failed) == "12DC12EZ");
    CHECK(sqlstate(failed) == "22012");
    CHECK(rows(client.read_answer()) == Rows{{"3"}});
    CHECK(rows(client.read_answer()) == Rows{{"4"}});
}

TEST_CASE("pipeline: a Parse that fails does not harm the unnamed statement of the next Sync unit", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    for (int i = 0; i < 100; ++i) {  // the error comes back while the next unit is on its way, or after it
        client.send(once("SELECT 1") + once("SELEC") + once("SELECT 2"));
        CHECK(rows(client.read_answer()) == Rows{{"1"}});
        CHECK(sqlstate(client.read_answer()) == "42601");
        REQUIRE(rows(client.read_answer()) == Rows{{"2"}});
    }
}

TEST_CASE("pipeline: an error undoes the statements before it in the same Sync unit", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    client.exchange(query("DROP TABLE IF EXISTS pipe_t; CREATE TABLE pipe_t (x int)"));
    client.exchange(parse("", "INSERT INTO pipe_t VALUES (1)") + bind_portal("", "") + execute("") +
                    once("SELECT 1/0"));
    CHECK(rows(client.exchange(query("SELECT count(*) FROM pipe_t"))) == Rows{{"0"}});
    client.exchange(query("DROP TABLE pipe_t"));
}

TEST_CASE("pipeline: a failed query inside a transaction keeps the server until ROLLBACK", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    client.exchange(query("BEGIN"));
    CHECK(transaction_status(client.exchange(once("SELECT 1/0"))) == 'E');
    auto other = WireClient::logged_in(weir.login());
    other.send(query("SELECT 'other'"));
    REQUIRE(scene::waiting(weir, 1));
    CHECK(sqlstate(client.exchange(once("SELECT 1"))) == "25P02");
    CHECK(transaction_status(client.exchange(once("ROLLBACK"))) == 'I');
    CHECK(rows(other.read_answer()) == Rows{{"other"}});
}

TEST_CASE("portals: rows come in portions and a suspended portal keeps the server", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    client.send(parse("", "SELECT g FROM generate_series(1, 5) g") + bind_portal("", "") + execute("", 2) +
                flush_message());
    CHECK(types(client.read_until('s')) == "12DDs");
    auto other = WireClient::logged_in(weir.login());
    other.send(query("SELECT 'other'"));
    REQUIRE(scene::waiting(weir, 1));
    client.send(execute("", 2) + flush_message());
    const auto second = client.read_until('s');
    CHECK(types(second) == "DDs");
    CHECK(rows(second) == Rows{{"3"}, {"4"}});
    CHECK(types(client.exchange(execute("", 2) + sync_message())) == "DCZ");
    CHECK(rows(other.read_answer()) == Rows{{"other"}});
}

TEST_CASE("portals: named ones live through Syncs inside a transaction", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    client.exchange(query("BEGIN"));
    const auto first =
        client.exchange(parse("s", "SELECT g FROM generate_series(1, 3) g") + bind_portal("p", "s") +
                        describe_portal("p") + execute("p", 1) + sync_message());
    CHECK(types(first) == "12TDsZ");
    CHECK(transaction_status(first) == 'T');
    CHECK(rows(client.exchange(execute("p", 1) + sync_message())) == Rows{{"2"}});
    CHECK(types(client.exchange(close_portal("p") + sync_message())) == "3Z");
    CHECK(sqlstate(client.exchange(execute("p", 1) + sync_message())) == "34000");
    client.exchange(query("ROLLBACK"));
    CHECK(rows(client.exchange(bind_portal("", "s") + execute("") + sync_message())).size() == 3);
}

TEST_CASE("flush: what was asked comes without Sync and an abandoned batch harms nobody", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(one_server());
    {
        auto client = WireClient::logged_in(weir.login());
        client.send(parse("s", "SELECT 1") + describe_statement("s") + flush_message());
        CHECK(types(client.read_until('T')) == "1tT");
        CHECK(weir.pool("sv_active") == 1);
    }
    auto next = WireClient::logged_in(weir.login());
    CHECK(rows(next.exchange(query("SELECT 'next'"))) == Rows{{"next"}});
    CHECK(sqlstate(next.exchange(bind_portal("", "s") + sync_message())) == "26000");
    CHECK(scene::connections(postgres, 1));
}

TEST_CASE("sync: alone, repeated and behind Flush it is answered each time", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    CHECK(types(client.exchange(sync_message())) == "Z");
    client.send(sync_message() + sync_message() + flush_message() + sync_message());
    for (int i = 0; i < 3; ++i) CHECK(types(client.read_answer()) == "Z");
    CHECK(client.silent(std::chrono::milliseconds(20)));
    CHECK(rows(client.exchange(query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("query: empty texts and lone semicolons are answered as PostgreSQL does", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    auto direct = WireClient::logged_in(Postgres::shared().login());
    for (const char* text : {"", ";", " ;; ", "-- only a comment", "/* the same */;"}) {
        CAPTURE(text);
        CHECK(types(client.exchange(query(text))) == types(direct.exchange(query(text))));
        CHECK(types(client.exchange(once(text))) == types(direct.exchange(once(text))));
    }
}

TEST_CASE("query: several statements in one text behave as on PostgreSQL itself", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    auto direct = WireClient::logged_in(Postgres::shared().login());
    for (const char* text :
         {"SELECT 1; SELECT 2", "SELECT 1; SELECT 1/0; SELECT 2", "BEGIN; SELECT 1",
          "SELECT 2; COMMIT; SELECT 3", "BEGIN; SELECT 1/0", "ROLLBACK; SELECT 4", "BEGIN; COMMIT; BEGIN",
          "END; SELEC", "COMMIT",
          "CREATE TEMP TABLE m (x int); INSERT INTO m VALUES (1); SELECT x FROM m; DROP TABLE m"}) {
        CAPTURE(text);
        const auto seen = client.exchange(query(text));
        const auto expected = direct.exchange(query(text));
        CHECK(types(seen) == types(expected));
        CHECK(rows(seen) == rows(expected));
        CHECK(transaction_status(seen) == transaction_status(expected));
        CHECK(sqlstate(seen) == sqlstate(expected));
    }
}

TEST_CASE("query: notices arrive with the answer they belong to", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    const auto answer =
        client.exchange(query("DO $$ BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second'; END $$; SELECT 1"));
    REQUIRE(types(answer) == "NNCTDCZ");
    CHECK(error_fields(answer[0])['M'] == "first");
    CHECK(error_fields(answer[1])['S'] == "WARNING");
    CHECK(types(client.exchange(query("SELECT 2"))) == "TDCZ");
}

TEST_CASE("function call: it is answered and frees the server", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    constexpr std::uint32_t kInt4Plus = 177;  // pg_proc.oid of int4pl
    const auto sum = client.exchange(function_call(kInt4Plus, {"40", "2"}));
    REQUIRE(types(sum) == "VZ");
    CHECK(sum[0].body == int32(2) + "42");
    CHECK(rows(other.exchange(query("SELECT 1"))) == Rows{{"1"}});
    const auto failed = client.exchange(function_call(kInt4Plus, {"2147483647", "1"}));
    CHECK(types(failed) == "EZ");
    CHECK(sqlstate(failed) == "22003");
    CHECK(rows(other.exchange(query("SELECT 2"))) == Rows{{"2"}});
}
