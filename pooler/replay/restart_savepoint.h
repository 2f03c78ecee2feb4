// The savepoint that weir opens in a client's transaction on CockroachDB: where it goes, whether it is
// released in front of a COMMIT, and whether it leads back to the beginning of the transaction. A pure type;
// part of a session's replay.
//
//   kNone --begin--> kDue --statement--> kOpen --COMMIT--> kReleased
//                     '-- no place --> kNone  ^--- back to it ---'
//
// Sources: CockroachDB docs, "SAVEPOINT", "Advanced Client-side Transaction Retries".
#pragma once

#include <cstdint>
#include <string_view>

#include "pooler/replay/statement_facts.h"

namespace pooler {

class RestartSavepoint {
 public:
    static constexpr std::string_view kOpenText = "SAVEPOINT cockroach_restart";
    static constexpr std::string_view kReleaseText = "RELEASE SAVEPOINT cockroach_restart";
    static constexpr std::string_view kBackText = "ROLLBACK TO SAVEPOINT cockroach_restart";

    /// A transaction begins with a BEGIN of weir's. `wanted`: it is serializable, and an error of its COMMIT
    /// proves that nothing was committed.
    void begin(bool wanted) {
        begin_again(wanted);
        plain_ = false;
    }
    /// The same on another server.
    void begin_again(bool wanted) { state_ = wanted ? State::kDue : State::kNone; }
    void end() { state_ = State::kNone; }

    [[nodiscard]] bool due() const { return state_ == State::kDue; }
    /// The next statement. `certain`: the transaction is open, as far as what was sent in front of it has
    /// been answered, or stands in one batch with it. True: the savepoint goes in front of it.
    [[nodiscard]] bool goes_in_front(RestartPlace place, bool certain);

    /// Whether it is released in front of this COMMIT. `certain`: if the RELEASE fails the server does not
    /// run the COMMIT, and the transaction has not failed.
    [[nodiscard]] bool releases(const StatementFacts& facts, bool certain) const {
        return state_ == State::kOpen && !plain_ && certain && facts.commits && facts.ends &&
               facts.unfit == Unfit::kNone;
    }
    void release() { state_ = State::kReleased; }
    [[nodiscard]] bool released() const { return state_ == State::kReleased; }
    /// COMMIT is sent without it, and may be answered in part: if it is run again it comes without it again.
    void commits_plainly() { plain_ = true; }

    /// Of a server that has refused the transaction: it may be sent back to the savepoint. `attempt`: which
    /// one would follow. From the second on others may be let through first: its locks must not be in their
    /// way.
    [[nodiscard]] bool leads_back(unsigned attempt) const {
        return attempt == 1 && (state_ == State::kOpen || state_ == State::kReleased);
    }
    void back() { state_ = State::kOpen; }

 private:
    enum class State : std::uint8_t { kNone, kDue, kOpen, kReleased };
    State state_ = State::kNone;
    bool plain_ = false;
};

}  // namespace pooler
