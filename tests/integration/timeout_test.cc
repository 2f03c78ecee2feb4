// Time limits, each with what its victim is told and that the next client is served.
#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"

using namespace support;

namespace {

/// The pooler ended the session: FATAL 08P01 with this text, in the middle of something or at rest.
void check_ended(WireClient& client, const std::string& text) {
    const auto answer = client.read_to_end();
    REQUIRE_FALSE(answer.empty());
    CHECK(answer.back().type == 'E');
    CHECK(wire::error_fields(answer.back())['S'] == "FATAL");
    CHECK(wire::error_fields(answer.back())['C'] == "08P01");
    CHECK(wire::error_fields(answer.back())['M'] == text);
}

WeirConfig with(const std::string& setting, const std::string& value) {
    return scene::before(scene::settled(Postgres::shared()))
        .set("default_pool_size", "1")
        .set(setting, value);
}

/// The answer to this query of a new client, or to its login if that fails.
wire::Messages first_answer(const Weir& weir, const std::string& sql) {
    WireClient client(weir.port());
    client.send(wire::startup({{"user", "app"}, {"database", "app"}}));
    const auto login = client.read_answer();
    return wire::transaction_status(login) == 'I' ? client.exchange(wire::query(sql)) : login;
}

}  // namespace

TEST_CASE("query_timeout: a query that runs too long ends with its client, and the server is kept", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with("query_timeout", "1"));
    auto client = WireClient::logged_in(weir.login());
    const auto backend = wire::rows(client.exchange(wire::query("SELECT pg_backend_pid()")));
    client.send(wire::query("SELECT pg_sleep(600)"));
    check_ended(client, "query timeout");
    auto next = WireClient::logged_in(weir.login());
    CHECK(wire::rows(next.exchange(wire::query("SELECT pg_backend_pid()"))) == backend);
    CHECK(eventually([&] { return weir.pool("sv_active") + weir.pool("sv_idle") == 1; }));
}

TEST_CASE("query_timeout: it does not concern a client that is idle", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with("query_timeout", "2"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(wire::query("SELECT 1"));
    CHECK(client.silent(std::chrono::seconds(3)));
    CHECK(wire::rows(client.exchange(wire::query("SELECT 2"))) == Rows{{"2"}});
}

TEST_CASE("idle_transaction_timeout: a silent open transaction ends, its work undone", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with("idle_transaction_timeout", "1"));
    Client::connect(weir.login()).query("DROP TABLE IF EXISTS idle_t; CREATE TABLE idle_t (x int)");
    auto client = WireClient::logged_in(weir.login());
    client.send(wire::query("BEGIN; INSERT INTO idle_t VALUES (1)"));
    check_ended(client, "idle transaction timeout");
    auto next = Client::connect(weir.login());
    CHECK(next.value("SELECT count(*) FROM idle_t") == "0");
    next.query("DROP TABLE idle_t");
}

TEST_CASE("transaction_timeout: it counts from the first statement, however busy the client is", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with("transaction_timeout", "1"));
    auto client = WireClient::logged_in(weir.login());
    auto answer = client.exchange(wire::query("BEGIN; SELECT 1"));
    CHECK(eventually([&] {
        if (wire::transaction_status(answer) == 0) return true;
        answer = client.exchange(wire::query("SELECT pg_sleep(0.05)"));
        return false;
    }));
    CHECK(wire::error_text(answer) == "transaction timeout");
    CHECK(scene::works(weir));
}

TEST_CASE("client_idle_timeout: only a client without work is closed", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with("client_idle_timeout", "2"));
    auto busy = WireClient::logged_in(weir.login());
    busy.send(wire::query("SELECT pg_sleep(5)"));
    auto idle = WireClient::logged_in(weir.login("other"));
    check_ended(idle, "client_idle_timeout");
    CHECK(wire::types(busy.read_answer()) == "TDCZ");
    check_ended(busy, "client_idle_timeout");
}

TEST_CASE("client_login_timeout: whoever does not finish the login is closed", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with("client_login_timeout", "1").set("tcp_defer_accept", "0"));
    WireClient silent(weir.port());
    WireClient half(weir.port());
    half.send(wire::startup({{"user", "app"}}).substr(0, 10));
    check_ended(silent, "client_login_timeout");
    check_ended(half, "client_login_timeout");
    CHECK(scene::works(weir));
}

TEST_CASE("server_connect_timeout: a server that accepts and says nothing is given up", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    Fault stall;
    stall.stall = true;
    proxy.from_target(stall);
    WeirConfig config;
    Weir weir(
        config.database(proxy.port()).set("server_connect_timeout", "1").set("query_wait_timeout", "60"));
    WireClient client(weir.port());
    client.send(wire::startup({{"user", "app"}, {"database", "app"}}));
    CHECK(eventually([&] { return proxy.accepted() >= 2; }));  // a second attempt follows the first
    proxy.heal();
    const auto login = client.read_answer();
    CHECK(wire::transaction_status(login) == 'I');
    CHECK(wire::rows(client.exchange(wire::query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("server_login_retry: with the server away a query fails at once and works when it is back",
          "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    WeirConfig config;
    Weir weir(config.database(proxy.port()).set("query_wait_timeout", "2"));
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    proxy.refuse();
    proxy.reset_all();
    // Whoever waits already when the first attempt fails goes on waiting; those who come later are told.
    wire::Messages answer;
    CHECK(eventually([&] {
        answer = first_answer(weir, "SELECT 1");
        return wire::error_text(answer).find("server login has been failing") == 0;
    }));
    CHECK(wire::sqlstate(answer) == "08P01");
    CHECK(wire::error_text(answer).find("(server_login_retry)") != std::string::npos);
    proxy.accept_again();
    CHECK(eventually([&] { return wire::rows(first_answer(weir, "SELECT 1")) == Rows{{"1"}}; }));
}

TEST_CASE("timeouts: those of a user replace the general ones", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = with("query_timeout", "600");
    config.users["other"] = "query_timeout=1";
    Weir weir(config);
    auto patient = WireClient::logged_in(weir.login("app"));
    patient.send(wire::query("SELECT pg_sleep(4)"));
    auto hasty = WireClient::logged_in(weir.login("other"));
    hasty.send(wire::query("SELECT pg_sleep(600)"));
    check_ended(hasty, "query timeout");
    CHECK(wire::types(patient.read_answer()) == "TDCZ");
}
