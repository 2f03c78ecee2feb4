// Clients that write a row each with numbers of their own, one statement after the other, and remember when
// each was begun and what came of it.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"

namespace failover {

using support::Clock;

class Load {
 public:
    static constexpr int kClients = 4;

    explicit Load(const support::Login& login);
    ~Load() { stop(); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    void stop();
    /// True as soon as so many more rows were acknowledged.
    [[nodiscard]] bool goes_on(std::size_t more = 30);
    [[nodiscard]] std::set<std::string> acknowledged();
    /// Rows whose statement was begun after that moment.
    [[nodiscard]] std::set<std::string> begun_after(Clock::time_point moment);
    /// When the first answer came after it.
    [[nodiscard]] std::optional<Clock::time_point> first_after(Clock::time_point moment);
    /// By SQLSTATE; "closed" if the connection ended without one.
    [[nodiscard]] std::map<std::string, int> errors();
    [[nodiscard]] int error_count();

 private:
    struct Row {
        Clock::time_point begun;
        std::optional<Clock::time_point> acknowledged;
    };
    void work(const support::Login& login, int client);

    std::atomic<bool> stop_{false};
    std::mutex mutex_;
    std::map<std::string, Row> rows_;
    std::map<std::string, int> errors_;
    std::size_t done_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace failover
