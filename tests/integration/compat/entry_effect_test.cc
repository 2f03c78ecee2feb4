// Values of one database line and of one line of [users]: that they hold there, not elsewhere, and which user
// they are looked up for.
#include "tests/integration/compat/compat.h"

using namespace support;
using namespace support::wire;

namespace {

/// Database `app` with these keys, `second` without.
WeirConfig two_databases(Postgres& postgres, const std::string& keys) {
    auto config = compat::before(postgres, keys);
    return config.database(postgres.port(), "", "second");
}

/// The text with which the pooler ended the session.
std::string last_words(WireClient& client) {
    const auto answer = client.read_to_end();
    return answer.empty() ? "" : compat::error({answer.back()});
}

}  // namespace

TEST_CASE("[databases]: min_pool_size opens servers of that database only", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(two_databases(postgres, "min_pool_size=3"));
    const auto first = Client::connect(weir.login());
    const auto second = Client::connect(weir.login().with_database("second"));
    CHECK(scene::connections(postgres, 4));
    CHECK(always([&] { return postgres.connections() == 4; }, std::chrono::seconds(1)));
    CHECK(weir.pool("sv_idle") == 3);
    CHECK(weir.pool("sv_idle", "second") == 1);
}

TEST_CASE("[databases]: min_pool_size with a forced user opens servers before any client comes", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(compat::before(postgres, "user=other min_pool_size=2 pool_size=2"));
    CHECK(scene::connections(postgres, 2));
    CHECK(postgres.connections("usename = 'other'") == 2);
    CHECK(compat::row_with(weir, "POOLS", {{"database", "app"}}).at("cl_active") == "0");
}

TEST_CASE("[databases]: min_pool_size without a forced user waits for the first client", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(compat::before(postgres, "min_pool_size=2"));
    CHECK(always([&] { return postgres.connections() == 0; }, std::chrono::seconds(1)));
    const auto client = Client::connect(weir.login());
    CHECK(scene::connections(postgres, 2));
}

TEST_CASE("[databases]: server_lifetime of one database leaves the servers of others alone", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(two_databases(Postgres::shared(), "server_lifetime=1 pool_size=1"));
    auto ageing = Client::connect(weir.login());
    auto lasting = Client::connect(weir.login().with_database("second"));
    const auto kept = lasting.value("SELECT pg_backend_pid()");
    const auto replaced = ageing.value("SELECT pg_backend_pid()");
    CHECK(eventually([&] { return Postgres::shared().connections("pid = " + replaced) == 0; }));
    CHECK(ageing.value("SELECT pg_backend_pid()") != replaced);
    CHECK(lasting.value("SELECT pg_backend_pid()") == kept);
}

TEST_CASE("[databases]: client_encoding and application_name are the servers' start", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(two_databases(Postgres::shared(),
                            "pool_size=1 client_encoding=LATIN1 application_name='of the line'"));
    auto client = WireClient::logged_in(weir.login());
    CHECK(rows(client.exchange(query("SHOW client_encoding"))) == Rows{{"LATIN1"}});
    CHECK(rows(client.exchange(query("SHOW application_name"))) == Rows{{"of the line"}});
    CHECK(Postgres::shared().connections("application_name = 'of the line'") == 1);
    // What a client asks for goes before; the next one without a wish has the line's again.
    const Parameters wish{{"client_encoding", "UTF8"}, {"application_name", "mine"}};
    auto wishing = WireClient::logged_in(weir.login(), wish);
    CHECK(rows(wishing.exchange(query("SHOW client_encoding"))) == Rows{{"UTF8"}});
    CHECK(rows(wishing.exchange(query("SHOW application_name"))) == Rows{{"mine"}});
    CHECK(rows(client.exchange(query("SHOW client_encoding"))) == Rows{{"LATIN1"}});
    CHECK(rows(client.exchange(query("SHOW application_name"))) == Rows{{"of the line"}});
    auto elsewhere = WireClient::logged_in(weir.login().with_database("second"));
    CHECK(rows(elsewhere.exchange(query("SHOW client_encoding"))) == Rows{{"UTF8"}});
    CHECK(rows(elsewhere.exchange(query("SHOW application_name"))) != Rows{{"of the line"}});
}

TEST_CASE("[users]: reserve_pool_size of one user gives no other a server", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    auto config = compat::before(postgres, "pool_size=1").set("reserve_pool_timeout", "0.5");
    config.users["other"] = "reserve_pool_size=1";
    Weir weir(config);
    std::vector<Client> clients;
    for (const char* user : {"app", "app", "other", "other"})
        clients.push_back(Client::connect(weir.login(user)));
    compat::begin(clients[0]);
    compat::begin(clients[2]);
    REQUIRE(clients[1].send("SELECT 1"));
    compat::begin(clients[3]);  // out of the reserve
    CHECK(always([&] { return postgres.connections("usename = 'app'") == 1; }, std::chrono::seconds(1)));
    CHECK(postgres.connections("usename = 'other'") == 2);
    clients[0].query("COMMIT");
    CHECK(clients[1].wait().ok);
}

TEST_CASE("[users]: idle_transaction_timeout and transaction_timeout of one user spare the others", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* key = GENERATE("idle_transaction_timeout", "transaction_timeout");
    CAPTURE(key);
    auto config = compat::before(Postgres::shared());
    config.users["other"] = std::string(key) + "=1";
    Weir weir(config);
    auto patient = WireClient::logged_in(weir.login("app"));
    auto hasty = WireClient::logged_in(weir.login("other"));
    for (WireClient* client : {&patient, &hasty}) client->exchange(query("BEGIN; SELECT 1"));
    const bool idle = std::string(key) == "idle_transaction_timeout";
    CHECK(last_words(hasty) ==
          (idle ? "FATAL 08P01 idle transaction timeout" : "FATAL 08P01 transaction timeout"));
    CHECK(command_tag(patient.exchange(query("COMMIT"))) == "COMMIT");
}

TEST_CASE("[users]: limits of running work are looked up for the pool's user, not the login's", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = compat::before(Postgres::shared(), "user=other");
    config.users["app"] = "query_timeout=1 transaction_timeout=1 idle_transaction_timeout=600";
    config.users["other"] = "idle_transaction_timeout=1";
    Weir weir(config);
    auto client = WireClient::logged_in(weir.login("app"));
    CHECK(types(client.exchange(query("BEGIN; SELECT pg_sleep(2.5)"))) == "CTDCZ");
    CHECK(last_words(client) == "FATAL 08P01 idle transaction timeout");
}

TEST_CASE("[users]: client_idle_timeout is looked up for the login user, not the pool's", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = compat::before(Postgres::shared(), "user=other");
    config.users["other"] = "client_idle_timeout=1";
    Weir weir(config);
    auto by_login = WireClient::logged_in(weir.login("app"));
    auto by_name = WireClient::logged_in(weir.login("other"));
    CHECK(compat::error(by_name.read_to_end()) == "FATAL 08P01 client_idle_timeout");
    CHECK(by_login.silent(std::chrono::milliseconds(700)));
    CHECK(rows(by_login.exchange(query("SELECT current_user"))) == Rows{{"other"}});
}
