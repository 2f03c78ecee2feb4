// Counting in windows that begin with their first line.
#include "pooler/log/rate_limit.h"

#include <string>
#include <utility>

namespace pooler {

std::optional<std::uint64_t> RateLimit::pass(Clock::time_point now) {
    if (!begin_ || now - *begin_ >= interval_) {
        begin_ = now;
        passed_ = 0;
    }
    if (passed_ >= lines_) {
        ++held_back_;
        return std::nullopt;
    }
    ++passed_;
    return std::exchange(held_back_, 0);
}

std::uint64_t RateLimit::take_overdue(Clock::time_point now) {
    if (!begin_ || now - *begin_ < interval_) return 0;
    return std::exchange(held_back_, 0);
}

void log_limited(RateLimit& limit, RateLimit::Clock::time_point now, LogLevel level, const LogPrefix& prefix,
                 std::string_view text) {
    if (!log_enabled(level)) return;
    const auto held_back = limit.pass(now);
    if (!held_back) return;
    if (*held_back == 0) return log_at(level, prefix, text);
    log_at(level, prefix,
           std::string{text} + " (" + std::to_string(*held_back) + " more like it were not logged)");
}

}  // namespace pooler
