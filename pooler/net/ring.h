// A FIFO on one growing block: no allocation once it has reached its working size. One thread.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace pooler {

template <class T>
class Ring {
 public:
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] T& operator[](std::size_t i) { return items_[(head_ + i) & (items_.size() - 1)]; }
    [[nodiscard]] const T& operator[](std::size_t i) const {
        return items_[(head_ + i) & (items_.size() - 1)];
    }
    [[nodiscard]] T& front() { return (*this)[0]; }
    [[nodiscard]] const T& front() const { return (*this)[0]; }

    void push_back(T item) {
        if (size_ == items_.size()) grow();
        ++size_;
        (*this)[size_ - 1] = std::move(item);
    }
    void pop_front() {
        head_ = (head_ + 1) & (items_.size() - 1);
        --size_;
    }
    /// Removes element i, keeping the order of the rest. Linear; for the rare cases.
    void erase(std::size_t i) {
        for (; i + 1 < size_; ++i) (*this)[i] = std::move((*this)[i + 1]);
        --size_;
    }
    void clear() { head_ = size_ = 0; }

 private:
    void grow() {
        std::vector<T> larger(items_.empty() ? 8 : items_.size() * 2);
        for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move((*this)[i]);
        items_.swap(larger);
        head_ = 0;
    }

    std::vector<T> items_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

}  // namespace pooler
