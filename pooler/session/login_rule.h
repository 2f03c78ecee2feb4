// Which way a client must log in: what auth_type, or the HBA rule that fits, says. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "conf/configuration.h"

namespace pooler {

enum class LoginMethod : std::uint8_t {
    kAny,     ///< everyone is let in
    kTrust,   ///< every known user is let in
    kReject,  ///< nobody
    kPlain,
    kMd5,
    kScramSha256,
    kPeer,  ///< who the kernel says is at the other end of a Unix socket
    kCert,  ///< whom the client's certificate names
    kLdap,
    kPam,
    kPassthrough,  ///< whom the server takes with the password
};

struct LoginRule {
    LoginMethod method = LoginMethod::kReject;
    std::string map{};           ///< ident map of kPeer and kCert; empty: names must be equal
    std::string ldap_options{};  ///< of kLdap
    std::string refusal{};       ///< of kReject
};

/// The rule for a client under these settings; with auth_type = hba that of the first line that fits, and a
/// refusal if none does.
[[nodiscard]] LoginRule login_rule(const conf::Configuration& configuration, const conf::HbaClient& client);

}  // namespace pooler
