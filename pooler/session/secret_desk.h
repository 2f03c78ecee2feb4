// Where sessions ask for the secret of a user who is not in the userlist: in the cache, else by auth_query,
// of which one at a time runs per user. A worker's own; its thread only. Sessions that leave are forgotten.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "pooler/net/intrusive_list.h"
#include "pooler/session/secret_cache.h"
#include "pooler/session/secret_query.h"

namespace pooler {

struct SecretWaiterTag;

struct SecretAnswer {
    std::optional<UserSecret> found;  ///< nullopt: there is no such user, or it failed
    std::string failure;              ///< why nothing is known, for the log
    bool from_cache = false;          ///< may have changed since
};

class SecretWaiter : public ListHook<SecretWaiterTag> {
 public:
    using ListTag = SecretWaiterTag;
    virtual void on_secret(const SecretAnswer& answer) = 0;

 protected:
    ~SecretWaiter() = default;
};

class SecretDesk final : private SecretQueryOwner {
 public:
    SecretDesk(SessionEnvironment& environment, SecretCache& cache)
        : environment_{&environment}, cache_{&cache} {}
    ~SecretDesk();

    /// Whether there is an auth_query for users of this database (or the console): an auth_user, and an
    /// entry.
    [[nodiscard]] bool has_query(const std::string& requested) const;
    /// The answer at once if the cache has it (`fresh`: has a very new one) or it is no use asking; else it
    /// comes later to the waiter. Only if has_query().
    [[nodiscard]] std::optional<SecretAnswer> ask(const std::string& requested, const std::string& user,
                                                  bool fresh, SecretWaiter& waiter);
    /// The next to ask gets a newer answer than the present one.
    void forget(const std::string& requested, const std::string& user);

 private:
    struct Running {
        std::unique_ptr<SecretQuery> query;
        IntrusiveList<SecretWaiter> waiters;
    };
    void on_query_done(SecretQuery& query, std::optional<UserSecret> answer, std::string failure) override;
    [[nodiscard]] bool wanted(const SecretQuery& query) const override;
    /// Where to ask, and what. Error: why that is not possible, for the log.
    struct Question {
        conf::Database database;
        SecretKey key;
    };
    [[nodiscard]] tl::expected<Question, std::string> question(const std::string& requested,
                                                               const std::string& user) const;

    SessionEnvironment* environment_;
    SecretCache* cache_;
    std::map<SecretKey, std::unique_ptr<Running>> running_;
};

}  // namespace pooler
