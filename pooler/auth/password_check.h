// Whether a password is right, asked of PAM or an LDAP directory. These calls block for as long as the other
// side likes: they run on the blocking pool, never on a loop. No state is kept between calls; several may run
// at once.
#pragma once

#include <string>

#include "conf/ldap_options.h"

namespace pooler {

struct PasswordCheck {
    bool accepted = false;
    std::string reason;  ///< why not, for the log; never holds the password
};

/// `service`: a name under /etc/pam.d, or the full path of a service file. `remote_host` is what PAM_RHOST
/// gets.
[[nodiscard]] PasswordCheck check_with_pam(const std::string& service, const std::string& user,
                                           const std::string& password, const std::string& remote_host);

/// Binds as the user, or looks for his entry and binds as that. At most a few seconds per step.
[[nodiscard]] PasswordCheck check_with_ldap(const conf::LdapOptions& options, const std::string& user,
                                            const std::string& password);

}  // namespace pooler
