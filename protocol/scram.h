// The SCRAM-SHA-256 dialogue of both roles, as pure state: message texts in, message texts out. No socket, no
// clock, no log. An object lives for one log-in, belongs to the session that logs in, and is of no use after
// its last step or a failure. Sources: RFC 5802, RFC 7677, RFC 5929 (tls-server-end-point); PostgreSQL docs,
// "SASL Authentication".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "protocol/frame.h"
#include "protocol/scram_keys.h"

namespace protocol {

enum class ScramError : std::uint8_t {
    kMalformed,        ///< not a SCRAM message, or a step out of order
    kUnsupported,      ///< authorization identity or a mandatory extension
    kChannelBinding,   ///< binding asked for but not offered, of another type, not matching, or stripped on
                       ///< the way
    kNonceMismatch,    ///< the peer's nonce does not continue ours
    kTooLarge,         ///< nonce, salt, iterations or message beyond the limits below
    kWrongPassword,    ///< the proof does not fit the verifier, or there is no such user
    kRefused,          ///< the server's final message carries an error (e=)
    kServerSignature,  ///< the server does not know the verifier: it is not the one we wanted
    kCrypto,           ///< the library failed
};

template <class T>
using ScramResult = tl::expected<T, ScramError>;

[[nodiscard]] std::string_view name_of(ScramError error);

// Limits against hostile peers; real ones stay far below (nonce 24, salt 16 bytes; CockroachDB 10610,
// PostgreSQL 4096 iterations).
inline constexpr std::size_t kMaxScramMessageBytes = 16384;
inline constexpr std::size_t kMaxScramNonceBytes = 1024;
inline constexpr std::size_t kMaxScramSaltBytes = 1024;
inline constexpr int kMaxScramIterations = 1'000'000;

/// 18 random bytes in base64, as libpq does; kCrypto if there is no randomness.
[[nodiscard]] ScramResult<std::string> make_scram_nonce();

/// The side that stores the verifier: first() answers the client's first message, final() its second.
class ScramServer {
 public:
    /// `user_exists` false: the dialogue with a mock_verifier, which always ends in kWrongPassword, after the
    /// same work. `channel_binding`: the tls-server-end-point hash of our certificate; nullopt where
    /// SCRAM-SHA-256-PLUS is not offered.
    ScramServer(ScramVerifier verifier, bool user_exists, std::string nonce,
                std::optional<std::string> channel_binding = std::nullopt);

    /// Before final(): the verifier with its keys, where only salt and iterations were known at the
    /// beginning.
    void complete(ScramVerifier verifier);
    /// client-first-message -> server-first-message. `plus`: the client chose SCRAM-SHA-256-PLUS.
    [[nodiscard]] ScramResult<std::string> first(ByteView client_first, bool plus = false);
    /// client-final-message -> server-final-message.
    [[nodiscard]] ScramResult<std::string> final(ByteView client_final);

    /// What the client proved to have; only after final() succeeded. Lets the pooler log in where the same
    /// verifier is stored.
    [[nodiscard]] ScramKeys keys() const { return {client_key_, verifier_.server_key}; }
    [[nodiscard]] const ScramVerifier& verifier() const { return verifier_; }

 private:
    enum class Step : std::uint8_t { kFirst, kFinal, kDone };

    [[nodiscard]] tl::expected<void, ScramError> check_gs2_flag(std::string_view flag, bool plus) const;
    [[nodiscard]] bool proof_fits(std::string_view proof);

    ScramVerifier verifier_;
    bool user_exists_;
    std::string nonce_;  ///< ours; after first() the client's in front of it
    std::optional<std::string> channel_binding_;
    Step step_ = Step::kFirst;
    std::string gs2_header_;
    bool bound_ = false;
    std::string auth_message_;
    ScramKey client_key_{};
};

/// The salt and iterations a server announced, for derive_keys() or a look into a cache.
struct ScramChallenge {
    std::string salt;  ///< raw bytes
    int iterations = 0;
};

/// The side that has the password or its keys: first(), then read_challenge(), answer(), verify().
/// The caller derives the keys between the two, because it may cache them or derive them on another thread.
class ScramClient {
 public:
    /// How the client stands to channel binding. Source: RFC 5802, gs2-cbind-flag.
    enum class Binding : std::uint8_t {
        kNone,        ///< 'n': we cannot
        kNotOffered,  ///< 'y': we could, the server did not offer -PLUS (call only over TLS)
        kEndPoint,    ///< 'p': SCRAM-SHA-256-PLUS with the hash of the server's certificate
    };

    /// `user` is ignored by PostgreSQL and CockroachDB, which use the start-up packet's; libpq leaves it
    /// empty.
    explicit ScramClient(std::string nonce, std::string_view user = {});
    /// With channel binding; `end_point` is the hash for kEndPoint.
    ScramClient(std::string nonce, Binding binding, std::string_view end_point, std::string_view user = {});

    /// client-first-message.
    [[nodiscard]] std::string first() const;
    /// server-first-message. Errors: kMalformed, kUnsupported, kNonceMismatch, kTooLarge.
    [[nodiscard]] ScramResult<ScramChallenge> read_challenge(ByteView server_first);
    /// client-final-message, with keys for the challenge's salt and iterations.
    [[nodiscard]] ScramResult<std::string> answer(const ScramKeys& keys);
    /// server-final-message. Errors: kRefused, kServerSignature, kMalformed. Nobody is logged in before this
    /// succeeds: a server that skips it has proved nothing.
    [[nodiscard]] tl::expected<void, ScramError> verify(ByteView server_final);

 private:
    enum class Step : std::uint8_t { kChallenge, kAnswer, kVerify, kDone };

    std::string gs2_header_;
    std::string binding_data_;  ///< gs2 header and, with -PLUS, the hash
    std::string first_bare_;
    std::string nonce_;  ///< ours; after read_challenge() with the server's behind it
    std::string server_first_;
    ScramKey server_signature_{};
    Step step_ = Step::kChallenge;
};

}  // namespace protocol
