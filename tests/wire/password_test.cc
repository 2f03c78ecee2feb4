// The password exchanges of protocol/ against PostgreSQL's own.
#include <functional>

#include "protocol/auth.h"
#include "protocol/error_notice.h"
#include "protocol/md5.h"
#include "protocol/scram.h"
#include "protocol/startup.h"
#include "tests/support/catch.h"
#include "tests/support/postgres.h"
#include "tests/support/wire_client.h"

using namespace support;
using protocol::AuthCode;

namespace {

Postgres& server() {
    static Postgres postgres{
        {{}, {"host app md5user 127.0.0.1/32 md5", "host app scram 127.0.0.1/32 scram-sha-256"}}};
    return postgres;
}

/// Sets the password and gives what the server stores for it.
std::string stored_secret(const std::string& user, const std::string& password, const std::string& method) {
    Client& control = server().control();
    control.query("DO $$BEGIN CREATE ROLE " + user +
                  " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    control.query("SET password_encryption = '" + method + "'");
    control.query("ALTER ROLE " + user + " PASSWORD '" + password + "'");
    return control.value("SELECT rolpassword FROM pg_authid WHERE rolname = '" + user + "'");
}

WireClient connect_as(std::string_view user) {
    WireClient client{server().port()};
    std::string out;
    const protocol::ParameterView parameters[] = {{"user", user}, {"database", "app"}};
    protocol::encode_startup(out, protocol::kProtocol30, parameters);
    REQUIRE(client.send(out));
    return client;
}

/// Reads the next Authentication message; the data stays in `message`.
protocol::Authentication read_authentication(WireClient& client, wire::Message& message) {
    message = client.read().value();
    INFO("message " << message.type);
    REQUIRE(message.type == 'R');
    return protocol::decode_authentication(message.body).value();
}

/// The SQLSTATE the server refuses with; empty if it lets us in.
std::string outcome(WireClient& client) {
    const auto message = client.read().value();
    if (message.type == 'R') return {};
    REQUIRE(message.type == 'E');
    return std::string{protocol::decode_error_fields(message.body).value().code};
}

using KeySource = std::function<protocol::ScramKeys(const protocol::ScramChallenge&)>;

KeySource from_password(const std::string& password) {
    return [password](const protocol::ScramChallenge& challenge) {
        return protocol::derive_keys(password, challenge.salt, challenge.iterations).value();
    };
}

std::string scram_login(const KeySource& keys) {
    WireClient client = connect_as("scram");
    wire::Message message;
    const auto request = read_authentication(client, message);
    REQUIRE(request.code == AuthCode::kSasl);
    CHECK(protocol::decode_sasl_mechanisms(request.data).value().front() == protocol::kScramSha256);
    protocol::ScramClient scram{protocol::make_scram_nonce().value()};
    std::string out;
    protocol::encode_sasl_initial(out, protocol::kScramSha256, scram.first());
    REQUIRE(client.send(out));
    const auto challenge = scram.read_challenge(read_authentication(client, message).data).value();
    out.clear();
    protocol::encode_sasl_response(out, scram.answer(keys(challenge)).value());
    REQUIRE(client.send(out));
    message = client.read().value();
    if (message.type == 'E') return std::string{protocol::decode_error_fields(message.body).value().code};
    const auto final = protocol::decode_authentication(message.body).value();
    REQUIRE(final.code == AuthCode::kSaslFinal);
    CHECK(scram.verify(final.data));
    return outcome(client);
}

std::string md5_login(const std::string& stored_hash) {
    WireClient client = connect_as("md5user");
    wire::Message message;
    const auto request = read_authentication(client, message);
    REQUIRE(request.code == AuthCode::kMd5Password);
    std::string out;
    protocol::encode_password(out, protocol::md5_response(stored_hash, request.salt()));
    REQUIRE(client.send(out));
    return outcome(client);
}

}  // namespace

TEST_CASE("password: PostgreSQL lets the SCRAM client in, and only with the right password", "[pg]") {
    REQUIRES_POSTGRES();
    static_cast<void>(stored_secret("scram", "pencil", "scram-sha-256"));
    CHECK(scram_login(from_password("pencil")).empty());
    CHECK(scram_login(from_password("Pencil")) == "28P01");
    CHECK(scram_login(from_password("")) == "28P01");
}

TEST_CASE("password: PostgreSQL prepares passwords beyond ASCII the same way", "[pg]") {
    REQUIRES_POSTGRES();
    const std::pair<const char*, const char*> cases[] = {
        {"p\xC3\xA4ss", "pa\xCC\x88ss"},   // composed and decomposed umlaut
        {"\xE2\x85\xA8\xC2\xAD", "IX"},    // Roman numeral and a soft hyphen
        {"a\xC2\xA0z", "a z"},             // no-break space
        {"\xD8\xA7\x31", "\xD8\xA7\x31"},  // breaks the rule for bidirectional text: taken raw
        {"new \xF0\x9F\xA6\x80", "new \xF0\x9F\xA6\x80"},  // a character younger than the profile: taken raw
    };
    for (const auto& [stored, typed] : cases) {
        CAPTURE(stored, typed);
        const std::string secret = stored_secret("scram", stored, "scram-sha-256");
        const auto verifier = protocol::parse_scram_verifier(secret).value();
        const auto ours = protocol::build_scram_verifier(typed, verifier.salt, verifier.iterations).value();
        CHECK(protocol::format_scram_verifier(ours) == secret);
        CHECK(scram_login(from_password(typed)).empty());
    }
}

TEST_CASE("password: keys taken from a client's proof open the server that holds the same verifier", "[pg]") {
    REQUIRES_POSTGRES();
    const auto verifier =
        protocol::parse_scram_verifier(stored_secret("scram", "pencil", "scram-sha-256")).value();
    protocol::ScramServer pooler{verifier, true, protocol::make_scram_nonce().value()};
    protocol::ScramClient application{protocol::make_scram_nonce().value()};
    const auto challenge = application.read_challenge(pooler.first(application.first()).value()).value();
    const auto answer = application.answer(from_password("pencil")(challenge)).value();
    REQUIRE(application.verify(pooler.final(answer).value()));
    CHECK(scram_login([&pooler](const protocol::ScramChallenge&) { return pooler.keys(); }).empty());
    // Another salt, same password: the keys no longer fit.
    static_cast<void>(stored_secret("scram", "pencil", "scram-sha-256"));
    CHECK(scram_login([&pooler](const protocol::ScramChallenge&) { return pooler.keys(); }) == "28P01");
}

TEST_CASE("password: PostgreSQL takes the MD5 answer, made from password or stored hash", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string stored = stored_secret("md5user", "secret", "md5");
    CHECK(protocol::md5_password_hash("secret", "md5user") == stored);
    CHECK(md5_login(stored).empty());
    CHECK(md5_login(protocol::md5_password_hash("wrong", "md5user")) == "28P01");
}
