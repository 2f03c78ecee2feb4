#include "tests/integration/failover/load.h"

#include <poll.h>

#include <memory>

namespace failover {

Load::Load(const support::Login& login) {
    for (int i = 0; i < kClients; ++i) threads_.emplace_back([this, login, i] { work(login, i); });
}

void Load::stop() {
    stop_ = true;
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void Load::work(const support::Login& login, int client) {
    constexpr long kRange = 1'000'000;
    constexpr int kPauseMs = 2;
    long number = client * kRange;
    std::unique_ptr<support::Client> session;
    while (!stop_) {
        ::poll(nullptr, 0, kPauseMs);
        if (!session || !session->connected()) session = std::make_unique<support::Client>(login);
        if (!session->connected()) continue;
        const std::string id = std::to_string(++number);
        {
            const std::lock_guard lock{mutex_};
            rows_[id].begun = Clock::now();
        }
        const auto outcome = session->try_query("INSERT INTO t (id, v) VALUES (" + id + ", 'new')");
        const std::lock_guard lock{mutex_};
        if (outcome.ok) {
            rows_[id].acknowledged = Clock::now();
            ++done_;
        } else {
            ++errors_[outcome.sqlstate.empty() ? "closed" : outcome.sqlstate];
        }
    }
}

bool Load::goes_on(std::size_t more) {
    const auto done = [this] {
        const std::lock_guard lock{mutex_};
        return done_;
    };
    const std::size_t goal = done() + more;
    return support::eventually([&] { return done() >= goal; });
}

std::set<std::string> Load::acknowledged() {
    const std::lock_guard lock{mutex_};
    std::set<std::string> found;
    for (const auto& [id, row] : rows_)
        if (row.acknowledged) found.insert(id);
    return found;
}

std::set<std::string> Load::begun_after(Clock::time_point moment) {
    const std::lock_guard lock{mutex_};
    std::set<std::string> found;
    for (const auto& [id, row] : rows_)
        if (row.begun > moment) found.insert(id);
    return found;
}

std::optional<Clock::time_point> Load::first_after(Clock::time_point moment) {
    const std::lock_guard lock{mutex_};
    std::optional<Clock::time_point> first;
    for (const auto& [id, row] : rows_)
        if (row.acknowledged && *row.acknowledged > moment && (!first || *row.acknowledged < *first))
            first = row.acknowledged;
    return first;
}

std::map<std::string, int> Load::errors() {
    const std::lock_guard lock{mutex_};
    return errors_;
}

int Load::error_count() {
    int sum = 0;
    for (const auto& [code, count] : errors()) sum += count;
    return sum;
}

}  // namespace failover
