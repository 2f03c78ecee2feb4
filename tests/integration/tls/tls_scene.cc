#include "tests/integration/tls/tls_scene.h"

namespace tls_scene {

using namespace support;

Files::Files() { ca_ = folder_.write("ca.crt", authority.certificate()); }

Files& Files::shared() {
    static Files files;
    return files;
}

Files::Pair Files::write(const std::string& name, const Credentials& credentials) {
    return {folder_.write(name + ".crt", credentials.certificate),
            folder_.write(name + ".key", credentials.key)};
}

CertificateRequest good_server() {
    return {.common_name = "server", .dns = {kHost}, .addresses = {"127.0.0.1"}};
}

WeirConfig& with_client_tls(WeirConfig& config, const std::string& mode) {
    static const Files::Pair own =
        Files::shared().write("weir", Files::shared().authority.issue(good_server()));
    return config.set("client_tls_sslmode", mode)
        .set("client_tls_cert_file", own.certificate)
        .set("client_tls_key_file", own.key)
        .set("client_tls_ca_file", Files::shared().ca());
}

PostgresOptions postgres_options() {
    Files& files = Files::shared();
    const auto pair = files.write("postgres", files.authority.issue(good_server()));
    return {{"ssl = on", "ssl_cert_file = '" + pair.certificate + "'", "ssl_key_file = '" + pair.key + "'",
             "ssl_ca_file = '" + files.ca() + "'"},
            {}};
}

Postgres& postgres() {
    static Postgres server{postgres_options()};
    return server;
}

namespace {

/// A connection begun after this has the new settings: the postmaster takes them up at once, and later ones
/// are its children.
void reload(Postgres& postgres) {
    const auto loaded = [&postgres] {
        return Client::connect(postgres.login("postgres")).value("SELECT pg_conf_load_time()");
    };
    const std::string before = loaded();
    postgres.control().query("SELECT pg_reload_conf()");
    if (!eventually([&] { return loaded() != before; })) FAIL("PostgreSQL does not reload");
}

}  // namespace

void show(Postgres& postgres, const Credentials& credentials) {
    static int number = 0;
    const auto pair = Files::shared().write("postgres" + std::to_string(++number), credentials);
    auto& control = postgres.control();
    control.query("ALTER SYSTEM SET ssl = on");
    control.query("ALTER SYSTEM SET ssl_cert_file = '" + pair.certificate + "'");
    control.query("ALTER SYSTEM SET ssl_key_file = '" + pair.key + "'");
    reload(postgres);
}

void without_tls(Postgres& postgres) {
    postgres.control().query("ALTER SYSTEM SET ssl = off");
    reload(postgres);
}

Command psql(const Login& login, const std::string& sql) {
    Command command;
    command.argv = {(postgres_programs() / "psql").string(),
                    "-X",
                    "-At",
                    "-v",
                    "ON_ERROR_STOP=1",
                    login.conninfo(),
                    "-c",
                    sql};
    return command;
}

std::string certificate_keys(const std::string& state) {
    if (state == "none") return "sslcert=none sslkey=none ";
    Files& files = Files::shared();
    const CertificateRequest app{.common_name = "app"};
    Credentials shown = files.authority.issue(app);
    if (state == "foreign") shown = files.stranger.issue(app);
    if (state == "expired") shown = files.authority.issue(app.expired());
    const auto pair = files.write("client_" + state, shown);
    return "sslcert='" + pair.certificate + "' sslkey='" + pair.key + "' ";
}

Credentials shown_as(const std::string& kind) {
    Files& files = Files::shared();
    const CertificateRequest good = good_server();
    if (kind == "wrong authority") return files.stranger.issue(good);
    if (kind == "expired") return files.authority.issue(good.expired());
    if (kind == "not yet valid") return files.authority.issue(good.not_yet());
    if (kind == "wrong name")
        return files.authority.issue({.common_name = kHost, .dns = {"other.example.com"}});
    if (kind == "address") return files.authority.issue({.common_name = kHost, .addresses = {"127.0.0.1"}});
    if (kind == "wildcard") return files.authority.issue({.common_name = "x", .dns = {"*.db.example.com"}});
    if (kind == "self-signed") return self_signed(good);
    if (kind == "weak key") return files.authority.issue(good.weak());
    return files.authority.issue(good);
}

std::string libpq(const std::string& sslmode) {
    return "sslmode=" + sslmode + " sslrootcert='" + Files::shared().ca() + "' ";
}

}  // namespace tls_scene
