// Finds out how fresh the replicas of a database are: at most every 50 ms while there are writes, now and
// then otherwise. What it finds goes into their ReplicaStates, from where all workers read it. No query of a
// client waits for it, and none is added to a transaction.
//
// Streaming: the primary is asked for the end of its log. Whatever it had acknowledged before the question
// lies in front of that position, so a standby that has replayed up to there shows all of it. Positions are
// compared on the primary's timeline only. Standby clusters: each is asked for its lag by replica_lag_query.
//
// Owned by the first worker; its thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pooler/pool/probe_line.h"
#include "pooler/pool/replica_set.h"
#include "pooler/route/wal_position.h"

namespace pooler {

class LagProbe final : private ProbeLineOwner {
 public:
    static constexpr std::chrono::milliseconds kPeriod{50};
    static constexpr std::chrono::milliseconds kQuietPeriod{200};

    /// The pools must outlive it.
    LagProbe(PoolEnvironment& environment, Pool& primary);

    /// True: there are writes to catch up with, the next call is due in kPeriod. Else kQuietPeriod will do.
    [[nodiscard]] bool tick();
    [[nodiscard]] const Pool& primary() const { return *primary_; }

 private:
    struct Position {
        Clock::time_point asked;
        std::uint64_t end = 0;
    };
    struct Line {
        std::unique_ptr<ProbeLine> line;
        ReplicaState* state = nullptr;
        bool elsewhere = false;  ///< on another timeline than the primary
    };
    void on_answer(ProbeLine& line, const std::optional<std::string>& value) override;

    [[nodiscard]] bool behind() const;
    void ask_replicas();
    void on_position(std::optional<TimelinePosition> position);
    void enter_timeline(std::uint32_t timeline);
    void on_replayed(Line& replica, const TimelinePosition& at_replica);
    static void on_lag(Line& replica, const std::string& seconds);

    Pool* primary_;
    conf::ReplicaKind kind_;
    std::string question_;  ///< to a replica
    Clock::duration quiet_period_;
    std::unique_ptr<ProbeLine> primary_line_;
    std::vector<Line> replicas_;
    std::deque<Position> positions_;  ///< oldest first, all on timeline_
    std::uint32_t timeline_ = 0;      ///< of the primary; 0: not known yet
    Clock::time_point last_round_;
};

}  // namespace pooler
