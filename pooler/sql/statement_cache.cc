#include "pooler/sql/statement_cache.h"

#include <iterator>
#include <utility>

namespace pooler {

std::size_t StatementClassCache::Entry::bytes() const {
    constexpr std::size_t kIndexBytes = 96;  // a node of the index, its bucket, and the list's links
    const std::size_t more =
        script.size() > SqlScript::kInline ? (script.size() - SqlScript::kInline) * sizeof(SqlStatement) : 0;
    return sizeof(Entry) + kIndexBytes + text.capacity() + more;
}

const SqlScript& StatementClassCache::classify(std::string_view text, Dialect dialect) {
    if (text.size() > limits_.text_bytes) return read(text, dialect);
    const KeyedHash hash = keyed_hash(text, static_cast<std::uint64_t>(dialect));
    const auto found = index_.find(hash);
    if (found != index_.end()) {
        Entry& entry = *found->second;
        // Two texts of one hash: the first stays, the other is read each time.
        if (entry.dialect != dialect || entry.text != text) return read(text, dialect);
        ++counters_.hits;
        entries_.splice(entries_.begin(), entries_, found->second);
        return entry.script;
    }
    ++counters_.misses;
    entries_.push_front({hash, dialect, std::string{text}, pooler::classify(text, dialect)});
    index_.emplace(hash, entries_.begin());
    bytes_ += entries_.front().bytes();
    evict();
    return entries_.front().script;
}

const SqlScript& StatementClassCache::read(std::string_view text, Dialect dialect) {
    ++counters_.misses;
    unkept_ = pooler::classify(text, dialect);
    return unkept_;
}

// The newest stays, since it is about to be used.
void StatementClassCache::evict() {
    while (bytes_ > limits_.bytes && entries_.size() > 1) {
        const auto last = std::prev(entries_.end());
        bytes_ -= last->bytes();
        index_.erase(last->hash);
        entries_.erase(last);
        ++counters_.evictions;
    }
}

}  // namespace pooler
