// RAII over libuv handles. A handle lives in a heap box of its own: the owner may die at once, even inside
// its own callback; the box is freed by libuv's close callback one loop turn later. All of it belongs to the
// loop's thread.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace pooler {

template <class Uv>
struct HandleBox {
    Uv uv{};
    void* owner = nullptr;
};

/// Forgets the owner and closes; libuv frees the box.
template <class Uv>
struct CloseHandle {
    void operator()(HandleBox<Uv>* box) const {
        box->owner = nullptr;
        uv_close(reinterpret_cast<uv_handle_t*>(&box->uv),
                 [](uv_handle_t* handle) { delete static_cast<HandleBox<Uv>*>(handle->data); });
    }
};

template <class Uv>
using HandlePtr = std::unique_ptr<HandleBox<Uv>, CloseHandle<Uv>>;

/// `init` is called with the raw handle and returns libuv's code; a handle whose init failed is freed, never
/// closed.
template <class Uv, class Init>
HandlePtr<Uv> make_handle(void* owner, Init init) {
    auto box = std::make_unique<HandleBox<Uv>>();
    if (init(&box->uv) != 0) return nullptr;
    box->uv.data = box.get();
    box->owner = owner;
    return HandlePtr<Uv>{box.release()};
}

/// Stopped poll handles of one loop, by descriptor, for the next connection with the same number:
/// uv_poll_init() costs three system calls, uv_poll_start() of a kept handle none of them. A loop without a
/// cache works too. Owned by the owner of the loop; clear() before the loop is closed.
class PollCache {
 public:
    explicit PollCache(uv_loop_t* loop) : loop_{loop} { loop->data = this; }
    PollCache(const PollCache&) = delete;
    PollCache& operator=(const PollCache&) = delete;
    ~PollCache() { clear(); }

    /// Closes all; from now on nothing is kept.
    void clear() {
        loop_->data = nullptr;
        kept_.clear();
    }

    /// Null if there is none for this descriptor.
    [[nodiscard]] static HandlePtr<uv_poll_t> take(uv_loop_t* loop, int descriptor) {
        auto* cache = static_cast<PollCache*>(loop->data);
        const auto slot = static_cast<std::size_t>(descriptor);
        if (cache == nullptr || slot >= cache->kept_.size()) return nullptr;
        return std::move(cache->kept_[slot]);
    }
    /// Stops it, and keeps or closes it.
    static void put(HandlePtr<uv_poll_t> handle) {
        uv_os_fd_t descriptor = -1;
        auto* cache = static_cast<PollCache*>(handle->uv.loop->data);
        if (cache == nullptr ||
            uv_fileno(reinterpret_cast<const uv_handle_t*>(&handle->uv), &descriptor) != 0)
            return;
        const auto slot = static_cast<std::size_t>(descriptor);
        if (slot >= kMostDescriptors) return;
        if (slot >= cache->kept_.size()) cache->kept_.resize(slot + 1);
        uv_poll_stop(&handle->uv);
        handle->owner = nullptr;
        cache->kept_[slot] = std::move(handle);
    }

 private:
    static constexpr std::size_t kMostDescriptors = 2048;

    uv_loop_t* loop_;
    std::vector<HandlePtr<uv_poll_t>> kept_;
};

/// Readiness of a descriptor. Method: void (Owner::*)(int status, int events).
class Poll {
 public:
    template <auto Method, class Owner>
    void open(uv_loop_t* loop, int descriptor, Owner* owner) {
        handle_ = PollCache::take(loop, descriptor);
        if (handle_ != nullptr)
            handle_->owner = owner;
        else
            handle_ = make_handle<uv_poll_t>(
                owner, [&](uv_poll_t* raw) { return uv_poll_init(loop, raw, descriptor); });
        callback_ = [](uv_poll_t* raw, int status, int events) {
            auto* box = static_cast<HandleBox<uv_poll_t>*>(raw->data);
            if (box->owner != nullptr) (static_cast<Owner*>(box->owner)->*Method)(status, events);
        };
    }
    [[nodiscard]] bool is_open() const { return handle_ != nullptr; }
    /// 0 stops watching. Every change costs system calls, so callers change it rarely.
    void watch(int events) {
        if (handle_ == nullptr || events == watched_) return;
        watched_ = events;
        if (events == 0)
            uv_poll_stop(&handle_->uv);
        else
            uv_poll_start(&handle_->uv, events, callback_);
    }
    /// libuv stopped the handle by itself (error status): the next watch() must arm it again.
    void mark_stopped() { watched_ = 0; }
    /// Must come before the descriptor is closed or handed to another loop.
    void close() {
        if (handle_ != nullptr) PollCache::put(std::move(handle_));
        watched_ = 0;
    }

 private:
    HandlePtr<uv_poll_t> handle_;
    uv_poll_cb callback_ = nullptr;
    int watched_ = 0;
};

/// One-shot or repeating timer. Method: void (Owner::*)().
class Timer {
 public:
    template <auto Method, class Owner>
    void open(uv_loop_t* loop, Owner* owner) {
        handle_ = make_handle<uv_timer_t>(owner, [&](uv_timer_t* raw) { return uv_timer_init(loop, raw); });
        callback_ = [](uv_timer_t* raw) {
            auto* box = static_cast<HandleBox<uv_timer_t>*>(raw->data);
            if (box->owner != nullptr) (static_cast<Owner*>(box->owner)->*Method)();
        };
    }
    void start(std::chrono::milliseconds delay, std::chrono::milliseconds repeat = {}) {
        if (handle_ != nullptr)
            uv_timer_start(&handle_->uv, callback_, static_cast<std::uint64_t>(delay.count()),
                           static_cast<std::uint64_t>(repeat.count()));
    }
    void stop() {
        if (handle_ != nullptr) uv_timer_stop(&handle_->uv);
    }
    void close() { handle_.reset(); }

 private:
    HandlePtr<uv_timer_t> handle_;
    uv_timer_cb callback_ = nullptr;
};

/// The only door between threads: send() may be called from any thread, wake-ups coalesce. Method: void
/// (Owner::*)().
class Async {
 public:
    template <auto Method, class Owner>
    void open(uv_loop_t* loop, Owner* owner) {
        handle_ = make_handle<uv_async_t>(owner, [&](uv_async_t* raw) {
            return uv_async_init(loop, raw, [](uv_async_t* fired) {
                auto* box = static_cast<HandleBox<uv_async_t>*>(fired->data);
                if (box->owner != nullptr) (static_cast<Owner*>(box->owner)->*Method)();
            });
        });
    }
    void send() {
        if (handle_ != nullptr) uv_async_send(&handle_->uv);
    }
    void close() { handle_.reset(); }

 private:
    HandlePtr<uv_async_t> handle_;
};

/// Runs once per loop turn, after the I/O callbacks. Method: void (Owner::*)().
class Check {
 public:
    template <auto Method, class Owner>
    void open(uv_loop_t* loop, Owner* owner) {
        handle_ = make_handle<uv_check_t>(owner, [&](uv_check_t* raw) { return uv_check_init(loop, raw); });
        uv_check_start(&handle_->uv, [](uv_check_t* fired) {
            auto* box = static_cast<HandleBox<uv_check_t>*>(fired->data);
            if (box->owner != nullptr) (static_cast<Owner*>(box->owner)->*Method)();
        });
    }
    void close() { handle_.reset(); }

 private:
    HandlePtr<uv_check_t> handle_;
};

/// While started it runs in every loop turn, before the I/O callbacks, and the loop does not wait. Method:
/// void (Owner::*)().
class Idle {
 public:
    template <auto Method, class Owner>
    void open(uv_loop_t* loop, Owner* owner) {
        handle_ = make_handle<uv_idle_t>(owner, [&](uv_idle_t* raw) { return uv_idle_init(loop, raw); });
        callback_ = [](uv_idle_t* fired) {
            auto* box = static_cast<HandleBox<uv_idle_t>*>(fired->data);
            if (box->owner != nullptr) (static_cast<Owner*>(box->owner)->*Method)();
        };
    }
    [[nodiscard]] bool is_open() const { return handle_ != nullptr; }
    void start() {
        if (handle_ != nullptr) uv_idle_start(&handle_->uv, callback_);
    }
    void stop() {
        if (handle_ != nullptr) uv_idle_stop(&handle_->uv);
    }
    void close() { handle_.reset(); }

 private:
    HandlePtr<uv_idle_t> handle_;
    uv_idle_cb callback_ = nullptr;
};

/// A Unix signal, delivered on the loop. Method: void (Owner::*)(int signal_number).
class SignalWatch {
 public:
    template <auto Method, class Owner>
    void open(uv_loop_t* loop, int signal_number, Owner* owner) {
        handle_ =
            make_handle<uv_signal_t>(owner, [&](uv_signal_t* raw) { return uv_signal_init(loop, raw); });
        uv_signal_start(
            &handle_->uv,
            [](uv_signal_t* fired, int number) {
                auto* box = static_cast<HandleBox<uv_signal_t>*>(fired->data);
                if (box->owner != nullptr) (static_cast<Owner*>(box->owner)->*Method)(number);
            },
            signal_number);
    }
    void close() { handle_.reset(); }

 private:
    HandlePtr<uv_signal_t> handle_;
};

}  // namespace pooler
