// The TLS of a configuration, ready for use: one context for clients, and for each database what its servers
// are met with. Databases with equal settings share a context, and a file of authorities is read once. Made
// on the main thread at start, at RELOAD and when a file has changed; immutable, shared by all threads. What
// has not changed is taken over from the one before, with the sessions it remembers.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "conf/configuration.h"
#include "pooler/server/tls_request.h"
#include "tls/context.h"

namespace pooler {

/// TLS towards the servers of one database.
struct ServerTls {
    conf::SslMode mode = conf::SslMode::kDisable;
    std::shared_ptr<const tls::Context> bare;       ///< without a certificate of ours; null if disabled
    std::shared_ptr<const tls::Context> certified;  ///< with it; null if there is none
    bool for_any_user = false;                      ///< show the certificate whoever logs in
    bool sni = true;
    bool direct = false;

    /// For a login as this user. A certificate that names somebody else is not shown: CockroachDB refuses a
    /// user who comes with one, whatever else he can prove.
    [[nodiscard]] const std::shared_ptr<const tls::Context>& context_for(std::string_view user) const;
};

class TlsContexts {
 public:
    using Ref = std::shared_ptr<const TlsContexts>;

    /// Nothing for anybody: TLS is off on both sides.
    TlsContexts();
    /// Error: the first file or setting that cannot be used, with its reason.
    [[nodiscard]] static tl::expected<Ref, std::string> make(const conf::Configuration& configuration,
                                                             const TlsContexts* before = nullptr);

    /// Null: no TLS with clients.
    [[nodiscard]] const std::shared_ptr<const tls::Context>& client() const { return client_; }
    [[nodiscard]] const ServerTls& server(const conf::Database& database) const;

    /// How a connection to this host of the database gets its TLS. The host as configured, not its address,
    /// is what a certificate must name and what SNI tells.
    [[nodiscard]] TlsPlan plan(const conf::Database& database, std::string_view user,
                               const std::string& host) const;

    /// Changes when one of the files does: names, sizes, times.
    [[nodiscard]] std::string fingerprint() const;

 private:
    class Maker;
    struct Known {
        std::shared_ptr<const tls::Context> context;
        std::string stamp;
    };

    std::map<tls::Options, Known> contexts_;
    std::shared_ptr<const tls::Context> client_;
    using Targets = std::map<std::string, ServerTls, std::less<>>;  // "": the primary

    std::map<std::string, Targets, std::less<>> servers_;  // by database
    Targets fallback_;                                     // of the "*" line, and of names that are gone
};

}  // namespace pooler
