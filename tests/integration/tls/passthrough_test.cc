// auth_type = passthrough: the server judges the client's password, which is taken over TLS only and not
// kept.
#include <future>
#include <vector>

#include "tests/integration/tls/tls_scene.h"
#include "tests/support/process_memory.h"

using namespace support;
using namespace tls_scene;

namespace {

constexpr const char* kPassword = "Xpassed through 'Secret'";
constexpr const char* kOther = "Xanother Secret";
constexpr const char* kRefusal = "password authentication failed";

std::string user_of(const std::string& method) {
    return method == "scram-sha-256" ? "p_scram" : "p_" + method;
}

void set_password(Postgres& postgres, const std::string& user, const std::string& password) {
    auto& control = postgres.control();
    control.query(std::string("SET password_encryption = '") +
                  (user == user_of("md5") ? "md5" : "scram-sha-256") + "'");
    char* quoted = PQescapeLiteral(control.raw(), password.data(), password.size());
    control.query("ALTER ROLE " + user + " LOGIN PASSWORD " + quoted);
    PQfreemem(quoted);
}

/// A server with TLS that asks each user in its own way; all have kPassword, also the one it does not ask.
Postgres& strict() {
    static Postgres server{[] {
        PostgresOptions options = postgres_options();
        for (const std::string method : {"password", "md5", "scram-sha-256"})
            options.hba.push_back("hostssl all " + user_of(method) + " 127.0.0.1/32 " + method);
        options.hba.emplace_back("hostssl all nobody_knows 127.0.0.1/32 scram-sha-256");
        return options;
    }()};
    static const bool made = [] {
        for (const std::string method : {"password", "md5", "scram-sha-256", "trust"})
            server.control().query("CREATE ROLE " + user_of(method) + " LOGIN");
        return true;
    }();
    REQUIRE(made);
    for (const std::string method : {"password", "md5", "scram-sha-256", "trust"})
        set_password(server, user_of(method), kPassword);
    return scene::settled(server);
}

WeirConfig passing(const Postgres& postgres) {
    WeirConfig config;
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(postgres.port());
    config.set("server_tls_sslmode", "verify-full").set("server_tls_ca_file", Files::shared().ca());
    with_client_tls(config, "allow");
    config.set("auth_type", "passthrough").set("auth_cache_time", "600").set("verbose", "3");
    config.userlist = {{"admin", "admin password"}};
    return config;
}

Login as(const Weir& weir, const std::string& user, const std::string& password = kPassword) {
    Login login = weir.login().with_user(user, password).with(libpq("verify-full"));
    login.host = kHost;
    return login;
}

/// Empty if the login and a query succeed.
std::string login_error(const Login& login) {
    Client client{login};
    if (!client.connected()) return client.error();
    const auto outcome = client.try_query("SELECT 1");
    return outcome.ok ? "" : outcome.message;
}

bool refused(const Login& login) { return login_error(login).find(kRefusal) != std::string::npos; }

int servers(Postgres& postgres, const std::string& user) {
    return postgres.connections("usename = '" + user + "'");
}

}  // namespace

TEST_CASE("passthrough: the server's word counts, and nobody learns who or what exists", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    auto config = passing(postgres);
    config.databases["forced"] = config.databases["app"] + " user=app";
    Weir weir{config};
    for (const std::string method : {"password", "md5", "scram-sha-256"}) {
        const std::string user = user_of(method);
        CAPTURE(user);
        CHECK(refused(as(weir, user, kOther)));
        Client client = Client::connect(as(weir, user));
        CHECK(client.value("SELECT current_user") == user);
        CHECK(refused(as(weir, user, kOther)));
        CHECK(refused(as(weir, user, std::string(kPassword) + " ")));
        CHECK(refused(as(weir, user).with_database("nowhere")));
        CHECK(refused(as(weir, user).with_database("forced")));
        CHECK(login_error(as(weir, user)).empty());
    }
    CHECK(refused(as(weir, "nobody_knows")));
    CHECK(weir.log().find("Secret") == std::string::npos);
}

TEST_CASE("passthrough: a hash is no password, and a server that asks for none vouches for nobody", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    Weir weir{passing(postgres)};
    for (const std::string method : {"md5", "scram-sha-256"}) {
        const std::string user = user_of(method);
        const std::string hash =
            postgres.control().value("SELECT rolpassword FROM pg_authid WHERE rolname = '" + user + "'");
        CHECK(refused(as(weir, user, hash)));
    }
    CHECK(refused(as(weir, user_of("trust"))));
    CHECK(weir.logged("asks this user for no password"));
}

TEST_CASE("passthrough: a password goes over TLS only; the console has its own", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    Weir weir{passing(postgres)};
    const Login plain = weir.login().with_user("p_scram", kPassword).with("sslmode=disable");
    CHECK(login_error(plain).find("SSL required: auth_type = passthrough") != std::string::npos);
    CHECK(login_error(weir.unix_login().with_user("p_scram", kPassword)).find("SSL required") !=
          std::string::npos);
    CHECK(weir.show("POOLS").size() == 1);
    Login admin = weir.admin_login();
    admin.password = "not his";
    CHECK_FALSE(Client{admin}.connected());
}

TEST_CASE("passthrough: a password that was proved counts without a server until RELOAD", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    Weir weir{passing(postgres)};
    Client first = Client::connect(as(weir, "p_scram"));
    CHECK(first.value("SELECT 1") == "1");
    postgres.control().query("ALTER ROLE p_scram NOLOGIN");
    CHECK(login_error(as(weir, "p_scram")).empty());
    CHECK(servers(postgres, "p_scram") == 1);
    CHECK(refused(as(weir, "p_scram", kOther)));
    weir.reload();
    CHECK(refused(as(weir, "p_scram")));
    CHECK(first.value("SELECT 2") == "2");
}

TEST_CASE("passthrough: what was proved ages, and with auth_cache_time = 0 the server is asked each time",
          "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    const std::string seconds = GENERATE("0", "1");
    CAPTURE(seconds);
    Weir weir{passing(postgres).set("auth_cache_time", seconds)};
    CHECK(login_error(as(weir, "p_scram")).empty());
    postgres.control().query("ALTER ROLE p_scram NOLOGIN");
    if (seconds == "0") CHECK(refused(as(weir, "p_scram")));
    CHECK(eventually([&] { return refused(as(weir, "p_scram")); }));
}

TEST_CASE("passthrough: a password of 64 KiB is compared whole; psql brings it", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    constexpr std::size_t kLongest =
        65535 - 1;  // with its end, what a message of libpq and PostgreSQL may hold
    const std::string longest(kLongest, 'L');
    set_password(postgres, "p_scram", longest);
    Weir weir{passing(postgres)};
    CHECK(refused(as(weir, "p_scram", longest.substr(1))));
    const auto done = run(psql(as(weir, "p_scram", longest), "SELECT current_user"));
    INFO(done.output.substr(0, 300));
    CHECK(done.output == "p_scram\n");
    CHECK(login_error(as(weir, "p_scram", longest)).empty());  // by the keyed hash
    CHECK(refused(as(weir, "p_scram", longest.substr(1) + "M")));
    CHECK_FALSE(login_error(as(weir, "p_scram", longest + longest)).empty());
    CHECK(weir.log().find("LLLL") == std::string::npos);
}

TEST_CASE("passthrough: after SCRAM the pool opens servers by itself", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    Weir weir{passing(postgres)};
    std::vector<Client> clients;
    for (int n = 0; n < 3; ++n) clients.push_back(Client::connect(as(weir, "p_scram")));
    for (auto& client : clients) scene::begin(client);
    CHECK(servers(postgres, "p_scram") == 3);
    for (auto& client : clients) client.query("COMMIT");
    scene::kill_idle_servers(weir, postgres);
    CHECK(clients[0].value("SELECT 1") == "1");
}

TEST_CASE("passthrough: where the server wants the password itself, logins bring the servers", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    const std::string user = user_of(GENERATE("password", "md5"));
    CAPTURE(user);
    Weir weir{passing(postgres).set("default_pool_size", "2")};
    std::vector<Client> clients;
    for (int n = 0; n < 3; ++n) clients.push_back(Client::connect(as(weir, user)));
    CHECK(servers(postgres, user) == 2);
    scene::begin(clients[0]);
    scene::begin(clients[1]);
    REQUIRE(clients[2].send("SELECT 3"));
    REQUIRE(scene::waiting(weir, 1));
    clients[0].query("COMMIT");
    CHECK(clients[2].wait().rows == Rows{{"3"}});
    clients[1].query("COMMIT");
    scene::kill_idle_servers(weir, postgres);
    // Nobody kept the password: who comes again brings it, and serves those who stayed.
    const auto lost = clients[0].try_query("SELECT 4");
    CHECK(lost.sqlstate == "08006");
    CHECK(lost.message.find("connect again") != std::string::npos);
    CHECK(login_error(as(weir, user)).empty());
    CHECK(clients[1].value("SELECT 5") == "5");
}

TEST_CASE("passthrough: a password that was changed on the server is the one that counts", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    const std::string user = user_of(GENERATE("password", "md5", "scram-sha-256"));
    CAPTURE(user);
    Weir weir{passing(postgres)};
    Client before = Client::connect(as(weir, user));
    CHECK(before.value("SELECT 1") == "1");
    set_password(postgres, user, kOther);
    SECTION("from the first login with the new one on") {
        CHECK(login_error(as(weir, user, kOther)).empty());
        CHECK(refused(as(weir, user)));
        CHECK(login_error(as(weir, user, kOther)).empty());
        CHECK(before.value("SELECT 2") == "2");
    }
    SECTION("once the pool cannot open a server with what it learnt from the old one") {
        scene::kill_idle_servers(weir, postgres);
        CHECK_FALSE(before.try_query("SELECT 2").ok);
        CHECK(eventually([&] { return refused(as(weir, user)); }));
        CHECK(eventually([&] { return login_error(as(weir, user, kOther)).empty(); }));
    }
}

TEST_CASE("passthrough: clients that come together share logins to the server", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    Weir weir{passing(postgres).set("workers", "2")};
    const auto refusals = [&postgres] {
        const std::string log = postgres.log();
        std::size_t count = 0;
        for (auto at = log.find("failed for user \"p_scram\""); at != std::string::npos;
             at = log.find("failed for user \"p_scram\"", at + 1))
            ++count;
        return count;
    };
    const auto before = refusals();
    constexpr std::size_t kClients = 16;
    for (const char* password : {kPassword, kOther}) {
        const Login login = as(weir, "p_scram", password);
        std::vector<std::future<std::string>> errors;
        for (std::size_t n = 0; n < kClients; ++n)
            errors.push_back(std::async(std::launch::async, [&login] { return login_error(login); }));
        for (auto& error : errors) CHECK(error.get().empty() == (password == kPassword));
    }
    CHECK(refusals() > before);
    CHECK(refusals() - before < kClients);
}

TEST_CASE("passthrough: a client that comes while the server is away is served when it is back", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = strict();
    Weir weir{passing(postgres).set("server_login_retry", "0.1")};
    postgres.stop();
    auto error = std::async(std::launch::async, [login = as(weir, "p_scram")] { return login_error(login); });
    REQUIRE(eventually([&] { return weir.log().find("login attempt") != std::string::npos; }));
    postgres.start();
    CHECK(error.get().empty());
}

TEST_CASE("passthrough: once the server has judged it, the password is nowhere in the pooler's memory",
          "[pg]") {
    REQUIRES_POSTGRES();
    const std::string right = random_text(700);
    const std::string wrong = random_text(700);
    Postgres& server = strict();
    Weir weir{passing(server)};
    for (const std::string method : {"password", "md5", "scram-sha-256"}) {
        CAPTURE(method);
        set_password(server, user_of(method), right);
        CHECK(refused(as(weir, user_of(method), wrong)));
        CHECK(login_error(as(weir, user_of(method), right)).empty());
        if (!copies_in(weir.pid(), "admin password")) {
            WARN("skipped: the memory of another process cannot be read here");
            return;
        }
        for (const std::string* password : {&wrong, &right})
            CHECK(eventually([&] { return copies_in(weir.pid(), last_part(*password)) == 0; }));
    }
}
