// Logging in to a secure CockroachDB node: TLS, and inside of it a password, SCRAM or a certificate.
#include "tests/integration/crdb/scene.h"
#include "tests/support/certificates.h"
#include "tests/support/contains.h"
#include "tests/support/temp_dir.h"

using namespace support;
using namespace support::crdb;

namespace {

constexpr const char* kHost = "localhost";

/// One authority for all nodes here, its files, and a certificate of user app.
struct Files {
    Files() {
        ca = folder.write("ca.crt", authority.certificate());
        const auto app = authority.issue({.common_name = "app"});
        app_certificate = folder.write("client.app.crt", app.certificate);
        app_key = folder.write("client.app.key", app.key);
        const auto own = authority.issue({.common_name = "weir", .dns = {kHost}});
        own_certificate = folder.write("weir.crt", own.certificate);
        own_key = folder.write("weir.key", own.key);
    }
    TempDir folder;
    Authority authority{"test authority"};
    std::string ca, app_certificate, app_key, own_certificate, own_key;
};

Files& files() {
    static Files made;
    return made;
}

Options secure(Auth auth) {
    Options options;
    options.secure = true;
    options.auth = auth;
    options.users = {{"app", "secret"}, {"other", "other secret"}};
    const auto shown = files().authority.issue({.common_name = "node", .dns = {kHost}});
    options.certificate = shown.certificate;
    options.key = shown.key;
    options.authority = files().authority.certificate();
    return options;
}

WeirConfig before(const FakeCluster& cluster, const std::string& keys = "") {
    WeirConfig config;
    config.databases["app"] = "host=localhost dbname=app port=" + std::to_string(cluster.port()) + " " + keys;
    config.set("server_tls_sslmode", "verify-full").set("server_tls_ca_file", files().ca);
    config.userlist["app"] = "secret";
    config.userlist["other"] = "other secret";
    return config;
}

std::string certificate_keys() { return "sslcert=" + files().app_certificate + " sslkey=" + files().app_key; }

std::string login_error(const Login& login) {
    Client client{login};
    if (!client.connected()) return client.error();
    const auto outcome = client.try_query("SELECT current_user");
    return outcome.rows == Rows{{login.user}} ? "" : outcome.message + "?";
}

}  // namespace

TEST_CASE("crdb secure login: a password in clear and SCRAM of 10,610 rounds, both inside TLS") {
    FakeCluster cluster{secure(GENERATE(Auth::kPassword, Auth::kScram))};
    Weir weir{before(cluster)};
    CHECK(login_error(weir.login("app")).empty());
    CHECK(login_error(weir.login("other")).empty());
    for (auto& row : weir.show("SERVERS")) CHECK(contains(row["tls"], "TLSv1.3"));
}

TEST_CASE("crdb secure login: refusals of severity ERROR with XXUUU come through, and rest") {
    FakeCluster cluster{secure(Auth::kPassword)};
    auto config = before(cluster).set("server_login_retry", "600");
    config.userlist["app"] = "not the one of the server";
    config.userlist["nouser"] = "any";
    Weir weir{config};
    CHECK(contains(login_error(weir.login("app")), "password authentication failed for user app"));
    const std::string unknown = login_error(weir.login("nouser"));
    CAPTURE(unknown);
    CHECK(contains(unknown, "password authentication failed for user nouser"));
    const auto tried = cluster.node(1).accepted();
    CHECK(contains(login_error(weir.login("app")), "password authentication failed for user app"));
    CHECK(cluster.node(1).accepted() == tried);  // the same wrong password is not offered again
}

TEST_CASE("crdb secure login: a password in clear goes to a verified node only") {
    FakeCluster cluster{secure(Auth::kPassword)};
    auto config = before(cluster);
    SECTION("a node that is verified gets it") { CHECK(login_error(Weir{config}.login("app")).empty()); }
    SECTION("a node whose certificate is of another authority gets nothing") {
        Authority stranger{"another authority"};
        const std::string other = files().folder.write("other.crt", stranger.certificate());
        // Its client waits for better times, as with PgBouncer.
        Weir weir{config.set("server_tls_ca_file", other).set("client_login_timeout", "1")};
        CHECK_FALSE(login_error(weir.login("app")).empty());
        CHECK(weir.logged("server login failed: TLS"));
    }
}

TEST_CASE("crdb secure login: a certificate stands for its own user and for no other") {
    FakeCluster cluster{secure(Auth::kPassword)};
    auto config = before(cluster, certificate_keys());
    config.userlist["app"] = "not the one of the server";  // never asked for
    Weir weir{config};
    CHECK(login_error(weir.login("app")).empty());
    CHECK(login_error(weir.login("other")).empty());  // comes without app's certificate, with a password
}

TEST_CASE("crdb secure login: another user's certificate is refused in the node's words") {
    FakeCluster cluster{secure(Auth::kPassword)};
    Weir weir{before(cluster, certificate_keys()).set("server_tls_cert_users", "any")};
    CHECK(
        contains(login_error(weir.login("other")), "requested user is other, but certificate is for [app]"));
}

TEST_CASE("crdb secure login: a node in secure mode says so to a pooler without TLS") {
    FakeCluster cluster{secure(Auth::kPassword)};
    Weir weir{before(cluster).set("server_tls_sslmode", "disable").set("client_login_timeout", "1")};
    CHECK_FALSE(login_error(weir.login("app")).empty());
    CHECK(weir.logged("node is running secure mode, SSL connection required"));
}

TEST_CASE("crdb secure login: with passthrough the node judges, and what it said last counts") {
    const auto auth = GENERATE(Auth::kPassword, Auth::kScram);
    FakeCluster cluster{secure(auth)};
    auto config = before(cluster).set("auth_type", "passthrough").set("auth_cache_time", "600");
    config.set("client_tls_sslmode", "require").set("client_tls_cert_file", files().own_certificate);
    config.set("client_tls_key_file", files().own_key);
    config.userlist = {{"admin", "admin password"}};
    Weir weir{config};
    const auto as = [&weir](const std::string& user, const std::string& password) {
        Login login = weir.login(user).with("sslmode=verify-full sslrootcert=" + files().ca);
        login.host = kHost;
        login.password = password;
        return login;
    };
    CHECK(login_error(as("app", "secret")).empty());
    const auto opened = cluster.node(1).accepted();
    if (auth == Auth::kScram) {
        CHECK(login_error(as("app", "secret")).empty());
        CHECK(cluster.node(1).accepted() == opened);  // by the keyed hash, without the node
    }
    CHECK(contains(login_error(as("app", "wrong")), "password authentication failed"));
    CHECK(login_error(as("nouser", "wrong")) == login_error(as("app", "wrong again")));
    CHECK(login_error(as("other", "other secret")).empty());
}

TEST_CASE("crdb secure login: with passthrough, whom the node knows by weir's certificate is not let in") {
    FakeCluster cluster{secure(Auth::kPassword)};
    auto config = before(cluster, certificate_keys()).set("auth_type", "passthrough");
    config.set("client_tls_sslmode", "require").set("client_tls_cert_file", files().own_certificate);
    config.set("client_tls_key_file", files().own_key);
    config.userlist = {{"admin", "admin password"}};
    Weir weir{config};
    Login login = weir.login("app").with("sslmode=verify-full sslrootcert=" + files().ca);
    login.host = kHost;
    login.password = "anything";
    CHECK(contains(login_error(login), "password authentication failed"));
}

TEST_CASE("crdb secure login: a node that has no GSS ends the connection; weir never asks it") {
    FakeCluster cluster{secure(Auth::kPassword)};
    WireClient direct{cluster.node(1).port()};
    direct.send(std::string("\0\0\0\x08\x04\xd2\x16\x30", 8));
    CHECK(direct.read_byte() == 'E');
    Weir weir{before(cluster)};
    WireClient client{weir.port()};
    client.send(std::string("\0\0\0\x08\x04\xd2\x16\x30", 8));
    CHECK(client.read_byte() == 'N');
    CHECK(login_error(weir.login("app")).empty());
}
