// The messages of a client since the beginning of its transaction, byte for byte and in order, within a limit
// of its own and one of the process. Over a limit it is dropped: the transaction goes on unprotected. A pure
// type; owned by a Replayer.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

namespace pooler {

/// Bytes of all logs of the process. Small logs do not count, so that short transactions share nothing
/// between threads.
class LogBudget {
 public:
    [[nodiscard]] bool reserve(std::size_t bytes);
    void release(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
    /// 0: no limit. Any thread.
    void set_limit(std::size_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }
    [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
    std::atomic<std::size_t> used_{0};
    std::atomic<std::size_t> limit_{0};
};

class TransactionLog {
 public:
    /// What a log may hold without asking the budget.
    static constexpr std::size_t kFreeBytes = 8 * 1024;

    explicit TransactionLog(LogBudget& budget) : budget_{&budget} {}
    ~TransactionLog() { clear(); }
    TransactionLog(const TransactionLog&) = delete;
    TransactionLog& operator=(const TransactionLog&) = delete;

    enum class Append { kKept, kTooLarge, kOverBudget };
    /// Anything but kKept: the log is empty now, and what it held is lost.
    [[nodiscard]] Append append(std::string_view bytes, std::size_t limit) {
        const std::size_t size = bytes_.size() + bytes.size();
        if (size > limit || size > kFreeBytes + reserved_) return append_beyond(bytes, limit);
        bytes_ += bytes;
        return Append::kKept;
    }
    void drop_front(std::size_t bytes);
    /// Keeps a small buffer for the next transaction.
    void clear();

    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
    static constexpr std::size_t kStepBytes = 16 * 1024;
    [[nodiscard]] Append append_beyond(std::string_view bytes, std::size_t limit);
    [[nodiscard]] bool reserve_for(std::size_t size);

    LogBudget* budget_;
    std::string bytes_;
    std::size_t reserved_ = 0;
};

}  // namespace pooler
