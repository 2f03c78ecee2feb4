#include "pooler/net/blocking_pool.h"

#include <condition_variable>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

using pooler::BlockingCall;
using pooler::BlockingHome;
using pooler::BlockingPool;

namespace {

/// What a loop does: takes calls that come back and finishes them.
class Loop {
 public:
    Loop()
        : home{std::make_shared<BlockingHome>([this](std::shared_ptr<BlockingCall> call) {
              const std::lock_guard lock{mutex_};
              back_.push_back(std::move(call));
              changed_.notify_all();
          })} {}

    /// Waits for so many calls to come back and finishes those that are still wanted.
    void finish(std::size_t count) {
        std::unique_lock lock{mutex_};
        REQUIRE(changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return back_.size() >= count; }));
        for (const auto& call : back_)
            if (!call->abandoned()) call->done();
        back_.clear();
    }
    /// The calls that came back, in order.
    std::vector<std::shared_ptr<BlockingCall>> take(std::size_t count) {
        std::unique_lock lock{mutex_};
        REQUIRE(changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return back_.size() >= count; }));
        return std::exchange(back_, {});
    }
    std::size_t waiting() {
        const std::lock_guard lock{mutex_};
        return back_.size();
    }

    std::shared_ptr<BlockingHome> home;

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::shared_ptr<BlockingCall>> back_;
};

/// Holds calls inside run() until it is opened.
class Gate {
 public:
    void enter() {
        std::unique_lock lock{mutex_};
        ++inside_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void await(int count) {
        std::unique_lock lock{mutex_};
        REQUIRE(changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return inside_ >= count; }));
    }
    void open() {
        const std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int inside_ = 0;
    bool open_ = false;
};

struct Call final : BlockingCall {
    explicit Call(Gate* gate = nullptr) : gate_{gate} {}
    void run() override {
        if (gate_ != nullptr) gate_->enter();
        thread = std::this_thread::get_id();
        ++runs;
    }
    void done() override { ++ends; }
    Gate* gate_;
    std::thread::id thread;
    int runs = 0;
    int ends = 0;
};

}  // namespace

TEST_CASE("blocking pool: a call runs on another thread and ends on its own") {
    Loop loop;
    BlockingPool pool;
    std::vector<std::shared_ptr<Call>> calls;
    for (int i = 0; i < 50; ++i) {
        calls.push_back(std::make_shared<Call>());
        REQUIRE(pool.submit(calls.back(), loop.home));
    }
    loop.finish(calls.size());
    for (const auto& call : calls) {
        CHECK(call->runs == 1);
        CHECK(call->ends == 1);
        CHECK(call->thread != std::this_thread::get_id());
    }
}

TEST_CASE("blocking pool: its queue has an end, and is emptied in order") {
    Gate gate;
    Loop loop;
    BlockingPool pool{1, 2};
    const auto first = std::make_shared<Call>(&gate);
    REQUIRE(pool.submit(first, loop.home));
    gate.await(1);
    const auto second = std::make_shared<Call>();
    const auto third = std::make_shared<Call>();
    CHECK(pool.submit(second, loop.home));
    CHECK(pool.submit(third, loop.home));
    CHECK_FALSE(pool.submit(std::make_shared<Call>(), loop.home));
    gate.open();
    CHECK(loop.take(3) == std::vector<std::shared_ptr<BlockingCall>>{first, second, third});
    CHECK(pool.submit(std::make_shared<Call>(), loop.home));
    loop.finish(1);
}

TEST_CASE("blocking pool: an abandoned call is not begun, and does not end") {
    Gate gate;
    Loop loop;
    BlockingPool pool{1, 10};
    const auto running = std::make_shared<Call>(&gate);
    const auto queued = std::make_shared<Call>();
    const auto last = std::make_shared<Call>();
    REQUIRE(pool.submit(running, loop.home));
    gate.await(1);
    REQUIRE(pool.submit(queued, loop.home));
    REQUIRE(pool.submit(last, loop.home));
    running->abandon();
    queued->abandon();
    gate.open();
    loop.finish(2);
    CHECK(running->runs == 1);
    CHECK(running->ends == 0);
    CHECK(queued->runs == 0);
    CHECK(last->ends == 1);
}

TEST_CASE("blocking pool: after its loop is closed nothing comes back, and a stopped pool takes nothing") {
    Gate gate;
    Loop loop;
    BlockingPool pool{1, 10};
    REQUIRE(pool.submit(std::make_shared<Call>(&gate), loop.home));
    gate.await(1);
    loop.home->close();
    gate.open();
    pool.stop();
    CHECK(loop.waiting() == 0);
    CHECK_FALSE(pool.submit(std::make_shared<Call>(), loop.home));
}
