#include "pooler/sql/statement_cache.h"

#include <iterator>
#include <utility>

namespace pooler {

std::size_t StatementClassCache::Entry::bytes() const {
    constexpr std::size_t kIndexBytes = 96;  // a node of the index, its bucket, and the list's links
    const std::size_t more =
        script.size() > SqlScript::kInline ? (script.size() - SqlScript::kInline) * sizeof(SqlStatement) : 0;
    return sizeof(Entry) + kIndexBytes + text.capacity() + more + numbers.capacity() * sizeof(TextSpan);
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

KeyedHash StatementClassCache::hash_of(std::string_view text, Dialect dialect, Kind kind) {
    return keyed_hash(text, static_cast<std::uint64_t>(dialect) << 1U | static_cast<std::uint64_t>(kind));
}

const StatementClassCache::Entry* StatementClassCache::find(const KeyedHash& hash) {
    const auto found = index_.find(hash);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front();
}

const StatementClassCache::Entry& StatementClassCache::find_or_read(std::string_view text, Dialect dialect) {
    if (text.size() > limits_.text_bytes) return unkept(text, dialect, read(text, dialect));
    const std::string_view folded = fold_numbers(text, folded_);
    const KeyedHash pattern = folded.empty() ? KeyedHash{} : hash_of(folded, dialect, Kind::kPattern);
    if (!folded.empty()) {
        const Entry* entry = find(pattern);
        if (entry != nullptr && entry->dialect == dialect &&
            same_but_for_numbers(entry->text, entry->numbers, text)) {
            ++counters_.hits;
            return unkept(text, dialect, with_other_numbers(entry->script, entry->text, text));
        }
    }
    const KeyedHash hash = hash_of(text, dialect, Kind::kText);
    const Entry* entry = find(hash);
    if (entry == nullptr) return read_or_keep(text, dialect, hash, folded.empty() ? nullptr : &pattern);
    // Two texts of one hash: the first stays, the other is read each time.
    if (entry->dialect != dialect || entry->text != text) return unkept(text, dialect, read(text, dialect));
    ++counters_.hits;
    return *entry;
}

/// `pattern`: the hash of the text without its numbers, if it has some.
const StatementClassCache::Entry& StatementClassCache::read_or_keep(std::string_view text, Dialect dialect,
                                                                    const KeyedHash& hash,
                                                                    const KeyedHash* pattern) {
    const bool text_seen = seen_before(hash);
    const bool pattern_seen = pattern != nullptr && seen_before(*pattern);
    SqlScript script = read(text, dialect);
    if (pattern_seen && find(*pattern) == nullptr)
        if (NumberSpans numbers = free_numbers(text, script); !numbers.empty())
            return keep({*pattern, dialect, std::string{text}, std::move(script), std::move(numbers)});
    if (text_seen) return keep({hash, dialect, std::string{text}, std::move(script), {}});
    return unkept(text, dialect, std::move(script));
}

const StatementClassCache::Entry& StatementClassCache::keep(Entry entry) {
    entries_.push_front(std::move(entry));
    index_.emplace(entries_.front().hash, entries_.begin());
    bytes_ += entries_.front().bytes();
    evict();
    return entries_.front();
}

bool StatementClassCache::seen_before(const KeyedHash& hash) {
    return std::exchange(seen_once_[hash.high % kSeenOnce], hash.low) == hash.low;
}

SqlScript StatementClassCache::read(std::string_view text, Dialect dialect) {
    ++counters_.misses;
    SqlReader& reader = dialect == Dialect::kPostgres ? postgres_ : cockroach_;
    reader.feed(text);
    return reader.finish();
}

/// Of a long text only the script is there afterwards.
const StatementClassCache::Entry& StatementClassCache::unkept(std::string_view text, Dialect dialect,
                                                              SqlScript script) {
    unkept_.dialect = dialect;
    unkept_.text.assign(text.size() <= limits_.text_bytes ? text : std::string_view{});
    unkept_.script = std::move(script);
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
