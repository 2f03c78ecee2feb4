// The last things that happened to the process's targets: failovers, drains, reloads. A ring of fixed length,
// oldest first. Owned by the process, its thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace pooler {

struct HealthEvent {
    std::uint64_t number = 0;  ///< counts from 1; a gap means that older ones were dropped
    std::chrono::system_clock::time_point at;
    std::string kind;      ///< "failover", "failback", "down", "up", "drain", "reload", ...
    std::string database;  ///< empty: the whole process
    std::string text;
};

class EventLog {
 public:
    static constexpr std::size_t kLength = 256;

    void add(std::string kind, std::string database, std::string text,
             std::chrono::system_clock::time_point at = std::chrono::system_clock::now()) {
        if (events_.size() == kLength) events_.pop_front();
        events_.push_back({++last_number_, at, std::move(kind), std::move(database), std::move(text)});
    }
    [[nodiscard]] const std::deque<HealthEvent>& events() const { return events_; }

 private:
    std::deque<HealthEvent> events_;
    std::uint64_t last_number_ = 0;
};

}  // namespace pooler
