#include "tls/verify.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <optional>

#include "tls/handles.h"

namespace tls {

namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;

NamesPtr alternative_names(X509* certificate) {
    return NamesPtr{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
}

/// nullopt for text with a zero byte, which would end early for whoever compares it as a C string.
std::optional<std::string> text_of(const ASN1_STRING* value) {
    unsigned char* utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, value);
    if (length < 0) return std::nullopt;
    std::string text{reinterpret_cast<char*>(utf8), static_cast<std::size_t>(length)};
    OPENSSL_free(utf8);
    if (text.find('\0') != std::string::npos) return std::nullopt;
    return text;
}

std::string binary_address(std::string_view host) {
    std::array<char, 16> bytes{};
    const std::string text{host};
    if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
    return {};
}

}  // namespace

bool is_address(std::string_view host) { return !binary_address(host).empty(); }

bool names_host(X509* certificate, const std::string& host) {
    const std::string address = binary_address(host);
    const bool has_names = alternative_names(certificate) != nullptr;
    if (!address.empty()) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(address.data());
        if (X509_check_ip(certificate, bytes, address.size(), 0) == 1) return true;
        return !has_names && binary_address(common_name(certificate)) == address;
    }
    unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    flags |= has_names ? X509_CHECK_FLAG_NEVER_CHECK_SUBJECT : 0U;
    return X509_check_host(certificate, host.data(), host.size(), flags, nullptr) == 1;
}

std::string common_name(X509* certificate) {
    X509_NAME* subject = X509_get_subject_name(certificate);
    int last = -1;
    for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) last = at;
    if (last < 0) return {};
    return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last))).value_or("");
}

std::vector<std::string> dns_names(X509* certificate) {
    std::vector<std::string> found;
    const NamesPtr names = alternative_names(certificate);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS) continue;
        if (auto text = text_of(name->d.dNSName)) found.push_back(*std::move(text));
    }
    return found;
}

}  // namespace tls
