// How the pooler logs in to servers: with what the userlist or the database line holds, or with the client's
// own keys.
#include "tests/integration/scene.h"
#include "tests/support/contains.h"

using namespace support;

namespace {

constexpr const char* kPassword = "server secret";

/// A server that asks each of these users in its own way; all have kPassword.
struct Strict {
    Strict()
        : postgres({{},
                    {"host all u_password 127.0.0.1/32 password", "host all u_md5 127.0.0.1/32 md5",
                     "host all u_scram 127.0.0.1/32 scram-sha-256"}}) {
        auto& control = postgres.control();
        for (const char* user : {"u_trust", "u_password", "u_md5", "u_scram"}) {
            control.query(std::string("SET password_encryption = '") +
                          (std::string(user) == "u_md5" ? "md5" : "scram-sha-256") + "'");
            control.query(std::string("CREATE ROLE ") + user + " LOGIN PASSWORD '" + kPassword + "'");
        }
    }
    std::string stored(const std::string& user) {
        return postgres.control().value("SELECT rolpassword FROM pg_authid WHERE rolname = '" + user + "'");
    }
    Postgres postgres;
};

Strict& strict() {
    static Strict server;
    return server;
}

WeirConfig knowing(const std::string& user, const std::string& secret,
                   const std::string& auth_type = "trust") {
    auto config = scene::before(strict().postgres).set("auth_type", auth_type);
    config.userlist[user] = secret;
    if (auth_type != "trust") config.userlist["admin"] = "admin password";
    return config;
}

std::string login_error(const Login& login) {
    Client client(login);
    if (!client.connected()) return client.error();
    const auto outcome = client.try_query("SELECT 1");
    return outcome.ok ? "" : outcome.message;
}

}  // namespace

TEST_CASE("server login: a plain secret answers trust, password, md5 and SCRAM", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string user = GENERATE("u_trust", "u_password", "u_md5", "u_scram");
    CAPTURE(user);
    Weir weir(knowing(user, kPassword));
    CHECK(login_error(weir.login(user)).empty());
}

TEST_CASE("server login: an md5 secret answers a server that asks for md5", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(knowing("u_md5", strict().stored("u_md5")));
    CHECK(login_error(weir.login("u_md5")).empty());
}

TEST_CASE("server login: the server's own refusal reaches the client", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string user = GENERATE("u_password", "u_md5", "u_scram");
    CAPTURE(user);
    Weir weir(knowing(user, "not the password"));
    WireClient client(weir.port());
    client.send(wire::startup({{"user", user}, {"database", "app"}}));
    auto answer = client.read_answer();
    if (wire::sqlstate(answer).empty()) answer = client.exchange(wire::query("SELECT 1"));
    CHECK(wire::sqlstate(answer) == "28P01");
    CHECK(contains(wire::error_text(answer), "password authentication failed for user"));
    CHECK(login_error(weir.login("app")).empty());
}

TEST_CASE("server login: a missing database and a missing role are told in the server's words", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = knowing("u_trust", "");
    config.databases["missing"] = "host=127.0.0.1 port=" + std::to_string(strict().postgres.port());
    config.userlist["no_role"] = "";
    Weir weir(config);
    CHECK(contains(login_error(weir.login("u_trust").with_database("missing")),
                   "database \"missing\" does not exist"));
    CHECK(contains(login_error(weir.login("no_role")), "role \"no_role\" does not exist"));
}

TEST_CASE("server login: user and password of the database line are used for everybody", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = knowing("u_scram", "");
    config.database(strict().postgres.port(), std::string("user=u_scram password='") + kPassword + "'");
    Weir weir(config.set("workers", "1"));  // the first one's server is back before the second one asks
    CHECK(Client::connect(weir.login("app")).value("SELECT current_user") == "u_scram");
    CHECK(Client::connect(weir.login("other")).value("SELECT current_user") == "u_scram");
    CHECK(scene::connections(strict().postgres, 1));
}

TEST_CASE("server login: a forced user's secret may come from the userlist", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = knowing("u_md5", strict().stored("u_md5"));
    config.database(strict().postgres.port(), "user=u_md5");
    Weir weir(config);
    CHECK(Client::connect(weir.login("app")).value("SELECT current_user") == "u_md5");
}

TEST_CASE("server login: SCRAM passes through with the client's own keys", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = strict().postgres;
    Weir weir(knowing("u_scram", strict().stored("u_scram"), "scram-sha-256"));
    const auto login = weir.login().with_user("u_scram", kPassword);
    auto client = Client::connect(login);
    CHECK(client.value("SELECT current_user") == "u_scram");
    CHECK(contains(login_error(login.with_user("u_scram", "wrong")), "authentication failed"));
    // A further server is opened with the keys kept from that login.
    scene::kill_idle_servers(weir, postgres);
    CHECK(client.value("SELECT 2") == "2");
}

TEST_CASE("server login: a SCRAM verifier alone cannot log in", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(knowing("u_scram", strict().stored("u_scram")));  // trust: no client ever proves itself
    CHECK(contains(login_error(weir.login("u_scram")), "wrong password type"));
    CHECK(login_error(weir.login("app")).empty());
}

TEST_CASE("server login: an md5 secret cannot answer a server that asks for SCRAM", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(knowing("u_scram", "md5" + std::string(32, 'a')));
    CHECK(contains(login_error(weir.login("u_scram")), "wrong password type"));
}

TEST_CASE("server login: a refused secret is not tried again for a while, whatever becomes of the pool",
          "[pg]") {
    REQUIRES_POSTGRES();
    const auto refusals = [] {
        const std::string log = strict().postgres.log();
        int count = 0;
        for (std::size_t at = 0; (at = log.find("failed for user \"u_scram\"", at)) != std::string::npos;
             ++at)
            ++count;
        return count;
    };
    const int before = refusals();
    Weir weir(knowing("u_scram", "not the password").set("server_login_retry", "600"));
    CHECK(contains(login_error(weir.login("u_scram")), "password authentication failed"));
    CHECK(contains(login_error(weir.login("u_scram")), "failing"));
    weir.console("KILL app");
    weir.console("RESUME app");
    weir.reload();
    weir.console("RECONNECT");
    CHECK(contains(login_error(weir.login("u_scram")),
                   "server login has been failing, cached error: password"));
    CHECK(login_error(weir.login("app")).empty());
    CHECK(refusals() == before + 1);
    weir.config().userlist["u_scram"] = kPassword;
    weir.reload();
    CHECK(login_error(weir.login("u_scram")).empty());
}
