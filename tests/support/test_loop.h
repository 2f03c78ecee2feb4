// A libuv loop for one test case: runs until a condition holds or a deadline passes, and at its end proves
// that no handle was left open. Declare it before the objects that use it.
#pragma once

#include <uv.h>

#include <chrono>

#include "tests/support/catch.h"

namespace support {

class TestLoop {
 public:
    TestLoop() {
        REQUIRE(uv_loop_init(&loop_) == 0);
        REQUIRE(uv_timer_init(&loop_, &tick_) == 0);
    }
    ~TestLoop() {
        uv_close(reinterpret_cast<uv_handle_t*>(&tick_), nullptr);
        for (int turn = 0; turn < kClosingTurns && uv_run(&loop_, UV_RUN_NOWAIT) != 0; ++turn) {
        }
        CHECK(uv_loop_close(&loop_) == 0);
    }
    TestLoop(const TestLoop&) = delete;
    TestLoop& operator=(const TestLoop&) = delete;

    [[nodiscard]] uv_loop_t* get() { return &loop_; }

    /// True as soon as `condition()` holds; false if it did not within `deadline`.
    template <class Condition>
    [[nodiscard]] bool run_until(Condition&& condition, std::chrono::milliseconds deadline = kDeadline) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        uv_timer_start(
            &tick_, [](uv_timer_t*) {}, kTickMs, kTickMs);
        bool holds = condition();
        while (!holds && std::chrono::steady_clock::now() < end) {
            uv_run(&loop_, UV_RUN_ONCE);
            holds = condition();
        }
        uv_timer_stop(&tick_);
        return holds;
    }

    /// Runs for that long; for what must not happen.
    void run_for(std::chrono::milliseconds period) {
        static_cast<void>(run_until([] { return false; }, period));
    }

 private:
    static constexpr std::chrono::milliseconds kDeadline{60'000};  // generous: sanitizers, shared machines
    static constexpr unsigned kTickMs = 10;
    static constexpr int kClosingTurns = 100;
    uv_loop_t loop_{};
    uv_timer_t tick_{};
};

}  // namespace support
