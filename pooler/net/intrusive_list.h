// A doubly linked list through members of its elements: joining and leaving allocate nothing. Not owning; an
// element leaves its list when it is destroyed. One thread.
#pragma once

#include <cstddef>

namespace pooler {

template <class T>
class IntrusiveList;

/// Base of an element. Tag tells apart several lists that one object can be in.
template <class Tag>
class ListHook {
 public:
    ListHook() = default;
    ListHook(const ListHook&) = delete;
    ListHook& operator=(const ListHook&) = delete;
    ~ListHook() { unlink(); }

    [[nodiscard]] bool linked() const { return next_ != nullptr; }
    void unlink() {
        if (next_ == nullptr) return;
        prev_->next_ = next_;
        next_->prev_ = prev_;
        if (size_ != nullptr) --*size_;
        next_ = prev_ = nullptr;
        size_ = nullptr;
    }

 private:
    template <class>
    friend class IntrusiveList;
    ListHook* next_ = nullptr;
    ListHook* prev_ = nullptr;
    std::size_t* size_ = nullptr;
};

/// T derives from ListHook<T::ListTag>.
template <class T>
class IntrusiveList {
    using Hook = ListHook<typename T::ListTag>;

 public:
    IntrusiveList() { head_.next_ = head_.prev_ = &head_; }
    IntrusiveList(const IntrusiveList&) = delete;
    IntrusiveList& operator=(const IntrusiveList&) = delete;
    ~IntrusiveList() {
        while (!empty()) front().Hook::unlink();
        head_.next_ = nullptr;  // the head itself must not unlink from itself
    }

    [[nodiscard]] bool empty() const { return head_.next_ == &head_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] T& front() { return static_cast<T&>(*head_.next_); }
    [[nodiscard]] T& back() { return static_cast<T&>(*head_.prev_); }
    void push_back(T& item) { insert(item, *head_.prev_); }
    void push_front(T& item) { insert(item, head_); }
    T& pop_front() {
        T& item = front();
        static_cast<Hook&>(item).unlink();
        return item;
    }

    /// The callback may unlink or destroy the element it is given, no other.
    template <class F>
    void for_each(F&& visit) {
        for (Hook* at = head_.next_; at != &head_;) {
            Hook* next = at->next_;
            visit(static_cast<T&>(*at));
            at = next;
        }
    }

 private:
    void insert(T& item, Hook& after) {
        Hook& hook = item;
        hook.unlink();
        hook.prev_ = &after;
        hook.next_ = after.next_;
        after.next_->prev_ = &hook;
        after.next_ = &hook;
        hook.size_ = &size_;
        ++size_;
    }

    Hook head_;
    std::size_t size_ = 0;
};

}  // namespace pooler
