// SCRAM keys derived from passwords, so that the iterations are paid once per password and salt and not once
// per connection. One per worker, used by its thread only; bounded. The password itself is kept only as a
// digest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/scram_keys.h"

namespace pooler {

class ScramKeyCache {
 public:
    /// Derives, or finds what was derived before. nullopt: the library refused.
    [[nodiscard]] std::optional<protocol::ScramKeys> keys(std::string_view password, std::string_view salt,
                                                          int iterations);
    void clear() { cached_.clear(); }

 private:
    static constexpr std::size_t kMaxEntries = 4096;
    std::map<std::string, protocol::ScramKeys> cached_;
};

}  // namespace pooler
