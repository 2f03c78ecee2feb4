// Reads the head of a statement word by word. Lives as long as one read; the head must outlive it.
#pragma once

#include "pooler/sql/head.h"

namespace pooler {

class HeadCursor {
 public:
    explicit HeadCursor(const Head& head) : head_(head) {}

    /// Past the last token; never true in a head that was cut off.
    [[nodiscard]] bool at_end() const { return at_ == head_.size() && !head_.truncated(); }
    [[nodiscard]] const HeadToken& peek(std::size_t ahead = 0) const {
        return at_ + ahead < head_.size() ? head_[at_ + ahead] : kNothing;
    }
    [[nodiscard]] bool sees(Keyword word, std::size_t ahead = 0) const { return peek(ahead).is(word); }
    bool accept(Keyword word) { return take_if(peek().is(word)); }
    bool accept(TokenKind kind) { return take_if(peek().is(kind)); }
    /// One of two words that mean the same.
    bool accept(Keyword one, Keyword other) { return accept(one) || accept(other); }
    bool skip() { return take_if(at_ < head_.size()); }

    /// A name, dotted or not; empty if there is none.
    TextSpan name() {
        if (!peek().is_name()) return {};
        TextSpan span = peek().span;
        skip();
        while (peek().is(TokenKind::kDot) && peek(1).is_name()) {
            span.end = peek(1).span.end;
            at_ += 2;
        }
        return span;
    }
    TextSpan string() {
        const TextSpan span = peek().span;
        return accept(TokenKind::kString) ? span : TextSpan{};
    }
    /// From here to the end; empty if nothing is left or the head was cut off.
    [[nodiscard]] TextSpan rest() const {
        if (head_.truncated() || at_ >= head_.size()) return {};
        return {head_[at_].span.begin, head_[head_.size() - 1].span.end};
    }

 private:
    static constexpr HeadToken kNothing{};

    bool take_if(bool condition) {
        if (condition) ++at_;
        return condition;
    }

    const Head& head_;
    std::size_t at_ = 0;
};

}  // namespace pooler
