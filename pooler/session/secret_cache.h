// What auth_query said about users, for all workers: who is known, with which secret, and who is not. An
// answer counts for auth_cache_time; a failed login has it asked for again. Bounded: names are invented
// faster than users are made. Part of what the workers share; any thread, never on the path of a query.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "pooler/net/io_context.h"
#include "pooler/session/secret_kinds.h"

namespace pooler {

/// One row of auth_query.
struct UserSecret {
    std::string user;    ///< the name to go on with, as the query returned it
    std::string secret;  ///< plain, md5 or SCRAM; "" if it was NULL: no password will ever match
};

/// Whose secret, and where it is asked for.
struct SecretKey {
    std::string database;  ///< the entry the query runs in
    std::string role;      ///< who runs it
    std::string query;
    std::string user;
    friend bool operator<(const SecretKey& a, const SecretKey& b) {
        return std::tie(a.user, a.database, a.role, a.query) < std::tie(b.user, b.database, b.role, b.query);
    }
};

class SecretCache {
 public:
    static constexpr std::size_t kMaxEntries = 8192;

    struct Entry {
        std::optional<UserSecret> answer;  ///< nullopt: there is no such user
        Clock::time_point time;
    };

    /// What was learnt no longer than `max_age` ago.
    [[nodiscard]] std::optional<Entry> find(const SecretKey& key, Clock::time_point now,
                                            Microseconds max_age) const;
    void store(SecretKey key, std::optional<UserSecret> answer, Clock::time_point now);
    /// Unless it was learnt after `before`.
    void forget(const SecretKey& key, Clock::time_point before);
    void clear();
    /// Of the secrets learnt, also of those that are no longer here.
    [[nodiscard]] SecretKinds kinds() const;
    [[nodiscard]] std::size_t size() const;

 private:
    void make_room();

    mutable std::mutex mutex_;
    std::map<SecretKey, Entry> entries_;
    SecretKinds kinds_;
};

}  // namespace pooler
