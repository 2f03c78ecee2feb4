// The iterations of a SCRAM password, done on the blocking pool: CockroachDB asks for 10,610 of them, and a
// thousand logins at once must not hold up a loop. Owned by whoever waits for the keys, on its worker's
// thread.
#pragma once

#include <memory>
#include <optional>

#include "pooler/net/blocking_pool.h"
#include "pooler/server/key_cache.h"
#include "protocol/scram_keys.h"

namespace pooler {

class KeysWaiter {
 public:
    /// nullopt: the library refused.
    virtual void on_keys(const std::optional<protocol::ScramKeys>& keys) = 0;

 protected:
    ~KeysWaiter() = default;
};

class DeriveKeysCall final : public BlockingCall {
 public:
    DeriveKeysCall(KeysWaiter& waiter, KeyDerivation wanted) : waiter_{&waiter}, wanted_{std::move(wanted)} {}
    ~DeriveKeysCall() override { protocol::wipe(wanted_.password); }
    void run() override { keys_ = protocol::derive_keys(wanted_.password, wanted_.salt, wanted_.iterations); }
    void done() override { waiter_->on_keys(keys_); }

 private:
    KeysWaiter* waiter_;
    KeyDerivation wanted_;
    std::optional<protocol::ScramKeys> keys_;
};

}  // namespace pooler
