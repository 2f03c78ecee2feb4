// What is known of the writes of one user (or of a whole database): how many are under way, and when the last
// one ended. Whatever is not provably a read counts, from before it is sent until its answer has come. Shared
// by all workers; used for databases with replicas only.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace pooler {

class WriteClock {
 public:
    using Clock = std::chrono::steady_clock;

    /// What was written before this existed counts as written now.
    explicit WriteClock(Clock::time_point now = Clock::now()) { touch(now); }

    /// Before the first byte of it is sent.
    void begin() { open_.fetch_add(1, std::memory_order_seq_cst); }
    /// Its client may have been told. The time is stored first: whoever sees that nothing is under way sees
    /// it.
    void end(Clock::time_point now) {
        touch(now);
        open_.fetch_sub(1, std::memory_order_seq_cst);
    }
    /// There may have been writes until now that were not counted.
    void touch(Clock::time_point now) {
        const std::int64_t then = now.time_since_epoch().count();
        std::int64_t last = last_end_.load(std::memory_order_relaxed);
        while (last < then && !last_end_.compare_exchange_weak(last, then, std::memory_order_seq_cst)) {
        }
    }

    struct View {
        bool open = false;             ///< one is under way
        Clock::time_point last_end{};  ///< of the last one that is not
    };
    [[nodiscard]] View view() const {
        View seen;
        seen.open = open_.load(std::memory_order_seq_cst) > 0;
        seen.last_end = Clock::time_point{Clock::duration{last_end_.load(std::memory_order_seq_cst)}};
        return seen;
    }

 private:
    std::atomic<std::int64_t> open_{0};
    std::atomic<std::int64_t> last_end_{INT64_MIN};
};

}  // namespace pooler
