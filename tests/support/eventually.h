// The one place where tests wait for something to become true: polled, with a deadline, never for a fixed
// time.
#pragma once

#include <poll.h>

#include <chrono>

namespace support {

using Clock = std::chrono::steady_clock;

/// How long any awaited condition may take. Generous: sanitizer builds are ten times slower and machines are
/// shared. No test asserts that something is fast.
inline constexpr std::chrono::seconds kDeadline{60};

/// Milliseconds left until `end`, in the form that poll() takes; 0 when it has passed.
[[nodiscard]] inline int remaining_ms(Clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
}

/// True as soon as `condition()` is; false if it never was before the deadline.
template <class Condition>
[[nodiscard]] bool eventually(Condition&& condition, Clock::duration deadline = kDeadline) {
    constexpr int kPollMs = 10;
    const auto end = Clock::now() + deadline;
    while (!condition()) {
        if (Clock::now() >= end) return false;
        ::poll(nullptr, 0, kPollMs);
    }
    return true;
}

/// True if `condition()` holds at every look during `period`: for what must not happen.
template <class Condition>
[[nodiscard]] bool always(Condition&& condition, Clock::duration period) {
    return !eventually([&] { return !condition(); }, period);
}

}  // namespace support
