// What everything that does I/O on one worker shares: the loop, the read block, the batches, the clock. One
// per worker, owned by it, used by its thread only.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/net/blocking_pool.h"
#include "pooler/net/out_batch.h"
#include "pooler/net/tls_turns.h"

namespace pooler {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::microseconds;

/// Base of objects that may die inside their own callback: they are buried and freed after the I/O callbacks.
class Mortal {
 public:
    Mortal() = default;
    Mortal(const Mortal&) = delete;
    Mortal& operator=(const Mortal&) = delete;
    virtual ~Mortal() = default;
};

struct IoContext {
    static constexpr std::size_t kBlockBytes = 128 * 1024;

    uv_loop_t* loop = nullptr;
    unsigned worker = 0;
    std::unique_ptr<char[]> block = std::make_unique<char[]>(kBlockBytes);
    std::string large;  ///< an incomplete message that is larger than half the block
    OutBatch to_client;
    OutBatch to_server;
    std::string_view ahead;  ///< while a client's block is walked: what follows the message at hand
    std::string record;      ///< small messages that leave in one TLS record
    TlsTurns tls;
    std::vector<std::unique_ptr<Mortal>> graveyard;
    Blocking blocking;                ///< where calls go that must not hold up the loop
    std::uint64_t last_sequence = 0;  ///< numbers requests, see server/ledger.h

    /// Monotonic time of now; a vDSO call.
    [[nodiscard]] static Clock::time_point now() { return Clock::now(); }
    [[nodiscard]] std::uint64_t next_sequence() { return ++last_sequence; }
    /// Frees it after the I/O callbacks of this loop turn.
    void bury(std::unique_ptr<Mortal> dead) { graveyard.push_back(std::move(dead)); }
};

}  // namespace pooler
