// Who a client is, and which database it asked for. Most clients of a worker are a few pairs: equal ones
// share an object, since an idle client costs little else. Owned by sessions and their worker's cache;
// immutable.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pooler {

struct ClientNames {
    std::string user{};
    std::string database{};
    bool operator==(const ClientNames&) const = default;
};

/// Pairs seen last. Owned by a worker; bounded.
class NamesCache {
 public:
    [[nodiscard]] std::shared_ptr<const ClientNames> share(std::shared_ptr<const ClientNames> names) {
        for (const auto& known : recent_)
            if (*known == *names) return known;
        if (recent_.size() < kEntries)
            recent_.push_back(names);
        else
            recent_[next_++ % kEntries] = names;
        return names;
    }

 private:
    static constexpr std::size_t kEntries = 64;
    std::vector<std::shared_ptr<const ClientNames>> recent_;
    std::size_t next_ = 0;
};

}  // namespace pooler
