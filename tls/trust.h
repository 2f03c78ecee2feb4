// The authorities whose signatures count. A bundle is read once, however many contexts use it: those of one
// TrustCache share what they have in common. Used on the thread that makes contexts.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "tls/error.h"
#include "tls/handles.h"

namespace tls {

class TrustCache {
 public:
    /// The store for these files; stays the cache's, a context takes its own reference. `ca_file` empty or
    /// "system": what OpenSSL finds in the places of the system, or where SSL_CERT_FILE and SSL_CERT_DIR
    /// point.
    [[nodiscard]] Result<X509_STORE*> store(const std::string& ca_file, const std::string& crl_file);
    /// How many stores were read from files; for tests.
    [[nodiscard]] std::size_t loaded() const { return stores_.size(); }

 private:
    std::map<std::pair<std::string, std::string>, StorePtr> stores_;
};

}  // namespace tls
