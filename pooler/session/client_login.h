// How a client proves who it is, as a pure machine: its messages in, bytes to send out, an outcome at the
// end. A user who does not exist goes through the same dialogue as a real one. No socket, no clock. Owned by
// the session until it is logged in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pooler/server/key_cache.h"
#include "pooler/server/server_login.h"
#include "pooler/session/login_rule.h"
#include "protocol/auth.h"
#include "protocol/scram.h"

namespace pooler {

class ClientLogin {
 public:
    enum class Step {
        kContinue,
        kDeriveKeys,  ///< derivation() is to be done elsewhere, then on_keys()
        kAskOutside,  ///< somebody else judges password(), then on_judged()
        kAccepted,
        kRefused
    };

    struct Options {
        LoginMethod method = LoginMethod::kMd5;
        /// For kPeer and kCert: the socket or the certificate says that the client is this user.
        bool identity_holds = false;
        std::string user;
        std::optional<std::string> secret;  ///< nullopt: no such user
        /// Whether kMd5 asks users who do not exist or have no password in SCRAM, as it does those with a
        /// verifier.
        bool unknown_in_scram = false;
        std::string process_secret;  ///< for the salts of users who do not exist
        int scram_iterations = 4096;
        /// The hash of our certificate, on a connection with TLS: SCRAM-SHA-256-PLUS is offered.
        std::optional<std::string> channel_binding;
    };

    ClientLogin(Options options, ScramKeyCache& keys) : options_{std::move(options)}, key_cache_{&keys} {}
    ~ClientLogin();
    ClientLogin(const ClientLogin&) = delete;
    ClientLogin& operator=(const ClientLogin&) = delete;

    /// The first request to the client, if the method has any.
    [[nodiscard]] Step start(std::string& out);
    /// The body of one password message ('p').
    [[nodiscard]] Step on_password(std::string_view body, std::string& out);

    /// After kDeriveKeys.
    [[nodiscard]] const KeyDerivation& derivation() const { return derivation_; }
    [[nodiscard]] Step on_keys(const std::optional<protocol::ScramKeys>& keys, std::string& out);
    /// After kAskOutside: what the client said, until on_judged().
    [[nodiscard]] const std::string& password() const { return password_; }
    [[nodiscard]] Step on_judged(bool right);
    /// The same if there is nobody to ask: a refusal that takes its time.
    [[nodiscard]] Step judge_by_nobody();

    /// After kRefused: whether the same answer of the client can be judged once more, by on_password(),
    /// against another secret. Not with SCRAM, where the question holds the old secret's salt.
    [[nodiscard]] bool may_answer_again() const {
        return dialogue_ == Dialogue::kCleartext || dialogue_ == Dialogue::kMd5;
    }
    void replace_secret(std::string user, std::optional<std::string> secret) {
        options_.user = std::move(user);
        options_.secret = std::move(secret);
    }

    /// Text for the client after kRefused.
    [[nodiscard]] const std::string& refusal() const { return refusal_; }
    /// What a SCRAM login proved; it opens servers that store the same verifier.
    [[nodiscard]] const std::optional<CapturedKeys>& captured_keys() const { return captured_; }

 private:
    enum class Dialogue { kNone, kCleartext, kMd5, kScramFirst, kScramFinal, kScramRefused };
    Step refuse(std::string_view text);
    Step check_identity(std::string_view refusal);
    Step start_md5(std::string& out);
    Step start_scram(std::string& out);
    Step check_cleartext(std::string_view password);
    Step check_md5(std::string_view answer);
    Step scram_first(std::string_view body, std::string& out);
    Step scram_final(std::string_view body, std::string& out);
    Step judge_proof(std::string_view body, std::string& out, bool derived);
    void derive_from(std::string_view password, const std::string& salt, int iterations);
    Step judge_by_verifier(std::string_view password);
    Step refuse_after_work(std::string_view password);
    Step on_keys_of_password(const protocol::ScramKeys& keys);
    [[nodiscard]] bool mechanism_fits(std::string_view mechanism) const;
    Step start_exchange(const protocol::SaslInitial& initial, std::string& out);
    [[nodiscard]] std::optional<protocol::ScramVerifier> verifier() const;
    /// The secret is a password in clear.
    [[nodiscard]] bool has_password() const;
    [[nodiscard]] KeyDerivation derivation_of_secret() const;
    [[nodiscard]] std::string_view refusal_text() const;

    Options options_;
    ScramKeyCache* key_cache_;
    Dialogue dialogue_ = Dialogue::kNone;
    protocol::Md5Salt salt_{};
    std::optional<protocol::ScramServer> scram_;
    std::optional<CapturedKeys> captured_;
    KeyDerivation derivation_;
    std::string password_;  ///< while somebody else judges it
    std::string body_;      ///< the message that waits for keys
    std::string refusal_;
};

}  // namespace pooler
