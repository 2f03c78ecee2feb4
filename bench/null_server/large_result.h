// The rows of a large result: one block of DataRows built once, sent again and again from any offset, so that
// the null server copies nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// Rows of one text column, sizes cycling through 1, 2, 4 and 8 kB.
class LargeBlock {
 public:
    LargeBlock();
    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    [[nodiscard]] std::uint64_t rows() const { return rows_; }

 private:
    std::string bytes_;
    std::uint64_t rows_ = 0;
};

/// How far one large result has been sent; whole blocks only, so the size is rounded up to a block.
class LargeResult {
 public:
    LargeResult() = default;
    LargeResult(const LargeBlock& block, std::uint32_t megabytes)
        : blocks_((std::uint64_t{megabytes} * 1000000 + block.bytes().size() - 1) / block.bytes().size()),
          rows_(blocks_ * block.rows()) {}

    [[nodiscard]] bool active() const { return blocks_ > 0; }
    [[nodiscard]] std::uint64_t rows() const { return rows_; }
    /// What is to be sent next out of `block`; sent() says how much of it went.
    [[nodiscard]] std::string_view next(const LargeBlock& block) const {
        return block.bytes().substr(offset_);
    }
    void sent(std::size_t count, const LargeBlock& block) {
        offset_ += count;
        if (offset_ < block.bytes().size()) return;
        offset_ = 0;
        --blocks_;
    }

 private:
    std::uint64_t blocks_ = 0;  ///< still to send, the one at `offset_` included
    std::uint64_t rows_ = 0;    ///< of the whole result
    std::size_t offset_ = 0;
};

}  // namespace bench
