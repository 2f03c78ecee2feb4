// Tasks from other threads for one thread's loop: the only door between threads. post() takes the one mutex
// there is, and wakes the loop; all that has arrived is run in order. Owned by the thread that drains it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "pooler/net/handle.h"

namespace pooler {

/// A move-only call.
class Task {
 public:
    virtual ~Task() = default;
    virtual void run() = 0;
};

template <class F>
std::unique_ptr<Task> make_task(F call) {
    struct Call final : Task {
        explicit Call(F moved) : call{std::move(moved)} {}
        void run() override { call(); }
        F call;
    };
    return std::make_unique<Call>(std::move(call));
}

class Mailbox {
 public:
    void open(uv_loop_t* loop) { async_.open<&Mailbox::drain>(loop, this); }
    /// What arrives from now on is dropped.
    void close() {
        std::vector<std::unique_ptr<Task>> dropped;  // not under the lock: the end of a task may post another
        const std::lock_guard lock{mutex_};
        closed_ = true;
        async_.close();
        dropped.swap(tasks_);
    }

    /// Any thread. The task runs on the loop's thread, or never if the mailbox is closed first.
    void post(std::unique_ptr<Task> task) {
        const std::lock_guard lock{mutex_};
        if (closed_) return;
        tasks_.push_back(std::move(task));
        if (tasks_.size() == 1) async_.send();
    }
    template <class F>
    void post_call(F call) {
        post(make_task(std::move(call)));
    }

 private:
    void drain() {
        std::vector<std::unique_ptr<Task>> batch;
        {
            const std::lock_guard lock{mutex_};
            batch.swap(tasks_);
        }
        for (const auto& task : batch) task->run();
    }

    std::mutex mutex_;
    std::vector<std::unique_ptr<Task>> tasks_;
    Async async_;
    bool closed_ = false;
};

}  // namespace pooler
