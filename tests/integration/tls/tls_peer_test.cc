// What a handshake came to, told by the peer: openssl s_client as a client, a TLS server of ours in front of
// PostgreSQL. Sessions that are resumed, and that they are no way around a check; curves and finite fields.
//
// PostgreSQL itself resumes no session (be-secure-openssl.c turns tickets and the cache off), CockroachDB
// does.
#include "tests/integration/tls/tls_scene.h"
#include "tests/support/contains.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tls_front.h"

using namespace support;
using namespace tls_scene;

namespace {

constexpr const char* kServed = "session_authorization";  // said when the login is done

/// s_client that upgrades, verifies, logs in as `app` and leaves; everything it printed.
std::string s_client(const Weir& weir, const std::vector<std::string>& more) {
    Command command;
    command.argv = {"openssl",
                    "s_client",
                    "-connect",
                    "127.0.0.1:" + std::to_string(weir.port()),
                    "-starttls",
                    "postgres",
                    "-CAfile",
                    Files::shared().ca(),
                    "-verify_hostname",
                    kHost,
                    "-verify_return_error",
                    "-nocommands",
                    "-ign_eof"};
    command.argv.insert(command.argv.end(), more.begin(), more.end());
    command.input = wire::startup({{"user", "app"}, {"database", "app"}}) + wire::terminate();
    return run(command).output;
}

WeirConfig with_key(int rsa_bits, const std::string& mode = "require") {
    auto config = scene::before(Postgres::shared());
    with_client_tls(config, mode);
    if (rsa_bits == 0) return config;
    auto shown = good_server();
    shown.rsa_bits = rsa_bits;
    const auto own = Files::shared().write("rsa_peer", Files::shared().authority.issue(shown));
    return config.set("client_tls_cert_file", own.certificate).set("client_tls_key_file", own.key);
}

WeirConfig behind(const TlsFront& front, const std::string& mode) {
    WeirConfig config;
    config.databases["app"] =
        std::string{"host="} + kHost + " port=" + std::to_string(front.port()) + " dbname=app";
    config.set("query_wait_timeout", "1").set("client_login_timeout", "2");  // of those who wait in vain
    return config.set("server_tls_sslmode", mode).set("server_tls_ca_file", Files::shared().ca());
}

TlsFrontOptions front_of(const Credentials& credentials) {
    return {.credentials = credentials, .server_port = Postgres::shared().port()};
}

/// A query over a server connection that is made for it.
void over_a_new_server(Weir& weir) {
    weir.console("RECONNECT");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

}  // namespace

TEST_CASE("TLS peer: a client's session is resumed, until RELOAD shows another certificate", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string version = GENERATE("-tls1_2", "-tls1_3");
    CAPTURE(version);
    Weir weir{with_key(0)};
    const TempDir folder;
    const std::string session = folder.path("session");
    const std::string first = s_client(weir, {version, "-sess_out", session});
    CAPTURE(first);
    CHECK(contains(first, kServed));
    CHECK(contains(first, "New, TLSv1."));
    const std::string second = s_client(weir, {version, "-sess_in", session});
    CAPTURE(second);
    CHECK(contains(second, kServed));
    CHECK(contains(second, "Reused, TLSv1."));
    const auto other = Files::shared().write("other", Files::shared().authority.issue(good_server()));
    weir.config().set("client_tls_cert_file", other.certificate).set("client_tls_key_file", other.key);
    weir.reload();
    const std::string third = s_client(weir, {version, "-sess_in", session});
    CAPTURE(third);
    CHECK(contains(third, kServed));
    CHECK(contains(third, "New, TLSv1."));
}

TEST_CASE("TLS peer: a resumed session brings the certificate it began with, and no other", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string version = GENERATE("-tls1_2", "-tls1_3");
    CAPTURE(version);
    auto config = with_key(0, "verify-full");
    config.set("auth_type", "hba");
    config.set("auth_hba_file",
               Files::shared().write("peer_hba", "local all all trust\nhostssl all all all cert\n"));
    Weir weir{config};
    const TempDir folder;
    const auto out = [&](const std::string& name) { return folder.path(name); };
    const auto shown = [&](const std::string& name) {
        const auto pair =
            Files::shared().write("peer_" + name, Files::shared().authority.issue({.common_name = name}));
        return std::vector<std::string>{version,  "-cert",     pair.certificate, "-key",
                                        pair.key, "-sess_out", out(name)};
    };
    CHECK(contains(s_client(weir, shown("app")), kServed));
    CHECK_FALSE(contains(s_client(weir, shown("other")), kServed));
    const std::string own = s_client(weir, {version, "-sess_in", out("app")});
    CAPTURE(own);
    CHECK(contains(own, "Reused, TLSv1."));
    CHECK(contains(own, kServed));
    const std::string others = s_client(weir, {version, "-sess_in", out("other")});
    CAPTURE(others);
    CHECK_FALSE(contains(others, kServed));
    CHECK_FALSE(contains(s_client(weir, {version}), kServed));
}

TEST_CASE("TLS peer: a server's session is resumed by the next connection to it", "[pg]") {
    REQUIRES_POSTGRES();
    const TlsFront front{front_of(shown_as("good"))};
    Weir weir{behind(front, "verify-full")};
    over_a_new_server(weir);
    CHECK(front.secured() == 1);
    CHECK(front.resumed() == 0);
    over_a_new_server(weir);
    over_a_new_server(weir);
    CHECK(front.secured() == 3);
    CHECK(front.resumed() == 2);
}

TEST_CASE("TLS peer: a session is no way around the check of the server", "[pg]") {
    REQUIRES_POSTGRES();
    const TlsFront good{front_of(shown_as("good"))};
    const TlsFront impostor{front_of(shown_as("wrong authority"))};
    Weir weir{behind(good, "verify-full")};
    over_a_new_server(weir);
    // The name is the same, so that the session of the good one may be offered.
    weir.config().databases = behind(impostor, "verify-full").databases;
    weir.reload();
    weir.console("RECONNECT");
    const auto refused = [&] {
        Client client{weir.login()};
        return !client.connected() || !client.try_query("SELECT 1").ok;
    };
    CHECK(refused());
    CHECK(weir.logged("server login failed"));
    CHECK(impostor.secured() == 0);
    const auto strict = weir.config().settings;
    // One that was made without any check is not resumed where there is one.
    weir.config().set("server_tls_sslmode", "require").settings.erase("server_tls_ca_file");
    weir.reload();
    over_a_new_server(weir);
    over_a_new_server(weir);
    CHECK(impostor.resumed() == 1);
    const int secured = impostor.secured();
    weir.config().settings = strict;
    weir.reload();
    weir.console("RECONNECT");
    CHECK(refused());
    CHECK(impostor.secured() == secured);
}

TEST_CASE("TLS peer: a revocation that is written into the file counts without a RELOAD, also for a session",
          "[pg]") {
    REQUIRES_POSTGRES();
    Files& files = Files::shared();
    const Credentials shown = shown_as("good");
    const TlsFront front{front_of(shown)};
    auto config = behind(front, "verify-full");
    config.databases["app"] += " sslcrl=" + files.write("in_place.crl", files.authority.revocations({}));
    Weir weir{config};
    over_a_new_server(weir);
    over_a_new_server(weir);
    CHECK(front.resumed() == 1);  // and the next session is kept
    Client early = Client::connect(weir.login());
    early.query("BEGIN");
    CHECK(early.value("SELECT 1") == "1");

    static_cast<void>(files.write("in_place.crl", "no list at all"));
    CHECK(weir.logged("TLS files have changed and cannot be used, the old ones stay"));
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    static_cast<void>(files.write("in_place.crl", files.authority.revocations({shown})));
    CHECK(weir.logged("TLS files have changed and are used from now on"));
    CHECK(early.value("SELECT 2") == "2");  // nobody is dropped in a transaction
    early.query("COMMIT");
    const int secured = front.secured();
    weir.console("RECONNECT");
    Client late{weir.login()};
    CHECK_FALSE((late.connected() && late.try_query("SELECT 1").ok));
    CHECK(weir.logged("certificate revoked"));
    CHECK(front.secured() == secured);
}

TEST_CASE("TLS peer: client_tls_ecdhcurve and client_tls_dheparams are what a client meets", "[pg]") {
    REQUIRES_POSTGRES();
    const struct {
        const char* curve;
        const char* dhe;
        std::vector<std::string> client;
        const char* key;  ///< what was exchanged; nullptr: the handshake fails
    } cases[] = {
        {"auto", "auto", {"-groups", "P-384"}, "ECDH, secp384r1, 384 bits"},
        {"auto", "auto", {"-groups", "X25519:P-384"}, "X25519, 253 bits"},
        {"secp384r1", "auto", {"-groups", "X25519:P-384"}, "ECDH, secp384r1, 384 bits"},
        {"secp384r1", "auto", {"-groups", "X25519:P-256"}, nullptr},
        {"secp384r1",
         "auto",
         {"-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "-groups", "X25519:P-384"},
         "ECDH, secp384r1, 384 bits"},
        {"prime256v1:secp384r1", "auto", {"-groups", "P-384:P-256"}, "ECDH, secp384r1, 384 bits"},
        {"none", "auto", {"-groups", "X25519:ffdhe2048"}, "DH, 2048 bits"},
        {"none", "auto", {"-groups", "X25519:P-256"}, nullptr},
        {"auto", "auto", {"-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"}, "DH, 2048 bits"},
        {"auto", "none", {"-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"}, nullptr},
        {"auto", "none", {"-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"}, "X25519, 253 bits"},
    };
    Weir weir{
        with_key(2048).set("client_tls_ciphers", "DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256")};
    for (const auto& one : cases) {
        CAPTURE(one.curve, one.dhe);
        weir.console(std::string{"SET client_tls_ecdhcurve = '"} + one.curve + "'");
        weir.console(std::string{"SET client_tls_dheparams = '"} + one.dhe + "'");
        const std::string said = s_client(weir, one.client);
        CAPTURE(said);
        CHECK(contains(said, kServed) == (one.key != nullptr));
        if (one.key != nullptr) CHECK(contains(said, std::string{"Server Temp Key: "} + one.key));
    }
}
