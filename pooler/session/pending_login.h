// What a session knows of its login while it lasts: the rule that counts, and the question for a secret that
// is on its way. Owned by the session, gone once it is logged in.
#pragma once

#include <optional>
#include <string>

#include "pooler/session/login_rule.h"
#include "pooler/session/secret_desk.h"

namespace pooler {

class ClientSession;

struct PendingLogin final : SecretWaiter {
    PendingLogin(ClientSession& owner, LoginRule chosen) : session{&owner}, rule{std::move(chosen)} {}
    void on_secret(const SecretAnswer& answer) override;

    ClientSession* session;
    LoginRule rule;
    std::optional<std::string> learned;  ///< the secret that auth_query returned
    bool from_cache = false;             ///< it may have changed since
    std::string answer;                  ///< what the client said, while the secret is asked for again
};

}  // namespace pooler
