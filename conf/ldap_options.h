// The options of LDAP logins: auth_ldap_options, or the rest of an `ldap` line in the HBA file. Pure.
// Source: PgBouncer docs, "auth_ldap_options"; PostgreSQL docs, "LDAP Authentication".
#pragma once

#include <string>
#include <string_view>

#include "conf/result.h"

namespace conf {

struct LdapOptions {
    std::string server;           ///< one or several hosts separated by blanks; empty: none was given
    int port = 0;                 ///< 0: the scheme's
    std::string scheme = "ldap";  ///< ldap or ldaps
    bool start_tls = false;

    // Bind as prefix + user + suffix ...
    std::string prefix;
    std::string suffix;
    // ... or, with a base, search for the user's entry and bind as that.
    std::string base_dn;
    std::string bind_dn;
    std::string bind_password;
    std::string search_attribute;  ///< empty: uid, unless there is a filter
    std::string search_filter;     ///< $username stands for the user
    int scope = 2;                 ///< 0 base, 1 one level, 2 subtree

    [[nodiscard]] bool searches() const { return !base_dn.empty(); }
    bool operator==(const LdapOptions&) const = default;
};

/// Longest text of options, in bytes (PgBouncer's limit).
inline constexpr std::size_t kMaxLdapOptionsBytes = 1023;

/// key=value separated by blanks or commas; values may stand in double quotes. Error: what is wrong, without
/// a value.
[[nodiscard]] Result<LdapOptions> parse_ldap_options(std::string_view text);

}  // namespace conf
