// What one loop turn has for one descriptor, in order: runs of the read block, untouched, and messages of our
// own. It leaves in one send. Owned by the worker and reused; nothing in it outlives the walk of the block.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pooler {

class OutBatch {
 public:
    /// Appends bytes that stay where they are until the batch is sent; adjacent runs become one.
    void forward(std::string_view run) {
        if (run.empty()) return;
        if (!pieces_.empty() && pieces_.back().at != nullptr &&
            pieces_.back().at + pieces_.back().size == run.data())
            pieces_.back().size += run.size();
        else
            pieces_.push_back({run.data(), 0, run.size()});
        total_ += run.size();
    }

    /// Appends a message of our own: `encode` writes it behind a string that it must only append to.
    template <class Encode>
    void own(Encode&& encode) {
        const std::size_t begin = scratch_.size();
        encode(scratch_);
        const std::size_t size = scratch_.size() - begin;
        if (!pieces_.empty() && pieces_.back().at == nullptr)
            pieces_.back().size += size;
        else
            pieces_.push_back({nullptr, begin, size});
        total_ += size;
    }

    [[nodiscard]] bool empty() const { return total_ == 0; }
    [[nodiscard]] std::size_t bytes() const { return total_; }

    /// Asks of each piece, in order, which part of it stays: [from, to) of its bytes.
    template <class Keep>
    void cut(Keep&& keep) {
        total_ = 0;
        for (Piece& piece : pieces_) {
            const char* at = piece.at != nullptr ? piece.at : scratch_.data() + piece.offset;
            const auto [from, to] = keep(std::string_view{at, piece.size});
            if (piece.at != nullptr)
                piece.at += from;
            else
                piece.offset += from;
            piece.size = to - from;
            total_ += piece.size;
        }
        std::erase_if(pieces_, [](const Piece& piece) { return piece.size == 0; });
    }

    /// The pieces as the kernel wants them, for the sender to count down; valid until the next change.
    [[nodiscard]] std::span<iovec> vectors() {
        vectors_.clear();
        for (const Piece& piece : pieces_) {
            const char* at = piece.at != nullptr ? piece.at : scratch_.data() + piece.offset;
            vectors_.push_back({const_cast<char*>(at), piece.size});
        }
        return vectors_;
    }

    void clear() {
        pieces_.clear();
        scratch_.clear();
        total_ = 0;
        if (scratch_.capacity() > kKeepBytes) scratch_.shrink_to_fit();
    }

 private:
    static constexpr std::size_t kKeepBytes = 256 * 1024;
    struct Piece {
        const char* at;      // nullptr: in scratch_
        std::size_t offset;  // into scratch_
        std::size_t size;
    };
    std::vector<Piece> pieces_;
    std::vector<iovec> vectors_;
    std::string scratch_;
    std::size_t total_ = 0;
};

}  // namespace pooler
