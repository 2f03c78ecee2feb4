#include "pooler/replay/transaction_log.h"

namespace pooler {

bool LogBudget::reserve(std::size_t bytes) {
    const std::size_t limit = limit_.load(std::memory_order_relaxed);
    const std::size_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (limit == 0 || before + bytes <= limit) return true;
    release(bytes);
    return false;
}

bool TransactionLog::reserve_for(std::size_t size) {
    const std::size_t steps = (size - kFreeBytes - reserved_ + kStepBytes - 1) / kStepBytes;
    if (!budget_->reserve(steps * kStepBytes)) return false;
    reserved_ += steps * kStepBytes;
    return true;
}

/// More than it has room for, or may have.
TransactionLog::Append TransactionLog::append_beyond(std::string_view bytes, std::size_t limit) {
    const std::size_t size = bytes_.size() + bytes.size();
    const bool fits = size <= limit;
    if (fits && reserve_for(size)) {
        bytes_ += bytes;
        return Append::kKept;
    }
    clear();
    return fits ? Append::kOverBudget : Append::kTooLarge;
}

void TransactionLog::drop_front(std::size_t bytes) {
    if (bytes >= bytes_.size()) return clear();
    bytes_.erase(0, bytes);
}

void TransactionLog::clear() {
    bytes_.clear();
    if (bytes_.capacity() > kFreeBytes) std::string{}.swap(bytes_);
    if (reserved_ > 0) budget_->release(reserved_);
    reserved_ = 0;
}

}  // namespace pooler
