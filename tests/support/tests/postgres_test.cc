#include "tests/support/postgres.h"

#include "tests/support/catch.h"
#include "tests/support/eventually.h"

using namespace support;

TEST_CASE("postgres: a client logs in directly over both kinds of socket", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = Postgres::shared();
    auto client = Client::connect(postgres.login());
    CHECK(client.value("SELECT current_user || '@' || current_database()") == "app@app");
    auto login = postgres.login("other");
    login.host = postgres.socket_dir().string();
    CHECK(Client::connect(login).value("SELECT current_user") == "other");
}

TEST_CASE("postgres: connections are counted and can be terminated", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = Postgres::shared();
    auto client = Client::connect(postgres.login().with("application_name=counted"));
    CHECK(postgres.connections("application_name = 'counted'") == 1);
    CHECK(postgres.terminate("application_name = 'counted'") == 1);
    const auto outcome = client.try_query("SELECT 1");
    CHECK_FALSE(outcome.ok);
    CHECK(outcome.sqlstate == "57P01");
    CHECK(eventually([&] { return postgres.connections("application_name = 'counted'") == 0; }));
}

TEST_CASE("postgres: after an immediate stop it starts again on the same port with its data", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres postgres;
    postgres.control().query("CREATE TABLE kept AS SELECT 1 AS x");
    postgres.control().query("CHECKPOINT");
    const auto port = postgres.port();
    postgres.restart(Postgres::Stop::kImmediate);
    CHECK(postgres.port() == port);
    CHECK(postgres.control().value("SELECT x FROM kept") == "1");
}

TEST_CASE("postgres: settings and hba lines of the test apply", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres postgres({{"password_encryption = 'md5'"}, {"host all other all reject"}});
    CHECK(postgres.control().value("SHOW password_encryption") == "md5");
    const Client refused(postgres.login("other"));
    CHECK_FALSE(refused.connected());
    CHECK(refused.error().find("pg_hba.conf rejects") != std::string::npos);
}

TEST_CASE("client: an error is reported with its code and the next query works", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = Client::connect(Postgres::shared().login());
    const auto failed = client.try_query("SELECT 1; SELECT 1/0; SELECT 2");
    CHECK_FALSE(failed.ok);
    CHECK(failed.sqlstate == "22012");
    CHECK(failed.rows == Rows{{"1"}});
    CHECK(client.try_params("SELECT $1::int + 1, $2::text", {"41", kNull}).rows == Rows{{"42", kNull}});
}

TEST_CASE("client: COPY goes in and out and a running query can be cancelled", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = Client::connect(Postgres::shared().login());
    client.query("CREATE TEMP TABLE t (x int, y text)");
    CHECK(client.copy_in("COPY t FROM STDIN", "1\tone\n2\ttwo\n").tag == "COPY 2");
    CHECK(client.copy_out("COPY t TO STDOUT").message == "1\tone\n2\ttwo\n");
    CHECK_FALSE(client.copy_in("COPY t FROM STDIN", "x\n").ok);
    auto observer = Client::connect(Postgres::shared().login());
    REQUIRE(client.send("SELECT pg_sleep(600)"));
    // A cancel that arrives before the statement runs does nothing.
    REQUIRE(eventually([&] {
        return observer.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = "
                   "'SELECT pg_sleep(600)'") == "1";
    }));
    CHECK(client.cancel());
    CHECK(client.wait().sqlstate == "57014");
    CHECK(client.value("SELECT count(*) FROM t") == "2");
}
