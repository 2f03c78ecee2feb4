// Certificates as files for the pooler, for PostgreSQL and for libpq, and a PostgreSQL that shows the one it
// is told to.
#pragma once

#include <string>

#include "tests/integration/scene.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"

namespace tls_scene {

inline constexpr const char* kHost = "localhost";

/// Files of one authority and of one that nobody trusts.
class Files {
 public:
    static Files& shared();

    support::Authority authority{"test authority"};
    support::Authority stranger{"another authority"};
    [[nodiscard]] const std::string& ca() const { return ca_; }

    struct Pair {
        std::string certificate;
        std::string key;
    };
    /// Writes them under this name.
    Pair write(const std::string& name, const support::Credentials& credentials);
    std::string write(const std::string& name, const std::string& text) { return folder_.write(name, text); }

 private:
    Files();
    support::TempDir folder_;
    std::string ca_;
};

/// What a server shows that is what it should be, for kHost and 127.0.0.1.
[[nodiscard]] support::CertificateRequest good_server();

/// A pooler's configuration with TLS to clients in this mode and the good certificate.
support::WeirConfig& with_client_tls(support::WeirConfig& config, const std::string& mode);

/// PostgreSQL with TLS and the good certificate; users log in without a password unless `hba` says otherwise.
[[nodiscard]] support::PostgresOptions postgres_options();
/// One for all tests of this process.
support::Postgres& postgres();
/// From its next connection on it shows these, or has no TLS at all.
void show(support::Postgres& postgres, const support::Credentials& credentials);
void without_tls(support::Postgres& postgres);

/// libpq's keys for this sslmode, trusting our authority.
[[nodiscard]] std::string libpq(const std::string& sslmode);

/// psql that runs this text: as a Process, a client that somebody else waits for.
[[nodiscard]] support::Command psql(const support::Login& login, const std::string& sql);

/// libpq's keys for a client certificate of user app: none, good, foreign or expired.
[[nodiscard]] std::string certificate_keys(const std::string& state);
/// What a server shows: one of the kinds in expectations.h.
[[nodiscard]] support::Credentials shown_as(const std::string& kind);

}  // namespace tls_scene
