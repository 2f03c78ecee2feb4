#include "tls/channel_binding.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>

namespace tls {

Result<std::string> end_point_hash(X509* certificate) {
    int digest = NID_undef;
    if (X509_get_signature_info(certificate, &digest, nullptr, nullptr, nullptr) != 1 || digest == NID_undef)
        return failure("the certificate's signature has no hash for channel binding");
    const EVP_MD* algorithm =
        digest == NID_md5 || digest == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(digest);
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    if (algorithm == nullptr || X509_digest(certificate, algorithm, hash.data(), &size) != 1)
        return failure("cannot hash the certificate: " + take_errors("unknown hash"));
    return std::string{reinterpret_cast<const char*>(hash.data()), size};
}

}  // namespace tls
