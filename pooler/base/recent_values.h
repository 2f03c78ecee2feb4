// Values seen last, so that those who have equal ones hold the same object: memory is spent once, and equal
// is mostly one comparison of pointers. Immutable values; a cache is owned by a worker, used on its thread,
// and bounded: what was pushed out lives as long as somebody holds it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace pooler {

template <class Value>
class RecentValues {
 public:
    /// An object equal to this one: a known one, or this one, which is known from now on. `value` is not
    /// null.
    [[nodiscard]] std::shared_ptr<const Value> share(std::shared_ptr<const Value> value) {
        for (const auto& known : recent_)
            if (known == value || *known == *value) return known;
        if (recent_.size() < kEntries)
            recent_.push_back(value);
        else
            recent_[next_++ % kEntries] = value;
        return value;
    }

 private:
    static constexpr std::size_t kEntries = 64;
    std::vector<std::shared_ptr<const Value>> recent_;
    std::size_t next_ = 0;  ///< the oldest entry, once all are taken
};

}  // namespace pooler
