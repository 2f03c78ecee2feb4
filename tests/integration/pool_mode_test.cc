// When a server connection goes back to its pool: session, transaction and statement pooling.
#include "tests/integration/scene.h"

using namespace support;

namespace {

WeirConfig one_server(const char* mode) {
    return scene::before(scene::settled(Postgres::shared()))
        .set("default_pool_size", "1")
        .set("pool_mode", mode);
}

std::string backend(Client& client) { return client.value("SELECT pg_backend_pid()"); }

}  // namespace

TEST_CASE("session pooling: a client keeps its server until it leaves", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("session"));
    auto first = Client::connect(weir.login());
    first.query("CREATE TEMP TABLE kept (x int)");
    auto second = Client::connect(weir.login());
    REQUIRE(second.send("SELECT 'served'"));
    REQUIRE(scene::waiting(weir, 1));
    CHECK(first.value("SELECT count(*) FROM kept") == "0");
    first.close();
    CHECK(second.wait().rows == Rows{{"served"}});
}

TEST_CASE("session pooling: the next client finds nothing of the one before on the same server", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("session"));
    std::string pid;
    {
        auto first = Client::connect(weir.login());
        first.query("CREATE TEMP TABLE left_over (x int)");
        first.query("SET statement_timeout = '1234s'");
        first.query("PREPARE left_statement AS SELECT 1");
        pid = backend(first);
    }
    auto second = Client::connect(weir.login());
    CHECK(backend(second) == pid);
    CHECK(second.value("SELECT to_regclass('pg_temp.left_over') IS NULL") == "t");
    CHECK(second.value("SHOW statement_timeout") == "0");
    CHECK(second.value("SELECT count(*) FROM pg_prepared_statements") == "0");
}

TEST_CASE("transaction pooling: clients share a server between transactions and never within one", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("transaction"));
    auto first = Client::connect(weir.login());
    auto second = Client::connect(weir.login());
    const auto pid = backend(first);
    CHECK(backend(second) == pid);
    scene::begin(first);
    REQUIRE(second.send("SELECT 'served'"));
    REQUIRE(scene::waiting(weir, 1));
    CHECK(backend(first) == pid);
    first.query("COMMIT");
    CHECK(second.wait().rows == Rows{{"served"}});
    CHECK(backend(second) == pid);
}

TEST_CASE("transaction pooling: a server is free again after COMMIT, ROLLBACK and errors", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("transaction"));
    auto first = Client::connect(weir.login());
    auto second = Client::connect(weir.login());
    for (const char* text :
         {"BEGIN; SELECT 1; COMMIT", "BEGIN; SELECT 1; ROLLBACK", "SELECT 1/0", "BEGIN; SELECT 1; END",
          "BEGIN; SELECT 1; SAVEPOINT a; ROLLBACK TO a; COMMIT", "START TRANSACTION; ABORT"}) {
        CAPTURE(text);
        first.try_query(text);
        CHECK(first.transaction_status() == PQTRANS_IDLE);
        CHECK(second.value("SELECT 1") == "1");
    }
    CHECK(scene::connections(Postgres::shared(), 1));
}

TEST_CASE("transaction pooling: an empty transaction and nested warnings are answered as on PostgreSQL",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("transaction"));
    auto client = Client::connect(weir.login());
    auto direct = Client::connect(Postgres::shared().login());
    for (const char* text : {"BEGIN",
                             "COMMIT",
                             "START TRANSACTION READ ONLY",
                             "ROLLBACK",
                             "BEGIN",
                             "BEGIN",
                             "SELECT 1",
                             "COMMIT",
                             "COMMIT",
                             "BEGIN ISOLATION LEVEL SERIALIZABLE",
                             "SHOW transaction_isolation",
                             "SELECT 1/0",
                             "SELECT 1",
                             "COMMIT",
                             "BEGIN",
                             "SAVEPOINT s",
                             "SELECT 1/0",
                             "ROLLBACK TO s",
                             "SELECT 2",
                             "END"}) {
        CAPTURE(text);
        const auto seen = client.try_query(text);
        const auto expected = direct.try_query(text);
        CHECK(seen.tag == expected.tag);
        CHECK(seen.rows == expected.rows);
        CHECK(seen.sqlstate == expected.sqlstate);
        CHECK(client.transaction_status() == direct.transaction_status());
    }
    CHECK(client.notices() == direct.notices());
}

TEST_CASE("statement pooling: single statements work and transactions are refused", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("statement"));
    auto client = Client::connect(weir.login());
    CHECK(client.value("SELECT 1") == "1");
    const auto refused = client.try_query("BEGIN");
    CHECK_FALSE(refused.ok);
    CHECK(refused.sqlstate == "08P01");
    CHECK(refused.message.find("transaction blocks not allowed in statement pooling mode") !=
          std::string::npos);
    CHECK_FALSE(client.connected());
    auto next = Client::connect(weir.login());
    CHECK(next.value("SELECT 2") == "2");
    CHECK(eventually([&] { return weir.pool("cl_active") == 1; }));
}

TEST_CASE("pool mode: the user's wins over the database's and that over the general one", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(scene::settled(Postgres::shared()), "pool_mode=transaction")
                      .set("default_pool_size", "1")
                      .set("pool_mode", "statement");
    config.users["other"] = "pool_mode=session";
    Weir weir(config);
    for (auto& row : weir.show("DATABASES")) {
        if (row["name"] == "app") CHECK(row["pool_mode"] == "transaction");
    }
    auto by_database = Client::connect(weir.login("app"));
    scene::begin(by_database);
    by_database.query("COMMIT");
    auto by_user = Client::connect(weir.login("other"));
    by_user.query("CREATE TEMP TABLE kept (x int)");
    auto waiter = Client::connect(weir.login("other"));
    REQUIRE(waiter.send("SELECT 1"));
    REQUIRE(scene::waiting(weir, 1));
    CHECK(by_user.value("SELECT count(*) FROM kept") == "0");
}

TEST_CASE("pool mode: server_reset_query_always cleans the server after each transaction", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("transaction").set("server_reset_query_always", "1"));
    auto first = Client::connect(weir.login());
    first.query("SET work_mem = '1234kB'");
    CHECK(Client::connect(weir.login()).value("SHOW work_mem") != "1234kB");
}
