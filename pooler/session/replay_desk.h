// What the sessions of a worker share for replaying transactions: machines that are free, counts by database,
// and the way to the process's gates: over the budget a replay waits its turn, and from its second failure on
// a transaction is run again only when the one before it is through, so that storms do not feed themselves.
// Owned by the worker; its thread only.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pooler/net/handle.h"
#include "pooler/pool/inquirer.h"
#include "pooler/replay/commit_lookup.h"
#include "pooler/replay/replay_gates.h"
#include "pooler/replay/replay_stats.h"
#include "pooler/replay/restart_savepoint.h"
#include "pooler/server/parameters.h"
#include "pooler/server/statement.h"
#include "pooler/server/variables.h"
#include "pooler/session/prepared_names.h"
#include "pooler/sql/statement_cache.h"

namespace pooler {

class ClientSession;

/// Asks other servers what became of a session's COMMIT.
class CommitInquirer final : public Inquirer {
 public:
    explicit CommitInquirer(const CommitLookup& commit) : commit_{&commit} {}

    [[nodiscard]] bool may_ask(const ServerConnection& server) const override {
        return server.run != nullptr && commit_->may_ask(*server.run);
    }
    [[nodiscard]] std::string question() const override { return commit_->question(); }
    void on_answered(const ServerRun* run, const OwnResult& result) override;
    void on_unanswered() override;

    ClientSession* session = nullptr;

 private:
    const CommitLookup* commit_;
};

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
    bool error_seen = false;           ///< in the read at hand
    unsigned ends = 0;                 ///< transactions that ended in the read at hand
    RestartSavepoint savepoint;
    RestartPlace begin_restart = RestartPlace::kNever;  ///< as its BEGIN says
    std::uint64_t savepoint_first = 0;  ///< our SAVEPOINT or RELEASE, as last sent: first request ...
    std::uint64_t savepoint_last = 0;   ///< ... and last
    bool release_failed = false;        ///< the transaction is over, though the server says it is not
    bool looks_up = false;              ///< commit_resolution = xid
    CommitLookup commit;
    CommitInquirer inquirer{commit};
    std::uint64_t xid_at = 0;  ///< our question for the transaction's number, as last answered; 0: none

    // while it is run again
    bool started = false;
    ReplayGates::Ticket ticket;
    bool admitted = false;                    ///< it has asked the budget ...
    bool at_gate = false;                     ///< ... and the gate, and may have to wait
    bool going_back = false;                  ///< ROLLBACK TO the savepoint is under way
    std::optional<PreparedNames> names_then;  ///< when it failed
    ParameterSet parameters_then;             ///< likewise; CockroachDB does not undo SET
    std::optional<Variables> variables_then;  ///< likewise, if they were known
    std::size_t body_left_then = 0;           ///< of a message that the client was sending
    Replayer::Clock::time_point since;
    bool fed = false;                        ///< all of it was sent again ...
    Replayer::Clock::time_point turn_until;  ///< ... and this long others wait for what had failed
    Timer timer;
};

class ReplayDesk {
 public:
    using Wake = std::function<void(const ReplayGates::Ticket&)>;

    /// `wake`: tells the worker of a ticket that its turn has come.
    ReplayDesk(LogBudget& budget, ReplayGates& gates, unsigned worker, Wake wake)
        : budget_{&budget}, gates_{&gates}, worker_{worker}, wake_{std::move(wake)} {}

    [[nodiscard]] std::unique_ptr<ClientReplay> take();
    void give_back(std::unique_ptr<ClientReplay> replay);
    /// Of a prepared statement; read once for each of those in use. Valid until the next call.
    [[nodiscard]] const StatementFacts& facts_of(const StatementRef& statement, Dialect dialect,
                                                 StatementClassCache& classes);
    [[nodiscard]] ReplayStats& stats(const std::string& database) { return stats_[database]; }
    [[nodiscard]] const std::map<std::string, ReplayStats, std::less<>>& all_stats() const { return stats_; }

    /// True: it may go on. False: on_replay_turn() follows, later.
    [[nodiscard]] bool ask_for_turn(ClientSession& session, ClientReplay& replay,
                                    const std::string& database);
    /// It waits no longer, and is not run again any more.
    void leave_turns(ClientReplay& replay, const std::string& database);
    void on_turn(std::uint64_t ticket);

 private:
    static constexpr std::size_t kKeep = 256;
    static constexpr std::size_t kFacts = 64;
    struct KnownFacts {
        StatementRef statement;
        Dialect dialect = Dialect::kPostgres;
        StatementFacts facts;
    };

    LogBudget* budget_;
    ReplayGates* gates_;
    unsigned worker_;
    Wake wake_;
    std::vector<std::unique_ptr<ClientReplay>> free_;
    std::array<KnownFacts, kFacts> facts_;  ///< by hash; a newer one takes the place of an older
    std::map<std::string, ReplayStats, std::less<>> stats_;
    std::map<std::uint64_t, ClientSession*> waiting_;  ///< by ticket
};

}  // namespace pooler
