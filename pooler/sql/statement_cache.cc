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
    if (last_ != nullptr && last_->dialect == dialect && last_->text == text) {
        ++counters_.hits;
        return last_->script;
    }
    last_ = nullptr;
    const Entry& entry = find_or_read(text, dialect);
    if (entry.text.size() == text.size()) last_ = &entry;
    return entry.script;
}

const StatementClassCache::Entry& StatementClassCache::find_or_read(std::string_view text, Dialect dialect) {
    if (text.size() > limits_.text_bytes) return read_unkept(text, dialect);
    const KeyedHash hash = keyed_hash(text, static_cast<std::uint64_t>(dialect));
    const auto found = index_.find(hash);
    if (found != index_.end()) {
        Entry& entry = *found->second;
        // Two texts of one hash: the first stays, the other is read each time.
        if (entry.dialect != dialect || entry.text != text) return read_unkept(text, dialect);
        ++counters_.hits;
        entries_.splice(entries_.begin(), entries_, found->second);
        return entry;
    }
    if (!seen_before(hash)) return read_unkept(text, dialect);
    ++counters_.misses;
    entries_.push_front({hash, dialect, std::string{text}, read(text, dialect)});
    index_.emplace(hash, entries_.begin());
    bytes_ += entries_.front().bytes();
    evict();
    return entries_.front();
}

bool StatementClassCache::seen_before(const KeyedHash& hash) {
    return std::exchange(seen_once_[hash.high % kSeenOnce], hash.low) == hash.low;
}

SqlScript StatementClassCache::read(std::string_view text, Dialect dialect) {
    SqlReader& reader = dialect == Dialect::kPostgres ? postgres_ : cockroach_;
    reader.feed(text);
    return reader.finish();
}

/// Of a long text only the script is there afterwards.
const StatementClassCache::Entry& StatementClassCache::read_unkept(std::string_view text, Dialect dialect) {
    ++counters_.misses;
    unkept_.dialect = dialect;
    unkept_.text.assign(text.size() <= limits_.text_bytes ? text : std::string_view{});
    unkept_.script = read(text, dialect);
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
