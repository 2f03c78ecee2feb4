#include "pooler/net/blocking_pool.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

namespace pooler {

namespace {

/// How long stop() waits for calls that are being run.
constexpr std::chrono::seconds kPatience{2};

}  // namespace

void BlockingHome::close() {
    const std::lock_guard lock{mutex_};
    post_ = nullptr;
}

void BlockingHome::deliver(std::shared_ptr<BlockingCall> call) {
    const std::lock_guard lock{mutex_};
    if (post_) post_(std::move(call));
}

/// Outlives the pool if a thread does.
struct BlockingPool::State {
    struct Item {
        std::shared_ptr<BlockingCall> call;
        std::shared_ptr<BlockingHome> home;
    };

    State(unsigned thread_count, std::size_t queue_limit) : wanted{thread_count}, max_queue{queue_limit} {}

    const unsigned wanted;
    const std::size_t max_queue;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Item> queue;
    std::vector<std::thread> threads;
    unsigned running = 0;
    bool stopping = false;

    void work() {
        std::unique_lock lock{mutex};
        for (;;) {
            changed.wait(lock, [this] { return stopping || !queue.empty(); });
            if (stopping) break;
            Item item = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            if (!item.call->abandoned()) {
                item.call->run();
                item.home->deliver(std::move(item.call));
            }
            item = {};
            lock.lock();
        }
        --running;
        changed.notify_all();
    }
};

BlockingPool::BlockingPool(unsigned threads, std::size_t max_queue)
    : state_{std::make_shared<State>(threads, max_queue)} {}

BlockingPool::~BlockingPool() { stop(); }

bool BlockingPool::submit(std::shared_ptr<BlockingCall> call, std::shared_ptr<BlockingHome> home) {
    State& state = *state_;
    const std::lock_guard lock{state.mutex};
    if (state.stopping || state.queue.size() >= state.max_queue) return false;
    if (state.threads.empty()) {
        for (unsigned i = 0; i < state.wanted; ++i) {
            ++state.running;
            state.threads.emplace_back([shared = state_] { shared->work(); });
        }
    }
    state.queue.push_back({std::move(call), std::move(home)});
    state.changed.notify_one();
    return true;
}

void BlockingPool::stop() {
    State& state = *state_;
    std::unique_lock lock{state.mutex};
    state.stopping = true;
    state.queue.clear();
    state.changed.notify_all();
    const bool ended = state.changed.wait_for(lock, kPatience, [&state] { return state.running == 0; });
    auto threads = std::exchange(state.threads, {});
    lock.unlock();
    for (std::thread& thread : threads) {
        if (ended)
            thread.join();
        else
            thread.detach();
    }
}

}  // namespace pooler
