#include "pooler/pool/shared_pool.h"

#include "protocol/crypto.h"

namespace pooler {

std::shared_ptr<const Welcome> SharedPool::welcome() const {
    const std::lock_guard lock{mutex_};
    return welcome_;
}

void SharedPool::set_welcome(std::shared_ptr<const Welcome> welcome) {
    const std::lock_guard lock{mutex_};
    welcome_ = std::move(welcome);
}

void SharedPool::record_failure(LoginFailure failure) {
    const std::lock_guard lock{mutex_};
    failure_ = std::move(failure);
    failure_time_ = Clock::now();
    failing = true;
}

LoginFailure SharedPool::last_failure() const {
    const std::lock_guard lock{mutex_};
    return failure_;
}

Clock::time_point SharedPool::last_failure_time() const {
    const std::lock_guard lock{mutex_};
    return failure_time_;
}

void SharedPool::record_attempt(const std::string& host, std::string_view error, Microseconds took) {
    const auto now = std::chrono::system_clock::now();
    const std::lock_guard lock{mutex_};
    const auto [place, is_new] = host_facts_.try_emplace(host);
    HostFacts& facts = place->second;
    if (is_new || facts.last_error.empty() != error.empty()) facts.changed = now;
    facts.consecutive_failures = error.empty() ? 0 : facts.consecutive_failures + 1;
    facts.last_error = error;
    facts.last_check = now;
    if (error.empty()) facts.latency = took;
}

std::map<std::string, HostFacts> SharedPool::host_facts() const {
    const std::lock_guard lock{mutex_};
    return host_facts_;
}

void SharedPool::set_captured_keys(const CapturedKeys& keys) {
    const std::lock_guard lock{mutex_};
    captured_ = keys;
}

std::optional<CapturedKeys> SharedPool::captured_keys() const {
    const std::lock_guard lock{mutex_};
    return captured_;
}

void SharedPool::forget_captured_keys() {
    const std::lock_guard lock{mutex_};
    captured_.reset();
}

void SharedPool::set_proof(std::string digest, Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    proof_ = std::move(digest);
    proof_time_ = now;
}

bool SharedPool::proved(std::string_view digest, Clock::time_point since) const {
    const std::lock_guard lock{mutex_};
    return !proof_.empty() && proof_time_ > since && protocol::equal_constant_time(proof_, digest);
}

void SharedPool::forget_proof() {
    const std::lock_guard lock{mutex_};
    proof_.clear();
}

void SharedPool::set_learned_secret(const std::string& secret) {
    const std::lock_guard lock{mutex_};
    learned_secret_ = secret;
}

std::optional<std::string> SharedPool::learned_secret() const {
    const std::lock_guard lock{mutex_};
    return learned_secret_;
}

std::shared_ptr<SharedPool> PoolRegistry::find_or_make(std::string_view database, std::string_view user,
                                                       std::string_view target) {
    const std::lock_guard lock{mutex_};
    const PoolKey key{std::string{database}, std::string{user}, std::string{target}};
    auto& pool = pools_[key];
    if (!pool) {
        DatabaseUsage& usage = databases.of(database);
        Counter& servers = target.empty() ? usage.servers : target_servers_[key.database + "/" + key.target];
        pool = std::make_shared<SharedPool>(key, usage, servers, users.of(user), backoff, workers_);
    }
    return pool;
}

std::shared_ptr<SharedPool> PoolRegistry::find(std::string_view database, std::string_view user) const {
    const std::lock_guard lock{mutex_};
    const auto found = pools_.find({std::string{database}, std::string{user}});
    return found == pools_.end() ? nullptr : found->second;
}

void PoolRegistry::remove(std::string_view database) {
    const std::lock_guard lock{mutex_};
    std::erase_if(pools_, [database](const auto& item) {
        if (item.first.database != database) return false;
        item.second->removed = true;
        return true;
    });
}

void PoolRegistry::forget(SharedPool& pool) {
    const std::lock_guard lock{mutex_};
    pool.removed = true;
    std::erase_if(pools_, [&pool](const auto& item) { return item.second.get() == &pool; });
}

std::vector<std::shared_ptr<SharedPool>> PoolRegistry::all() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::shared_ptr<SharedPool>> found;
    for (const auto& [key, pool] : pools_) found.push_back(pool);
    return found;
}

}  // namespace pooler
