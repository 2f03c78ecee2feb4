// What the sessions of a worker share for replaying transactions: machines that are free, counts by database,
// and a gate for each database: from its second failure on a transaction is run again only when the one
// before it is through, so that storms do not feed themselves. Owned by the worker; its thread only.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/net/handle.h"
#include "pooler/replay/replay_stats.h"
#include "pooler/server/parameters.h"
#include "pooler/server/variables.h"
#include "pooler/session/prepared_names.h"

namespace pooler {

class ClientSession;

/// A session's own part of a replay: the machine, and what the session goes back to.
struct ClientReplay {
    explicit ClientReplay(LogBudget& budget) : machine{budget} {}

    Replayer machine;
    ReplayStats* stats = nullptr;
    ParameterSet parameters;  ///< when the window began
    bool had_names = false;   ///< it had prepared statements then
    std::string begin_text;   ///< of the transaction
    StatementFacts facts;     ///< of the message at hand, if it runs a statement
    bool has_facts = false;
    std::uint64_t unit_end = 0;  ///< the message at hand ends a unit, by this request; 0: it does not
    bool unit_query = false;
    std::uint64_t cancelled_unit = 0;  ///< whose end is this request was cancelled by the client; 0: none
    std::uint64_t reported = 0;        ///< tracked parameters that the server has reported since
    unsigned ends = 0;                 ///< transactions that ended in the read at hand

    // while it is run again
    bool started = false;
    bool at_gate = false;
    std::optional<PreparedNames> names_then;  ///< when it failed
    ParameterSet parameters_then;             ///< likewise; CockroachDB does not undo SET
    std::optional<Variables> variables_then;  ///< likewise, if they were known
    std::size_t body_left_then = 0;           ///< of a message that the client was sending
    Replayer::Clock::time_point since;
    Timer timer;
};

class ReplayDesk {
 public:
    explicit ReplayDesk(LogBudget& budget) : budget_{&budget} {}

    [[nodiscard]] std::unique_ptr<ClientReplay> take();
    void give_back(std::unique_ptr<ClientReplay> replay);
    [[nodiscard]] ReplayStats& stats(const std::string& database) { return stats_[database]; }
    [[nodiscard]] const std::map<std::string, ReplayStats, std::less<>>& all_stats() const { return stats_; }

    /// True: it may go on. False: on_replay_turn() follows.
    [[nodiscard]] bool enter_gate(ClientSession& session, const std::string& database);
    void leave_gate(ClientSession& session, const std::string& database);

 private:
    static constexpr std::size_t kKeep = 256;

    LogBudget* budget_;
    std::vector<std::unique_ptr<ClientReplay>> free_;
    std::map<std::string, ReplayStats, std::less<>> stats_;
    std::map<std::string, std::deque<ClientSession*>, std::less<>> gates_;  ///< the first is inside
};

}  // namespace pooler
