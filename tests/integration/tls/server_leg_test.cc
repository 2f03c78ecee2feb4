// TLS between the pooler and PostgreSQL: the table of sslmodes and certificates, and what a connect string
// says.
#include <memory>
#include <vector>

#include "tests/integration/tls/expectations.h"
#include "tests/integration/tls/tls_scene.h"
#include "tests/support/tls_front.h"

using namespace support;
using namespace tls_scene;

namespace {

/// One row's servers: PostgreSQL itself, or something in front of it for what PostgreSQL will not show.
struct Shown {
    explicit Shown(const std::string& kind) {
        const Credentials credentials = shown_as(kind);
        crl = Files::shared().write(
            "row.crl", Files::shared().authority.revocations(kind == "revoked" ? std::vector{credentials}
                                                                               : std::vector<Credentials>{}));
        if (kind == "no TLS") {
            without_tls(postgres());
            return;
        }
        show(postgres(), kind == "weak key" ? shown_as("good") : credentials);
        if (kind != "weak key") return;
        front = std::make_unique<TlsFront>(
            TlsFrontOptions{.credentials = credentials, .server_port = postgres().port()});
    }
    [[nodiscard]] std::uint16_t port() const { return front ? front->port() : postgres().port(); }
    std::unique_ptr<TlsFront> front;
    std::string crl;
};

/// A database for each mode, named after it.
WeirConfig all_modes(const Shown& shown, const std::string& host) {
    WeirConfig config;
    config.set("server_tls_ca_file", Files::shared().ca()).set("client_login_timeout", "0");
    for (const std::string mode : expectations::kModes)
        config.databases[mode] = "host=" + host + " port=" + std::to_string(shown.port()) +
                                 " dbname=app sslmode=" + mode + " sslcrl=" + shown.crl;
    return config;
}

/// The line that says why this database's server was refused; empty while there is none.
std::string refusal(const Weir& weir, const std::string& mode) {
    const std::string log = weir.log();
    const std::string whose = mode + "/app@";
    for (std::size_t at = log.find(whose); at != std::string::npos; at = log.find(whose, at + 1)) {
        const std::string line = log.substr(at, log.find('\n', at) - at);
        if (line.find("server login failed") != std::string::npos) return line;
    }
    return "";
}

/// How the server leg of a client ended. A refusal shows in the log only: the client waits for better times.
std::string outcome(const Weir& weir, const std::string& mode, std::string& reason) {
    const std::string conninfo = weir.login().with_database(mode).conninfo();
    const std::unique_ptr<PGconn, decltype(&PQfinish)> client{PQconnectStart(conninfo.c_str()), PQfinish};
    bool connected = false;
    const bool ended = eventually([&] {
        connected = PQconnectPoll(client.get()) == PGRES_POLLING_OK;
        if (!connected) reason = refusal(weir, mode);
        return connected || !reason.empty();
    });
    if (!ended) return "nothing";
    if (!connected) return "-";
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{
        PQexec(client.get(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), PQclear};
    return std::string{PQgetvalue(answer.get(), 0, 0)} == "t" ? "TLS" : "plain";
}

/// One database in front of this port with these keys.
WeirConfig one(std::uint16_t port, const std::string& keys, const std::string& host = kHost) {
    WeirConfig config;
    config.databases["app"] = "host=" + host + " port=" + std::to_string(port) + " dbname=app " + keys;
    return config;
}

std::string trusting() { return "sslrootcert='" + Files::shared().ca() + "' "; }

std::string certificate_in(Client& client) {
    return client.value("SELECT coalesce(client_dn, 'none') FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
}

}  // namespace

TEST_CASE("server TLS: each server_tls_sslmode meets each certificate as the table says", "[pg]") {
    REQUIRES_POSTGRES();
    for (const auto& row : expectations::kServerLeg) {
        const Shown shown{row.shown};
        const bool by_front = shown.front != nullptr;
        Weir weir{all_modes(shown, row.host)};
        for (std::size_t i = 0; i < row.outcome.size(); ++i) {
            const std::string mode = expectations::kModes[i];
            CAPTURE(row.shown, row.host, mode);
            std::string reason;
            // What stands in front of PostgreSQL speaks to it in clear, so that only the pooler can tell.
            std::string found = outcome(weir, mode, reason);
            if (by_front && found == "plain")
                for (auto& server : weir.show("SERVERS"))
                    if (server["database"] == mode && server["tls"].starts_with("TLS")) found = "TLS";
            INFO(reason);
            CHECK(found == row.outcome[i]);
            if (found == "-" && mode != "disable") CHECK(reason.find(row.reason) != std::string::npos);
        }
    }
    show(postgres(), shown_as("good"));
}

TEST_CASE("server TLS: the server is told the configured name, unless sslsni=0 or it is an address", "[pg]") {
    REQUIRES_POSTGRES();
    TlsFront front{{.credentials = shown_as("good"), .server_port = postgres().port()}};
    const auto told = [&front](const std::string& keys, const std::string& host) {
        Weir weir{one(front.port(), keys, host)};
        Client client = Client::connect(weir.login());
        CHECK(client.value("SELECT 1") == "1");
        return front.server_name();
    };
    CHECK(told(trusting() + "sslmode=verify-full", kHost) == kHost);
    CHECK(told(trusting() + "sslmode=verify-ca sslsni=0", kHost).empty());
    CHECK(told(trusting() + "sslmode=verify-ca", "127.0.0.1").empty());
}

TEST_CASE("server TLS: of several hosts the one that is used must be named by the certificate", "[pg]") {
    REQUIRES_POSTGRES();
    const auto shown = Files::shared().authority.issue({.common_name = "x", .dns = {kHost}});
    TlsFront front{{.credentials = shown, .server_port = postgres().port()}};
    auto config = one(front.port(), trusting() + "sslmode=verify-full", std::string{"127.0.0.1,"} + kHost);
    config.databases["app"] += " load_balance_hosts=disable";
    Weir weir{config};
    Client client = Client::connect(weir.login());
    CHECK(client.value("SELECT 1") == "1");
    CHECK(weir.logged("it is not for host \"127.0.0.1\""));
    CHECK(weir.show("SERVERS").at(0).at("endpoint") == kHost);
}

TEST_CASE("server TLS: direct negotiation needs a server that agrees to PostgreSQL by ALPN", "[pg]") {
    REQUIRES_POSTGRES();
    TlsFront direct{{.credentials = shown_as("good"),
                     .server_port = postgres().port(),
                     .opening = TlsFrontOptions::Opening::kDirect}};
    Weir weir{one(direct.port(), trusting() + "sslmode=verify-full sslnegotiation=direct")};
    Client client = Client::connect(weir.login());
    CHECK(client.value("SELECT 1") == "1");
    CHECK(direct.alpn());
    CHECK(direct.server_name() == kHost);
}

TEST_CASE("server TLS: sslrootcert makes require check the chain, and system means verify-full", "[pg]") {
    REQUIRES_POSTGRES();
    show(postgres(), shown_as("good"));
    Files& files = Files::shared();
    const std::string foreign =
        "sslrootcert='" + files.write("foreign.crt", files.stranger.certificate()) + "' ";
    WeirConfig config = one(postgres().port(), "sslmode=require");
    config.databases["strict"] = config.databases["app"] + " " + foreign;
    config.databases["system"] =
        "host=localhost dbname=app sslrootcert=system port=" + std::to_string(postgres().port());
    Weir weir{config};
    std::string reason;
    CHECK(outcome(weir, "app", reason) == "TLS");
    CHECK(outcome(weir, "strict", reason) == "-");
    CHECK(outcome(weir, "system", reason) == "-");

    // It is no matter where require comes from.
    WeirConfig inherits = one(postgres().port(), "");
    inherits.set("server_tls_sslmode", "require");
    inherits.databases["strict"] = inherits.databases["app"] + " " + foreign;
    inherits.databases["good"] = inherits.databases["app"] + " " + trusting();
    Weir inheriting{inherits};
    CHECK(outcome(inheriting, "app", reason) == "TLS");
    CHECK(outcome(inheriting, "good", reason) == "TLS");
    CHECK(outcome(inheriting, "strict", reason) == "-");
    INFO(reason);
    CHECK(reason.find("certificate verify failed") != std::string::npos);
}

TEST_CASE("server TLS: the certificate is shown for the user it names, and for others only if it may",
          "[pg]") {
    REQUIRES_POSTGRES();
    show(postgres(), shown_as("good"));
    Files& files = Files::shared();
    const auto own = files.write("app_client", files.authority.issue({.common_name = "app"}));
    const std::string keys =
        trusting() + "sslmode=verify-full sslcert='" + own.certificate + "' sslkey='" + own.key + "'";
    Weir careful{one(postgres().port(), keys)};
    Client app = Client::connect(careful.login());
    CHECK(certificate_in(app) == "/CN=app");
    Client other = Client::connect(careful.login("other"));
    CHECK(certificate_in(other) == "none");
    Weir open{one(postgres().port(), keys).set("server_tls_cert_users", "any")};
    Client anybody = Client::connect(open.login("other"));
    CHECK(certificate_in(anybody) == "/CN=app");
}

TEST_CASE("server TLS: a bad file stops the start, and a RELOAD to one changes nothing", "[pg]") {
    REQUIRES_POSTGRES();
    show(postgres(), shown_as("good"));
    Weir weir{one(postgres().port(), trusting() + "sslmode=verify-full")};
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    const std::string good = weir.config().databases["app"];
    weir.config().databases["app"] += " sslcrl=/nowhere/ca.crl";
    weir.write_files();
    CHECK_FALSE(Client::connect(weir.admin_login()).try_query("RELOAD").ok);
    CHECK(weir.logged("/nowhere/ca.crl"));
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    weir.config().databases["app"] = good;
    weir.reload();
}

TEST_CASE("server TLS: a change of its settings replaces the servers", "[pg]") {
    REQUIRES_POSTGRES();
    show(postgres(), shown_as("good"));
    Weir weir{one(postgres().port(), "").set("server_tls_sslmode", "disable")};
    Client client = Client::connect(weir.login());
    const std::string encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    CHECK(client.value(encrypted) == "f");
    weir.config().set("server_tls_sslmode", "require");
    weir.reload();
    CHECK(eventually([&] { return client.value(encrypted) == "t"; }));
}
