// Certificates made for one test, in memory: an authority, what it signs, and what it takes back. The kinds a
// peer may show: good, expired, not valid yet, for another name, for an address, wildcard, weak, self-signed.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace support {

struct CertificateRequest {
    std::string common_name{};
    std::vector<std::string> dns{};        ///< alternative names
    std::vector<std::string> addresses{};  ///< alternative names, IPv4
    int first_day = -1;                    ///< from today
    int last_day = 30;
    int rsa_bits = 0;  ///< 0: a key on P-256

    [[nodiscard]] CertificateRequest expired() const;
    [[nodiscard]] CertificateRequest not_yet() const;
    [[nodiscard]] CertificateRequest weak() const;
};

/// PEM texts.
struct Credentials {
    std::string certificate;
    std::string key;
};

[[nodiscard]] Credentials self_signed(const CertificateRequest& request);

class Authority {
 public:
    explicit Authority(const std::string& name);
    /// Another one, signed by this one.
    [[nodiscard]] Authority appoint(const std::string& name);
    [[nodiscard]] Credentials issue(const CertificateRequest& request);
    [[nodiscard]] std::string certificate() const;
    /// A signed list that takes these back; without any it is empty, but valid.
    [[nodiscard]] std::string revocations(const std::vector<Credentials>& revoked) const;

 private:
    std::shared_ptr<EVP_PKEY> key_;
    std::shared_ptr<X509> own_;
    long serial_ = 1;
};

}  // namespace support
