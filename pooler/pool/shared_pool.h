// The part of a pool that all workers share: limits, what the first server said at login, the last failure,
// and one cache line per worker that says how many idle servers and waiting clients it has. The servers
// themselves are each worker's own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "pooler/net/io_context.h"
#include "pooler/pool/budget.h"
#include "pooler/pool/login_backoff.h"
#include "pooler/route/route_rule.h"
#include "pooler/server/parameters.h"
#include "pooler/server/server_login.h"

namespace pooler {

/// What a worker tells the others about its part of the pool. Written by that worker; read by all.
struct alignas(64) WorkerSlot {
    std::atomic<int> idle{0};
    std::atomic<int> waiters{0};
    std::atomic<int> incoming{0};              ///< servers on their way to it; written by the senders too
    std::atomic<std::int64_t> oldest_wait{0};  ///< steady clock, ns; 0 = nobody waits
    std::atomic<std::int64_t> idle_since{0};   ///< of the longest idle server; same clock, 0 = none is idle
};

/// What a server says of itself at login, passed on to clients.
struct Welcome {
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string statuses;    ///< ParameterStatus messages of those that are not tracked
    bool cockroach = false;  ///< it calls itself CockroachDB
    ParameterSet tracked;
};

/// What the attempts to connect to one host of a pool said last.
struct HostFacts {
    std::uint64_t consecutive_failures = 0;
    std::string last_error;                            ///< of the last attempt; empty: it went well
    std::chrono::system_clock::time_point last_check;  ///< its end
    std::chrono::system_clock::time_point changed;     ///< when attempts began to go well, or to fail
    Microseconds latency{0};                           ///< of the last login that went well
};

struct PoolKey {
    std::string database;
    std::string user;
    std::string target{};
    bool operator<(const PoolKey& other) const {
        return std::tie(database, user, target) < std::tie(other.database, other.user, other.target);
    }
};

class SharedPool {
 public:
    SharedPool(PoolKey key, DatabaseUsage& database_usage, Counter& server_count, UserUsage& user_usage,
               LoginBackoff& login_backoff, unsigned workers)
        : database{std::move(key.database)},
          user{std::move(key.user)},
          target{std::move(key.target)},
          database_use{database_usage},
          database_servers{server_count},
          user_use{user_usage},
          backoff{login_backoff},
          slots(workers) {}

    const std::string database;  ///< the entry's name
    const std::string user;      ///< servers log in as this user
    const std::string target;    ///< which endpoint of the entry; empty: its primary
    DatabaseUsage& database_use;
    Counter& database_servers;  ///< all servers of the same target, whatever their user
    UserUsage& user_use;
    LoginBackoff& backoff;  ///< the process's
    std::vector<WorkerSlot> slots;
    Counter servers;
    std::atomic<std::uint64_t> generation{1};  ///< servers of an older one are closed when they are free
    std::atomic<bool> seen_primary{false};     ///< it led to a server that was not in recovery
    std::atomic<bool> removed{false};          ///< KILL, or the database is no longer in the configuration
    std::atomic<bool> failing{false};          ///< the last attempt to connect failed
    std::atomic<unsigned> next_host{0};
    std::atomic<int> waiting{0};  ///< clients in the queues of all workers
    std::atomic<int> proving{0};  ///< clients whose password a server is judging (auth_type = passthrough)
    WriteClock writes;            ///< of this user to this database, if it has replicas

    /// As SHOW POOLS names it: "app", or "app/replica:1".
    [[nodiscard]] std::string name() const { return target.empty() ? database : database + "/" + target; }
    [[nodiscard]] std::shared_ptr<const Welcome> welcome() const;
    void set_welcome(std::shared_ptr<const Welcome> welcome);
    void record_failure(LoginFailure failure);
    [[nodiscard]] LoginFailure last_failure() const;
    /// Steady clock; a new attempt is not made before this plus server_login_retry.
    [[nodiscard]] Clock::time_point last_failure_time() const;
    void record_success() { failing = false; }
    /// An attempt to connect has ended; `error` is empty if it went well, after `took`.
    void record_attempt(const std::string& host, std::string_view error, Microseconds took);
    /// By host, those that were tried.
    [[nodiscard]] std::map<std::string, HostFacts> host_facts() const;
    /// Keys a client proved to have, for logins to servers with the same verifier.
    void set_captured_keys(const CapturedKeys& keys);
    [[nodiscard]] std::optional<CapturedKeys> captured_keys() const;
    void forget_captured_keys();
    /// Keyed hash of the password that a server took last, and when (auth_type = passthrough).
    void set_proof(std::string digest, Clock::time_point now);
    [[nodiscard]] bool proved(std::string_view digest, Clock::time_point since) const;
    void forget_proof();
    /// The secret of its user as auth_query returned it last; the userlist's comes first.
    void set_learned_secret(const std::string& secret);
    [[nodiscard]] std::optional<std::string> learned_secret() const;

 private:
    mutable std::mutex mutex_;  // nothing below is touched by a query
    std::shared_ptr<const Welcome> welcome_;
    LoginFailure failure_;
    Clock::time_point failure_time_;
    std::map<std::string, HostFacts> host_facts_;
    std::optional<CapturedKeys> captured_;
    std::optional<std::string> learned_secret_;
    std::string proof_;
    Clock::time_point proof_time_;
};

/// All pools of the process by (database, user, target). Any thread.
class PoolRegistry {
 public:
    explicit PoolRegistry(unsigned workers) : workers_{workers} {}

    [[nodiscard]] std::shared_ptr<SharedPool> find_or_make(std::string_view database, std::string_view user,
                                                           std::string_view target = {});
    /// Forgets the pools of a database (KILL, removed by RELOAD): the next client gets new ones.
    void remove(std::string_view database);
    /// Forgets this one: its target is no longer configured.
    void forget(SharedPool& pool);
    [[nodiscard]] std::vector<std::shared_ptr<SharedPool>> all() const;
    /// nullptr if there is none.
    [[nodiscard]] std::shared_ptr<SharedPool> find(std::string_view database, std::string_view user) const;

    UsageTable<DatabaseUsage> databases;
    UsageTable<UserUsage> users;
    UsageTable<ReplicaState> replicas;  ///< by SharedPool::name()
    LoginBackoff backoff;

 private:
    mutable std::mutex mutex_;
    unsigned workers_;
    std::map<PoolKey, std::shared_ptr<SharedPool>> pools_;
    std::map<std::string, Counter, std::less<>> target_servers_;  ///< by SharedPool::name(), for targets
};

}  // namespace pooler
