#include "pooler/server/key_cache.h"

#include <cstdlib>

#include "protocol/crypto.h"

namespace pooler {

ScramKeyCache::ScramKeyCache() {
    constexpr std::size_t kKeyBytes = 32;
    auto key = protocol::random_bytes(kKeyBytes);
    if (!key) std::abort();  // before anything is served
    process_key_ = std::move(*key);
}

std::string ScramKeyCache::digest_of(const KeyDerivation& wanted) const {
    const std::string iterations = std::to_string(wanted.iterations);
    std::string text;
    text.reserve(wanted.password.size() + wanted.salt.size() + iterations.size() +
                 2);  // growing leaves copies
    text += wanted.password;
    text += '\0';
    text += wanted.salt;
    text += '\0';
    text += iterations;
    const auto digest = protocol::hmac_sha256(process_key_, text);
    protocol::wipe(text);
    return std::string{protocol::view_of(digest)};
}

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
