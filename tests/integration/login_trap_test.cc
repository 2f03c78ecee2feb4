// What went wrong in the logins of other poolers and is told by no test of a method: verifiers that differ,
// servers that talk during a login, iterations that hold up everybody.
#include "tests/integration/scene.h"
#include "tests/support/contains.h"
#include "tests/support/hostile_server.h"

using namespace support;

namespace {

constexpr const char* kPassword = "one password";

std::string auth(std::uint32_t code, const std::string& data = "") {
    return wire::message('R', wire::int32(code) + data);
}

/// Any first message of SCRAM that is well formed.
std::string scram_first() {
    const std::string text = "n,,n=,r=abcdefghijklmnopqrstuvwx";
    return wire::message(
        'p', wire::cstring("SCRAM-SHA-256") + wire::int32(static_cast<std::uint32_t>(text.size())) + text);
}

/// The answer to a challenge with a proof that fits nothing.
std::string scram_final(const std::string& challenge) {
    const auto at = challenge.find("r=");
    return wire::message('p', "c=biws," + challenge.substr(at, challenge.find(',', at) - at) +
                                  ",p=" + std::string(43, 'A') + "=");
}

}  // namespace

TEST_CASE("login: two verifiers of one password open the pooler, and not the server with the other one",
          "[pg]") {
    REQUIRES_POSTGRES();
    Postgres postgres{{{}, {"host all twofold 127.0.0.1/32 scram-sha-256"}}};
    auto& control = postgres.control();
    const std::string with_password = std::string(" twofold LOGIN PASSWORD '") + kPassword + "'";
    const auto stored = [&] {
        return control.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'twofold'");
    };
    control.query("SET password_encryption = 'scram-sha-256'");
    control.query("CREATE ROLE" + with_password);
    const std::string old = stored();
    control.query("ALTER ROLE" + with_password);
    REQUIRE(stored() != old);

    auto config = scene::before(postgres).set("auth_type", "scram-sha-256");
    config.userlist = {{"admin", "admin password"}, {"twofold", old}};
    Weir weir{config};
    const auto error = [&](const std::string& password) {
        Client client{weir.login().with_user("twofold", password)};
        if (!client.connected()) return client.error();
        const auto outcome = client.try_query("SELECT current_user");
        return outcome.ok ? outcome.rows.at(0).at(0) : outcome.message;
    };
    CHECK(contains(error("wrong"), "SASL authentication failed"));
    // It is told which of the two logins failed, and keys of the other verifier are not sent.
    CHECK(contains(error(kPassword), "wrong password type"));
    CHECK_FALSE(contains(postgres.log(), "failed for user \"twofold\""));
    weir.config().userlist["twofold"] = stored();
    weir.reload();
    CHECK(error(kPassword) == "twofold");
}

TEST_CASE("login: a server may talk at any moment of a login") {
    const std::string notice = wire::message('N', std::string("SNOTICE\0C00000\0Mhear this\0\0", 27));
    const std::string parameter = wire::message('S', std::string("TimeZone\0UTC\0", 13));
    const std::string key = wire::message('K', std::string(8, 'k'));
    const std::string negotiated = wire::message('v', wire::int32(196608) + wire::int32(0));
    const std::string end =
        auth(0) + notice + parameter + notice + key + notice + parameter + wire::message('Z', "I");
    const std::string one =
        wire::message('T', wire::int16(1) + wire::cstring("n") + wire::int32(0) + wire::int16(0) +
                               wire::int32(23) + wire::int16(4) + wire::int32(0xffffffffU) + wire::int16(0)) +
        wire::message('D', wire::int16(1) + wire::int32(1) + "1") +
        wire::message('C', wire::cstring("SELECT 1")) + wire::message('Z', "I");
    const std::vector<Script> scripts{
        {says(notice + end), says(one)},
        {says(negotiated + notice + auth(3)), says(notice + end), says(one)},
        {says(notice + auth(5, "salt")), says(notice + notice + end), says(one)}};
    for (std::size_t n = 0; n < scripts.size(); ++n) {
        CAPTURE(n);
        HostileServer server{{scripts[n]}};
        WeirConfig config;
        config.database(server.port(), "user=app password=secret");
        Weir weir{config};
        Client client{weir.login()};
        INFO(client.error());
        REQUIRE(client.connected());
        CHECK(client.value("SELECT 1") == "1");
    }
}

TEST_CASE("login: while the iterations of one are done, others are served by the same worker", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = scene::before(Postgres::shared()).set("auth_type", "scram-sha-256").set("workers", "1");
    config.set("scram_iterations", "600000");  // some tenths of a second
    config.userlist = {{"admin", "admin password"}, {"app", kPassword}};
    Weir weir{config};
    Client other = Client::connect(weir.login().with_user("app", kPassword));
    WireClient refused{weir.port()};
    refused.send(wire::startup({{"user", "nobody"}, {"database", "app"}}));
    REQUIRE(refused.read());
    refused.send(scram_first());
    const auto challenge = refused.read();
    REQUIRE(challenge);
    refused.send(scram_final(challenge->body));
    int served = 0;
    while (refused.silent(std::chrono::milliseconds(1))) {
        REQUIRE(other.value("SELECT 1") == "1");
        ++served;
    }
    CHECK(wire::error_text(refused.read_to_end()) == "SASL authentication failed");
    CHECK(served > 5);
}
