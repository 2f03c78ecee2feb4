// The secrets of SCRAM-SHA-256: keys derived from a password, and the verifier a server stores.
// Pure functions, safe from any thread. Sources: RFC 5802, RFC 7677; PostgreSQL docs, "SASL Authentication".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/crypto.h"

namespace protocol {

using ScramKey = Sha256Digest;

/// PostgreSQL's salt length and default iteration count.
inline constexpr std::size_t kScramSaltBytes = 16;
inline constexpr int kScramIterations = 4096;

/// What proves the password without being it. With these two a client can log in wherever the same verifier
/// is stored.
struct ScramKeys {
    ScramKey client_key{};
    ScramKey server_key{};
};

struct ScramVerifier {
    int iterations = kScramIterations;
    std::string salt;  ///< raw bytes
    ScramKey stored_key{};
    ScramKey server_key{};

    /// Compares in full, in constant time where it concerns keys.
    [[nodiscard]] bool same_as(const ScramVerifier& other) const;
};

/// SASLprep (RFC 4013). A password that is plain ASCII, not UTF-8 or prohibited is taken as it is, like
/// PostgreSQL does.
[[nodiscard]] std::string saslprep(std::string_view password);

/// The expensive step; cache the result per (password, salt, iterations). Applies saslprep.
/// nullopt: iterations below 1, or refused by the library.
[[nodiscard]] std::optional<ScramKeys> derive_keys(std::string_view password, std::string_view salt,
                                                   int iterations);

/// H(ClientKey).
[[nodiscard]] ScramKey stored_key_of(const ScramKey& client_key);

[[nodiscard]] ScramVerifier verifier_of(const ScramKeys& keys, std::string_view salt, int iterations);
[[nodiscard]] std::optional<ScramVerifier> build_scram_verifier(std::string_view password,
                                                                std::string_view salt, int iterations);

/// "SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY", the last three in base64. nullopt for anything else.
[[nodiscard]] std::optional<ScramVerifier> parse_scram_verifier(std::string_view text);
[[nodiscard]] std::string format_scram_verifier(const ScramVerifier& verifier);

/// A verifier no password fits, for a user who does not exist: the salt is the same for a user as long as
/// `process_secret` lives, so that asking twice does not tell him from a real one.
[[nodiscard]] ScramVerifier mock_verifier(std::string_view user, std::string_view process_secret,
                                          int iterations);

}  // namespace protocol
