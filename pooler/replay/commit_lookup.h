// Whether a COMMIT took effect whose PostgreSQL server was lost before it answered, as far as the server
// itself can tell: which transaction it was is asked in front of the COMMIT, what became of it on another
// connection to the same run of the same server. A pure machine: no socket, no timer, no clock. Part of a
// session's replay.
//
//   kNone --ask--> kAsking --on_xid--> kKnown --begin--> kLooking --verdict--> kNone
//     ^--forget-------'------------------'
//
// What a witness says counts only if its server process was there before the number was asked for, and still
// is: a crash ends all of them, and only after a crash, or on another server, can a number belong to another
// transaction. docs/replay.md has the proof.
// Sources: PostgreSQL docs, "System Information Functions and Operators" (txid_status), "Asynchronous
// Commit", "Synchronous Replication".
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "pooler/base/server_run.h"

namespace pooler {

class CommitLookup {
 public:
    using Clock = std::chrono::steady_clock;
    using Row = ServerRun::Row;

    enum class Verdict : std::uint8_t {
        kOpen,       ///< not yet: it still runs, or nobody could be asked
        kCommitted,  ///< for certain
        kAborted,    ///< for certain, and it never will be committed
        kUnknown,    ///< nobody can tell
    };

    /// Another transaction, or another server.
    void forget() { state_ = State::kNone; }

    // --- in front of a COMMIT
    /// The server is asked with xid_question(), before the COMMIT goes. `answer`: the messages with which it
    /// will say that it has committed, but for the ReadyForQuery.
    void ask(Clock::time_point now, std::string answer);
    [[nodiscard]] bool asking() const { return state_ == State::kAsking; }
    [[nodiscard]] static std::string xid_question();
    /// The answer; empty: it was refused.
    void on_xid(const Row& row);
    [[nodiscard]] bool known() const { return state_ == State::kKnown; }

    // --- the server is lost behind it
    void begin(Clock::time_point deadline);
    [[nodiscard]] bool looking() const { return state_ == State::kLooking; }
    /// A connection to this may be asked with question().
    [[nodiscard]] bool may_ask(const ServerRun& witness) const;
    [[nodiscard]] std::string question() const;
    /// What a connection to `witness`, as it was known before, has answered; empty: it was refused.
    [[nodiscard]] Verdict on_answer(const ServerRun& witness, const Row& row);
    /// There is nobody who could be asked, now or later.
    [[nodiscard]] Verdict on_nobody() { return end(Verdict::kUnknown); }
    [[nodiscard]] Verdict on_clock(Clock::time_point now) {
        return now < deadline_ ? Verdict::kOpen : end(Verdict::kUnknown);
    }
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
    /// Before it is asked again, since it still runs: longer and longer.
    [[nodiscard]] std::chrono::milliseconds pause();

    [[nodiscard]] const std::string& answer() const { return answer_; }

 private:
    enum class State : std::uint8_t { kNone, kAsking, kKnown, kLooking };
    Verdict end(Verdict verdict) {
        state_ = State::kNone;
        return verdict;
    }

    State state_ = State::kNone;
    Clock::time_point asked_;
    Clock::time_point deadline_;
    std::chrono::milliseconds pause_{0};
    std::string xid_;
    std::string run_;  ///< of the server, as it said together with the number
    std::string answer_;
};

}  // namespace pooler
