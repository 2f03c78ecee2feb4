#include "pooler/server/key_cache.h"

#include <openssl/sha.h>

#include <array>

namespace pooler {

namespace {

std::string digest_of(const KeyDerivation& wanted) {
    std::string text = wanted.password;
    text += '\0';
    text += wanted.salt;
    text += '\0' + std::to_string(wanted.iterations);
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    protocol::wipe(text);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

std::optional<protocol::ScramKeys> ScramKeyCache::find(const KeyDerivation& wanted) const {
    const auto found = cached_.find(digest_of(wanted));
    if (found == cached_.end()) return std::nullopt;
    return found->second;
}

void ScramKeyCache::store(const KeyDerivation& derived, const protocol::ScramKeys& keys) {
    if (cached_.size() >= kMaxEntries) cached_.clear();
    cached_[digest_of(derived)] = keys;
}

}  // namespace pooler
