// auth_type = pam with a real libpam: a service file and a module of the tests' own.
#include <filesystem>

#include "tests/integration/compat/compat.h"
#include "tests/integration/scene.h"
#include "tests/support/account.h"
#include "tests/support/contains.h"
#include "tests/support/temp_dir.h"

using namespace support;

namespace {

/// A service of the given modules; %m stands for the tests' own.
WeirConfig with_service(const TempDir& folder, std::string lines) {
    const std::string module = folder.path("pam_fixture.so");
    if (!std::filesystem::exists(module)) std::filesystem::copy_file(PAM_FIXTURE, module);
    give_to_account(module);
    for (std::size_t at = 0; (at = lines.find("%m", at)) != std::string::npos;) lines.replace(at, 2, module);
    auto config = scene::before(Postgres::shared()).set("auth_type", "pam");
    config.set("auth_pam_service", folder.write("weir_test", lines));
    config.userlist = {{"admin", ""}};
    config.databases["app"] += " user=app";
    return config;
}

constexpr const char* kOwnModule = "auth required %m\naccount required %m\n";

std::string end_of(const Login& login, const std::string& user, const std::string& password) {
    Client client(login.with_user(user, password));
    if (!client.connected()) return client.error();
    return client.try_query("SELECT 1").rows == Rows{{"1"}} ? "in" : "no answer";
}

/// The console's administrator is asked for a password by PAM as everybody else is.
WeirConfig with_admin(WeirConfig config) {
    config.userlist["admin"] = "pam:admin";
    return config;
}

}  // namespace

TEST_CASE("pam: the module's word counts, for the password and for the account", "[pg]") {
    REQUIRES_POSTGRES();
    const TempDir folder;
    Weir weir(with_admin(with_service(folder, kOwnModule)).set("verbose", "3"));
    CHECK(end_of(weir.login(), "ann", "pam:ann") == "in");
    CHECK(contains(end_of(weir.login(), "ann", "Xwrong1Secret"), "PAM authentication failed"));
    CHECK(contains(end_of(weir.login(), "locked", "pam:locked"), "PAM authentication failed"));
    CHECK(compat::refusal(weir, "ann", "wrong") == "FATAL 08P01 PAM authentication failed");
    CHECK(weir.logged("login of user=locked refused: pam_acct_mgmt: "));
    CHECK(contains(end_of(weir.login(), "ann", ""), "password"));
    for (const char* password : {"pam:ann", "Xwrong1Secret", "pam:locked"})
        CHECK_FALSE(contains(weir.log(), password));
}

TEST_CASE("pam: the module hears where the client comes from", "[pg]") {
    REQUIRES_POSTGRES();
    const TempDir folder;
    Weir weir(with_admin(with_service(folder, kOwnModule)));
    CHECK(end_of(weir.login(), "host", "pam:host") == "in");
    CHECK(contains(end_of(weir.unix_login(), "host", "pam:host"), "PAM authentication failed"));
}

TEST_CASE("pam: pam_permit lets everybody in, pam_deny and a missing service nobody", "[pg]") {
    REQUIRES_POSTGRES();
    const TempDir folder;
    {
        Weir weir(with_admin(
            with_service(folder, "auth required pam_permit.so\naccount required pam_permit.so\n")));
        CHECK(end_of(weir.login(), "ann", "anything") == "in");
    }
    // The console's administrator needs a way in to show that the pooler runs: only he is asked for nothing
    // more.
    const std::string only_admin = "auth sufficient %m\n";
    const std::string service =
        GENERATE(as<std::string>{}, "auth required pam_deny.so\n", "auth required no_such_module.so\n");
    Weir weir(with_admin(with_service(folder, only_admin + service + "account required pam_permit.so\n")));
    CHECK(contains(end_of(weir.login(), "ann", "anything"), "PAM authentication failed"));
}

TEST_CASE("pam: a slow module holds up nobody else", "[pg]") {
    REQUIRES_POSTGRES();
    const TempDir folder;
    const std::string gate = folder.path("gate");
    auto config = with_admin(with_service(folder, "auth required %m " + gate + "\naccount required %m\n"));
    Weir weir(config.set("workers", "1"));
    auto inside = Client::connect(weir.login().with_user("ann", "pam:ann"));
    WireClient slow(weir.port());
    slow.send(wire::startup({{"user", "slow"}, {"database", "app"}}));
    REQUIRE(slow.read());
    slow.send(wire::password("pam:slow"));
    WireClient gone(weir.port());  // leaves while the module still thinks about it
    gone.send(wire::startup({{"user", "slow"}, {"database", "app"}}));
    REQUIRE(gone.read());
    gone.send(wire::password("pam:slow"));
    gone.close();
    for (int i = 0; i < 20; ++i) CHECK(inside.value("SELECT 1") == "1");
    CHECK(end_of(weir.login(), "bob", "pam:bob") == "in");
    CHECK(slow.silent(std::chrono::milliseconds{0}));
    static_cast<void>(folder.write("gate", ""));
    CHECK(wire::error_text(slow.read_until('Z')).empty());
}

TEST_CASE("pam: the login deadline holds while the module thinks, and so does the end of the process",
          "[pg]") {
    REQUIRES_POSTGRES();
    const TempDir folder;
    auto config = with_admin(
        with_service(folder, "auth required %m " + folder.path("never") + "\naccount required %m\n"));
    Weir weir(config.set("client_login_timeout", "0.5"));
    CHECK(contains(end_of(weir.login(), "slow", "pam:slow"), "client_login_timeout"));
    weir.stop();
}
