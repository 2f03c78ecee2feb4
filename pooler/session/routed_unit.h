// What a session keeps of a request that runs on a replica: enough to run it again on the primary as long as
// the client has seen nothing of its answer. Made for sessions of databases with replicas; one for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "pooler/pool/replica_set.h"
#include "pooler/server/parameters.h"
#include "pooler/server/variables.h"

namespace pooler {

struct RoutedUnit {
    /// Larger requests stay on the primary.
    static constexpr std::size_t kMaxBytes = 64 * 1024;

    //   kIdle --a replica is chosen--> kSending --whole--> kSent --its transaction goes on--> kSending
    //   kSending --error--> kCut, kSent --error--> kFailed; both --> kRepeat --asked for a server--> kIdle
    enum class State : std::uint8_t {
        kIdle,     ///< nothing runs on a replica
        kSending,  ///< the request has not been sent whole
        kSent,     ///< whole: what comes next is another request
        kCut,      ///< the replica cannot answer what it was sent a part of
        kFailed,   ///< the replica cannot answer; its replies are dropped
        kRepeat,   ///< the next request goes to the primary, whatever it is
    };
    [[nodiscard]] bool failed() const { return state == State::kCut || state == State::kFailed; }
    /// A Query or Sync of the client has been sent there, or is about to be.
    void note_end_of_request() {
        if (state == State::kSending) state = State::kSent;
    }
    /// Something of the answer goes to the client: from here on it cannot be repeated.
    void note_delivery() { bytes.clear(); }

    State state = State::kIdle;
    std::shared_ptr<Replica> replica;  ///< null: nothing runs on a replica
    std::string bytes;       ///< of the Query, or of the batch up to its Sync; empty: it cannot be repeated
    std::size_t taken = 0;   ///< of them, those that were walked
    std::string begin_text;  ///< of a read-only transaction
    Variables variables;     ///< the client's, without those that are weir's on replicas
    bool transaction = false;
    bool had_names = false;   ///< the client had prepared statements before
    ParameterSet parameters;  ///< of a transaction: what the client had been told before it
    Clock::time_point since;

    Clock::time_point last_write{};  ///< end of this session's last one, for read_after_write = session
};

}  // namespace pooler
