// Part "client-visible errors" of PgBouncer's behaviour: each text provoked, with severity and SQLSTATE.
//
// Provoked elsewhere: start-up packets and logins by rule (login_error_test.cc), texts of a shutdown
// (stop_test.cc), KILL and KILL_CLIENT (admin_effect_test.cc), and in the folder above TLS and certificates
// (tls/), LDAP, PAM and auth_query. Cannot occur: "out of memory" (the process ends), text cut off after 127
// bytes (weir sends it whole), "pause mode" (a server that a client has is closed when it is given back).
// Another answer on purpose: statements whose names are unknown or in use, see the case below; a disabled
// auth_dbname, whose name PgBouncer tells to whoever asks, is a "bouncer config error" (auth_query_test.cc).
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <thread>

#include "tests/integration/compat/compat.h"
#include "tests/support/fault_proxy.h"

using namespace support;
using namespace support::wire;

namespace {

const Parameters kApp{{"user", "app"}, {"database", "app"}};

/// The pooler of all cases that need nothing special.
Weir& common() {
    static const auto weir = [] {
        auto config = compat::before(Postgres::shared(), "pool_size=1");
        const auto at = "host=127.0.0.1 port=" + std::to_string(Postgres::shared().port());
        config.databases["missing"] = at + " dbname=not_there";
        config.databases["statement"] = at + " dbname=app pool_mode=statement";
        config.databases["off"] = at + " dbname=app";
        config.databases["small"] = at + " dbname=app max_db_client_connections=1";
        config.users["other"] = "max_user_client_connections=1";
        config.set("max_packet_size", "1000000");
        auto made = std::make_unique<Weir>(config);
        made->console("DISABLE off");
        return made;
    }();
    return *weir;
}

Parameters login_to(const std::string& database, const std::string& user = "app") {
    return {{"user", user}, {"database", database}};
}

/// The error with which the connection ends after these bytes of a logged-in client.
std::string end_after(Weir& weir, const std::string& bytes, const std::string& database = "app") {
    auto client = WireClient::logged_in(weir.login().with_database(database));
    client.send(bytes);
    const auto answer = client.read_to_end();
    for (const auto& message : answer)
        if (message.type == 'E') return compat::error({message});
    return "";
}

/// What comes of a login of this user with this password, asked in the way the pooler chooses.
std::string password_refusal(Weir& weir, const std::string& user, const std::string& secret) {
    WireClient client(weir.port());
    client.send(startup({{"user", user}, {"database", "app"}}));
    const auto asked = client.read();
    REQUIRE(asked);
    if (asked->type == 'E') return compat::error({*asked});
    if (read_uint32(asked->body) == 10) {  // SASL: a proof that cannot be right
        const std::string first = "n,,n=,r=abcdefghijklmnop";
        client.send(
            message('p', cstring("SCRAM-SHA-256") + int32(static_cast<std::uint32_t>(first.size())) + first));
        const auto next = client.read();
        REQUIRE(next);
        const auto challenge = next->body.substr(4);
        const auto nonce = challenge.substr(0, challenge.find(','));
        client.send(message('p', "c=biws," + nonce + ",p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    } else {
        client.send(password(secret));
    }
    return compat::error(client.read_to_end());
}

/// Answers every login with this error.
class RefusingServer {
 public:
    RefusingServer(const std::string& code, const std::string& text)
        : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)},
          answer_{message('E', "SFATAL" + std::string(1, '\0') + "C" + cstring(code) + "M" + cstring(text) +
                                   std::string(1, '\0'))} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(descriptor_, 16) == 0);
        REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this] { serve(); }};
    }
    ~RefusingServer() {
        ::shutdown(descriptor_, SHUT_RDWR);  // ends accept()
        thread_.join();
        ::close(descriptor_);
    }
    RefusingServer(const RefusingServer&) = delete;
    RefusingServer& operator=(const RefusingServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int attempts() const { return attempts_; }

 private:
    void serve() {
        for (;;) {
            const int client = ::accept(descriptor_, nullptr, nullptr);
            if (client < 0) return;
            ++attempts_;
            char packet[1024];
            if (::recv(client, packet, sizeof packet, 0) > 0)
                ::send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
            ::close(client);
        }
    }

    int descriptor_;
    std::string answer_;
    std::uint16_t port_ = 0;
    std::atomic<int> attempts_{0};
    std::thread thread_;
};

}  // namespace

TEST_CASE("errors: logins that name what is not there or not allowed", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = common();
    CHECK(compat::refusal(weir, login_to("nowhere")) == "FATAL 08P01 no such database: nowhere");
    CHECK(compat::refusal(weir, login_to("nowhere", "unknown")) ==
          "FATAL 08P01 \"trust\" authentication failed");
    CHECK(compat::refusal(weir, login_to("off")) == "FATAL 08P01 database \"off\" is disabled");
    CHECK(compat::refusal(weir, login_to("pgbouncer")) == "FATAL 08P01 not allowed");
    CHECK(compat::refusal(weir, {{"database", "app"}}) == "FATAL 08P01 no username supplied");
    CHECK(compat::refusal(weir, login_to("app", std::string(128, 'u'))) == "FATAL 08P01 username too long");
    const auto missing = compat::refusal(weir, login_to("missing"));
    CHECK(missing.find("FATAL 3D000 ") == 0);
    CHECK(missing.find("database \"not_there\" does not exist") != std::string::npos);
}

TEST_CASE("errors: startup parameters", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = common();
    const auto with = [&](const std::string& name, const std::string& value) {
        auto parameters = kApp;
        parameters.emplace_back(name, value);
        return compat::refusal(weir, parameters);
    };
    CHECK(with("options", "-x").find("FATAL 08P01 unsupported options startup parameter") == 0);
    CHECK(with("replication", "database").find("FATAL 0A000 replication connections are not supported") == 0);
    CHECK(with("replication", "true").find("FATAL 0A000 replication connections are not supported") == 0);
}

TEST_CASE("errors: more clients than the limits allow", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = common();
    auto small = WireClient::logged_in(weir.login().with_database("small"));
    const auto database = compat::refusal(weir, login_to("small"));
    CHECK(database.find("FATAL 08P01 client connections exceeded") == 0);
    CHECK(database.find("(max_db_client_connections)") != std::string::npos);
    auto other = WireClient::logged_in(weir.login("other"));
    const auto user = compat::refusal(weir, login_to("app", "other"));
    CHECK(user.find("FATAL 08P01 client connections exceeded") == 0);
    CHECK(user.find("(max_user_client_connections)") != std::string::npos);
    Weir full(compat::before(Postgres::shared()).set("max_client_conn", "1"));
    // The connection that saw the pooler start may still be counted.
    std::optional<Client> only;
    REQUIRE(eventually([&] {
        only.emplace(full.login());
        return only->connected();
    }));
    CHECK(compat::refusal(full, kApp) == "FATAL 08P01 no more connections allowed (max_client_conn)");
}

TEST_CASE("errors: passwords, by the way the client is asked", "[pg]") {
    REQUIRES_POSTGRES();
    const std::map<std::string, std::string> texts{{"plain", "password authentication failed"},
                                                   {"md5", "password authentication failed"},
                                                   {"scram-sha-256", "SASL authentication failed"}};
    auto config = compat::before(Postgres::shared());
    config.userlist["app"] = "right";
    Weir weir(config);
    auto console = Client::connect(compat::console_login(weir));
    for (const auto& [type, text] : texts) {
        INFO(type);
        console.query("SET auth_type = '" + type + "'");
        CHECK(password_refusal(weir, "app", "wrong") == "FATAL 08P01 " + text);
        CHECK(password_refusal(weir, "unknown", "wrong") == "FATAL 08P01 " + text);
        if (type != "scram-sha-256")
            CHECK(password_refusal(weir, "app", "").find("FATAL 08P01 empty password") == 0);
        CHECK(Client(weir.login().with_user("app", "right")).connected());
    }
}

TEST_CASE("errors: what the server's login asks for", "[pg]") {
    REQUIRES_POSTGRES();
    PostgresOptions options;
    options.hba = {"host all app 127.0.0.1/32 scram-sha-256"};
    Postgres strict(options);
    auto config = compat::before(strict);
    config.userlist["app"] = "md5" + std::string(32, '0');  // cannot answer SCRAM
    Weir weir(config);
    CHECK(compat::refusal(weir, kApp) == "FATAL 08P01 server login failed: wrong password type");
}

TEST_CASE("errors: a server's refusal is relayed with its own code to everybody who waits", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = Postgres::shared();
    postgres.control().query("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0");
    auto config = compat::before(postgres);
    config.userlist["crowded"] = "";
    Weir weir(config);
    std::vector<WireClient> waiting;
    for (int i = 0; i < 3; ++i) {
        waiting.emplace_back(weir.port());
        waiting.back().send(startup(login_to("app", "crowded")));
    }
    for (auto& client : waiting)
        CHECK(compat::error(client.read_to_end()) == "FATAL 53300 too many connections for role \"crowded\"");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

TEST_CASE("errors: 57P03 of a server is not relayed, clients keep waiting for it", "[pg]") {
    REQUIRES_POSTGRES();
    const RefusingServer server("57P03", "the database system is starting up");
    WeirConfig config;
    Weir weir(config.database(server.port()).set("server_login_retry", "0.1"));
    WireClient client(weir.port());
    client.send(startup(kApp));
    CHECK(weir.logged("server login failed: the database system is starting up"));
    CHECK(eventually([&] { return server.attempts() >= 3; }));
    CHECK(client.silent(std::chrono::milliseconds(0)));
    weir.console("SET client_login_timeout = '0.1'");
    CHECK(compat::error(client.read_to_end()) == "FATAL 08P01 client_login_timeout (server down)");
    const RefusingServer other("28P01", "no entry");
    weir.config().database(other.port());
    weir.reload();
    CHECK(compat::refusal(weir, kApp) == "FATAL 28P01 no entry");
}

TEST_CASE("errors: names of statements are answered as PostgreSQL does, the session goes on", "[pg]") {
    REQUIRES_POSTGRES();
    auto client = WireClient::logged_in(common().login());
    for (const auto& request : {bind_portal("", "missing"), describe_statement("missing")}) {
        const auto unknown = client.exchange(request + sync_message());
        CHECK(sqlstate(unknown) == "26000");
    }
    client.exchange(parse("taken", "SELECT 1") + sync_message());
    const auto taken = client.exchange(parse("taken", "SELECT 2") + sync_message());
    CHECK(sqlstate(taken) == "42P05");
    CHECK(rows(client.exchange(query("SELECT 3"))) == Rows{{"3"}});
}

TEST_CASE("errors: SUSPEND closes who does not finish a message, with the reason", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(compat::before(Postgres::shared()).set("suspend_timeout", "1"));
    auto console = compat::console(weir);
    auto slow = WireClient::logged_in(weir.login());
    slow.send(query("SELECT 1").substr(0, 3));
    CHECK(eventually([&] {
        const auto row = compat::row_with(weir, "SOCKETS", {{"type", "C"}, {"database", "app"}});
        return !row.empty() && row.at("recv_pos") == "3";
    }));
    CHECK(command_tag(console.exchange(query("SUSPEND"))) == "SUSPEND");
    CHECK(compat::error(slow.read_to_end()) == "FATAL 08P01 suspend_timeout");
    CHECK(command_tag(console.exchange(query("RESUME"))) == "RESUME");
}

TEST_CASE("errors: a server that cannot be reached", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    WeirConfig config;
    Weir weir(config.database(proxy.port()).set("client_login_timeout", "2"));
    proxy.refuse();
    CHECK(compat::refusal(weir, kApp) == "FATAL 08P01 client_login_timeout (server down)");
    proxy.accept_again();
    auto client = WireClient::logged_in(weir.login());
    client.exchange(query("BEGIN; SELECT 1"));
    proxy.refuse();
    proxy.reset_all();
    CHECK(compat::error(client.read_to_end()) == "FATAL 08P01 server conn crashed?");
    // Logins go on, since the pool's parameters are known; the first query sets off the attempt that fails.
    std::string text;
    weir.console("SET query_wait_timeout = 1");
    CHECK(eventually([&] {
        auto next = WireClient::logged_in(weir.login());
        next.send(query("SELECT 1"));
        text = compat::error(next.read_to_end());
        return text.find("FATAL 08P01 server login has been failing") == 0;
    }));
    CHECK(text.find("(server_login_retry)") != std::string::npos);
}

TEST_CASE("errors: a server that goes away while in use", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = common();
    auto client = WireClient::logged_in(weir.login());
    client.exchange(query("BEGIN; SELECT 1"));
    auto& postgres = Postgres::shared();
    client.send(query("DO $$BEGIN PERFORM pg_sleep(600); END$$"));
    const std::string running = "state = 'active' AND query LIKE '%PERFORM pg_sleep(600)%'";
    CHECK(eventually([&] { return postgres.connections(running) == 1; }));
    postgres.terminate(running);
    const auto answer = client.read_to_end();
    REQUIRE(types(answer) == "EE");
    CHECK(error_fields(answer[0])['C'] == "57P01");
    CHECK(compat::error({answer[1]}) == "FATAL 08P01 server conn crashed?");
}

TEST_CASE("errors: what a client may not send", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = common();
    CHECK(end_after(weir, message('!')) == "FATAL 08P01 unknown pkt");
    CHECK(end_after(weir, message('p', "x")) == "FATAL 08P01 unknown pkt");
    CHECK(end_after(weir, "Q" + int32(3)).find("FATAL 08P01 bad packet header: '51") == 0);
    CHECK(end_after(weir, "Q" + int32(2000000)).find("FATAL 08P01 bad packet header: '51") == 0);
    for (const char type : {'P', 'B', 'D', 'C'}) {
        INFO(type);
        const auto text = end_after(weir, message(type, "x") + sync_message());
        CHECK(text.find("FATAL 08P01 ") == 0);
        CHECK(
            (text.find("broken") != std::string::npos || text.find("failed to parse") != std::string::npos));
    }
    CHECK(end_after(weir, query("BEGIN"), "statement") ==
          "FATAL 08P01 transaction blocks not allowed in statement pooling mode");
}

TEST_CASE("errors: PQexec may be forbidden, on the console too", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(compat::before(Postgres::shared()).set("disable_pqexec", "1"));
    CHECK(end_after(weir, query("SELECT 1")) == "FATAL 08P01 PQexec disallowed");
    auto extended = Client::connect(weir.login());
    CHECK(extended.try_params("SELECT $1::text", {"x"}).rows == Rows{{"x"}});
    CHECK(compat::error(compat::console(weir).exchange(query("SHOW POOLS"))) ==
          "FATAL 08P01 PQexec disallowed");
}

TEST_CASE("errors: a value that the server refuses", "[pg]") {
    REQUIRES_POSTGRES();
    auto& weir = common();
    auto client = WireClient::logged_in(weir.login(), {{"TimeZone", "Nowhere/Nothing"}});
    client.send(query("SELECT 1"));
    CHECK(compat::error(client.read_to_end()) == "FATAL 08P01 invalid server parameter");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

TEST_CASE("errors: time limits of waiting and working clients", "[pg]") {
    REQUIRES_POSTGRES();
    struct Limit {
        std::string setting;
        std::string prepare;  ///< what the client has done before
        std::string text;
    };
    const std::vector<Limit> limits{
        {"query_timeout", "SELECT pg_sleep(600)", "query timeout"},
        {"idle_transaction_timeout", "BEGIN; SELECT 1", "idle transaction timeout"},
        {"transaction_timeout", "BEGIN; SELECT pg_sleep(600)", "transaction timeout"},
        {"client_idle_timeout", "", "client_idle_timeout"},
    };
    Weir weir(compat::before(Postgres::shared()));
    for (const auto& [setting, prepare, text] : limits) {
        INFO(setting);
        weir.console("SET " + setting + " = 1");
        auto client = WireClient::logged_in(weir.login());
        if (!prepare.empty()) client.send(query(prepare));
        const auto end = client.read_to_end();
        REQUIRE_FALSE(end.empty());
        CHECK(compat::error({end.back()}) == "FATAL 08P01 " + text);
        weir.console("SET " + setting + " = 0");
    }
    weir.console("SET default_pool_size = 1");
    // What the cases before left behind goes first.
    CHECK(eventually([&] { return weir.pool("sv_tested") + weir.pool("sv_idle") <= 1; }));
    auto holder = WireClient::logged_in(weir.login());
    holder.exchange(query("BEGIN; SELECT 1"));
    for (const auto& [setting, text] : std::map<std::string, std::string>{
             {"query_wait_timeout", "query_wait_timeout"}, {"query_timeout", "query_timeout"}}) {
        INFO(setting);
        auto waiting = WireClient::logged_in(weir.login());
        waiting.send(query("SELECT 1"));
        CHECK(compat::waiting(weir, 1));
        weir.console("SET " + setting + " = 1");
        CHECK(compat::error(waiting.read_to_end()) == "FATAL 08P01 " + text);
        weir.console("SET " + setting + " = 120");
    }
    weir.console("SET query_wait_notify = 1");
    auto told = WireClient::logged_in(weir.login());
    told.send(query("SELECT 1"));
    const auto notice = told.read();
    REQUIRE(notice);
    CHECK(notice->type == 'N');
    CHECK(error_fields(*notice)['C'] == "00000");
    weir.console("SET client_login_timeout = 1");
    WireClient silent(weir.port());
    silent.send(startup(kApp).substr(0, 8));
    CHECK(compat::error(silent.read_to_end()) == "FATAL 08P01 client_login_timeout");
}

TEST_CASE("errors: the closing of a linked server is told with its reason", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(compat::before(Postgres::shared()));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(query("BEGIN; SELECT 1"));
    weir.config().databases.erase("app");
    weir.config().database(Postgres::shared().port(), "", "another");
    weir.reload();
    CHECK(compat::error(client.read_to_end()) == "FATAL 08P01 database removed");
    CHECK(compat::refusal(weir, kApp) == "FATAL 08P01 no such database: app");
    weir.config().database(Postgres::shared().port(), "pool_mode=session").set("server_fast_close", "1");
    weir.reload();
    auto session = WireClient::logged_in(weir.login());
    session.exchange(query("SELECT 1"));
    weir.console("RECONNECT app");
    CHECK(compat::error(session.read_to_end()) == "FATAL 08P01 database configuration changed");
}

TEST_CASE("errors: auth_type=any without a forced user", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = compat::before(Postgres::shared()).set("auth_type", "any");
    config.database(Postgres::shared().port(), "user=app", "forced");
    Weir weir(config);
    CHECK(compat::refusal(weir, kApp) == "FATAL 08P01 bouncer config error");
    CHECK(Client::connect(weir.login("anybody").with_database("forced")).value("SELECT current_user") ==
          "app");
}
