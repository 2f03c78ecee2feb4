#include "pooler/session/pending_login.h"

#include "pooler/session/client_session.h"
#include "protocol/crypto.h"

namespace pooler {

PendingLogin::~PendingLogin() {
    forget();
    protocol::wipe(answer);
    if (learned) protocol::wipe(*learned);
}

void PendingLogin::on_secret(const SecretAnswer& said) { session->on_secret(said); }

void PendingLogin::on_proof(const ProofAnswer& said) { session->on_proof(said); }

void PendingLogin::on_keys(const std::optional<protocol::ScramKeys>& keys) { session->on_login_keys(keys); }

void PendingLogin::forget() {
    static_cast<ListHook<SecretWaiterTag>&>(*this).unlink();
    static_cast<ListHook<ProofWaiterTag>&>(*this).unlink();
    if (call) call->abandon();
    call.reset();
}

PasswordCall::~PasswordCall() { protocol::wipe(question_.password); }

void PasswordCall::run() {
    if (question_.method == LoginMethod::kPam) {
        result_ =
            check_with_pam(question_.pam_service, question_.user, question_.password, question_.remote_host);
    } else if (const auto options = conf::parse_ldap_options(question_.ldap_options)) {
        result_ = check_with_ldap(*options, question_.user, question_.password);
    } else {
        result_.reason = options.error().text;
    }
    protocol::wipe(question_.password);
}

void PasswordCall::done() { session_->on_password_checked(result_); }

}  // namespace pooler
