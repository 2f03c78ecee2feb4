// Classified texts, kept so that the same text is read once: bounded in bytes, the least recently used goes
// first. Found by keyed hash, compared in full. A query or a change of data is the same text with any
// numbers, see number_pattern.h. What is kept comes for the second time: a text with other constants of its
// own does not. One for each worker, touched by its thread only; ends with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "pooler/sql/keyed_hash.h"
#include "pooler/sql/number_pattern.h"
#include "pooler/sql/reader.h"
#include "pooler/sql/statement.h"

namespace pooler {

class StatementClassCache {
 public:
    struct Limits {
        std::size_t bytes = std::size_t{4} << 20U;  ///< of all entries, their overhead estimated
        std::size_t text_bytes = 8192;              ///< a longer text is read each time
    };
    struct Counters {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;  ///< read
        std::uint64_t evictions = 0;
    };

    StatementClassCache() : StatementClassCache(Limits{}) {}
    explicit StatementClassCache(const Limits& limits) : limits_(limits) {}

    /// The statements of the text; the spans are true for the caller's own text. Valid until the next call.
    [[nodiscard]] const SqlScript& classify(std::string_view text, Dialect dialect);

    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
    struct Entry {
        KeyedHash hash;
        Dialect dialect = Dialect::kPostgres;
        std::string text;
        SqlScript script;
        NumberSpans numbers;  ///< free; empty: the text is meant as it is

        [[nodiscard]] std::size_t bytes() const;
    };
    using Entries = std::list<Entry>;
    enum class Kind : std::uint8_t { kText, kPattern };

    /// Hashes of texts that came once; a newer one takes the place of an older.
    static constexpr std::size_t kSeenOnce = 4096;

    [[nodiscard]] static KeyedHash hash_of(std::string_view text, Dialect dialect, Kind kind);
    /// Makes it the most recently used. Null: there is none.
    [[nodiscard]] const Entry* find(const KeyedHash& hash);
    [[nodiscard]] bool seen_before(const KeyedHash& hash);
    [[nodiscard]] SqlScript read(std::string_view text, Dialect dialect);
    const Entry& find_or_read(std::string_view text, Dialect dialect);
    const Entry& read_or_keep(std::string_view text, Dialect dialect, const KeyedHash& hash,
                              const KeyedHash* pattern);
    const Entry& keep(Entry entry);
    const Entry& unkept(std::string_view text, Dialect dialect, SqlScript script);
    void evict();

    Limits limits_;
    Entries entries_;  ///< the most recently used first
    std::unordered_map<KeyedHash, Entries::iterator, KeyedHasher> index_;
    std::array<std::uint64_t, kSeenOnce> seen_once_{};
    SqlReader postgres_{Dialect::kPostgres};
    SqlReader cockroach_{Dialect::kCockroach};
    Entry unkept_;
    std::string folded_;           ///< scratch of find_or_read()
    const Entry* last_ = nullptr;  ///< of the last call: a message asks for its text several times
    std::size_t bytes_ = 0;
    Counters counters_;
};

}  // namespace pooler
