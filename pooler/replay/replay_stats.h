// Counts of replays for one database on one worker. Written by the worker, read when a report is made on its
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pooler/base/attempt_counts.h"
#include "pooler/base/latency.h"
#include "pooler/replay/replayer.h"

namespace pooler {

inline constexpr std::size_t kGiveUps = static_cast<std::size_t>(GiveUp::kUnfit) + 1;

struct ReplayStats {
    std::uint64_t started = 0;    ///< transactions that were run again, however often
    std::uint64_t succeeded = 0;  ///< and whose client has not noticed
    std::uint64_t attempts = 0;
    std::uint64_t by_savepoint = 0;                          ///< of them: on the same connection
    AttemptCounts needed;                                    ///< by those that succeeded
    LatencyHistogram time;                                   ///< of those that succeeded, from trigger to end
    std::uint64_t ambiguous = 0;                             ///< 08007: lost with a commit under way
    std::uint64_t unknown = 0;                               ///< an error that leaves open what came to pass
    std::uint64_t found_committed = 0;                       ///< lost with a COMMIT under way, and looked up
    std::uint64_t found_aborted = 0;                         ///< likewise
    std::uint64_t lost = 0;                                  ///< 40001 by weir: lost, and not to be run again
    std::uint64_t running = 0;                               ///< at the moment
    std::array<std::uint64_t, kTriggers> by_trigger{};       ///< of those started
    std::array<std::uint64_t, kGiveUps> given_up{};          ///< by reason
    std::array<std::uint64_t, kUnfitReasons> unprotected{};  ///< transactions that went on without, by reason
};

}  // namespace pooler
