// Limits that hold for the whole process, whatever the number of workers: counters reserved when a connection
// opens and released when it closes, never touched by a checkout. Shared by all threads.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/health/nodes.h"
#include "pooler/route/write_clock.h"

namespace pooler {

class Counter {
 public:
    /// Takes one if fewer than `limit` are taken; 0 = no limit.
    [[nodiscard]] bool try_reserve(int limit) {
        int used = used_.load(std::memory_order_relaxed);
        while (limit <= 0 || used < limit)
            if (used_.compare_exchange_weak(used, used + 1, std::memory_order_acq_rel)) return true;
        return false;
    }
    void release() { used_.fetch_sub(1, std::memory_order_acq_rel); }
    [[nodiscard]] int used() const { return used_.load(std::memory_order_relaxed); }

 private:
    std::atomic<int> used_{0};
};

/// One database entry, over all its pools and workers.
struct DatabaseUsage {
    explicit DatabaseUsage(std::string entry) : name{std::move(entry)} {}
    const std::string name;
    Counter servers;
    Counter clients;
    std::atomic<bool> paused{false};
    std::atomic<bool> disabled{false};
    std::atomic<bool> switching{false};     ///< it leaves one target for the other: nobody is served
    std::atomic<bool> on_secondary{false};  ///< the target that connections are opened to
    std::atomic<bool> watched{false};       ///< its addresses are probed: an outage is waited out
    Nodes nodes;
    WriteClock writes;                    ///< of all its users; counts for databases with replicas only
    std::atomic<bool> registered{false};  ///< an automatic database is in use; said once in the log
};

/// One user: as login user of clients, as pool user of servers.
struct UserUsage {
    explicit UserUsage(std::string user) : name{std::move(user)} {}
    const std::string name;
    Counter servers;
    Counter clients;
};

/// Finds or makes the counters of a name; they live as long as the process. Any thread, not on the path of a
/// query.
template <class Usage>
class UsageTable {
 public:
    [[nodiscard]] Usage& of(std::string_view name) {
        const std::lock_guard lock{mutex_};
        auto& slot = usages_[std::string{name}];
        if (!slot) slot = std::make_unique<Usage>(std::string{name});
        return *slot;
    }
    [[nodiscard]] std::vector<Usage*> all() {
        const std::lock_guard lock{mutex_};
        std::vector<Usage*> found;
        for (auto& [name, usage] : usages_) found.push_back(usage.get());
        return found;
    }

 private:
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Usage>, std::less<>> usages_;
};

}  // namespace pooler
