#include "tls/trust.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "tls/options.h"

namespace tls {

namespace {

Result<void> add_revocations(X509_STORE* store, const std::string& crl_file) {
    X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (lookup == nullptr || X509_load_crl_file(lookup, crl_file.c_str(), X509_FILETYPE_PEM) < 1)
        return failure("cannot read revocation list " + crl_file + ": " + take_errors("no list in it"));
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return {};
}

Result<StorePtr> read_store(const std::string& ca_file, const std::string& crl_file) {
    ERR_clear_error();
    StorePtr store{X509_STORE_new()};
    if (!store) return failure(take_errors("out of memory"));
    if (ca_file.empty() || ca_file == kSystem) {
        if (X509_STORE_set_default_paths(store.get()) != 1)
            return failure("cannot use the system's authorities: " + take_errors("unknown error"));
        ERR_clear_error();  // paths that are not there
    } else if (X509_STORE_load_file(store.get(), ca_file.c_str()) != 1) {
        return failure("cannot read authorities " + ca_file + ": " + take_errors("no certificate in it"));
    }
    if (!crl_file.empty())
        if (auto added = add_revocations(store.get(), crl_file); !added)
            return tl::make_unexpected(added.error());
    return store;
}

}  // namespace

Result<X509_STORE*> TrustCache::store(const std::string& ca_file, const std::string& crl_file) {
    auto& known = stores_[{ca_file == kSystem ? std::string{} : ca_file, crl_file}];
    if (known) return known.get();
    auto made = read_store(ca_file, crl_file);
    if (!made) return tl::make_unexpected(made.error());
    known = std::move(*made);
    return known.get();
}

}  // namespace tls
