// What a session knows of its login while it lasts: the rule that counts, and whatever it waits for outside
// of the loop. Owned by the session, gone once it is logged in.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pooler/auth/password_check.h"
#include "pooler/net/blocking_pool.h"
#include "pooler/server/derive_keys.h"
#include "pooler/session/login_rule.h"
#include "pooler/session/proof_desk.h"
#include "pooler/session/secret_desk.h"

namespace pooler {

class ClientSession;

struct PendingLogin final : SecretWaiter, KeysWaiter, ProofWaiter {
    PendingLogin(ClientSession& owner, LoginRule chosen, std::string user)
        : session{&owner}, rule{std::move(chosen)}, asked{std::move(user)} {}
    ~PendingLogin();
    void on_secret(const SecretAnswer& said) override;
    void on_proof(const ProofAnswer& said) override;
    void on_keys(const std::optional<protocol::ScramKeys>& keys) override;
    /// Nothing comes back any more.
    void forget();

    ClientSession* session;
    LoginRule rule;
    std::string asked;                   ///< the user's name as he gave it; auth_query may return another
    std::optional<std::string> learned;  ///< the secret that auth_query returned
    bool from_cache = false;             ///< it may have changed since
    std::string answer;                  ///< what the client said, in case it is judged again
    std::shared_ptr<BlockingCall> call;  ///< on its way
};

/// Asks PAM or LDAP; the session hears the answer.
class PasswordCall final : public BlockingCall {
 public:
    struct Question {
        LoginMethod method = LoginMethod::kPam;
        std::string user{};
        std::string password{};
        std::string remote_host{};
        std::string pam_service{};
        std::string ldap_options{};
    };
    PasswordCall(ClientSession& session, Question question)
        : session_{&session}, question_{std::move(question)} {}
    ~PasswordCall() override;
    void run() override;
    void done() override;

 private:
    ClientSession* session_;
    Question question_;
    PasswordCheck result_;
};

}  // namespace pooler
