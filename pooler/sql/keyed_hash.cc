#include "pooler/sql/keyed_hash.h"

#include <openssl/rand.h>
#define XXH_STATIC_LINKING_ONLY  // the state lives on the stack
#include <xxhash.h>

#include <array>
#include <cstdlib>

namespace pooler {

std::span<const unsigned char> hash_secret() {
    static const auto kSecret = [] {
        std::array<unsigned char, XXH3_SECRET_SIZE_MIN> bytes{};
        if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
        return bytes;
    }();
    return kSecret;
}

KeyedHash keyed_hash(std::string_view text, std::uint64_t domain) {
    const auto secret = hash_secret();
    XXH3_state_t state;
    XXH3_128bits_reset_withSecret(&state, secret.data(), secret.size());
    XXH3_128bits_update(&state, &domain, sizeof domain);
    XXH3_128bits_update(&state, text.data(), text.size());
    const XXH128_hash_t hash = XXH3_128bits_digest(&state);
    return {hash.low64, hash.high64};
}

}  // namespace pooler
