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

/// Does what a login asks to be done elsewhere.
std::optional<protocol::ScramKeys> derive(const pooler::KeyDerivation& wanted) {
    return protocol::derive_keys(wanted.password, wanted.salt, wanted.iterations);
}

/// Passes every message of `from` to the server login; its answers come back in `answers`.
ServerLogin::Step feed(ServerLogin& client, std::string_view messages, std::string& answers) {
    auto step = ServerLogin::Step::kContinue;
    while (!messages.empty() && step == ServerLogin::Step::kContinue) {
        const auto header = protocol::read_header(messages);
        step = client.on_message(static_cast<BackendType>(header.type),
                                 messages.substr(5, header.body_bytes()), answers);
        if (step == ServerLogin::Step::kDeriveKeys)
            step = client.on_keys(derive(client.derivation()), answers);
        messages.remove_prefix(header.total_bytes());
    }
    return step;
}

Outcome log_in(LoginMethod method, std::optional<std::string> stored, LoginRequest request,
               bool unknown_in_scram = false) {
    static ScramKeyCache keys;
    ClientLogin::Options options;
    options.method = method;
    options.unknown_in_scram = unknown_in_scram;
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
        if (step == ClientLogin::Step::kDeriveKeys) step = server.on_keys(derive(server.derivation()), wire);
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
    request.cleartext_allowed = true;
    return request;
}

std::string verifier(std::string_view password) {
    return protocol::format_scram_verifier(
        *protocol::build_scram_verifier(password, "0123456789abcdef", 4096));
}

/// What a client with a wrong password sees of a login, and what it costs.
struct Trace {
    std::string text;  ///< kinds and sizes of the messages, the refusal
    int derivations = 0;
    int iterations = 0;

    static Trace of(LoginMethod method, const std::string& user, const std::optional<std::string>& stored,
                    bool in_scram, ScramKeyCache& keys) {
        ClientLogin::Options options;
        options.method = method;
        options.user = user;
        options.secret = stored;
        options.unknown_in_scram = in_scram;
        options.process_secret = "process secret";
        ClientLogin login{std::move(options), keys};
        ScramKeyCache own;
        ServerLogin client{as(user, "wrong"), own};
        Trace trace;
        std::string wire;
        auto step = login.start(wire);
        while (step == ClientLogin::Step::kContinue) {
            trace.text += wire.front() + std::to_string(wire.size()) + " ";
            std::string answer;
            REQUIRE(feed(client, wire, answer) == ServerLogin::Step::kContinue);
            wire.clear();
            step = login.on_password(std::string_view{answer}.substr(5), wire);
            if (step != ClientLogin::Step::kDeriveKeys) continue;
            ++trace.derivations;
            trace.iterations += login.derivation().iterations;
            step = login.on_keys(derive(login.derivation()), wire);
        }
        CHECK(step == ClientLogin::Step::kRefused);
        trace.text += login.refusal();
        return trace;
    }
};

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

TEST_CASE("login: md5 asks unknown users, and known ones without a password, as those with a verifier") {
    const auto known = log_in(LoginMethod::kMd5, verifier("y"), as("ann", "x"), true);
    CHECK(known.refusal == "SASL authentication failed");
    for (const auto& stored : {std::optional<std::string>{}, std::optional<std::string>{""}}) {
        CHECK(log_in(LoginMethod::kMd5, stored, as("nobody", "x"), true).refusal == known.refusal);
        CHECK(log_in(LoginMethod::kMd5, stored, as("nobody", "x"), false).refusal ==
              "password authentication failed");
    }
    CHECK(log_in(LoginMethod::kMd5, "secret", as("ann", "secret"), true).accepted);
    CHECK(log_in(LoginMethod::kMd5, "y", as("ann", "x"), true).refusal == "password authentication failed");
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

TEST_CASE("login: a password goes to a server in clear only where that is allowed") {
    auto request = as("ann", "secret");
    request.cleartext_allowed = false;
    const auto refused = log_in(LoginMethod::kPlain, "secret", request);
    CHECK_FALSE(refused.accepted);
    CHECK(refused.failure.find("needs verified TLS") != std::string::npos);
    CHECK(refused.failure.find("secret") == std::string::npos);
    CHECK(log_in(LoginMethod::kMd5, "secret", request).accepted);
    CHECK(log_in(LoginMethod::kScramSha256, "secret", request).accepted);
}

TEST_CASE("login: iterations are done once for a password, salt and count, on either side") {
    ScramKeyCache keys;
    std::string wire;
    const auto steps = [&](const std::string& password) {
        ClientLogin::Options options;
        options.method = LoginMethod::kPlain;
        options.user = "ann";
        options.secret = verifier("secret");
        ClientLogin login{std::move(options), keys};
        REQUIRE(login.start(wire) == ClientLogin::Step::kContinue);
        auto step = login.on_password(password + std::string(1, '\0'), wire);
        const bool derived = step == ClientLogin::Step::kDeriveKeys;
        if (derived) step = login.on_keys(derive(login.derivation()), wire);
        return std::pair{derived, step};
    };
    using Step = ClientLogin::Step;
    CHECK(steps("wrong") == std::pair{true, Step::kRefused});
    CHECK(steps("wrong") == std::pair{true, Step::kRefused});  // not remembered
    CHECK(steps("secret") == std::pair{true, Step::kAccepted});
    CHECK(steps("secret") == std::pair{false, Step::kAccepted});
}

TEST_CASE("login: in clear, a wrong password and an unknown user cost the iterations too") {
    ScramKeyCache keys;
    std::string wire;
    for (const auto& stored :
         {std::optional<std::string>{}, std::optional<std::string>{""}, std::optional<std::string>{"other"},
          std::optional<std::string>{protocol::md5_password_hash("other", "ann")}}) {
        ClientLogin::Options options;
        options.method = LoginMethod::kPlain;
        options.user = "ann";
        options.secret = stored;
        options.scram_iterations = 17;
        ClientLogin login{std::move(options), keys};
        REQUIRE(login.start(wire) == ClientLogin::Step::kContinue);
        REQUIRE(login.on_password(std::string_view{"x\0", 2}, wire) == ClientLogin::Step::kDeriveKeys);
        CHECK(login.derivation().iterations == 17);
        CHECK(login.on_keys(derive(login.derivation()), wire) == ClientLogin::Step::kRefused);
        CHECK(login.refusal() == "password authentication failed");
    }
}

TEST_CASE("login: a user who does not exist costs messages and derivations as one with a wrong password") {
    struct Row {
        LoginMethod method;
        std::string stored;  ///< what those who exist have
    };
    const std::string hash = protocol::md5_password_hash("right", "user");
    for (const Row& row :
         {Row{LoginMethod::kPlain, "right"}, Row{LoginMethod::kPlain, hash},
          Row{LoginMethod::kPlain, verifier("right")}, Row{LoginMethod::kMd5, "right"},
          Row{LoginMethod::kMd5, hash}, Row{LoginMethod::kMd5, verifier("right")},
          Row{LoginMethod::kScramSha256, "right"}, Row{LoginMethod::kScramSha256, verifier("right")}}) {
        CAPTURE(static_cast<int>(row.method), row.stored);
        ScramKeyCache keys;
        const bool in_scram = protocol::classify_secret(row.stored) == protocol::SecretKind::kScram;
        for (int attempt = 0; attempt < 2; ++attempt) {  // the second finds what the first left
            const auto known = Trace::of(row.method, "user", row.stored, in_scram, keys);
            const auto unknown = Trace::of(row.method, "nobd", std::nullopt, in_scram, keys);
            CHECK(known.text == unknown.text);
            CHECK(known.derivations == unknown.derivations);
            CHECK(known.iterations == unknown.iterations);
        }
        // Nor does a name that was never heard of before differ from one whose keys are known.
        const auto known = Trace::of(row.method, "user", row.stored, in_scram, keys);
        const auto fresh = Trace::of(row.method, "frsh", std::nullopt, in_scram, keys);
        CHECK(known.text == fresh.text);
        CHECK(known.derivations == fresh.derivations);
        CHECK(known.iterations == fresh.iterations);
        CHECK(known.derivations == (row.method == LoginMethod::kMd5 && !in_scram ? 0 : 1));
    }
}

TEST_CASE("login: what somebody else judges is asked for in clear and ends as he says") {
    struct Row {
        LoginMethod method;
        const char* refusal;
    };
    for (const Row& row : {Row{LoginMethod::kPam, "PAM authentication failed"},
                           Row{LoginMethod::kPassthrough, "password authentication failed"},
                           Row{LoginMethod::kLdap, "LDAP authentication failed"}}) {
        for (const bool right : {true, false}) {
            ScramKeyCache keys;
            std::string wire;
            ClientLogin::Options options;
            options.method = row.method;
            options.user = "ann";
            ClientLogin login{std::move(options), keys};
            REQUIRE(login.start(wire) == ClientLogin::Step::kContinue);
            REQUIRE(login.on_password(std::string_view{"pass\0", 5}, wire) == ClientLogin::Step::kAskOutside);
            CHECK(login.password() == "pass");
            const auto step = login.on_judged(right);
            CHECK(login.password().empty());
            CHECK((step == ClientLogin::Step::kAccepted) == right);
            if (!right) CHECK(login.refusal() == row.refusal);
        }
    }
}

TEST_CASE("login: where nobody can be asked the refusal costs the iterations too") {
    ScramKeyCache keys;
    std::string wire;
    ClientLogin::Options options;
    options.method = LoginMethod::kPassthrough;
    options.user = "ann";
    options.scram_iterations = 17;
    ClientLogin login{std::move(options), keys};
    REQUIRE(login.start(wire) == ClientLogin::Step::kContinue);
    REQUIRE(login.on_password(std::string_view{"pass\0", 5}, wire) == ClientLogin::Step::kAskOutside);
    REQUIRE(login.judge_by_nobody() == ClientLogin::Step::kDeriveKeys);
    CHECK(login.derivation().iterations == 17);
    CHECK(login.on_keys(derive(login.derivation()), wire) == ClientLogin::Step::kRefused);
    CHECK(login.refusal() == "password authentication failed");
}

TEST_CASE("login: a typed password is never taken for the hash that it looks like") {
    for (const std::string& hash : {protocol::md5_password_hash("secret", "ann"), verifier("secret")}) {
        auto request = as("ann", hash);
        CHECK(log_in(LoginMethod::kMd5, hash, request).accepted == hash.starts_with("md5"));
        request.typed = true;
        CHECK_FALSE(log_in(LoginMethod::kMd5, hash, request).accepted);
    }
}
