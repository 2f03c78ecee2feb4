// Users who are not in the userlist: auth_query over the pooler's own server pool, and what becomes of the
// secrets it returns.
#include <algorithm>
#include <future>

#include "tests/integration/compat/compat.h"
#include "tests/integration/scene.h"
#include "tests/support/contains.h"
#include "tests/support/process_memory.h"

using namespace support;

namespace {

constexpr const char* kPassword = "from the catalogue";

/// A server that asks q_md5 and q_scram for their passwords, also when weir comes on their behalf; `reader`
/// may read the catalogue, `poor` may not.
struct Catalogue {
    Catalogue()
        : postgres({{},
                    {"host all q_md5,q_expired,q_later 127.0.0.1/32 md5",
                     "host all q_scram,q_new 127.0.0.1/32 scram-sha-256"}}) {
        auto& control = postgres.control();
        control.query("CREATE ROLE reader LOGIN SUPERUSER; CREATE ROLE poor LOGIN; CREATE ROLE q_null LOGIN");
        role("md5", "q_md5", "");
        role("scram-sha-256", "q_scram", "");
        role("md5", "q_expired", "VALID UNTIL '2020-01-01'");
        role("md5", "q_later", "VALID UNTIL '2999-01-01'");
        control.query("CREATE DATABASE users");
    }
    void role(const std::string& encryption, const std::string& name, const std::string& more,
              const std::string& password = kPassword, const std::string& verb = "CREATE") {
        postgres.control().query("SET password_encryption = '" + encryption + "'");
        postgres.control().query(verb + " ROLE " + name + " LOGIN PASSWORD '" + password + "' " + more);
    }
    Postgres postgres;
};

Catalogue& catalogue() {
    static Catalogue server;
    return server;
}

WeirConfig asking(const std::string& auth_type, const std::string& role = "reader") {
    auto config = scene::before(catalogue().postgres).set("auth_type", auth_type).set("auth_user", role);
    config.userlist = {{"admin", "admin password"}, {"reader", ""}, {"poor", ""}};
    return config;
}

std::string end_of(const Weir& weir, const std::string& user, const std::string& password,
                   const std::string& database = "app") {
    Client client(weir.login().with_user(user, password).with_database(database));
    if (!client.connected()) return client.error();
    const auto outcome = client.try_query("SELECT current_user");
    return outcome.ok ? outcome.rows.at(0).at(0) : outcome.message;
}

/// How often the auth_query of this server has been executed, by what pg_stat_activity shows last is no
/// count: the query counts itself with a sequence.
WeirConfig counting(const std::string& auth_type) {
    catalogue().postgres.control().query(
        "CREATE SEQUENCE IF NOT EXISTS asked; CREATE OR REPLACE FUNCTION ask(name text) RETURNS TABLE (u "
        "text, p text) "
        "LANGUAGE sql AS $$ SELECT rolname::text, rolpassword FROM pg_authid "
        "WHERE rolname = name AND nextval('public.asked') > 0 $$; GRANT ALL ON asked TO PUBLIC");
    return asking(auth_type).set("auth_query", "SELECT u, p FROM public.ask($1)");
}

int times_asked() {
    return std::stoi(catalogue().postgres.control().value(
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM asked"));
}

}  // namespace

TEST_CASE("auth_query: secrets of the catalogue open the pooler and the server behind it", "[pg]") {
    REQUIRES_POSTGRES();
    struct Row {
        const char* auth_type;
        const char* user;
    };
    const auto row = GENERATE(Row{"md5", "q_md5"}, Row{"md5", "q_scram"}, Row{"scram-sha-256", "q_scram"},
                              Row{"plain", "q_md5"}, Row{"plain", "q_scram"}, Row{"md5", "q_later"});
    CAPTURE(row.auth_type, row.user);
    Weir weir(asking(row.auth_type));
    CHECK(end_of(weir, row.user, kPassword) == row.user);
    CHECK(contains(end_of(weir, row.user, "wrong"), "authentication failed"));
    CHECK(contains(end_of(weir, row.user, ""), "password"));
}

TEST_CASE("auth_query: a user it does not know is refused as one with a wrong password is", "[pg]") {
    REQUIRES_POSTGRES();
    struct Row {
        const char* auth_type;
        const char* known;
    };
    const auto row = GENERATE(Row{"md5", "q_md5"}, Row{"md5", "q_scram"}, Row{"scram-sha-256", "q_scram"},
                              Row{"plain", "q_scram"});
    CAPTURE(row.auth_type, row.known);
    Weir weir(asking(row.auth_type));
    const std::string wrong = end_of(weir, row.known, "x");
    CHECK(contains(wrong, "authentication failed"));
    CHECK(end_of(weir, "nobody_knows", "x") == wrong);
    CHECK(end_of(weir, "nobody_knows", "x") == wrong);
    // Never as the role that asks, although that one may do everything.
    CHECK(catalogue().postgres.connections("usename = 'nobody_knows'") == 0);
    CHECK(contains(end_of(weir, "", "x"), "failed"));
}

TEST_CASE("auth_query: the salt shown for an unknown user is always the same", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(asking("scram-sha-256"));
    const auto salt_of = [&](const std::string& user) {
        WireClient client(weir.port());
        client.send(wire::startup({{"user", user}, {"database", "app"}}));
        REQUIRE(client.read()->type == 'R');
        const std::string first = "n,,n=,r=abcdefghijklmnopqrstuvwx";
        client.send(wire::message('p', wire::cstring("SCRAM-SHA-256") +
                                           wire::int32(static_cast<std::uint32_t>(first.size())) + first));
        const auto answer = client.read();
        REQUIRE(answer);
        const auto at = answer->body.find(",s=");
        REQUIRE(at != std::string::npos);
        return answer->body.substr(at);
    };
    const std::string unknown = salt_of("nobody_knows");
    CHECK(salt_of("nobody_knows") == unknown);
    CHECK(salt_of("nobody_else") != unknown);
    CHECK(unknown.size() == salt_of("q_scram").size());
}

TEST_CASE("auth_query: an expired password and one that is not set let nobody in", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(asking("md5"));
    CHECK(contains(end_of(weir, "q_expired", kPassword), "SASL authentication failed"));
    CHECK(contains(end_of(weir, "q_null", "x"), "SASL authentication failed"));
}

TEST_CASE("auth_query: trust knows its users by it", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(asking("trust"));
    CHECK(end_of(weir, "q_null", "") == "q_null");
    CHECK(contains(end_of(weir, "nobody_knows", ""), "\"trust\" authentication failed"));
}

TEST_CASE("auth_query: a new password counts, with SCRAM from the second try on", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string auth_type = GENERATE("md5", "plain", "scram-sha-256");
    CAPTURE(auth_type);
    catalogue().postgres.control().query("DROP ROLE IF EXISTS q_new");
    catalogue().role("scram-sha-256", "q_new", "", "old");
    Weir weir(asking(auth_type).set("auth_cache_time", "3600"));
    CHECK(end_of(weir, "q_new", "old") == "q_new");
    catalogue().role("scram-sha-256", "q_new", "", "new", "ALTER");
    CHECK(eventually([&] { return end_of(weir, "q_new", "new") == "q_new"; }));
    CHECK(contains(end_of(weir, "q_new", "old"), "authentication failed"));
}

TEST_CASE("auth_query: with auth_cache_time = 0 every login asks, else those of a while share an answer",
          "[pg]") {
    REQUIRES_POSTGRES();
    {
        Weir weir(counting("md5").set("auth_cache_time", "0"));
        const int before = times_asked();
        for (int i = 0; i < 3; ++i) CHECK(end_of(weir, "q_md5", kPassword) == "q_md5");
        CHECK(times_asked() == before + 3);
    }
    Weir weir(counting("md5").set("auth_cache_time", "3600"));
    const int before = times_asked();
    for (int i = 0; i < 5; ++i) CHECK(end_of(weir, "q_md5", kPassword) == "q_md5");
    CHECK(times_asked() == before + 1);
    weir.reload();
    CHECK(end_of(weir, "q_md5", kPassword) == "q_md5");
    CHECK(times_asked() == before + 2);
}

TEST_CASE("auth_query: the userlist comes first", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = counting("plain");
    config.userlist["app"] = "of the list";
    Weir weir(config);
    const int before = times_asked();
    CHECK(end_of(weir, "app", "of the list") == "app");
    CHECK(times_asked() == before);
}

TEST_CASE("auth_query: role, query and database may be a database's own", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = asking("plain", "poor");
    const std::string at = "host=127.0.0.1 port=" + std::to_string(catalogue().postgres.port());
    config.databases["own"] = at + " dbname=app auth_user=reader auth_dbname=users";
    config.databases["users"] = at + " dbname=users";
    config.databases["query"] =
        at + " dbname=app auth_query='SELECT ''q_md5'', ''" + kPassword + "'' WHERE $1 = ''alias'''";
    Weir weir(config);
    CHECK(end_of(weir, "q_md5", kPassword, "own") == "q_md5");
    CHECK(catalogue().postgres.connections("datname = 'users' AND usename = 'reader'") == 1);
    CHECK(end_of(weir, "alias", kPassword, "query") == "q_md5");
    // `poor` may not read the catalogue: the client hears nothing of why, the log does.
    CHECK(contains(end_of(weir, "q_md5", kPassword), "bouncer config error"));
    CHECK(weir.logged("auth_query failed: permission denied"));
}

TEST_CASE("auth_query: a user it returns under another name is asked for by his own when a login fails",
          "[pg]") {
    REQUIRES_POSTGRES();
    const std::string auth_type = GENERATE("plain", "scram-sha-256");
    CAPTURE(auth_type);
    auto& control = catalogue().postgres.control();
    control.query(
        "CREATE TABLE IF NOT EXISTS renamed (asked text, name text, secret text); DELETE FROM renamed; "
        "INSERT INTO renamed VALUES ('alias', 'q_scram', 'old'), ('q_scram', 'poor', 'of q_scram')");
    auto config = asking(auth_type).set("auth_cache_time", "3600");
    config.set("auth_query", "SELECT name, secret FROM public.renamed WHERE asked = $1");
    config.database(catalogue().postgres.port(), "user=reader");
    Weir weir(config);
    CHECK(end_of(weir, "alias", "old") == "reader");
    control.query("UPDATE renamed SET name = 'q_md5', secret = 'new' WHERE asked = 'alias'");
    CHECK(eventually([&] { return end_of(weir, "alias", "new") == "reader"; }));
    CHECK(contains(end_of(weir, "alias", "of q_scram"), "authentication failed"));
    CHECK(contains(end_of(weir, "alias", "old"), "authentication failed"));
    Client client(weir.login().with_user("alias", "new"));
    REQUIRE(client.connected());
    const auto shown = weir.show("CLIENTS");
    CHECK(std::any_of(shown.begin(), shown.end(), [](const auto& row) { return row.at("user") == "q_md5"; }));
    control.query("DELETE FROM renamed WHERE asked = 'alias'");
    CHECK(eventually([&] {
        end_of(weir, "alias", "wrong");  // has it asked for again
        return contains(end_of(weir, "alias", "new"), "authentication failed");
    }));
}

TEST_CASE("auth_query: what cannot be an answer is a fault of the configuration", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string query =
        GENERATE("SELECT $1::text", "SELECT NULL, $1::text", "SELECT '', $1::text",
                 "SELECT $1::text, 'a', 'b'", "SELECT u, u FROM (VALUES ($1::text), ('b')) v(u)",
                 "SELECT nonsense($1)", "SELECT $1::text, repeat('x', 1000000)");
    CAPTURE(query);
    Weir weir(asking("trust").set("auth_query", query));
    CHECK(compat::refusal(weir, "someone", "") == "FATAL 08P01 bouncer config error");
    CHECK(end_of(weir, "reader", "") == "reader");
}

TEST_CASE("auth_query: a disabled auth_dbname is a fault of the configuration, named in the log only",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto config = asking("plain").set("auth_dbname", "users");
    config.databases["users"] =
        "host=127.0.0.1 dbname=users port=" + std::to_string(catalogue().postgres.port());
    Weir weir(config);
    CHECK(end_of(weir, "q_md5", kPassword) == "q_md5");
    weir.console("DISABLE users");
    CHECK(contains(end_of(weir, "q_scram", kPassword), "bouncer config error"));
    CHECK(weir.logged("auth_query failed: authentication database \"users\" is disabled"));
    weir.console("ENABLE users");
    CHECK(end_of(weir, "q_scram", kPassword) == "q_scram");
}

TEST_CASE("auth_query: no parameter of a client reaches the query", "[pg]") {
    REQUIRES_POSTGRES();
    // Were the client's parameters set, the query would see them; it returns what it sees as the secret.
    Weir weir(asking("plain").set("auth_query",
                                  "SELECT $1::text, current_setting('application_name') || '/' || "
                                  "current_setting('TimeZone') || '/' || current_setting('search_path')"));
    const auto login = weir.login().with("application_name=evil options='-c TimeZone=Asia/Tokyo'");
    Client(login.with_user("reader", "x"));
    CHECK(contains(Client(login.with_user("app", "evil/Asia/Tokyo/evil")).error(), "authentication failed"));
    const std::string own = "/UTC/\"$user\", public";
    CHECK(end_of(weir, "app", own) == "app");
}

TEST_CASE("auth_query: one that hangs holds up only those who need it", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = asking("trust");
    config.set("auth_query", "SELECT $1::text, '' FROM pg_sleep(600)");
    Weir weir(config);
    WireClient stuck(weir.port());
    stuck.send(wire::startup({{"user", "app"}, {"database", "app"}}));
    REQUIRE(scene::running(catalogue().postgres, "pg_sleep(600)"));
    CHECK(end_of(weir, "reader", "") == "reader");
    CHECK(end_of(weir, "poor", "") == "poor");
    weir.console("SET client_login_timeout = '0.1'");
    CHECK(contains(wire::error_text(stuck.read_to_end()), "client_login_timeout"));
}

TEST_CASE("auth_query: not to be reached, it is a fault of the configuration and heals by itself", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = asking("trust").set("auth_dbname", "users");
    config.databases["users"] = "host=127.0.0.1 port=1 dbname=users";
    Weir weir(config);
    CHECK(contains(end_of(weir, "q_null", ""), "bouncer config error"));
    CHECK(end_of(weir, "reader", "") == "reader");
    weir.config().databases["users"] =
        "host=127.0.0.1 port=" + std::to_string(catalogue().postgres.port()) + " dbname=users";
    weir.config().userlist["admin"] = "admin password";
    weir.reload();
    CHECK(eventually([&] { return end_of(weir, "q_null", "") == "q_null"; }));
}

TEST_CASE("auth_query: many logins at once, known and unknown, all end as they should", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(asking("scram-sha-256").set("auth_cache_time", "0"));
    std::vector<std::future<std::string>> known;
    std::vector<std::future<std::string>> unknown;
    for (int i = 0; i < 10; ++i) {
        const std::string name = "no" + std::to_string(i);
        known.push_back(std::async(std::launch::async, [&] { return end_of(weir, "q_scram", kPassword); }));
        unknown.push_back(std::async(std::launch::async, [&, name] { return end_of(weir, name, "x"); }));
    }
    for (auto& end : known) CHECK(end.get() == "q_scram");
    for (auto& end : unknown) CHECK(contains(end.get(), "SASL authentication failed"));
}

TEST_CASE("auth_query: a password that was judged twice is nowhere in the pooler's memory", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string right = random_text(700);
    const std::string wrong = random_text(700);
    Weir weir{asking("plain")};
    for (const char* encryption : {"md5", "scram-sha-256"}) {
        CAPTURE(encryption);
        const std::string user = std::string{"q_typed_"} + (encryption[0] == 'm' ? "m" : "s");
        catalogue().role(encryption, user, "", right);
        CHECK(end_of(weir, user, right) == user);
        CHECK(contains(end_of(weir, user, wrong), "password authentication failed"));
        if (!copies_in(weir.pid(), "admin password")) {
            WARN("skipped: the memory of another process cannot be read here");
            return;
        }
        for (const std::string* password : {&wrong, &right})
            CHECK(eventually([&] { return copies_in(weir.pid(), last_part(*password)) == 0; }));
    }
}

TEST_CASE(
    "auth_query: SET of auth_user and auth_dbname holds for the next login, RELOAD takes both from the file",
    "[pg]") {
    REQUIRES_POSTGRES();
    for (const char* name : {"q_set_1", "q_set_2", "q_set_3", "q_set_4", "q_set_5"})
        catalogue().role("md5", name, "");
    auto config = asking("plain").set("auth_query",
                                      "SELECT rolname::text, rolpassword FROM pg_authid "
                                      "WHERE rolname = $1 AND current_database() = 'users'");
    config.settings.erase("auth_user");
    config.databases["users"] =
        "host=127.0.0.1 dbname=users port=" + std::to_string(catalogue().postgres.port());
    Weir weir(config);
    CHECK(contains(end_of(weir, "q_set_1", kPassword), "authentication failed"));
    weir.console("SET auth_user = 'reader'");
    CHECK(contains(end_of(weir, "q_set_2", kPassword), "authentication failed"));  // asked in the wrong place
    weir.console("SET auth_dbname = 'users'");
    CHECK(end_of(weir, "q_set_3", kPassword) == "q_set_3");
    weir.console("RELOAD");  // the file names neither, which leaves both as they are
    CHECK(end_of(weir, "q_set_4", kPassword) == "q_set_4");
    weir.config().set("auth_user", "poor").set("auth_dbname", "users");
    weir.reload();
    CHECK(end_of(weir, "q_set_5", kPassword) != "q_set_5");  // this one may not read the catalogue
}
