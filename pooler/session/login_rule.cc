#include "pooler/session/login_rule.h"

namespace pooler {

namespace {

LoginMethod method_of(conf::HbaMethod method) {
    switch (method) {
        case conf::HbaMethod::kTrust: return LoginMethod::kTrust;
        case conf::HbaMethod::kMd5: return LoginMethod::kMd5;
        case conf::HbaMethod::kPassword: return LoginMethod::kPlain;
        case conf::HbaMethod::kPeer: return LoginMethod::kPeer;
        case conf::HbaMethod::kCert: return LoginMethod::kCert;
        case conf::HbaMethod::kScramSha256: return LoginMethod::kScramSha256;
        case conf::HbaMethod::kLdap: return LoginMethod::kLdap;
        case conf::HbaMethod::kReject: break;
    }
    return LoginMethod::kReject;
}

LoginRule by_hba(const conf::Hba& hba, const conf::HbaClient& client) {
    const conf::HbaRule* rule = hba.find(client);
    if (rule == nullptr) return {.refusal = "no authentication method found"};
    const LoginMethod method = method_of(rule->method);
    if (method == LoginMethod::kPeer && !client.unix_socket) return {.refusal = "unix socket login rejected"};
    return {method, rule->map, rule->ldap_options, "login rejected"};
}

/// A password in clear is for inside of TLS only. The console has no server that could judge: there the
/// userlist counts.
LoginRule by_server(const conf::HbaClient& client) {
    if (conf::is_console_database(client.database)) return {.method = LoginMethod::kMd5};
    if (!client.tls)
        return {.refusal = "SSL required: auth_type = passthrough takes passwords over TLS only"};
    return {.method = LoginMethod::kPassthrough};
}

}  // namespace

LoginRule login_rule(const conf::Configuration& configuration, const conf::HbaClient& client) {
    const conf::Settings& settings = configuration.settings;
    switch (settings.auth_type) {
        case conf::AuthType::kAny: return {.method = LoginMethod::kAny};
        case conf::AuthType::kTrust: return {.method = LoginMethod::kTrust};
        case conf::AuthType::kPlain: return {.method = LoginMethod::kPlain};
        case conf::AuthType::kMd5: return {.method = LoginMethod::kMd5};
        case conf::AuthType::kCert: return {.method = LoginMethod::kCert};
        case conf::AuthType::kScramSha256: return {.method = LoginMethod::kScramSha256};
        case conf::AuthType::kPam: return {.method = LoginMethod::kPam};
        case conf::AuthType::kLdap:
            return {.method = LoginMethod::kLdap, .ldap_options = settings.auth_ldap_options.value_or("")};
        case conf::AuthType::kPassthrough: return by_server(client);
        case conf::AuthType::kHba: break;
    }
    return by_hba(configuration.hba, client);
}

}  // namespace pooler
