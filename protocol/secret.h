// What kind of thing a stored secret is: the userlist's and auth_query's second column.
// Source: PgBouncer docs, "Authentication file format".
#pragma once

#include <cstdint>
#include <string_view>

namespace protocol {

enum class SecretKind : std::uint8_t {
    kNone,   ///< empty: no password will ever match
    kPlain,  ///< the password itself
    kMd5,    ///< "md5" and 32 lower-case hex digits
    kScram,  ///< a SCRAM-SHA-256 verifier that parse_scram_verifier accepts
};

/// Text that only resembles a hash (wrong length, upper case, bad base64) is a plain password.
[[nodiscard]] SecretKind classify_secret(std::string_view secret);

}  // namespace protocol
