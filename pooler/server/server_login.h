// The dialogue that opens a session on a server, as a pure machine: messages in, bytes to send out. No
// socket, no clock. It ends ready, with what the server said of itself, or failed, with the reason. Owned by
// a server connection. Source: PostgreSQL docs, "Message Flow", Start-up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pooler/server/key_cache.h"
#include "protocol/auth.h"
#include "protocol/frame.h"
#include "protocol/message_type.h"
#include "protocol/scram.h"
#include "protocol/scram_keys.h"
#include "protocol/secret.h"

namespace pooler {

/// SCRAM keys that a client proved to have; they open servers that store the identical verifier.
struct CapturedKeys {
    protocol::ScramKeys keys;
    std::string salt;
    int iterations = 0;
};

struct LoginRequest {
    std::string user;
    std::string database;
    std::vector<std::pair<std::string, std::string>> parameters;  ///< besides user and database
    std::optional<std::string> secret;                            ///< plain, md5 or SCRAM verifier
    std::optional<CapturedKeys> captured;
    bool typed = false;              ///< the secret is a password, whatever it looks like
    bool cleartext_allowed = false;  ///< the password may be sent as it is
};

struct LoginFailure {
    std::string sqlstate;  ///< the server's own; empty if the reason is ours
    std::string message;
    bool at_door = false;  ///< the server said it before it let us in
    bool settled = false;  ///< the server was reached; the same attempt would fail again
};

class ServerLogin {
 public:
    enum class Step {
        kContinue,
        kDeriveKeys,  ///< derivation() is to be done elsewhere, then on_keys()
        kReady,
        kFailed
    };
    using Parameters = std::vector<std::pair<std::string, std::string>>;

    ServerLogin(LoginRequest request, ScramKeyCache& keys)
        : request_{std::move(request)}, key_cache_{&keys} {}
    ~ServerLogin();
    ServerLogin(const ServerLogin&) = delete;
    ServerLogin& operator=(const ServerLogin&) = delete;

    /// Nobody but the server can read what is sent: a password may go in clear.
    void allow_cleartext() { request_.cleartext_allowed = true; }
    /// The hash of the certificate of a server that is reached through TLS: SCRAM is bound to it where the
    /// server can.
    void bind_to(std::string end_point) { end_point_ = std::move(end_point); }
    /// Writes the start-up packet.
    void start(std::string& out) const;
    /// One whole message of the server; what is to be sent back is appended to `out`.
    [[nodiscard]] Step on_message(protocol::BackendType type, protocol::ByteView body, std::string& out);

    /// After kDeriveKeys.
    [[nodiscard]] const KeyDerivation& derivation() const { return derivation_; }
    [[nodiscard]] Step on_keys(const std::optional<protocol::ScramKeys>& keys, std::string& out);

    /// When it is ready: the server asked for the secret, and took it.
    [[nodiscard]] bool secret_taken() const { return secret_sent_; }
    /// When it is ready: what opens this server again without the password, if it asked in SCRAM.
    [[nodiscard]] std::optional<CapturedKeys> keys_for_next() const;

    [[nodiscard]] const LoginFailure& failure() const { return failure_; }
    [[nodiscard]] Parameters& parameters() { return parameters_; }
    [[nodiscard]] const std::string& backend_key() const { return backend_key_; }

 private:
    Step on_authentication(protocol::ByteView body, std::string& out);
    Step send_cleartext(std::string& out);
    Step send_md5(const protocol::Md5Salt& salt, std::string& out);
    Step start_sasl(protocol::ByteView mechanisms, std::string& out);
    Step continue_sasl(protocol::ByteView data, std::string& out);
    Step finish_sasl(protocol::ByteView data);
    Step answer_challenge(const protocol::ScramKeys& keys, std::string& out);
    Step fail(std::string_view message);
    Step fail_as_server(protocol::ByteView body);
    [[nodiscard]] protocol::SecretKind kind_of_secret() const;

    LoginRequest request_;
    ScramKeyCache* key_cache_;
    std::optional<std::string> end_point_;
    std::optional<protocol::ScramClient> scram_;
    KeyDerivation derivation_;
    std::optional<protocol::ScramKeys> derived_;  ///< what derivation_ led to
    bool secret_sent_ = false;
    bool scram_verified_ = false;
    bool authenticated_ = false;
    LoginFailure failure_;
    Parameters parameters_;
    std::string backend_key_;
};

}  // namespace pooler
