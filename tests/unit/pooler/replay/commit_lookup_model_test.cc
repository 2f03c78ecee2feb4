// Random histories of a COMMIT whose connection is lost, on servers that crash, restart and are promoted, and
// give the numbers of transactions that left no trace to others. What the lookup says must be so; and the
// proof that it would be noticed if it were not: each seeded bug is found.
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "pooler/replay/commit_lookup.h"
#include "pooler/seeded_bug.h"
#include "tests/support/catch.h"

using namespace pooler;
using Verdict = CommitLookup::Verdict;

namespace {

constexpr int kMine = -1;

struct Xact {
    int owner = 0;
    std::string status = "in progress";
    bool logged = false;  ///< something of it is in the write-ahead log
};

/// A node of one database system.
struct Node {
    std::string run;
    std::uint64_t next_xid = 100;
    std::map<std::uint64_t, Xact> xacts;
    bool standby_configured = false;
};

struct Witness {
    ServerRun known;
    std::size_t node = 0;
    std::string backend;          ///< as it is now
    bool through_pooler = false;  ///< a crash gives it another process instead of ending it
};

class History {
 public:
    explicit History(std::uint64_t seed) : random_(seed) {
        nodes_.push_back({"system/start" + std::to_string(++starts_), 100, {}, chance(3)});
    }

    /// What is wrong with the verdict; empty: nothing.
    std::string play() {
        for (int i = pick(6); i > 0; --i) anything();
        const std::uint64_t xid = begin_mine();
        for (int i = pick(3); i > 0; --i) anything();
        lookup_.ask(tick(), "");
        if (mine_lost_) return "";
        lookup_.on_xid({std::to_string(xid), nodes_[mine_on_].run});
        commit_sent_ = true;
        for (int i = pick(4); i > 0; --i) anything();
        lookup_.begin(tick() + std::chrono::hours{1});
        for (int round = 0; round < 6; ++round) {
            for (int i = pick(4); i > 0; --i) anything();
            const Verdict verdict = ask_somebody();
            if (verdict == Verdict::kOpen) continue;
            settled_ = verdict;
            break;
        }
        while (mine_runs()) end_mine();  // whatever is still to come
        return judge();
    }
    [[nodiscard]] std::optional<Verdict> settled() const { return settled_; }

 private:
    [[nodiscard]] bool chance(unsigned in) { return random_() % in == 0; }
    [[nodiscard]] int pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
    CommitLookup::Clock::time_point tick() { return now_ += std::chrono::seconds{1}; }

    void anything() {
        switch (pick(7)) {
            case 0:
            case 1: return open_witness();
            case 2:
            case 3: return other_transaction(static_cast<std::size_t>(pick(static_cast<int>(nodes_.size()))));
            case 4: return end_mine();
            case 5: return crash();
            case 6: return promote();
            default: return;
        }
    }

    void open_witness() {
        const auto node = static_cast<std::size_t>(pick(static_cast<int>(nodes_.size())));
        const std::string backend = std::to_string(++backends_);
        witnesses_.push_back({{nodes_[node].run, backend, tick()}, node, backend, chance(4)});
    }

    void other_transaction(std::size_t on) {
        Node& node = nodes_[on];
        Xact& xact = node.xacts[node.next_xid++];
        xact.owner = ++others_;
        xact.status = chance(3) ? "aborted" : "committed";
        xact.logged = true;
        log_before(node, node.next_xid);
    }

    /// The log has an order: with something of a later one, all earlier numbers are known to be taken.
    static void log_before(Node& node, std::uint64_t xid) {
        for (auto& [number, xact] : node.xacts)
            if (number < xid) xact.logged = true;
    }

    std::uint64_t begin_mine() {
        mine_on_ = static_cast<std::size_t>(pick(static_cast<int>(nodes_.size())));
        Node& node = nodes_[mine_on_];
        node.xacts[node.next_xid].owner = kMine;
        return node.next_xid++;
    }

    [[nodiscard]] Xact* mine() {
        for (auto& [number, xact] : nodes_[mine_on_].xacts)
            if (xact.owner == kMine) return &xact;
        return nullptr;
    }
    [[nodiscard]] bool mine_runs() { return mine() != nullptr && mine()->status == "in progress"; }

    /// The COMMIT arrives, or the server notices that its client is gone.
    void end_mine() {
        if (!commit_sent_ || !mine_runs()) return;
        const bool commits = chance(2);
        mine()->status = commits ? "committed" : "aborted";
        mine()->logged = commits;
        // A process that waits for its standby may be told to end before the standby has it.
        replicated_ = commits && (!nodes_[mine_on_].standby_configured || chance(2));
        committed_ = commits;
    }

    /// All processes end; what has left no trace in the log was never there, and its number is given again.
    void crash() {
        const auto on = static_cast<std::size_t>(pick(static_cast<int>(nodes_.size())));
        Node& node = nodes_[on];
        if (chance(2)) node.run = "system/start" + std::to_string(++starts_);  // else the postmaster lives on
        for (auto at = node.xacts.begin(); at != node.xacts.end();) {
            if (at->second.owner == kMine && on == mine_on_) mine_lost_ = true;
            if (at->second.status == "in progress") at->second.status = "aborted";
            at = at->second.logged ? std::next(at) : node.xacts.erase(at);
        }
        node.next_xid = node.xacts.empty() ? 100 : node.xacts.rbegin()->first + 1;
        std::vector<Witness> left;
        for (Witness& witness : witnesses_) {
            if (witness.node == on && !witness.through_pooler) continue;
            if (witness.node == on) witness.backend = std::to_string(++backends_);
            left.push_back(witness);
        }
        witnesses_ = std::move(left);
    }

    /// A standby goes on from the log of this node.
    void promote() {
        Node copy = nodes_[static_cast<std::size_t>(pick(static_cast<int>(nodes_.size())))];
        if (nodes_.size() > 2) return;
        copy.run = "system/start" + std::to_string(++starts_);
        for (auto at = copy.xacts.begin(); at != copy.xacts.end();) {
            if (at->second.status == "in progress") at->second.status = "aborted";
            at = at->second.logged ? std::next(at) : copy.xacts.erase(at);
        }
        copy.next_xid = copy.xacts.empty() ? 100 : copy.xacts.rbegin()->first + 1;
        nodes_.push_back(std::move(copy));
    }

    [[nodiscard]] Verdict ask_somebody() {
        std::vector<const Witness*> able;
        for (const Witness& witness : witnesses_)
            if (lookup_.may_ask(witness.known)) able.push_back(&witness);
        if (able.empty()) return lookup_.on_nobody();
        const Witness& asked = *able[static_cast<std::size_t>(pick(static_cast<int>(able.size())))];
        const Node& node = nodes_[asked.node];
        const auto found =
            node.xacts.find(std::strtoull(lookup_.question().c_str() + kNumberAt, nullptr, 10));
        std::optional<std::string> status;
        if (found != node.xacts.end()) status = found->second.status;
        return lookup_.on_answer(asked.known,
                                 {status, node.run, asked.backend, node.standby_configured ? "s1" : ""});
    }
    static constexpr std::size_t kNumberAt = std::string_view{"SELECT pg_catalog.txid_status("}.size();

    [[nodiscard]] std::string judge() const {
        if (settled_ == Verdict::kCommitted && !committed_) return "claims a commit that is not there";
        if (settled_ == Verdict::kCommitted && !replicated_) return "claims a commit that the standby lacks";
        if (settled_ == Verdict::kAborted && committed_) return "denies a commit that is there";
        return "";
    }

    std::mt19937_64 random_;
    CommitLookup lookup_;
    CommitLookup::Clock::time_point now_{std::chrono::hours{1}};
    std::vector<Node> nodes_;
    std::vector<Witness> witnesses_;
    std::size_t mine_on_ = 0;
    int starts_ = 0;
    int backends_ = 0;
    int others_ = 0;
    bool mine_lost_ = false;
    bool commit_sent_ = false;
    bool committed_ = false;
    bool replicated_ = false;
    std::optional<Verdict> settled_;
};

struct Run {
    std::uint64_t seed = 0;
    std::string fault;
    std::map<Verdict, int> verdicts;
};

Run run(std::uint64_t seed, int histories) {
    Run total;
    for (int i = 0; i < histories; ++i) {
        History history(total.seed = seed + static_cast<std::uint64_t>(i));
        total.fault = history.play();
        if (history.settled()) ++total.verdicts[*history.settled()];
        if (!total.fault.empty()) return total;
    }
    return total;
}

constexpr int kHistories = 100'000;

}  // namespace

TEST_CASE("commit lookup model: whatever happens to the servers, what is found is so") {
    seed_bug(SeededBug::kNone);
    Run result = run(std::random_device{}(), kHistories);
    CAPTURE(result.seed);
    CHECK(result.fault == "");
    CHECK(result.verdicts[Verdict::kCommitted] > kHistories / 100);
    CHECK(result.verdicts[Verdict::kAborted] > kHistories / 100);
    CHECK(result.verdicts[Verdict::kUnknown] > kHistories / 100);
}

TEST_CASE("commit lookup model: every seeded bug is noticed") {
    if (!kSeedsBugs) {
        WARN("built without WEIR_SEEDED_BUGS");
        return;
    }
    for (const SeededBug bug :
         {SeededBug::kAnyWitness, SeededBug::kYoungWitness, SeededBug::kStandbyForgotten}) {
        seed_bug(bug);
        const Run result = run(1, kHistories);
        seed_bug(SeededBug::kNone);
        CAPTURE(static_cast<int>(bug), result.seed);
        CHECK_FALSE(result.fault.empty());
    }
}
