// How long a secret that a server refused is not offered to it again. A retry storm with a wrong password
// locks or overloads the database; pools come and go (KILL, RELOAD), so what was refused is kept here, by
// server, user and secret: another secret is tried at once. One per process; any thread, never on the path of
// a query.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pooler/net/io_context.h"
#include "pooler/server/server_login.h"

namespace pooler {

class LoginBackoff {
 public:
    static constexpr std::size_t kMaxEntries = 4096;
    /// The pause doubles from the third refusal in a row on, up to this or server_login_retry.
    static constexpr Microseconds kLongestPause{60'000'000};

    LoginBackoff();

    /// A keyed digest of the parts; the secret cannot be read from it.
    [[nodiscard]] std::string key_of(const std::vector<std::string_view>& parts) const;
    void record(const std::string& key, LoginFailure failure, Clock::time_point now, Microseconds pause);
    void forget(const std::string& key);
    /// The refusal, while the pause after it lasts.
    [[nodiscard]] std::optional<LoginFailure> refused(const std::string& key, Clock::time_point now) const;
    /// Nothing is being held back: no key need be computed.
    [[nodiscard]] bool empty() const { return count_.load(std::memory_order_relaxed) == 0; }

 private:
    struct Entry {
        LoginFailure failure;
        unsigned refusals = 0;
        Clock::time_point until;
    };
    std::string process_key_;
    std::atomic<std::size_t> count_{0};
    mutable std::mutex mutex_;
    std::map<std::string, Entry> entries_;
};

/// Whether a failed login says that the secret, or the user, is wrong: trying the same again helps nobody.
[[nodiscard]] bool is_refused_secret(const LoginFailure& failure);

/// Whether it says that nobody is there, or not now: waiting helps.
[[nodiscard]] bool is_outage(const LoginFailure& failure);

}  // namespace pooler
