// Where the HTTP threads wait for figures: one request to the main loop at a time, whose answer goes to
// everybody who has come meanwhile. Owned by the process; ends with close(), which sends all home.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "pooler/metrics/snapshot.h"

namespace pooler {

class SnapshotDesk {
 public:
    /// So many threads may wait; others are told at once that there is nothing, so that one is left to answer
    /// what needs no figures.
    explicit SnapshotDesk(std::size_t places) : places_{places} {}

    /// Called on an HTTP thread, without a lock: asks for a deliver(). Set before the first get().
    void on_request(std::function<void()> ask) { ask_ = std::move(ask); }
    /// HTTP threads. null: not in time, closed, or no place.
    [[nodiscard]] SnapshotRef get(std::chrono::milliseconds patience);
    /// Main thread: the answer to the request.
    void deliver(SnapshotRef snapshot);
    /// Main thread: nobody waits from now on.
    void close();

 private:
    const std::size_t places_;
    std::function<void()> ask_;
    std::mutex mutex_;
    std::condition_variable delivered_;
    SnapshotRef latest_;
    std::uint64_t deliveries_ = 0;
    std::size_t waiting_ = 0;
    bool asked_ = false;  ///< an answer is on its way, or the main loop hangs
    bool closed_ = false;
};

}  // namespace pooler
