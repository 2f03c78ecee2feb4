#include "protocol/scram.h"

#include "protocol/scram_text.h"
#include "tests/support/catch.h"

using protocol::ScramClient;
using protocol::ScramError;
using protocol::ScramServer;

namespace {

// RFC 7677, "SCRAM-SHA-256 and SCRAM-SHA-256-PLUS", the example dialogue; password "pencil".
constexpr const char* kClientNonce = "rOprNGfwEbeRWgbNEkqO";
constexpr const char* kServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr const char* kClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr const char* kServerFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr const char* kClientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr const char* kServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

protocol::ScramVerifier rfc_verifier() {
    return protocol::build_scram_verifier("pencil",
                                          protocol::base64_decode("W22ZaJ0SNY7soEsUEjb6gQ==").value(), 4096)
        .value();
}

protocol::ScramVerifier cheap_verifier() {
    return protocol::build_scram_verifier("secret", "0123456789abcdef", 2).value();
}

ScramServer cheap_server() { return {cheap_verifier(), true, "SERVERNONCE"}; }

/// Runs a whole dialogue; the error of the first step that fails.
std::optional<ScramError> dialogue(ScramClient& client, ScramServer& server, bool plus,
                                   std::string_view password) {
    const auto server_first = server.first(client.first(), plus);
    if (!server_first) return server_first.error();
    const auto challenge = client.read_challenge(*server_first);
    if (!challenge) return challenge.error();
    const auto keys = protocol::derive_keys(password, challenge->salt, challenge->iterations);
    const auto client_final = client.answer(keys.value());
    if (!client_final) return client_final.error();
    const auto server_final = server.final(*client_final);
    if (!server_final) return server_final.error();
    const auto verified = client.verify(*server_final);
    return verified ? std::nullopt : std::optional{verified.error()};
}

/// A valid client-final for cheap_server() after client-first "n,,n=,r=CLIENT", with the parts open to be
/// spoiled.
std::string client_final(const std::string& without_proof) {
    const auto keys = protocol::derive_keys("secret", "0123456789abcdef", 2).value();
    const std::string auth_message =
        "n=,r=CLIENT,r=CLIENTSERVERNONCE,s=" + protocol::base64_encode("0123456789abcdef") + ",i=2," +
        without_proof;
    const auto signature =
        protocol::hmac_sha256(protocol::view_of(protocol::stored_key_of(keys.client_key)), auth_message);
    const auto proof = protocol::scram_text::exclusive_or(keys.client_key, signature);
    return without_proof + ",p=" + protocol::base64_encode(protocol::view_of(proof));
}

}  // namespace

TEST_CASE("scram: the client speaks the dialogue of RFC 7677") {
    ScramClient client{kClientNonce, "user"};
    CHECK(client.first() == kClientFirst);
    const auto challenge = client.read_challenge(kServerFirst);
    REQUIRE(challenge);
    CHECK(challenge->iterations == 4096);
    const auto keys = protocol::derive_keys("pencil", challenge->salt, challenge->iterations);
    REQUIRE(keys);
    CHECK(client.answer(*keys).value() == kClientFinal);
    CHECK(client.verify(kServerFinal));
}

TEST_CASE("scram: the server speaks the dialogue of RFC 7677 and recovers the client's key") {
    ScramServer server{rfc_verifier(), true, kServerNonce};
    CHECK(server.first(kClientFirst).value() == kServerFirst);
    CHECK(server.final(kClientFinal).value() == kServerFinal);
    const auto keys = protocol::derive_keys("pencil", rfc_verifier().salt, 4096).value();
    CHECK(server.keys().client_key == keys.client_key);
    CHECK(server.keys().server_key == keys.server_key);
}

TEST_CASE("scram: both roles agree, with a right and a wrong password, and with every kind of binding") {
    const std::string end_point{"\x01\x02hash\0of a certificate", 23};
    for (const char* password : {"secret", "wrong"}) {
        CAPTURE(password);
        const auto expected =
            password == std::string_view{"secret"} ? std::nullopt : std::optional{ScramError::kWrongPassword};
        ScramClient plain{"CLIENT"};
        ScramServer plain_server = cheap_server();
        CHECK(dialogue(plain, plain_server, false, password) == expected);
        ScramClient able{"CLIENT", ScramClient::Binding::kNotOffered, {}};
        ScramServer unable = cheap_server();
        CHECK(dialogue(able, unable, false, password) == expected);
        ScramClient bound{"CLIENT", ScramClient::Binding::kEndPoint, end_point};
        ScramServer binding{cheap_verifier(), true, "SERVERNONCE", end_point};
        CHECK(dialogue(bound, binding, true, password) == expected);
    }
}

TEST_CASE("scram: channel binding that was stripped, spoofed or never offered is refused") {
    using Binding = ScramClient::Binding;
    const auto run = [](Binding binding, const char* hash, std::optional<std::string> offered, bool plus) {
        ScramClient client{"CLIENT", binding, hash};
        ScramServer server{cheap_verifier(), true, "SERVERNONCE", std::move(offered)};
        return dialogue(client, server, plus, "secret");
    };
    CHECK(run(Binding::kNone, "", "hash", false) == std::nullopt);
    CHECK(run(Binding::kNotOffered, "", "hash", false) == ScramError::kChannelBinding);
    CHECK(run(Binding::kNone, "", "hash", true) == ScramError::kChannelBinding);
    CHECK(run(Binding::kEndPoint, "hash", "hash", false) == ScramError::kChannelBinding);
    CHECK(run(Binding::kEndPoint, "hash", std::nullopt, false) == ScramError::kChannelBinding);
    CHECK(run(Binding::kEndPoint, "hash", std::nullopt, true) == ScramError::kChannelBinding);
    CHECK(run(Binding::kEndPoint, "other", "hash", true) == ScramError::kChannelBinding);
    ScramServer server{cheap_verifier(), true, "SERVERNONCE", "hash"};
    CHECK(server.first("p=tls-unique,,n=,r=CLIENT", true).error() == ScramError::kChannelBinding);
}

TEST_CASE("scram: a user who does not exist gets the full dialogue and never a log-in") {
    const auto mock = protocol::mock_verifier("nobody", "process secret", 2);
    ScramClient client{"CLIENT"};
    ScramServer server{mock, false, "SERVERNONCE"};
    CHECK(dialogue(client, server, false, "secret") == ScramError::kWrongPassword);
    // Even the right password of the verifier does not help where the user is known not to exist.
    ScramClient right{"CLIENT"};
    ScramServer doomed{cheap_verifier(), false, "SERVERNONCE"};
    CHECK(dialogue(right, doomed, false, "secret") == ScramError::kWrongPassword);
}

TEST_CASE("scram: the mock salt is stable per user and process") {
    const auto salt = [](const char* user, const char* secret) {
        return protocol::mock_verifier(user, secret, 4096).salt;
    };
    CHECK(salt("a", "s").size() == protocol::kScramSaltBytes);
    CHECK(salt("a", "s") == salt("a", "s"));
    CHECK(salt("a", "s") != salt("b", "s"));
    CHECK(salt("a", "s") != salt("a", "t"));
}

TEST_CASE("scram: the server refuses broken first messages") {
    const std::string long_nonce(protocol::kMaxScramNonceBytes + 1, 'x');
    const std::pair<std::string, ScramError> cases[] = {
        {"", ScramError::kMalformed},
        {"n", ScramError::kMalformed},
        {"n,", ScramError::kMalformed},
        {"n,,", ScramError::kMalformed},
        {"x,,n=,r=CLIENT", ScramError::kMalformed},
        {",,n=,r=CLIENT", ScramError::kMalformed},
        {"n,a=admin,n=,r=CLIENT", ScramError::kUnsupported},
        {"n,b,n=,r=CLIENT", ScramError::kMalformed},
        {"n,,m=ext,n=,r=CLIENT", ScramError::kUnsupported},
        {"n,,r=CLIENT", ScramError::kMalformed},
        {"n,,n=", ScramError::kMalformed},
        {"n,,n=,r=", ScramError::kMalformed},
        {"n,,n=,r=a b", ScramError::kMalformed},
        {"n,,n=,r=a\x80", ScramError::kMalformed},
        {"n,,n=,r=CLIENT,junk", ScramError::kMalformed},
        {"n,,n=,r=" + long_nonce, ScramError::kTooLarge},
        {"n,,n=" + std::string(20000, 'u') + ",r=CLIENT", ScramError::kTooLarge},
    };
    for (const auto& [message, error] : cases) {
        CAPTURE(message.substr(0, 40));
        ScramServer server = cheap_server();
        const auto reply = server.first(message);
        REQUIRE_FALSE(reply);
        CHECK(reply.error() == error);
        CHECK(server.first("n,,n=,r=CLIENT").error() == ScramError::kMalformed);  // no second chance
    }
    ScramServer server = cheap_server();
    CHECK(server.first("n,,n=,r=CLIENT,x=optional extension"));
}

TEST_CASE("scram: the server refuses broken final messages") {
    const std::string good = "c=biws,r=CLIENTSERVERNONCE";
    std::string bad_proof = client_final(good);
    bad_proof[bad_proof.size() - 10] = bad_proof[bad_proof.size() - 10] == 'A' ? 'B' : 'A';
    const std::pair<std::string, std::optional<ScramError>> cases[] = {
        {client_final(good), std::nullopt},
        {client_final(good + ",x=extension"), std::nullopt},
        {bad_proof, ScramError::kWrongPassword},
        {client_final("c=eSws,r=CLIENTSERVERNONCE"), ScramError::kChannelBinding},
        {client_final("c=biws,r=CLIENTSERVERNONCE2"), ScramError::kNonceMismatch},
        {client_final("c=biws,r=CLIENT"), ScramError::kNonceMismatch},
        {client_final("c=biws"), ScramError::kMalformed},
        {client_final("r=CLIENTSERVERNONCE"), ScramError::kMalformed},
        {good, ScramError::kMalformed},
        {good + ",p=", ScramError::kMalformed},
        {good + ",p=AAAA", ScramError::kMalformed},
        {good + ",p=!!!!", ScramError::kMalformed},
        {"", ScramError::kMalformed},
        {std::string(20000, 'c'), ScramError::kTooLarge},
    };
    for (const auto& [message, error] : cases) {
        CAPTURE(message.substr(0, 60));
        ScramServer server = cheap_server();
        REQUIRE(server.first("n,,n=,r=CLIENT"));
        const auto reply = server.final(message);
        CHECK(reply.has_value() == !error.has_value());
        if (!reply && error) CHECK(reply.error() == *error);
        CHECK_FALSE(server.final(client_final(good)));
    }
    ScramServer out_of_order = cheap_server();
    CHECK(out_of_order.final(client_final(good)).error() == ScramError::kMalformed);
}

TEST_CASE("scram: the client survives hostile challenges") {
    const std::string huge(200'000, 'A');
    const std::string large(2000, 'A');
    const std::pair<std::string, ScramError> cases[] = {
        {"", ScramError::kMalformed},
        {"r=CLIENT", ScramError::kMalformed},
        {"r=CLIENTX,s=AAAA", ScramError::kMalformed},
        {"r=CLIENT,s=AAAA,i=1", ScramError::kNonceMismatch},
        {"r=OTHER123,s=AAAA,i=1", ScramError::kNonceMismatch},
        {"r=CLIENT\x01,s=AAAA,i=1", ScramError::kMalformed},
        {"m=x,r=CLIENTX,s=AAAA,i=1", ScramError::kUnsupported},
        {"r=CLIENT" + huge + ",s=AAAA,i=1", ScramError::kTooLarge},
        {"r=CLIENT" + large + ",s=AAAA,i=1", ScramError::kTooLarge},
        {"r=CLIENTX,s=" + large + ",i=1", ScramError::kTooLarge},
        {"r=CLIENTX,s=" + huge + ",i=1", ScramError::kTooLarge},
        {"r=CLIENTX,s=,i=1", ScramError::kMalformed},
        {"r=CLIENTX,s=A*AA,i=1", ScramError::kMalformed},
        {"r=CLIENTX,s=AAAA,i=0", ScramError::kMalformed},
        {"r=CLIENTX,s=AAAA,i=-1", ScramError::kMalformed},
        {"r=CLIENTX,s=AAAA,i=1x", ScramError::kMalformed},
        {"r=CLIENTX,s=AAAA,i=1000001", ScramError::kTooLarge},
        {"r=CLIENTX,s=AAAA,i=99999999999999999999", ScramError::kTooLarge},
    };
    for (const auto& [message, error] : cases) {
        CAPTURE(message.substr(0, 60), message.size());
        ScramClient client{"CLIENT"};
        const auto challenge = client.read_challenge(message);
        REQUIRE_FALSE(challenge);
        CHECK(challenge.error() == error);
        CHECK(client.answer({}).error() == ScramError::kMalformed);
        CHECK(client.verify("v=AAAA").error() == ScramError::kMalformed);
    }
}

TEST_CASE("scram: the client does not believe a server that does not know the verifier") {
    const std::pair<std::string, ScramError> cases[] = {
        {"", ScramError::kMalformed},
        {"v=", ScramError::kServerSignature},
        {"v=AAAA", ScramError::kServerSignature},
        {"v=!", ScramError::kMalformed},
        {"v=" + protocol::base64_encode(std::string(32, 'x')), ScramError::kServerSignature},
        {"v=" + std::string(200'000, 'A'), ScramError::kTooLarge},
        {"e=invalid-proof", ScramError::kRefused},
    };
    for (const auto& [message, error] : cases) {
        CAPTURE(message.substr(0, 60));
        ScramClient client{"CLIENT"};
        REQUIRE(client.read_challenge("r=CLIENTX,s=AAAA,i=1"));
        REQUIRE(client.answer(protocol::derive_keys("secret", "salt", 1).value()));
        const auto verified = client.verify(message);
        REQUIRE_FALSE(verified);
        CHECK(verified.error() == error);
    }
}

TEST_CASE("scram: every truncation of a dialogue's messages is refused, none crashes") {
    const std::string first = kClientFirst;
    for (std::size_t n = 0; n + 1 < first.size(); ++n) {
        ScramServer server{rfc_verifier(), true, kServerNonce};
        const auto reply = server.first(first.substr(0, n));
        if (!reply) continue;
        CHECK_FALSE(
            server.final(kClientFinal));  // a shorter nonce is a nonce, but not the one that was signed
    }
    const std::string final = kClientFinal;
    for (std::size_t n = 0; n < final.size(); ++n) {
        ScramServer server{rfc_verifier(), true, kServerNonce};
        REQUIRE(server.first(kClientFirst));
        CHECK_FALSE(server.final(final.substr(0, n)));
    }
    const std::string server_final = kServerFinal;
    for (std::size_t n = 0; n < server_final.size(); ++n) {
        ScramClient client{kClientNonce, "user"};
        const auto challenge = client.read_challenge(kServerFirst).value();
        REQUIRE(client.answer(protocol::derive_keys("pencil", challenge.salt, 1).value()));
        CHECK_FALSE(client.verify(server_final.substr(0, n)));
    }
}

TEST_CASE("scram: the client escapes what separates attributes in a user name") {
    CHECK(ScramClient("N", "a,b=c").first() == "n,,n=a=2Cb=3Dc,r=N");
}

TEST_CASE("scram: nonces are printable, long enough and never twice the same") {
    const auto a = protocol::make_scram_nonce();
    const auto b = protocol::make_scram_nonce();
    REQUIRE((a && b));
    CHECK(a->size() == 24);
    CHECK(protocol::scram_text::is_nonce(*a));
    CHECK(*a != *b);
}
