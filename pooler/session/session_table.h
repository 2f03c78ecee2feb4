// The client sessions of one worker: owned, and found by cancel key. The links are in the sessions
// themselves, so that an idle client costs no entry of its own in any table. Owned by the worker; its thread
// only.
#pragma once

#include <memory>
#include <vector>

#include "pooler/net/intrusive_list.h"
#include "pooler/session/client_session.h"

namespace pooler {

class SessionTable {
 public:
    ~SessionTable();

    void add(std::unique_ptr<ClientSession> session);
    /// Ownership goes to the caller; its key must have been forgotten.
    [[nodiscard]] std::unique_ptr<ClientSession> remove(ClientSession& session);

    void add_key(ClientSession& session, const CancelKey& key);
    void remove_key(const CancelKey& key);
    [[nodiscard]] ClientSession* find_key(const CancelKey& key) const;
    /// By id, for the console; linear.
    [[nodiscard]] ClientSession* find(std::uint64_t id);

    /// By id, of those that have not logged in.
    [[nodiscard]] ClientSession* find_login(std::uint64_t id);

    /// Sessions that have logged in leave the list of those being logged in, which alone is swept for login
    /// deadlines.
    void sweep_logins(Clock::time_point now);
    [[nodiscard]] std::vector<ClientSession*> all();
    [[nodiscard]] std::size_t size() const { return logins_.size() + ready_.size(); }
    [[nodiscard]] std::size_t logins() const { return logins_.size(); }

 private:
    [[nodiscard]] std::size_t bucket_of(const CancelKey& key) const;
    void grow();

    IntrusiveList<ClientSession> logins_;
    IntrusiveList<ClientSession> ready_;
    std::vector<ClientSession*> buckets_;
    std::size_t keys_ = 0;
};

}  // namespace pooler
