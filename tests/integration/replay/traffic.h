// Clients that write without pause while something happens to the database, and what they believe of each
// write. Threads of its own, which end with stop(); they never touch the test framework.
#pragma once

#include <atomic>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"

namespace replay {

/// One write of a client: in a transaction, or by itself.
struct Written {
    enum class Outcome : std::uint8_t {
        kAcknowledged,
        kUndone,  ///< the error says so
        kBefore,  ///< an error before COMMIT was sent
        kUnknown,
    };
    int id = 0;
    bool autocommit = false;
    Outcome outcome = Outcome::kUnknown;
    std::string sqlstate;  ///< empty: the connection ended without a word
};

class Traffic {
 public:
    /// Each client writes `INSERT INTO ledger VALUES (id, 'x')` and raises its own row of `tally`.
    Traffic(support::Login login, int clients);
    ~Traffic();
    Traffic(const Traffic&) = delete;
    Traffic& operator=(const Traffic&) = delete;

    [[nodiscard]] long acknowledged() const { return acknowledged_; }
    /// True as soon as so many more writes were acknowledged.
    [[nodiscard]] bool goes_on(long writes);
    /// Every client comes to the end of its write; then all of them.
    [[nodiscard]] std::vector<Written> stop();

    /// Ids of a client's writes: its number in front.
    static constexpr int kFirstOf = 1'000'000;

 private:
    void run(int number);
    [[nodiscard]] Written write(support::Client& client, int id, bool autocommit) const;

    const support::Login login_;
    std::atomic<bool> stop_{false};
    std::atomic<long> acknowledged_{0};
    std::mutex mutex_;  ///< guards written_
    std::vector<Written> written_;
    std::vector<std::thread> threads_;
};

}  // namespace replay
