// No secret is in anything that leaves the pooler: log, console, errors, HTTP pages, the output of --check.
#include "tests/integration/scene.h"
#include "tests/support/free_port.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_dir.h"

using namespace support;

namespace {

/// Each as a word of its own that nothing else could contain.
constexpr const char* kPlain = "Xplain1Secret";
constexpr const char* kTyped = "Xtyped2Secret";
constexpr const char* kForced = "Xforced3Secret";
constexpr const char* kLdap = "Xldap4Secret";
constexpr const char* kQueried = "Xqueried5Secret";
constexpr const char* kChanged = "Xchanged6Secret";
constexpr const char* kSecondary = "Xsecondary8Secret";
constexpr const char* kReplica = "Xreplica9Secret";
constexpr const char* kToken = "Xtoken10Secret";

std::string md5_of(const char* password, const char* user) {
    char* hash = PQencryptPassword(password, user);
    const std::string text = hash;
    PQfreemem(hash);
    return text;
}

std::string everything_of(const Outcome& outcome) {
    std::string all = outcome.message;
    for (const auto& row : outcome.rows)
        for (const auto& cell : row) all += cell + "\n";
    return all;
}

std::string try_login(const Login& login) {
    Client client(login);
    return client.error() + everything_of(client.try_query("SELECT 1"));
}

}  // namespace

TEST_CASE("secrets: none is in the log, on the console, over HTTP, in an error or in the output of --check",
          "[pg]") {
    REQUIRES_POSTGRES();
    const std::string auth_type = GENERATE("plain", "md5", "scram-sha-256");
    CAPTURE(auth_type);
    auto config = scene::before(Postgres::shared()).set("auth_type", auth_type).set("verbose", "3");
    const std::string there = " port=" + std::to_string(Postgres::shared().port()) + " password=";
    config.database(Postgres::shared().port(),
                    "health_check_user=app secondary='host=localhost" + there + kSecondary +
                        "' replica_kind=streaming replicas='host=127.0.0.2" + there + kReplica +
                        "' user=app password=" + kForced,
                    "forced");
    const std::uint16_t http_port = free_port();
    config.set("http_listen", "127.0.0.1:" + std::to_string(http_port)).set("http_token", kToken);
    config.set("auth_ldap_options",
               std::string("ldapserver=h ldapbasedn=b ldapbinddn=c ldapbindpasswd=") + kLdap);
    config.set("auth_user", "other");
    config.set("auth_query", std::string("SELECT $1::text, 'X' || 'queried5Secret'"));
    const std::string hash = md5_of(kPlain, "other");
    config.userlist = {{"app", kPlain}, {"other", hash}, {"admin", "Xadmin7Secret"}};
    Weir weir(config);

    std::string seen;
    for (const char* user : {"app", "other", "learned"})
        for (const char* password : {kPlain, kTyped, kQueried})
            for (const char* database : {"app", "forced", "nowhere"})
                seen += try_login(weir.login().with_user(user, password).with_database(database));
    for (const char* what : {"SHOW CONFIG",
                             "SHOW DATABASES",
                             "SHOW USERS",
                             "SHOW POOLS",
                             "SHOW CLIENTS",
                             "SHOW SERVERS",
                             "SHOW SOCKETS",
                             "SHOW LISTS",
                             "SHOW STATS",
                             "SHOW MEM",
                             "SHOW FDS",
                             "SHOW HELP",
                             "SHOW ENDPOINTS",
                             "SHOW NODES",
                             "SHOW EVENTS",
                             "SHOW HANDOVERS",
                             "SHOW PREFIXES",
                             "SHOW REPLAYS",
                             "SHOW ROUTES",
                             "SHOW PEERS",
                             "SHOW PEER_POOLS",
                             "SHOW DNS_HOSTS",
                             "SHOW DNS_ZONES",
                             "SHOW TOTALS",
                             "SHOW STATE",
                             "SHOW VERSION",
                             "FAILOVER forced",
                             "FAILBACK forced",
                             "EXPLAIN ROUTE 'SELECT 1' FOR forced"})
        seen += everything_of(Client::connect(weir.admin_login()).try_query(what));
    for (const char* page : {"/", "/livez", "/readyz", "/health", "/metrics", "/status"}) {
        for (const std::string token : {"", kToken, kTyped}) {
            const auto answer =
                http(http_port, page, token.empty() ? "" : "Authorization: Bearer " + token + "\r\n");
            for (const auto& [name, value] : answer.headers) seen += name + value;
            seen += answer.body;
        }
    }
    CHECK(seen.find("weir_") != std::string::npos);  // the metrics were among them
    weir.config().userlist["app"] = kChanged;
    weir.config().databases["forced"] += kChanged;
    weir.reload();
    seen += try_login(weir.login().with_user("app", kChanged));
    seen += everything_of(Client::connect(weir.admin_login())
                              .try_query(std::string("SET auth_ldap_options = 'x ") + kLdap + "'"));
    write_file(weir.folder() / "userlist.txt",
               std::string("\"app\" \"") + kChanged + "\"\n\"broken\" \"" + kPlain);
    seen += run({.argv = {weir_program().string(), "--check", (weir.folder() / "weir.ini").string()},
                 .environment = {},
                 .input = "",
                 .directory = {},
                 .as_account = false})
                .output;
    seen += weir.log();
    for (const char* secret : {kPlain, kTyped, kForced, kLdap, kQueried, kChanged, kSecondary, kReplica,
                               kToken, "Xadmin7Secret"}) {
        CAPTURE(secret);
        CHECK(seen.find(secret) == std::string::npos);
    }
    CHECK(seen.find(hash.substr(3)) == std::string::npos);
    CHECK(seen.find("authentication failed") != std::string::npos);  // there was something to look through
}
