// A 128-bit hash of a text, keyed with a secret of this process, so that nobody can choose texts that
// collide. It only finds: equality is decided by comparing the texts. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pooler {

struct KeyedHash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    bool operator==(const KeyedHash&) const = default;
};

struct KeyedHasher {
    std::size_t operator()(const KeyedHash& hash) const { return static_cast<std::size_t>(hash.low); }
};

/// For whoever hashes in pieces: the key of XXH3. Lives as long as the process.
[[nodiscard]] std::span<const unsigned char> hash_secret();

/// XXH3-128 of the text; `domain` tells apart what must not be found as each other.
[[nodiscard]] KeyedHash keyed_hash(std::string_view text, std::uint64_t domain);

}  // namespace pooler
