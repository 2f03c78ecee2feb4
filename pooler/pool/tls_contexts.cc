#include "pooler/pool/tls_contexts.h"

#include <sys/stat.h>

#include <algorithm>

#include "pooler/net/address.h"
#include "tls/trust.h"

namespace pooler {

using conf::SslMode;
using tls::PeerCheck;

namespace {

/// Device, number, size and time of a file; "-" if it is not there.
std::string stamp_of_file(const std::string& path) {
    if (path.empty() || path == tls::kSystem) return {};
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return path + " -;";
    return path + " " + std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino) + ":" +
           std::to_string(about.st_size) + ":" + std::to_string(about.st_mtim.tv_sec) + "." +
           std::to_string(about.st_mtim.tv_nsec) + ";";
}

std::string stamp_of(const tls::Options& options) {
    return stamp_of_file(options.ca_file) + stamp_of_file(options.crl_file) +
           stamp_of_file(options.cert_file) + stamp_of_file(options.key_file);
}

/// Below verify-ca a certificate is asked for only if there is somebody who could have signed it.
PeerCheck client_check(const conf::Settings& settings) {
    if (settings.client_tls_sslmode >= SslMode::kVerifyCa) return PeerCheck::kChain;
    return settings.client_tls_ca_file.empty() ? PeerCheck::kNone : PeerCheck::kIfGiven;
}

tls::Options client_options(const conf::Settings& settings) {
    tls::Options options;
    options.role = tls::Role::kServer;
    options.check = client_check(settings);
    options.ca_file = settings.client_tls_ca_file;
    options.cert_file = settings.client_tls_cert_file;
    options.key_file = settings.client_tls_key_file;
    options.protocols = settings.client_tls_protocols;
    options.ciphers = settings.client_tls_ciphers;
    options.tls13_ciphers = settings.client_tls13_ciphers.value_or("");
    options.curves = settings.client_tls_ecdhcurve;
    options.dhe = !conf::same_word(settings.client_tls_dheparams, "none");
    return options;
}

PeerCheck server_check(SslMode mode) {
    if (mode == SslMode::kVerifyFull) return PeerCheck::kName;
    return mode == SslMode::kVerifyCa ? PeerCheck::kChain : PeerCheck::kNone;
}

tls::Options server_options(const conf::Settings& settings, const conf::Database& database, SslMode mode) {
    tls::Options options;
    options.role = tls::Role::kClient;
    options.check = server_check(mode);
    if (options.check != PeerCheck::kNone) {
        options.ca_file = database.sslrootcert.value_or(settings.server_tls_ca_file);
        options.crl_file = database.sslcrl.value_or("");
    }
    options.protocols = settings.server_tls_protocols;
    options.ciphers = settings.server_tls_ciphers;
    options.tls13_ciphers = settings.server_tls13_ciphers.value_or("");
    return options;
}

}  // namespace

const std::shared_ptr<const tls::Context>& ServerTls::context_for(std::string_view user) const {
    if (!certified) return bare;
    const auto& names = certified->own_names();
    const bool own = std::find(names.begin(), names.end(), user) != names.end();
    return own || for_any_user ? certified : bare;
}

/// What is needed while contexts are made.
class TlsContexts::Maker {
 public:
    Maker(TlsContexts& made, const conf::Configuration& configuration, const TlsContexts* before)
        : made_{&made}, configuration_{&configuration}, before_{before} {}

    [[nodiscard]] tl::expected<void, std::string> run() {
        const auto& settings = configuration_->settings;
        if (settings.client_tls_sslmode != SslMode::kDisable) {
            auto context = context_for(client_options(settings));
            if (!context) return tl::make_unexpected("TLS for clients: " + context.error());
            made_->client_ = *context;
        }
        for (const auto& [name, database] : configuration_->databases)
            if (auto done = add_all(made_->servers_[name], database); !done) return done;
        return add_all(made_->fallback_, configuration_->fallback.value_or(conf::Database{}));
    }

 private:
    [[nodiscard]] tl::expected<void, std::string> add_all(Targets& targets, const conf::Database& entry) {
        if (auto done = add(targets[{}], entry); !done) return done;
        const auto add_at = [&](const conf::Endpoint& endpoint, const std::string& target) {
            return add(targets[target], conf::database_at(entry, endpoint, target));
        };
        for (std::size_t i = 0; i < entry.replicas.size(); ++i)
            if (auto done = add_at(entry.replicas[i], conf::replica_target(i)); !done) return done;
        if (!entry.secondary) return {};
        return add_at(*entry.secondary, std::string{conf::kSecondaryTarget});
    }

    [[nodiscard]] tl::expected<void, std::string> add(ServerTls& server, const conf::Database& database) {
        const auto& settings = configuration_->settings;
        server.mode = configuration_->sslmode(database);
        if (server.mode == SslMode::kDisable) return {};
        server.sni = database.sslsni.value_or(true);
        server.direct = database.sslnegotiation == conf::SslNegotiation::kDirect;
        server.for_any_user = settings.server_tls_cert_users == conf::CertUsers::kAny;
        tls::Options options = server_options(settings, database, server.mode);
        auto bare = context_for(options);
        if (!bare) return tl::make_unexpected("TLS for servers: " + bare.error());
        server.bare = *bare;
        options.cert_file = database.sslcert.value_or(settings.server_tls_cert_file);
        options.key_file = database.sslkey.value_or(settings.server_tls_key_file);
        if (options.cert_file.empty()) return {};
        auto certified = context_for(options);
        if (!certified) return tl::make_unexpected("TLS for servers: " + certified.error());
        server.certified = *certified;
        return {};
    }

    [[nodiscard]] tl::expected<std::shared_ptr<const tls::Context>, std::string> context_for(
        const tls::Options& options) {
        const std::string stamp = stamp_of(options);
        if (const auto known = made_->contexts_.find(options); known != made_->contexts_.end())
            return known->second.context;
        if (before_ != nullptr) {
            const auto old = before_->contexts_.find(options);
            if (old != before_->contexts_.end() && old->second.stamp == stamp) {
                made_->contexts_[options] = old->second;
                return old->second.context;
            }
        }
        auto context = tls::Context::make(options, trust_);
        if (!context) return tl::make_unexpected(context.error().text);
        made_->contexts_[options] = {*context, stamp};
        return *context;
    }

    TlsContexts* made_;
    const conf::Configuration* configuration_;
    const TlsContexts* before_;
    tls::TrustCache trust_;
};

TlsContexts::TlsContexts() { fallback_[{}] = {}; }

tl::expected<TlsContexts::Ref, std::string> TlsContexts::make(const conf::Configuration& configuration,
                                                              const TlsContexts* before) {
    auto made = std::make_shared<TlsContexts>();
    if (auto done = Maker{*made, configuration, before}.run(); !done)
        return tl::make_unexpected(done.error());
    return made;
}

TlsPlan TlsContexts::plan(const conf::Database& database, std::string_view user,
                          const std::string& host) const {
    const ServerTls& found = server(database);
    if (found.mode == conf::SslMode::kDisable || is_unix(host)) return {};
    return {.context = found.context_for(user),
            .name = {.host = host, .sni = found.sni, .direct = found.direct},
            .required = found.mode >= conf::SslMode::kRequire};
}

const ServerTls& TlsContexts::server(const conf::Database& database) const {
    const auto found = servers_.find(database.name);
    const Targets& targets = found == servers_.end() || database.is_auto ? fallback_ : found->second;
    const auto target = targets.find(database.target);
    return target == targets.end() ? targets.at({}) : target->second;
}

std::string TlsContexts::fingerprint() const {
    std::string stamps;
    for (const auto& [options, known] : contexts_) stamps += stamp_of(options);
    return stamps;
}

}  // namespace pooler
