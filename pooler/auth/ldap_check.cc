#include <ldap.h>
#include <sys/time.h>

#include <memory>

#include "pooler/auth/password_check.h"

namespace pooler {

namespace {

/// For connecting, and for each answer of the directory.
constexpr timeval kPatience{5, 0};

struct Unbind {
    void operator()(LDAP* ldap) const { ldap_unbind_ext_s(ldap, nullptr, nullptr); }
};
using Directory = std::unique_ptr<LDAP, Unbind>;

struct FreeMessage {
    void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};

PasswordCheck refused(const std::string& step, int code) {
    return {false, step + ": " + ldap_err2string(code)};
}

std::string uri_of(const conf::LdapOptions& options) {
    std::string uris;
    std::size_t at = 0;
    while ((at = options.server.find_first_not_of(' ', at)) != std::string::npos) {
        const std::size_t end = std::min(options.server.find(' ', at), options.server.size());
        uris += (uris.empty() ? "" : " ") + options.scheme + "://" + options.server.substr(at, end - at);
        if (options.port != 0) uris += ":" + std::to_string(options.port);
        at = end;
    }
    return uris;
}

int bind_as(LDAP* ldap, const std::string& name, const std::string& password) {
    berval secret{};
    secret.bv_val = const_cast<char*>(password.data());
    secret.bv_len = password.size();
    return ldap_sasl_bind_s(ldap, name.c_str(), LDAP_SASL_SIMPLE, &secret, nullptr, nullptr, nullptr);
}

Directory open_directory(const conf::LdapOptions& options, PasswordCheck& failure) {
    LDAP* raw = nullptr;
    const int opened = ldap_initialize(&raw, uri_of(options).c_str());
    Directory ldap{raw};
    if (opened != LDAP_SUCCESS) {
        failure = refused("ldap_initialize", opened);
        return nullptr;
    }
    const int version = LDAP_VERSION3;
    ldap_set_option(raw, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(raw, LDAP_OPT_NETWORK_TIMEOUT, &kPatience);
    ldap_set_option(raw, LDAP_OPT_TIMEOUT, &kPatience);
    ldap_set_option(raw, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);  // a password goes to no server we do not know
    if (!options.start_tls) return ldap;
    const int secured = ldap_start_tls_s(raw, nullptr, nullptr);
    if (secured == LDAP_SUCCESS) return ldap;
    failure = refused("ldap_start_tls", secured);
    return nullptr;
}

/// A value in a filter. Source: RFC 4515, section "String Search Filter Definition".
std::string escaped(const std::string& value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : value) {
        if (std::string_view{"*()\\\0/", 6}.find(c) == std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'\\', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
    return out;
}

std::string filter_for(const conf::LdapOptions& options, const std::string& user) {
    if (options.search_filter.empty()) {
        const std::string& attribute = options.search_attribute;
        return "(" + (attribute.empty() ? "uid" : attribute) + "=" + escaped(user) + ")";
    }
    constexpr std::string_view kPlace = "$username";
    std::string filter = options.search_filter;
    const std::string name = escaped(user);
    for (std::size_t at = 0; (at = filter.find(kPlace, at)) != std::string::npos; at += name.size())
        filter.replace(at, kPlace.size(), name);
    return filter;
}

/// The name of the only entry that the search finds; empty with the reason in `failure`.
std::string find_entry(LDAP* ldap, const conf::LdapOptions& options, const std::string& user,
                       PasswordCheck& failure) {
    const int bound = bind_as(ldap, options.bind_dn, options.bind_password);
    if (bound != LDAP_SUCCESS) {
        failure = refused("bind for the search", bound);
        return {};
    }
    char nothing[] = LDAP_NO_ATTRS;
    char* attributes[] = {nothing, nullptr};
    timeval patience = kPatience;
    LDAPMessage* raw = nullptr;
    const int found =
        ldap_search_ext_s(ldap, options.base_dn.c_str(), options.scope, filter_for(options, user).c_str(),
                          attributes, 0, nullptr, nullptr, &patience, 2, &raw);
    const std::unique_ptr<LDAPMessage, FreeMessage> result{raw};
    if (found != LDAP_SUCCESS && found != LDAP_SIZELIMIT_EXCEEDED) {
        failure = refused("search", found);
        return {};
    }
    if (ldap_count_entries(ldap, raw) != 1) {
        failure = {false, ldap_count_entries(ldap, raw) == 0 ? "no such entry" : "more than one entry"};
        return {};
    }
    char* name = ldap_get_dn(ldap, ldap_first_entry(ldap, raw));
    std::string copy = name == nullptr ? "" : name;
    ldap_memfree(name);
    if (copy.empty()) failure = {false, "the entry has no name"};
    return copy;
}

/// Characters that would make another name of prefix + user + suffix. Source: RFC 4514.
bool fits_into_name(const std::string& user) {
    return user.find_first_of(std::string_view{",+\"\\<>;=#\0", 10}) == std::string::npos;
}

}  // namespace

PasswordCheck check_with_ldap(const conf::LdapOptions& options, const std::string& user,
                              const std::string& password) {
    // A bind with a name and no password is anonymous, and succeeds. Source: RFC 4513, "Unauthenticated".
    if (password.empty()) return {false, "empty password"};
    PasswordCheck failure;
    Directory ldap = open_directory(options, failure);
    if (!ldap) return failure;
    std::string name = options.prefix + user + options.suffix;
    if (options.searches()) {
        name = find_entry(ldap.get(), options, user, failure);
        if (name.empty()) return failure;
        ldap = open_directory(options, failure);  // the rights of the search end here
        if (!ldap) return failure;
    } else if (!fits_into_name(user)) {
        return {false, "the user name cannot be part of an LDAP name"};
    }
    const int bound = bind_as(ldap.get(), name, password);
    return bound == LDAP_SUCCESS ? PasswordCheck{true, {}} : refused("bind", bound);
}

}  // namespace pooler
