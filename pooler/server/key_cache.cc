#include "pooler/server/key_cache.h"

#include <openssl/sha.h>

#include <array>

namespace pooler {

std::optional<protocol::ScramKeys> ScramKeyCache::keys(std::string_view password, std::string_view salt,
                                                       int iterations) {
    std::string text{password};
    text += '\0';
    text += salt;
    text += '\0' + std::to_string(iterations);
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    const std::string key(reinterpret_cast<const char*>(digest.data()), digest.size());
    if (const auto found = cached_.find(key); found != cached_.end()) return found->second;
    const auto derived = protocol::derive_keys(password, salt, iterations);
    if (!derived) return std::nullopt;
    if (cached_.size() >= kMaxEntries) cached_.clear();
    cached_[key] = *derived;
    return derived;
}

}  // namespace pooler
