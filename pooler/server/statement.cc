#include "pooler/server/statement.h"

#define XXH_STATIC_LINKING_ONLY  // the state lives on the stack
#include <xxhash.h>

#include <array>
#include <atomic>
#include <cstdio>

#include "pooler/seeded_bug.h"
#include "pooler/server/session_effects.h"
#include "pooler/sql/keyed_hash.h"

namespace pooler {

namespace {

StatementHash hash_of(std::string_view query, std::string_view types) {
    if (seeded_bug(SeededBug::kHashTrusted)) return {query.size(), types.size()};
    const auto secret = hash_secret();
    XXH3_state_t state;
    XXH3_128bits_reset_withSecret(&state, secret.data(), secret.size());
    const std::uint64_t query_bytes = query.size();
    XXH3_128bits_update(&state, &query_bytes, sizeof query_bytes);
    XXH3_128bits_update(&state, query.data(), query.size());
    XXH3_128bits_update(&state, types.data(), types.size());
    const XXH128_hash_t hash = XXH3_128bits_digest(&state);
    return {hash.low64, hash.high64};
}

std::string server_name(const StatementHash& hash, std::uint64_t twin) {
    std::array<char, 64> text{};
    const auto high = static_cast<unsigned long long>(hash.high);
    const auto low = static_cast<unsigned long long>(hash.low);
    if (twin == 0)
        std::snprintf(text.data(), text.size(), "weir_%016llx%016llx", high, low);
    else
        std::snprintf(text.data(), text.size(), "weir_%016llx%016llx_%llu", high, low,
                      static_cast<unsigned long long>(twin));
    return text.data();
}

StatementRef make_statement(std::string_view query, std::string_view types, const StatementHash& hash,
                            std::uint64_t twin) {
    return std::make_shared<const Statement>(query, types, hash, server_name(hash, twin),
                                             !touches_session(classify(query)));
}

std::atomic<std::uint64_t> plans_outdated{1};

}  // namespace

std::uint64_t plan_clock() { return plans_outdated.load(std::memory_order_relaxed); }

void mark_stale(const Statement& statement) {
    statement.stale_before.store(plans_outdated.fetch_add(1, std::memory_order_relaxed) + 1,
                                 std::memory_order_relaxed);
}

StatementRef StatementTable::intern(std::string_view query, std::string_view types) {
    const StatementHash hash = hash_of(query, types);
    StatementRef& found = statements_[hash];
    if (found && (found->is(query, types) || seeded_bug(SeededBug::kHashTrusted))) return found;
    if (!found) return found = make_statement(query, types, hash, 0);
    // Two texts with one hash: never shared, and under another name on the server.
    static std::atomic<std::uint64_t> twins{0};
    return make_statement(query, types, hash, ++twins);
}

void StatementTable::sweep() {
    std::erase_if(statements_, [](const auto& item) { return item.second.use_count() == 1; });
}

}  // namespace pooler
