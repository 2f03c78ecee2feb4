#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdlib>

namespace support {

namespace {

constexpr long kDay = 24L * 3600;

/// Nothing here fails unless OpenSSL is broken.
template <class T>
T must(T value) {
    if (!value) std::abort();
    return value;
}

std::shared_ptr<EVP_PKEY> new_key(int rsa_bits) {
    EVP_PKEY* key = rsa_bits == 0 ? EVP_EC_gen("P-256") : EVP_RSA_gen(static_cast<unsigned>(rsa_bits));
    return {must(key), EVP_PKEY_free};
}

template <class Write>
std::string pem(Write write) {
    BIO* memory = must(BIO_new(BIO_s_mem()));
    must(write(memory));
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    std::string text{bytes, static_cast<std::size_t>(size)};
    BIO_free(memory);
    return text;
}

std::string pem_of(X509* certificate) {
    return pem([certificate](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(EVP_PKEY* key) {
    return pem([key](BIO* out) {
        return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::shared_ptr<X509> certificate_of(const std::string& text) {
    BIO* memory = must(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    std::shared_ptr<X509> certificate{must(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr)), X509_free};
    BIO_free(memory);
    return certificate;
}

void set_name(X509_NAME* name, const std::string& common_name) {
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0));
}

void add_extension(X509* certificate, int nid, const std::string& value) {
    X509_EXTENSION* extension = must(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
    must(X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

std::string alternative_names(const CertificateRequest& request) {
    std::string names;
    for (const auto& name : request.dns) names += (names.empty() ? "DNS:" : ",DNS:") + name;
    for (const auto& address : request.addresses) names += (names.empty() ? "IP:" : ",IP:") + address;
    return names;
}

std::shared_ptr<X509> unsigned_certificate(const CertificateRequest& request, EVP_PKEY* key, long serial) {
    std::shared_ptr<X509> made{must(X509_new()), X509_free};
    must(X509_set_version(made.get(), X509_VERSION_3));
    must(ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial));
    must(X509_gmtime_adj(X509_getm_notBefore(made.get()), request.first_day * kDay));
    must(X509_gmtime_adj(X509_getm_notAfter(made.get()), request.last_day * kDay));
    must(X509_set_pubkey(made.get(), key));
    set_name(X509_get_subject_name(made.get()), request.common_name);
    const std::string names = alternative_names(request);
    if (!names.empty()) add_extension(made.get(), NID_subject_alt_name, names);
    return made;
}

}  // namespace

CertificateRequest CertificateRequest::expired() const {
    CertificateRequest changed = *this;
    changed.first_day = -10;
    changed.last_day = -2;
    return changed;
}

CertificateRequest CertificateRequest::not_yet() const {
    CertificateRequest changed = *this;
    changed.first_day = 2;
    return changed;
}

CertificateRequest CertificateRequest::weak() const {
    CertificateRequest changed = *this;
    changed.rsa_bits = 1024;
    return changed;
}

Credentials self_signed(const CertificateRequest& request) {
    const auto key = new_key(request.rsa_bits);
    const auto made = unsigned_certificate(request, key.get(), 1);
    set_name(must(X509_get_issuer_name(made.get())), request.common_name);
    must(X509_sign(made.get(), key.get(), EVP_sha256()));
    return {pem_of(made.get()), pem_of(key.get())};
}

Authority::Authority(const std::string& name) : key_{new_key(0)} {
    CertificateRequest request;
    request.common_name = name;
    own_ = unsigned_certificate(request, key_.get(), serial_++);
    add_extension(own_.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    must(X509_set_issuer_name(own_.get(), X509_get_subject_name(own_.get())));
    must(X509_sign(own_.get(), key_.get(), EVP_sha256()));
}

Authority Authority::appoint(const std::string& name) {
    Authority made{name};
    must(ASN1_INTEGER_set(X509_get_serialNumber(made.own_.get()), serial_++));
    must(X509_set_issuer_name(made.own_.get(), X509_get_subject_name(own_.get())));
    must(X509_sign(made.own_.get(), key_.get(), EVP_sha256()));
    return made;
}

Credentials Authority::issue(const CertificateRequest& request) {
    const auto key = new_key(request.rsa_bits);
    const auto made = unsigned_certificate(request, key.get(), serial_++);
    must(X509_set_issuer_name(made.get(), X509_get_subject_name(own_.get())));
    must(X509_sign(made.get(), key_.get(), EVP_sha256()));
    return {pem_of(made.get()), pem_of(key.get())};
}

std::string Authority::certificate() const { return pem_of(own_.get()); }

std::string Authority::revocations(const std::vector<Credentials>& revoked) const {
    const std::shared_ptr<X509_CRL> list{must(X509_CRL_new()), X509_CRL_free};
    must(X509_CRL_set_version(list.get(), X509_CRL_VERSION_2));
    must(X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(own_.get())));
    const std::shared_ptr<ASN1_TIME> from{must(X509_gmtime_adj(nullptr, -kDay)), ASN1_TIME_free};
    const std::shared_ptr<ASN1_TIME> until{must(X509_gmtime_adj(nullptr, 30 * kDay)), ASN1_TIME_free};
    must(X509_CRL_set1_lastUpdate(list.get(), from.get()));
    must(X509_CRL_set1_nextUpdate(list.get(), until.get()));
    for (const Credentials& taken_back : revoked) {
        const auto certificate = certificate_of(taken_back.certificate);
        X509_REVOKED* entry = must(X509_REVOKED_new());
        must(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.get())));
        must(X509_REVOKED_set_revocationDate(entry, from.get()));
        must(X509_CRL_add0_revoked(list.get(), entry));
    }
    must(X509_CRL_sign(list.get(), key_.get(), EVP_sha256()));
    return pem([&list](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
}

}  // namespace support
