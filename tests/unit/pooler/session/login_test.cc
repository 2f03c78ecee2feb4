// Both login dialogues, a client's with weir and weir's with a server, against each other: weir's server side
// plays the server.
#include "pooler/server/server_login.h"
#include "pooler/session/client_login.h"
#include "protocol/error_notice.h"
#include "protocol/md5.h"
#include "protocol/session_status.h"
#include "tests/support/catch.h"

using pooler::ClientLogin;
using pooler::LoginMethod;
using pooler::LoginRequest;
using pooler::ScramKeyCache;
using pooler::ServerLogin;
using protocol::BackendType;

namespace {

struct Outcome {
    bool accepted = false;
    std::string refusal;  ///< of the accepting side
    std::string failure;  ///< of the side that logs in
    std::optional<pooler::CapturedKeys> captured;
};

/// Passes every message of `from` to the server login; its answers come back in `answers`.
ServerLogin::Step feed(ServerLogin& client, std::string_view messages, std::string& answers) {
    auto step = ServerLogin::Step::kContinue;
    while (!messages.empty() && step == ServerLogin::Step::kContinue) {
        const auto header = protocol::read_header(messages);
        step = client.on_message(static_cast<BackendType>(header.type),
                                 messages.substr(5, header.body_bytes()), answers);
        messages.remove_prefix(header.total_bytes());
    }
    return step;
}

Outcome log_in(LoginMethod method, std::optional<std::string> stored, LoginRequest request) {
    static ScramKeyCache keys;
    ClientLogin::Options options;
    options.method = method;
    options.user = request.user;
    options.secret = std::move(stored);
    options.process_secret = "process secret";
    ClientLogin server{std::move(options), keys};
    ServerLogin client{std::move(request), keys};
    Outcome outcome;
    std::string wire;
    auto step = server.start(wire);
    for (int round = 0; round < 10; ++round) {
        std::string answers;
        const auto client_step = feed(client, wire, answers);
        if (client_step == ServerLogin::Step::kFailed) outcome.failure = client.failure().message;
        wire.clear();
        if (step != ClientLogin::Step::kContinue || answers.empty()) break;
        step = server.on_password(std::string_view{answers}.substr(5), wire);
    }
    outcome.accepted = step == ClientLogin::Step::kAccepted;
    outcome.refusal = server.refusal();
    outcome.captured = server.captured_keys();
    return outcome;
}

LoginRequest as(std::string user, std::optional<std::string> secret) {
    LoginRequest request;
    request.user = std::move(user);
    request.database = "db";
    request.secret = std::move(secret);
    return request;
}

std::string verifier(std::string_view password) {
    return protocol::format_scram_verifier(
        *protocol::build_scram_verifier(password, "0123456789abcdef", 4096));
}

}  // namespace

TEST_CASE("login: each method takes the kinds of secrets it can check") {
    const std::string md5 = protocol::md5_password_hash("secret", "ann");
    CHECK(log_in(LoginMethod::kTrust, "", as("ann", {})).accepted);
    CHECK(log_in(LoginMethod::kAny, {}, as("ann", {})).accepted);
    for (const std::string& stored : {std::string{"secret"}, md5, verifier("secret")}) {
        CAPTURE(stored);
        CHECK(log_in(LoginMethod::kPlain, stored, as("ann", "secret")).accepted);
        CHECK(log_in(LoginMethod::kMd5, stored, as("ann", "secret")).accepted);
        CHECK_FALSE(log_in(LoginMethod::kPlain, stored, as("ann", "wrong")).accepted);
        CHECK_FALSE(log_in(LoginMethod::kMd5, stored, as("ann", "wrong")).accepted);
    }
    CHECK(log_in(LoginMethod::kScramSha256, "secret", as("ann", "secret")).accepted);
    CHECK(log_in(LoginMethod::kScramSha256, verifier("secret"), as("ann", "secret")).accepted);
    CHECK_FALSE(log_in(LoginMethod::kScramSha256, md5, as("ann", "secret")).accepted);
    CHECK_FALSE(log_in(LoginMethod::kScramSha256, "secret", as("ann", "wrong")).accepted);
}

TEST_CASE("login: an unknown user goes through the same dialogue and gets the same answer") {
    CHECK(log_in(LoginMethod::kMd5, {}, as("nobody", "x")).refusal ==
          log_in(LoginMethod::kMd5, "y", as("ann", "x")).refusal);
    CHECK(log_in(LoginMethod::kPlain, {}, as("nobody", "x")).refusal == "password authentication failed");
    CHECK(log_in(LoginMethod::kScramSha256, {}, as("nobody", "x")).refusal == "SASL authentication failed");
    CHECK(log_in(LoginMethod::kTrust, {}, as("nobody", "x")).refusal == "\"trust\" authentication failed");
    CHECK_FALSE(log_in(LoginMethod::kMd5, "", as("ann", "-")).accepted);
    CHECK_FALSE(log_in(LoginMethod::kPlain, "", as("ann", "")).accepted);
}

TEST_CASE("login: keys proved by a client open a server with the same verifier, and no other") {
    const auto first = log_in(LoginMethod::kScramSha256, verifier("secret"), as("ann", "secret"));
    REQUIRE(first.captured);
    LoginRequest request = as("ann", verifier("secret"));
    request.captured = first.captured;
    CHECK(log_in(LoginMethod::kScramSha256, verifier("secret"), request).accepted);
    const std::string other =
        protocol::format_scram_verifier(*protocol::build_scram_verifier("secret", "another salt 016", 4096));
    CHECK(log_in(LoginMethod::kScramSha256, other, request).failure ==
          "server login failed: wrong password type");
}

TEST_CASE("login: a server that asks for what the secret cannot answer is refused") {
    const std::string md5 = protocol::md5_password_hash("secret", "ann");
    CHECK(log_in(LoginMethod::kMd5, md5, as("ann", md5)).accepted);
    CHECK(log_in(LoginMethod::kScramSha256, "secret", as("ann", md5)).failure ==
          "server login failed: wrong password type");
    CHECK(log_in(LoginMethod::kPlain, "secret", as("ann", {})).failure ==
          "server login failed: wrong password type");
}

TEST_CASE("login: a server cannot skip the end of its SCRAM exchange") {
    ScramKeyCache keys;
    ServerLogin login{as("ann", "secret"), keys};
    std::string out;
    std::string wire;
    constexpr std::array kMechanisms{protocol::kScramSha256};
    protocol::encode_authentication_sasl(wire, kMechanisms);
    protocol::encode_authentication_ok(wire);
    CHECK(feed(login, wire, out) == ServerLogin::Step::kFailed);
}

TEST_CASE("login: what a server says is kept, its refusal comes with its SQLSTATE") {
    ScramKeyCache keys;
    ServerLogin login{as("ann", {}), keys};
    std::string wire;
    std::string out;
    protocol::encode_authentication_ok(wire);
    protocol::encode_notice(wire, "NOTICE", "00000", "hello");
    protocol::encode_parameter_status(wire, "server_version", "15");
    protocol::encode_backend_key_data(wire, "12345678");
    protocol::encode_ready_for_query(wire, protocol::TransactionStatus::kIdle);
    REQUIRE(feed(login, wire, out) == ServerLogin::Step::kReady);
    CHECK(login.parameters().front().second == "15");
    CHECK(login.backend_key() == "12345678");

    ServerLogin refused{as("ann", {}), keys};
    wire.clear();
    protocol::encode_error(wire, "FATAL", "3D000", "no such database");
    REQUIRE(feed(refused, wire, out) == ServerLogin::Step::kFailed);
    CHECK(refused.failure().sqlstate == "3D000");
}
