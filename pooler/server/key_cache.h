// SCRAM keys derived from passwords, so that the iterations are paid once per password and salt and not once
// per connection. One per worker, used by its thread only; bounded. Of the password itself only a keyed
// digest is kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/scram_keys.h"

namespace pooler {

/// What keys are made from.
struct KeyDerivation {
    std::string password;
    std::string salt;
    int iterations = 0;
};

class ScramKeyCache {
 public:
    ScramKeyCache();
    [[nodiscard]] std::optional<protocol::ScramKeys> find(const KeyDerivation& wanted) const;
    void store(const KeyDerivation& derived, const protocol::ScramKeys& keys);
    void clear() { cached_.clear(); }

 private:
    static constexpr std::size_t kMaxEntries = 4096;
    [[nodiscard]] std::string digest_of(const KeyDerivation& wanted) const;

    std::string process_key_;
    std::map<std::string, protocol::ScramKeys> cached_;
};

}  // namespace pooler
