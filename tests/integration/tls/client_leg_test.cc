// TLS between clients and the pooler, with libpq: the table of sslmodes and certificates, and what settings
// and reloads do to it.
#include <sstream>

#include "tests/integration/tls/expectations.h"
#include "tests/integration/tls/tls_scene.h"

using namespace support;
using namespace tls_scene;

namespace {

std::string outcome(const Client& client) {
    if (!client.connected()) return "-";
    return PQsslInUse(client.raw()) == 1 ? "TLS" : "plain";
}

void check_row(Weir& weir, const expectations::ClientRow& row, const std::string& state) {
    const std::string keys = certificate_keys(state);
    for (std::size_t i = 0; i < row.outcome.size(); ++i) {
        const std::string sslmode = expectations::kModes[i];
        CAPTURE(row.client_tls_sslmode, state, sslmode);
        Login login = weir.login().with(libpq(sslmode) + keys);
        login.host = kHost;
        const Client client{login};
        INFO(client.error());
        CHECK(outcome(client) == row.outcome[i]);
    }
}

Login over_tls(const Weir& weir, const std::string& more = "") {
    Login login = weir.login().with(libpq("verify-full") + more);
    login.host = kHost;
    return login;
}

}  // namespace

TEST_CASE("client TLS: each sslmode meets each client_tls_sslmode as the table says", "[pg]") {
    REQUIRES_POSTGRES();
    for (const char* mode : expectations::kModes) {
        auto config = scene::before(Postgres::shared());
        Weir weir{with_client_tls(config, mode)};
        for (const auto& row : expectations::kClientLeg) {
            if (std::string{row.client_tls_sslmode} != mode) continue;
            std::istringstream states{row.states};
            for (std::string state; states >> state;) check_row(weir, row, state);
        }
    }
}

TEST_CASE("client TLS: a Unix socket has none and needs none", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    Weir weir{with_client_tls(config, "verify-full")};
    Client client = Client::connect(weir.unix_login());
    CHECK(client.value("SELECT 1") == "1");
}

TEST_CASE("client TLS: without authorities of its own it asks below verify-ca for no certificate", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    with_client_tls(config, "require").set("client_tls_ca_file", "");
    Weir weir{config};
    Client client = Client::connect(over_tls(weir, certificate_keys("foreign")));
    CHECK(client.value("SELECT 1") == "1");
}

TEST_CASE("client TLS: SHOW and the log tell version and cipher", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    Weir weir{with_client_tls(config, "require").set("client_tls_protocols", "tlsv1.2")};
    Client client = Client::connect(over_tls(weir));
    bool shown = false;
    for (auto& row : weir.show("CLIENTS")) shown = shown || row["tls"].starts_with("TLSv1.2/ECDHE");
    CHECK(shown);
    CHECK(weir.logged("tls=TLSv1.2/ECDHE"));
}

TEST_CASE(
    "client TLS: RELOAD takes a new certificate, keeps who is there, and keeps the old one if it is bad",
    "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    Weir weir{with_client_tls(config, "require")};
    Files& files = Files::shared();
    Client early = Client::connect(over_tls(weir));
    const auto other = files.write("renewed", files.stranger.issue(good_server()));
    weir.config().set("client_tls_cert_file", other.certificate).set("client_tls_key_file", other.key);
    weir.reload();
    CHECK(early.value("SELECT 1") == "1");
    CHECK_FALSE(Client{over_tls(weir)}.connected());  // signed by somebody this client does not trust

    weir.config().set("client_tls_key_file", files.write("bad.key", "no key at all"));
    weir.write_files();
    Client console = Client::connect(weir.admin_login());
    CHECK_FALSE(console.try_query("RELOAD").ok);
    CHECK(weir.logged("bad.key"));
    CHECK(early.value("SELECT 1") == "1");
    CHECK(Client{over_tls(weir)}.error().find("certificate verify failed") != std::string::npos);
}

TEST_CASE("client TLS: a file that is renewed in place counts without a RELOAD", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    with_client_tls(config, "require");
    Files& files = Files::shared();
    const auto own = files.write("in_place", files.stranger.issue(good_server()));
    config.set("client_tls_cert_file", own.certificate).set("client_tls_key_file", own.key);
    Weir weir{config};
    CHECK_FALSE(Client{over_tls(weir)}.connected());
    static_cast<void>(files.write("in_place", files.authority.issue(good_server())));
    CHECK(eventually([&] { return Client{over_tls(weir)}.connected(); }));
    CHECK(weir.logged("TLS files have changed"));
}

TEST_CASE("client TLS: a certificate logs in whom it names, and those an ident map gives it", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared());
    Files& files = Files::shared();
    with_client_tls(config, "verify-full").set("auth_type", "hba");
    config.set("auth_hba_file", files.write("hba",
                                            "local all all trust\n"
                                            "hostssl all other all cert map=friends\n"
                                            "hostssl all all all cert\n"));
    config.set("auth_ident_file", files.write("ident", "friends app other\n"));
    config.userlist["third"] = "";
    Weir weir{config};
    const std::string keys = certificate_keys("good");
    CHECK(Client{over_tls(weir, keys)}.connected());
    CHECK(Client{over_tls(weir, keys).with_user("other")}.connected());
    const Client third{over_tls(weir, keys).with_user("third")};
    CHECK_FALSE(third.connected());
    CHECK(third.error().find("FATAL:  certificate authentication failed\n") != std::string::npos);
}
