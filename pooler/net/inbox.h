// Reading for a walk over messages: new bytes land in the worker's read block behind what an earlier walk
// left over, which is at most one incomplete control message. A message larger than the block is gathered in
// a block of its own.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "pooler/net/io_context.h"
#include "pooler/net/socket.h"
#include "protocol/crypto.h"

namespace pooler {

class Inbox {
 public:
    /// An incomplete message up to this size is read on in the worker's block.
    static constexpr std::size_t kInBlockBytes = IoContext::kBlockBytes / 2 + 1024;

    /// One read. On kData `data` holds everything not yet walked; valid until the next fill of any inbox on
    /// this worker.
    [[nodiscard]] Socket::ReadResult fill(Socket& socket, IoContext& io, std::string_view& data) {
        const std::size_t have = rest_.size();
        if (have > kInBlockBytes) return fill_large(socket, io, data);
        std::memcpy(io.block.get(), rest_.data(), have);
        const auto result = socket.read(io.block.get() + have, IoContext::kBlockBytes - have);
        if (result.status == Socket::ReadStatus::kData) data = {io.block.get(), have + result.bytes};
        return result;
    }

    /// What the walk did not consume: a suffix of `data`.
    void keep(std::string_view unwalked, IoContext& io) {
        if (unwalked.size() == io.large.size() && unwalked.data() == io.large.data())
            rest_ = std::exchange(io.large, {});  // nothing was consumed, so nothing points into it
        else if (unwalked.empty() && rest_.capacity() > kKeepBytes)
            std::string{}.swap(rest_);
        else
            rest_.assign(unwalked);
    }
    [[nodiscard]] bool empty() const { return rest_.empty(); }
    [[nodiscard]] std::size_t bytes() const { return rest_.size(); }
    [[nodiscard]] std::string take() { return std::exchange(rest_, {}); }
    /// Forgets it, and overwrites it first.
    void wipe() {
        rest_.resize(rest_.capacity());
        protocol::wipe(rest_);
        std::string{}.swap(rest_);
    }

 private:
    static constexpr std::size_t kKeepBytes = 1024;

    Socket::ReadResult fill_large(Socket& socket, IoContext& io, std::string_view& data) {
        io.large = std::exchange(rest_, {});
        const std::size_t have = io.large.size();
        io.large.resize(have + IoContext::kBlockBytes);
        const auto result = socket.read(io.large.data() + have, IoContext::kBlockBytes);
        io.large.resize(have + result.bytes);
        if (result.status != Socket::ReadStatus::kData) rest_ = std::exchange(io.large, {});
        data = io.large;
        return result;
    }

    std::string rest_;
};

}  // namespace pooler
