// A few threads for calls that may block or compute for long (PAM, LDAP, the keys of a SCRAM password), so
// that no loop waits for them. One pool per process; its queue is bounded; a call whose owner has lost
// interest is not begun.
//
// A loop hands in a BlockingCall through its BlockingHome; run() is called on a thread of the pool, then
// done() on the loop. Nothing else of the call is touched by two threads at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

namespace pooler {

class BlockingCall {
 public:
    BlockingCall() = default;
    BlockingCall(const BlockingCall&) = delete;
    BlockingCall& operator=(const BlockingCall&) = delete;
    virtual ~BlockingCall() = default;

    /// On a thread of the pool. May take its time, but must come to an end.
    virtual void run() = 0;
    /// On the loop's thread, after run(); not if it was abandoned.
    virtual void done() = 0;

    /// Loop's thread: done() will not be called.
    void abandon() { abandoned_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool abandoned() const { return abandoned_.load(std::memory_order_relaxed); }

 private:
    std::atomic<bool> abandoned_{false};
};

/// The way back to a loop. Closed by the loop before it ends; what comes back later is dropped.
class BlockingHome {
 public:
    /// `post` gets a call to the loop's thread, where finish() is called with it. Any thread may call it.
    explicit BlockingHome(std::function<void(std::shared_ptr<BlockingCall>)> post) : post_{std::move(post)} {}
    void close();
    /// On a thread of the pool.
    void deliver(std::shared_ptr<BlockingCall> call);

 private:
    std::mutex mutex_;
    std::function<void(std::shared_ptr<BlockingCall>)> post_;
};

class BlockingPool {
 public:
    static constexpr unsigned kThreads = 4;
    static constexpr std::size_t kMaxQueue = 1000;

    explicit BlockingPool(unsigned threads = kThreads, std::size_t max_queue = kMaxQueue);
    ~BlockingPool();
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;

    /// False: too many wait already, or the pool is stopped. Threads are started with the first call.
    [[nodiscard]] bool submit(std::shared_ptr<BlockingCall> call, std::shared_ptr<BlockingHome> home);
    /// Drops what waits. Threads that are still inside a call after a moment are left to the end of the
    /// process.
    void stop();

 private:
    struct State;
    std::shared_ptr<State> state_;
};

/// What a loop's objects use.
struct Blocking {
    BlockingPool* pool = nullptr;
    std::shared_ptr<BlockingHome> home;

    [[nodiscard]] bool submit(std::shared_ptr<BlockingCall> call) const {
        return pool != nullptr && pool->submit(std::move(call), home);
    }
};

}  // namespace pooler
