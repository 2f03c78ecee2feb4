// One side's TLS settings, ready for use: an SSL_CTX with versions, ciphers, certificate and authorities.
// Immutable once made and shared by all connections of all workers; a reload makes a new one, and the old one
// lives as long as connections that began with it. The only thing in it that changes is the memory of
// sessions that servers let us resume, behind a lock that handshakes take.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tls/error.h"
#include "tls/options.h"

struct ssl_session_st;  // OpenSSL's SSL_SESSION, which openssl/types.h leaves out

namespace tls {

class TrustCache;

class Context {
 public:
    /// Reads the files. Errors name the file or setting and say what OpenSSL has against it.
    [[nodiscard]] static Result<std::shared_ptr<const Context>> make(const Options& options,
                                                                     TrustCache& trust);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    [[nodiscard]] const Options& options() const { return options_; }
    /// Names that our own certificate states for a user: its common name and DNS names. Empty without one.
    [[nodiscard]] const std::vector<std::string>& own_names() const { return own_names_; }
    /// The tls-server-end-point of our own certificate; empty without one, or if it has none.
    [[nodiscard]] const std::string& own_end_point() const { return own_end_point_; }

    /// For connection.cc.
    [[nodiscard]] SSL_CTX* native() const;
    /// A session to resume with the server of this name; it is handed out once. nullptr if there is none.
    [[nodiscard]] ssl_session_st* take_session(const std::string& server) const;
    void remember_session(const std::string& server, ssl_session_st* session) const;

 private:
    struct Private;
    explicit Context(const Options& options);

    Options options_;
    std::vector<std::string> own_names_;
    std::string own_end_point_;
    std::unique_ptr<Private> private_;
};

}  // namespace tls
