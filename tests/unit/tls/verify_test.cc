#include "tls/verify.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "tests/support/catch.h"
#include "tests/support/certificates.h"

using support::CertificateRequest;

namespace {

std::shared_ptr<X509> made(const CertificateRequest& request) {
    const std::string text = support::self_signed(request).certificate;
    BIO* memory = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    std::shared_ptr<X509> certificate{PEM_read_bio_X509(memory, nullptr, nullptr, nullptr), X509_free};
    BIO_free(memory);
    REQUIRE(certificate);
    return certificate;
}

bool names(const CertificateRequest& request, const std::string& host) {
    return tls::names_host(made(request).get(), host);
}

}  // namespace

TEST_CASE("tls verify: a DNS name is compared whole and without case") {
    const CertificateRequest one{.common_name = "x", .dns = {"db.example.com"}};
    CHECK(names(one, "db.example.com"));
    CHECK(names(one, "DB.Example.Com"));
    CHECK_FALSE(names(one, "example.com"));
    CHECK_FALSE(names(one, "a.db.example.com"));
    CHECK_FALSE(names(one, "db.example.com.evil.example"));
}

TEST_CASE("tls verify: a wildcard is the whole leftmost label and stands for one label") {
    const CertificateRequest wild{.common_name = "x", .dns = {"*.example.com"}};
    CHECK(names(wild, "db.example.com"));
    CHECK_FALSE(names(wild, "example.com"));
    CHECK_FALSE(names(wild, "a.db.example.com"));
    CHECK_FALSE(names({.common_name = "x", .dns = {"d*.example.com"}}, "db.example.com"));
    CHECK_FALSE(names({.common_name = "x", .dns = {"db.*.com"}}, "db.example.com"));
    CHECK_FALSE(names({.common_name = "x", .dns = {"*"}}, "localhost"));
}

TEST_CASE("tls verify: the common name counts only without any alternative name") {
    CHECK(names({.common_name = "db.example.com"}, "db.example.com"));
    CHECK_FALSE(names({.common_name = "db.example.com", .dns = {"other.example.com"}}, "db.example.com"));
    CHECK_FALSE(names({.common_name = "db.example.com", .addresses = {"192.0.2.1"}}, "db.example.com"));
}

TEST_CASE("tls verify: an address must be an address in the certificate") {
    const CertificateRequest by_address{.common_name = "x", .addresses = {"192.0.2.1"}};
    CHECK(names(by_address, "192.0.2.1"));
    CHECK_FALSE(names(by_address, "192.0.2.2"));
    CHECK_FALSE(names({.common_name = "x", .dns = {"192.0.2.1"}}, "192.0.2.1"));
    CHECK(names({.common_name = "192.0.2.1"}, "192.0.2.1"));
    CHECK_FALSE(names({.common_name = "192.0.2.1", .dns = {"db.example.com"}}, "192.0.2.1"));
}

TEST_CASE("tls verify: a name with a zero byte inside names nobody") {
    const std::string split{"root\0.example.com", 17};
    CHECK(tls::common_name(made({.common_name = split}).get()).empty());
    CHECK(tls::common_name(made({.common_name = "app"}).get()) == "app");
    CHECK(tls::dns_names(made({.common_name = "x", .dns = {"a.example.com", "b.example.com"}}).get()) ==
          std::vector<std::string>{"a.example.com", "b.example.com"});
}
