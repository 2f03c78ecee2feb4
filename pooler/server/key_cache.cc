#include "pooler/server/key_cache.h"

#include "protocol/crypto.h"

namespace pooler {

namespace {

std::string digest_of(const KeyDerivation& wanted) {
    std::string text = wanted.password;
    text += '\0';
    text += wanted.salt;
    text += '\0' + std::to_string(wanted.iterations);
    const auto digest = protocol::sha256(text);
    protocol::wipe(text);
    return std::string{protocol::view_of(digest)};
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
