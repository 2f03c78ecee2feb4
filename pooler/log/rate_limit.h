// Keeps a repeated fault from filling the log: some lines per interval pass, the rest are counted and summed
// up. Belongs to whoever logs the fault; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pooler/log/log.h"

namespace pooler {

class RateLimit {
 public:
    using Clock = std::chrono::steady_clock;

    RateLimit(unsigned lines, Clock::duration interval) : lines_{lines}, interval_{interval} {}

    /// nullopt: hold this line back. Otherwise it passes, and the value is how many were held back before it.
    [[nodiscard]] std::optional<std::uint64_t> pass(Clock::time_point now);
    /// How many were held back in an interval that is over, for a summary when nothing follows; each is told
    /// once.
    [[nodiscard]] std::uint64_t take_overdue(Clock::time_point now);

 private:
    unsigned lines_;
    Clock::duration interval_;
    std::optional<Clock::time_point> begin_;
    unsigned passed_ = 0;
    std::uint64_t held_back_ = 0;
};

/// Logs the text if the limit lets it pass, with the number of those held back before.
void log_limited(RateLimit& limit, RateLimit::Clock::time_point now, LogLevel level, const LogPrefix& prefix,
                 std::string_view text);

}  // namespace pooler
