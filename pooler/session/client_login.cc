#include "pooler/session/client_login.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>

#include "protocol/md5.h"
#include "protocol/secret.h"

namespace pooler {

using protocol::SecretKind;
using Step = ClientLogin::Step;

namespace {

constexpr std::string_view kPasswordFailed = "password authentication failed";
constexpr std::string_view kSaslFailed = "SASL authentication failed";

std::string digest_of(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Without telling by the time taken where the two differ.
bool equal_secrets(std::string_view a, std::string_view b) {
    const std::string x = digest_of(a);
    const std::string y = digest_of(b);
    return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

}  // namespace

Step ClientLogin::start(std::string& out) {
    const SecretKind kind = options_.secret ? protocol::classify_secret(*options_.secret) : SecretKind::kNone;
    switch (options_.method) {
        case LoginMethod::kAny: return Step::kAccepted;
        case LoginMethod::kTrust:
            return options_.secret ? Step::kAccepted : refuse("\"trust\" authentication failed");
        case LoginMethod::kPeer: return check_identity("unix socket login rejected");
        case LoginMethod::kCert: return check_identity("certificate authentication failed");
        case LoginMethod::kPlain:
            dialogue_ = Dialogue::kCleartext;
            protocol::encode_authentication_cleartext(out);
            return Step::kContinue;
        case LoginMethod::kMd5: return kind == SecretKind::kScram ? start_scram(out) : start_md5(out);
        case LoginMethod::kScramSha256: return start_scram(out);
        case LoginMethod::kReject: return refuse("login rejected");
        case LoginMethod::kLdap:
        case LoginMethod::kPam: break;
    }
    return refuse("authentication method is not available");
}

/// The user must be known too, as in PgBouncer.
Step ClientLogin::check_identity(std::string_view refusal) {
    return options_.secret && options_.identity_holds ? Step::kAccepted : refuse(refusal);
}

Step ClientLogin::start_md5(std::string& out) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(salt_.data()), static_cast<int>(salt_.size())) != 1)
        return refuse(kPasswordFailed);
    dialogue_ = Dialogue::kMd5;
    protocol::encode_authentication_md5(out, salt_);
    return Step::kContinue;
}

Step ClientLogin::start_scram(std::string& out) {
    dialogue_ = Dialogue::kScramFirst;
    constexpr std::array kMechanisms{protocol::kScramSha256};
    protocol::encode_authentication_sasl(out, kMechanisms);
    return Step::kContinue;
}

Step ClientLogin::on_password(std::string_view body, std::string& out) {
    switch (dialogue_) {
        case Dialogue::kCleartext:
        case Dialogue::kMd5: {
            const auto text = protocol::decode_password(body);
            if (!text) return refuse("broken password packet");
            if (text->empty()) return refuse("empty password returned by client");
            return dialogue_ == Dialogue::kMd5 ? check_md5(*text) : check_cleartext(*text);
        }
        case Dialogue::kScramFirst: return scram_first(body, out);
        case Dialogue::kScramFinal: return scram_final(body, out);
        case Dialogue::kNone: break;
    }
    return refuse("unexpected password packet");
}

Step ClientLogin::check_cleartext(std::string_view password) {
    const std::string stored = options_.secret.value_or("");
    bool right = false;
    switch (protocol::classify_secret(stored)) {
        case SecretKind::kNone: break;
        case SecretKind::kPlain: right = equal_secrets(password, stored); break;
        case SecretKind::kMd5:
            right = equal_secrets(protocol::md5_password_hash(password, options_.user), stored);
            break;
        case SecretKind::kScram: {
            const auto wanted = protocol::parse_scram_verifier(stored);
            const auto keys =
                wanted ? key_cache_->keys(password, wanted->salt, wanted->iterations) : std::nullopt;
            right = keys && protocol::verifier_of(*keys, wanted->salt, wanted->iterations).same_as(*wanted);
            if (right) captured_ = CapturedKeys{*keys, wanted->salt, wanted->iterations};
            break;
        }
    }
    return right ? Step::kAccepted : refuse(kPasswordFailed);
}

Step ClientLogin::check_md5(std::string_view answer) {
    const std::string stored = options_.secret.value_or("");
    const SecretKind kind = protocol::classify_secret(stored);
    // A user who does not exist costs the same hash.
    const std::string hash = kind == SecretKind::kMd5
                                 ? stored
                                 : protocol::md5_password_hash(stored.empty() ? "-" : stored, options_.user);
    const bool right = protocol::verify_md5_response(hash, salt_, answer);
    const bool usable = kind == SecretKind::kMd5 || kind == SecretKind::kPlain;
    return right && usable ? Step::kAccepted : refuse(kPasswordFailed);
}

std::optional<protocol::ScramVerifier> ClientLogin::verifier() {
    if (!options_.secret) return std::nullopt;
    const SecretKind kind = protocol::classify_secret(*options_.secret);
    if (kind == SecretKind::kScram) return protocol::parse_scram_verifier(*options_.secret);
    if (kind != SecretKind::kPlain) return std::nullopt;
    // The salt of a password in clear is made up, and stays the same for a user so that the keys are derived
    // once.
    const std::string salt =
        digest_of(options_.process_secret + "salt" + options_.user).substr(0, protocol::kScramSaltBytes);
    const auto keys = key_cache_->keys(*options_.secret, salt, options_.scram_iterations);
    if (!keys) return std::nullopt;
    return protocol::verifier_of(*keys, salt, options_.scram_iterations);
}

Step ClientLogin::scram_first(std::string_view body, std::string& out) {
    const auto initial = protocol::decode_sasl_initial(body);
    if (!initial || initial->mechanism != protocol::kScramSha256) return refuse(kSaslFailed);
    auto nonce = protocol::make_scram_nonce();
    if (!nonce) return refuse(kSaslFailed);
    auto real = verifier();
    const bool exists = real.has_value();
    if (!exists)
        real = protocol::mock_verifier(options_.user, options_.process_secret, options_.scram_iterations);
    scram_.emplace(std::move(*real), exists, std::move(*nonce));
    const auto answer = scram_->first(initial->data);
    if (!answer) return refuse(kSaslFailed);
    dialogue_ = Dialogue::kScramFinal;
    protocol::encode_authentication_sasl_continue(out, *answer);
    return Step::kContinue;
}

Step ClientLogin::scram_final(std::string_view body, std::string& out) {
    const auto answer = scram_->final(body);
    if (!answer) return refuse(kSaslFailed);
    protocol::encode_authentication_sasl_final(out, *answer);
    captured_ = CapturedKeys{scram_->keys(), scram_->verifier().salt, scram_->verifier().iterations};
    return Step::kAccepted;
}

Step ClientLogin::refuse(std::string_view text) {
    refusal_ = text;
    return Step::kRefused;
}

}  // namespace pooler
