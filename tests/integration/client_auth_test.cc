// How clients prove who they are: every auth_type with every kind of secret in the userlist.
#include "tests/integration/scene.h"
#include "tests/support/contains.h"

using namespace support;

namespace {

constexpr const char* kPassword = "correct horse \"battery\" 'staple'";

/// The three forms in which a userlist may hold kPassword of the user `app`.
std::string secret(const std::string& kind) {
    if (kind == "plain") return kPassword;
    if (kind == "md5") {
        char* hash = PQencryptPassword(kPassword, "app");
        const std::string text = hash;
        PQfreemem(hash);
        return text;
    }
    auto& control = Postgres::shared().control();
    char* quoted = PQescapeLiteral(control.raw(), kPassword, std::string(kPassword).size());
    control.query("SET password_encryption = 'scram-sha-256'");
    control.query(std::string("ALTER ROLE app PASSWORD ") + quoted);
    PQfreemem(quoted);
    return control.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'app'");
}

WeirConfig with_auth(const std::string& auth_type, const std::string& app_secret) {
    auto config = scene::before(Postgres::shared()).set("auth_type", auth_type);
    config.userlist["app"] = app_secret;
    config.userlist["admin"] = "admin password";
    return config;
}

/// Empty if the login and a query succeed.
std::string login_error(Weir& weir, const std::string& user, const std::string& password,
                        const std::string& database = "app") {
    Client client(weir.login().with_user(user, password).with_database(database));
    if (!client.connected()) return client.error();
    return client.try_query("SELECT 1").rows == Rows{{"1"}} ? "" : "no answer";
}

struct Case {
    const char* auth_type;
    const char* kind;
    bool possible;
};

constexpr Case kCases[] = {
    {"plain", "plain", true},
    {"plain", "md5", true},
    {"plain", "scram", true},
    {"md5", "plain", true},
    {"md5", "md5", true},
    {"md5", "scram", true},
    {"scram-sha-256", "plain", true},
    {"scram-sha-256", "md5", false},
    {"scram-sha-256", "scram", true},
};

}  // namespace

TEST_CASE("auth: the right password is accepted and a wrong one refused with each kind of secret", "[pg]") {
    REQUIRES_POSTGRES();
    const auto chosen = GENERATE(from_range(std::begin(kCases), std::end(kCases)));
    CAPTURE(chosen.auth_type, chosen.kind);
    Weir weir(with_auth(chosen.auth_type, secret(chosen.kind)));
    const auto error = login_error(weir, "app", kPassword);
    CAPTURE(error);
    CHECK(error.empty() == chosen.possible);
    const auto* refusal =
        std::string(chosen.auth_type) == "scram-sha-256" || std::string(chosen.kind) == "scram"
            ? "authentication failed"
            : "password authentication failed";
    CHECK(contains(login_error(weir, "app", "wrong"), refusal));
    CHECK(contains(login_error(weir, "app", std::string(kPassword) + " "), "authentication failed"));
}

TEST_CASE("auth: an unknown user is refused as one with a wrong password is", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* auth_type = GENERATE("plain", "md5", "scram-sha-256");
    CAPTURE(auth_type);
    Weir weir(with_auth(auth_type, secret("plain")));
    const auto wrong = login_error(weir, "app", "wrong");
    CHECK(contains(wrong, "authentication failed"));
    CHECK(login_error(weir, "nobody_knows", "wrong") == wrong);
}

TEST_CASE("auth: an unknown database is told only after the password was right", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* auth_type = GENERATE("plain", "md5", "scram-sha-256");
    CAPTURE(auth_type);
    Weir weir(with_auth(auth_type, secret("plain")));
    CHECK(contains(login_error(weir, "app", kPassword, "nowhere"), "no such database: nowhere"));
    const auto wrong = login_error(weir, "app", "wrong", "nowhere");
    CHECK(contains(wrong, "authentication failed"));
    CHECK_FALSE(contains(wrong, "no such database"));
}

TEST_CASE("auth: a user with an empty secret gets in with trust and never with a password", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* auth_type = GENERATE("trust", "plain", "md5", "scram-sha-256");
    CAPTURE(auth_type);
    Weir weir(with_auth(auth_type, ""));
    const bool trust = std::string(auth_type) == "trust";
    CHECK(login_error(weir, "app", "anything").empty() == trust);
    CHECK(login_error(weir, "app", "").empty() == trust);
}

TEST_CASE("auth: trust asks no password but knows its users", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with_auth("trust", "unused"));
    CHECK(login_error(weir, "app", "").empty());
    CHECK(contains(login_error(weir, "nobody_knows", ""), "\"trust\" authentication failed"));
}

TEST_CASE("auth: with auth_type any everyone comes in as the database's own user", "[pg]") {
    REQUIRES_POSTGRES();
    WeirConfig config;
    config.database(Postgres::shared().port(), "user=other")
        .database(Postgres::shared().port(), "", "unforced");
    Weir weir(config.set("auth_type", "any"));
    auto client = Client::connect(weir.login("whoever"));
    CHECK(client.value("SELECT current_user") == "other");
    CHECK(contains(login_error(weir, "whoever", "", "unforced"), "bouncer config error"));
}

TEST_CASE("auth: short and long passwords are compared whole", "[pg]") {
    REQUIRES_POSTGRES();
    const auto bytes = GENERATE(as<std::size_t>{}, 1, 1000, 65535);
    const std::string password(bytes, 'p');
    for (const char* auth_type : {"plain", "md5", "scram-sha-256"}) {
        CAPTURE(bytes, auth_type);
        Weir weir(with_auth(auth_type, password));
        CHECK(login_error(weir, "app", password).empty());
        CHECK_FALSE(login_error(weir, "app", password + "p").empty());
    }
}

TEST_CASE("auth: a changed userlist counts from the next RELOAD on", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = with_auth("scram-sha-256", "old");
    Weir weir(config);
    auto inside = Client::connect(weir.login().with_user("app", "old"));
    weir.config().userlist["app"] = "the new one";
    weir.reload();
    CHECK(contains(login_error(weir, "app", "old"), "authentication failed"));
    CHECK(login_error(weir, "app", "the new one").empty());
    CHECK(inside.value("SELECT 1") == "1");
}

TEST_CASE("auth: over the Unix socket the same rules hold", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(with_auth("scram-sha-256", kPassword));
    auto login = weir.unix_login();
    login.password = kPassword;
    CHECK(Client::connect(login).value("SELECT 1") == "1");
    login.password = "wrong";
    CHECK_FALSE(Client(login).connected());
}

TEST_CASE("auth: a long password may come in pieces, one that is too long ends the connection", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string password(65535, 'p');
    Weir weir(with_auth("plain", password));
    const auto answer_to = [&](const std::string& message, std::size_t piece) {
        WireClient client(weir.port());
        client.send(wire::startup({{"user", "app"}, {"database", "app"}}));
        REQUIRE(client.read());
        client.send_in_pieces(message, piece);
        return client.read_until('Z');
    };
    CHECK(wire::error_text(answer_to(wire::password(password), 4999)).empty());
    CHECK(contains(wire::error_text(answer_to(wire::password(password + "p"), 65536)), "bad packet header"));
}
