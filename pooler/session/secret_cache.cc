#include "pooler/session/secret_cache.h"

namespace pooler {

std::optional<SecretCache::Entry> SecretCache::find(const SecretKey& key, Clock::time_point now,
                                                    Microseconds max_age) const {
    const std::lock_guard lock{mutex_};
    const auto found = entries_.find(key);
    if (found == entries_.end() || now - found->second.time > max_age) return std::nullopt;
    return found->second;
}

void SecretCache::store(SecretKey key, std::optional<UserSecret> answer, Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    if (answer) kinds_.add(answer->secret);
    if (entries_.size() >= kMaxEntries && !entries_.contains(key)) make_room();
    entries_.insert_or_assign(std::move(key), Entry{std::move(answer), now});
}

/// Names nobody has go first: whoever invents them must not push out real users.
void SecretCache::make_room() {
    std::erase_if(entries_, [](const auto& item) { return !item.second.answer; });
    if (entries_.size() >= kMaxEntries) entries_.clear();
}

void SecretCache::forget(const SecretKey& key, Clock::time_point before) {
    const std::lock_guard lock{mutex_};
    const auto found = entries_.find(key);
    if (found != entries_.end() && found->second.time <= before) entries_.erase(found);
}

void SecretCache::clear() {
    const std::lock_guard lock{mutex_};
    entries_.clear();
}

SecretKinds SecretCache::kinds() const {
    const std::lock_guard lock{mutex_};
    return kinds_;
}

std::size_t SecretCache::size() const {
    const std::lock_guard lock{mutex_};
    return entries_.size();
}

}  // namespace pooler
