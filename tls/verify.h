// Whom a certificate names. Pure functions on a certificate.
#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace tls {

/// True if the certificate is for this host: a DNS name (wildcards only as the whole leftmost label) or an IP
/// address, from the subject's alternative names; the common name counts only in a certificate that has no
/// alternative names at all. Sources: RFC 6125, RFC 2818.
[[nodiscard]] bool names_host(X509* certificate, const std::string& host);

/// The common name, empty if there is none or it has a zero byte in it.
[[nodiscard]] std::string common_name(X509* certificate);
/// The DNS names among the alternative names; those with a zero byte are left out.
[[nodiscard]] std::vector<std::string> dns_names(X509* certificate);

/// An IPv4 or IPv6 address.
[[nodiscard]] bool is_address(std::string_view host);

}  // namespace tls
