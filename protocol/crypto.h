// The few primitives the password exchanges need, over OpenSSL, without exceptions. Safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace protocol {

using Sha256Digest = std::array<unsigned char, 32>;

[[nodiscard]] inline std::string_view view_of(const Sha256Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

[[nodiscard]] Sha256Digest sha256(std::string_view data);
[[nodiscard]] Sha256Digest hmac_sha256(std::string_view key, std::string_view data);

/// PBKDF2 with HMAC-SHA-256. Its time grows with `iterations` (4096 take one to three milliseconds). False:
/// refused by the library.
[[nodiscard]] bool pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations,
                                 Sha256Digest& out);

/// Lower-case hex of MD5; nullopt if the library refuses MD5 (FIPS mode).
[[nodiscard]] std::optional<std::string> md5_hex(std::string_view data);

/// Takes the same time whatever the contents; the lengths are not secret.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);

/// Overwrites a secret before it is let go of, and empties it.
void wipe(std::string& secret);

/// `count` bytes of the library's generator, which is seeded by the system; nullopt if it fails.
[[nodiscard]] std::optional<std::string> random_bytes(std::size_t count);

[[nodiscard]] std::string base64_encode(std::string_view data);
/// Strict: no white space, padding required. nullopt for anything else.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace protocol
