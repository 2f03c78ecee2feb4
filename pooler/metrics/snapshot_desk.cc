#include "pooler/metrics/snapshot_desk.h"

#include <utility>

namespace pooler {

SnapshotRef SnapshotDesk::get(std::chrono::milliseconds patience) {
    std::unique_lock lock{mutex_};
    if (closed_ || waiting_ >= places_) return nullptr;
    ++waiting_;
    const std::uint64_t before = deliveries_;
    if (!std::exchange(asked_, true)) {
        lock.unlock();
        ask_();
        lock.lock();
    }
    delivered_.wait_for(lock, patience, [this, before] { return closed_ || deliveries_ != before; });
    --waiting_;
    return closed_ || deliveries_ == before ? nullptr : latest_;
}

void SnapshotDesk::deliver(SnapshotRef snapshot) {
    const std::lock_guard lock{mutex_};
    latest_ = std::move(snapshot);
    ++deliveries_;
    asked_ = false;
    delivered_.notify_all();
}

void SnapshotDesk::close() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    latest_.reset();
    delivered_.notify_all();
}

}  // namespace pooler
