// Where PgBouncer's manual and its behaviour differ, the behaviour is followed, and its defects are not.
#include "tests/integration/compat/compat.h"
#include "tests/integration/compat/instance.h"
#include "tests/support/free_port.h"

using namespace support;
using namespace support::wire;

namespace {

WeirConfig plain(const std::string& keys = "") { return compat::before(Postgres::shared(), keys); }

/// Output of a start with this configuration, which must fail.
std::string refused(const WeirConfig& config) {
    compat::Instance instance(config, free_port());
    const auto end = instance.run({.options = {"--check"}});
    CHECK(end.status == 1);
    return end.output;
}

bool accepted(const WeirConfig& config) {
    compat::Instance instance(config, free_port());
    return instance.run({.options = {"--check"}}).status == 0;
}

}  // namespace

TEST_CASE("differences: keys take single quotes only", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain();
    config.databases["'odd name'"] =
        "host=127.0.0.1 dbname=app port=" + std::to_string(Postgres::shared().port());
    Weir weir(config);
    CHECK(Client::connect(weir.login().with_database("odd name")).value("SELECT 1") == "1");
    CHECK(command_tag(compat::console(weir).exchange(query("PAUSE \"odd name\""))) == "PAUSE");
    auto wrong = plain();
    wrong.databases["\"odd name\""] = "host=127.0.0.1";
    CHECK_FALSE(refused(wrong).empty());
}

TEST_CASE("differences: dheparams knows no legacy, peers may have ids up to 65535", "[pg]") {
    REQUIRES_POSTGRES();
    auto legacy = plain().set("client_tls_dheparams", "legacy").set("client_tls_sslmode", "require");
    legacy.set("client_tls_key_file", "key.pem").set("client_tls_cert_file", "cert.pem");
    CHECK(refused(legacy).find("dheparams") != std::string::npos);
    auto peers = plain().set("peer_id", "1");
    peers.peers["65535"] = "host=192.0.2.1";
    CHECK(accepted(peers));
    peers.peers["65536"] = "host=192.0.2.1";
    CHECK_FALSE(refused(peers).empty());
}

TEST_CASE("differences: application_name and extra tracked parameters need no ignore list", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    auto client = WireClient::logged_in(
        weir.login(), {{"application_name", "mine"}, {"INTERVALSTYLE", "iso_8601"}, {"datestyle", "German"}});
    CHECK(rows(client.exchange(query("SHOW application_name"))) == Rows{{"mine"}});
    CHECK(rows(client.exchange(query("SHOW IntervalStyle"))) == Rows{{"iso_8601"}});
}

TEST_CASE("differences: a client_idle_timeout of one user leaves the others alone", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain();
    config.users["other"] = "client_idle_timeout=1";
    Weir weir(config);
    auto patient = WireClient::logged_in(weir.login("app"));
    auto hasty = WireClient::logged_in(weir.login("other"));
    CHECK(compat::error(hasty.read_to_end()) == "FATAL 08P01 client_idle_timeout");
    CHECK(rows(patient.exchange(query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("differences: query_timeout does not end an idle transaction", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain().set("query_timeout", "1"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(query("BEGIN; SELECT 1"));
    CHECK(client.silent(std::chrono::seconds(2)));
    CHECK(command_tag(client.exchange(query("COMMIT"))) == "COMMIT");
}

TEST_CASE("differences: SHOW USERS does not repeat one user's size on the next rows", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain();
    config.users["app"] = "pool_size=9";
    Weir weir(config);
    for (const auto& row : weir.show("USERS")) {
        INFO(row.at("name"));
        CHECK(row.at("pool_size") == (row.at("name") == "app" ? "        9" : ""));
    }
}

TEST_CASE("differences: SCRAM keys are taken anew at each login, so that a new password works", "[pg]") {
    REQUIRES_POSTGRES();
    PostgresOptions options;
    options.hba = {"host all pass_through 127.0.0.1/32 scram-sha-256"};
    Postgres strict(options);
    auto& control = strict.control();
    const auto verifier = [&](const std::string& sql) {
        control.query("SET password_encryption = 'scram-sha-256'");
        control.query(sql);
        return control.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'pass_through'");
    };
    auto config = compat::before(strict).set("auth_type", "scram-sha-256");
    config.userlist["admin"] = "admin";
    config.userlist["pass_through"] = verifier("CREATE ROLE pass_through LOGIN PASSWORD 'first'");
    Weir weir(config);
    const auto login = [&](const std::string& secret) {
        return weir.login().with_user("pass_through", secret);
    };
    CHECK(Client::connect(login("first")).value("SELECT 1") == "1");
    weir.config().userlist["pass_through"] = verifier("ALTER ROLE pass_through PASSWORD 'second'");
    weir.reload();
    CHECK_FALSE(Client(login("first")).connected());
    weir.console("RECONNECT app");
    CHECK(Client::connect(login("second")).value("SELECT 2") == "2");
}

TEST_CASE("differences: COPY messages that come late after an error wedge no server", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain("pool_size=1"));
    auto client = WireClient::logged_in(weir.login());
    CHECK(sqlstate(client.exchange(query("COPY nowhere FROM STDIN"))) == "42P01");
    client.send(copy_data("1\n") + copy_done());
    CHECK(rows(client.exchange(query("SELECT 1"))) == Rows{{"1"}});
    CHECK(Client::connect(weir.login()).value("SELECT 2") == "2");
}

TEST_CASE("differences: start-up parameters that are not known go to the server", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    auto client = WireClient::logged_in(weir.login(), {{"search_path", "x"}, {"options", "-c work_mem=1MB"}});
    CHECK(rows(client.exchange(query("SHOW search_path"))) == Rows{{"x"}});
    CHECK(rows(client.exchange(query("SHOW work_mem"))) == Rows{{"1MB"}});
    auto wrong = WireClient::logged_in(weir.login(), {{"no_such_variable", "x"}});
    wrong.send(query("SELECT 1"));
    CHECK(sqlstate(wrong.read_to_end()) == "42704");
}
