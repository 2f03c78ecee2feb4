#include "pooler/session/client_login.h"

#include <algorithm>
#include <array>
#include <span>

#include "protocol/crypto.h"
#include "protocol/md5.h"
#include "protocol/secret.h"

namespace pooler {

using protocol::SecretKind;
using Step = ClientLogin::Step;

namespace {

constexpr std::string_view kPasswordFailed = "password authentication failed";
constexpr std::string_view kSaslFailed = "SASL authentication failed";

/// Without telling by the time taken where the two differ, or how long the secret is.
bool equal_secrets(std::string_view a, std::string_view b) {
    return protocol::equal_constant_time(protocol::view_of(protocol::sha256(a)),
                                         protocol::view_of(protocol::sha256(b)));
}

}  // namespace

ClientLogin::~ClientLogin() {
    if (options_.secret) protocol::wipe(*options_.secret);
    protocol::wipe(derivation_.password);
    protocol::wipe(password_);
    protocol::wipe(body_);
}

Step ClientLogin::start(std::string& out) {
    const SecretKind kind = options_.secret ? protocol::classify_secret(*options_.secret) : SecretKind::kNone;
    switch (options_.method) {
        case LoginMethod::kAny: return Step::kAccepted;
        case LoginMethod::kTrust:
            return options_.secret ? Step::kAccepted : refuse("\"trust\" authentication failed");
        case LoginMethod::kPeer: return check_identity("unix socket login rejected");
        case LoginMethod::kCert: return check_identity("certificate authentication failed");
        case LoginMethod::kPlain:
        case LoginMethod::kLdap:
        case LoginMethod::kPam:
        case LoginMethod::kPassthrough:
            dialogue_ = Dialogue::kCleartext;
            protocol::encode_authentication_cleartext(out);
            return Step::kContinue;
        case LoginMethod::kMd5: {
            const bool scram =
                kind == SecretKind::kScram || (kind == SecretKind::kNone && options_.unknown_in_scram);
            return scram ? start_scram(out) : start_md5(out);
        }
        case LoginMethod::kScramSha256: return start_scram(out);
        case LoginMethod::kReject: break;
    }
    return refuse("login rejected");
}

/// The user must be known too, as in PgBouncer.
Step ClientLogin::check_identity(std::string_view refusal) {
    return options_.secret && options_.identity_holds ? Step::kAccepted : refuse(refusal);
}

Step ClientLogin::start_md5(std::string& out) {
    const auto salt = protocol::random_bytes(salt_.size());
    if (!salt) return refuse(kPasswordFailed);
    std::copy(salt->begin(), salt->end(), salt_.begin());
    dialogue_ = Dialogue::kMd5;
    protocol::encode_authentication_md5(out, salt_);
    return Step::kContinue;
}

Step ClientLogin::start_scram(std::string& out) {
    dialogue_ = Dialogue::kScramFirst;
    constexpr std::array kMechanisms{protocol::kScramSha256Plus, protocol::kScramSha256};
    const std::span all{kMechanisms};
    protocol::encode_authentication_sasl(out, options_.channel_binding ? all : all.subspan(1));
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
        case Dialogue::kScramRefused:
        case Dialogue::kNone: break;
    }
    return refuse("unexpected password packet");
}

std::string_view ClientLogin::refusal_text() const {
    if (options_.method == LoginMethod::kLdap) return "LDAP authentication failed";
    if (options_.method == LoginMethod::kPam) return "PAM authentication failed";
    return kPasswordFailed;
}

Step ClientLogin::check_cleartext(std::string_view password) {
    if (options_.method != LoginMethod::kPlain) {
        password_ = password;
        return Step::kAskOutside;
    }
    const std::string stored = options_.secret.value_or("");
    bool right = false;
    switch (protocol::classify_secret(stored)) {
        case SecretKind::kNone: break;
        case SecretKind::kPlain: right = equal_secrets(password, stored); break;
        case SecretKind::kMd5:
            right = equal_secrets(protocol::md5_password_hash(password, options_.user), stored);
            break;
        case SecretKind::kScram: return judge_by_verifier(password);
    }
    return right ? Step::kAccepted : refuse_after_work(password);
}

Step ClientLogin::on_judged(bool right) {
    protocol::wipe(password_);
    return right ? Step::kAccepted : refuse(refusal_text());
}

Step ClientLogin::judge_by_nobody() {
    std::string password = std::exchange(password_, {});
    const Step step = refuse_after_work(password);
    protocol::wipe(password);
    return step;
}

Step ClientLogin::judge_by_verifier(std::string_view password) {
    const auto wanted = protocol::parse_scram_verifier(*options_.secret);
    if (!wanted) return refuse(kPasswordFailed);
    derive_from(password, wanted->salt, wanted->iterations);
    const auto known = key_cache_->find(derivation_);
    return known ? on_keys_of_password(*known) : Step::kDeriveKeys;
}

void ClientLogin::derive_from(std::string_view password, const std::string& salt, int iterations) {
    protocol::wipe(derivation_.password);  // of an answer that was judged before
    derivation_ = {std::string{password}, salt, iterations};
}

/// A wrong password, or a user who does not exist, costs what it costs where a verifier is stored: the time
/// does not tell them apart.
Step ClientLogin::refuse_after_work(std::string_view password) {
    const auto mock =
        protocol::mock_verifier(options_.user, options_.process_secret, options_.scram_iterations);
    derive_from(password, mock.salt, mock.iterations);
    return Step::kDeriveKeys;
}

Step ClientLogin::on_keys(const std::optional<protocol::ScramKeys>& keys, std::string& out) {
    if (dialogue_ == Dialogue::kCleartext) return keys ? on_keys_of_password(*keys) : refuse(kPasswordFailed);
    if (!keys || dialogue_ == Dialogue::kScramRefused) return refuse(kSaslFailed);
    key_cache_->store(derivation_, *keys);
    scram_->complete(protocol::verifier_of(*keys, derivation_.salt, derivation_.iterations));
    return judge_proof(std::exchange(body_, {}), out, true);
}

/// Only the keys of right passwords are remembered: wrong ones would push them out.
Step ClientLogin::on_keys_of_password(const protocol::ScramKeys& keys) {
    const auto wanted = protocol::parse_scram_verifier(options_.secret.value_or(""));
    const bool right =
        wanted && protocol::verifier_of(keys, wanted->salt, wanted->iterations).same_as(*wanted);
    if (!right) return refuse(kPasswordFailed);
    key_cache_->store(derivation_, keys);
    captured_ = CapturedKeys{keys, wanted->salt, wanted->iterations};
    return Step::kAccepted;
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

/// The salt of a password in clear is made up, and stays the same for a user so that the keys are derived
/// once.
KeyDerivation ClientLogin::derivation_of_secret() const {
    const auto digest = protocol::sha256(options_.process_secret + "salt" + options_.user);
    const std::string salt{protocol::view_of(digest).substr(0, protocol::kScramSaltBytes)};
    return {*options_.secret, salt, options_.scram_iterations};
}

bool ClientLogin::has_password() const {
    return options_.secret && protocol::classify_secret(*options_.secret) == SecretKind::kPlain;
}

/// Of a password in clear without its keys, which are not needed before the client's proof.
std::optional<protocol::ScramVerifier> ClientLogin::verifier() const {
    if (!options_.secret) return std::nullopt;
    if (has_password()) return protocol::ScramVerifier{derivation_.iterations, derivation_.salt, {}, {}};
    return protocol::parse_scram_verifier(*options_.secret);
}

Step ClientLogin::scram_first(std::string_view body, std::string& out) {
    const auto initial = protocol::decode_sasl_initial(body);
    if (!initial || !mechanism_fits(initial->mechanism)) return refuse(kSaslFailed);
    if (has_password()) derivation_ = derivation_of_secret();
    return start_exchange(*initial, out);
}

bool ClientLogin::mechanism_fits(std::string_view mechanism) const {
    if (mechanism == protocol::kScramSha256Plus) return options_.channel_binding.has_value();
    return mechanism == protocol::kScramSha256;
}

Step ClientLogin::start_exchange(const protocol::SaslInitial& initial, std::string& out) {
    auto nonce = protocol::make_scram_nonce();
    if (!nonce) return refuse(kSaslFailed);
    auto real = verifier();
    const bool exists = real && !has_password();  // else complete() says so
    if (!real)
        real = protocol::mock_verifier(options_.user, options_.process_secret, options_.scram_iterations);
    scram_.emplace(std::move(*real), exists, std::move(*nonce), options_.channel_binding);
    const auto answer = scram_->first(initial.data, initial.mechanism == protocol::kScramSha256Plus);
    if (!answer) return refuse(kSaslFailed);
    dialogue_ = Dialogue::kScramFinal;
    protocol::encode_authentication_sasl_continue(out, *answer);
    return Step::kContinue;
}

Step ClientLogin::scram_final(std::string_view body, std::string& out) {
    if (has_password()) {
        const auto keys = key_cache_->find(derivation_);
        if (!keys) {
            body_ = body;
            return Step::kDeriveKeys;
        }
        scram_->complete(protocol::verifier_of(*keys, derivation_.salt, derivation_.iterations));
    }
    return judge_proof(body, out, false);
}

/// One that fails costs one derivation: of the secret, if its keys were not known yet, or of something made
/// up. So the time tells neither who exists, nor who has logged in before.
Step ClientLogin::judge_proof(std::string_view body, std::string& out, bool derived) {
    const auto answer = scram_->final(body);
    if (!answer && derived) return refuse(kSaslFailed);
    if (!answer) {
        dialogue_ = Dialogue::kScramRefused;
        return refuse_after_work("made up");
    }
    protocol::encode_authentication_sasl_final(out, *answer);
    captured_ = CapturedKeys{scram_->keys(), scram_->verifier().salt, scram_->verifier().iterations};
    return Step::kAccepted;
}

Step ClientLogin::refuse(std::string_view text) {
    refusal_ = text;
    return Step::kRefused;
}

}  // namespace pooler
