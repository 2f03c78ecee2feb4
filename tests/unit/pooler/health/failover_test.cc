#include "pooler/health/failover.h"

#include <random>
#include <vector>

#include "tests/support/catch.h"

using pooler::FailbackMode;
using pooler::Failover;
using pooler::FailoverRules;
using pooler::FailoverTarget;
using Action = pooler::FailoverAction;
using Event = pooler::FailoverEvent;
using State = pooler::FailoverState;
using Actions = std::vector<Action>;

namespace {

constexpr FailoverRules kManual{};
constexpr FailoverRules kAutomatic{.failover_auto = true};
constexpr FailoverRules kGate{
    .failover_auto = true, .failback = FailbackMode::kGate, .has_command = true, .same_cluster = false};
constexpr FailoverRules kSameCluster{
    .failover_auto = true, .failback = FailbackMode::kAuto, .has_command = false, .same_cluster = true};

Failover on_secondary(const FailoverRules& rules) {
    Failover failover{rules};
    CHECK(failover.on(Event::kFailoverOrdered) == Actions{Action::kCheckSecondary});
    CHECK(failover.on(Event::kCheckPassed) == Actions{Action::kLeave});
    CHECK(failover.serving() == FailoverTarget::kNone);
    CHECK(failover.on(Event::kLeft) == Actions{Action::kOpenSecondary});
    CHECK(failover.serving() == FailoverTarget::kSecondary);
    return failover;
}

}  // namespace

TEST_CASE("failover: automatic only where it is configured, and only to a target that takes writes") {
    Failover manual{kManual};
    CHECK(manual.on(Event::kPrimaryDown).empty());
    CHECK(manual.state() == State::kPrimary);
    Failover automatic{kAutomatic};
    CHECK(automatic.on(Event::kPrimaryDown) == Actions{Action::kCheckSecondary});
    CHECK(automatic.serving() == FailoverTarget::kPrimary);
    CHECK(automatic.on(Event::kCheckFailed).empty());
    CHECK(automatic.state() == State::kPrimary);
    CHECK(automatic.on(Event::kPrimaryDown) == Actions{Action::kCheckSecondary});
    CHECK(automatic.on(Event::kCheckPassed) == Actions{Action::kLeave});
}

TEST_CASE("failover: a primary that comes back in time stays, unless the operator wants to leave it") {
    Failover automatic{kAutomatic};
    static_cast<void>(automatic.on(Event::kPrimaryDown));
    CHECK(automatic.on(Event::kPrimaryRecovered).empty());
    CHECK(automatic.state() == State::kPrimary);
    CHECK(automatic.on(Event::kCheckPassed).empty());  // the late answer means nothing
    CHECK(automatic.state() == State::kPrimary);
    static_cast<void>(automatic.on(Event::kFailoverOrdered));
    CHECK(automatic.on(Event::kPrimaryRecovered).empty());
    CHECK(automatic.state() == State::kCheckingSecondary);
}

TEST_CASE("failover: failback = manual waits for the operator") {
    Failover failover = on_secondary(kAutomatic);
    CHECK(failover.on(Event::kPrimaryUp).empty());
    CHECK(failover.on(Event::kFailbackOrdered) == Actions{Action::kCheckPrimary});
    CHECK(failover.on(Event::kCheckFailed).empty());
    CHECK(failover.serving() == FailoverTarget::kSecondary);
    static_cast<void>(failover.on(Event::kFailbackOrdered));
    CHECK(failover.on(Event::kCheckPassed) == Actions{Action::kLeave});
    CHECK(failover.on(Event::kLeft) == Actions{Action::kOpenPrimary});
    CHECK(failover.serving() == FailoverTarget::kPrimary);
}

TEST_CASE("failover: failback = gate runs the command with clients at work, and once more without") {
    Failover failover = on_secondary(kGate);
    CHECK(failover.on(Event::kPrimaryUp) == Actions{Action::kRunCommand});
    CHECK(failover.serving() == FailoverTarget::kSecondary);
    CHECK(failover.on(Event::kCommandDone) == Actions{Action::kCheckPrimary});
    CHECK(failover.on(Event::kCheckPassed) == Actions{Action::kLeave});
    CHECK(failover.on(Event::kLeft) == Actions{Action::kRunCommand});
    CHECK(failover.serving() == FailoverTarget::kNone);
    SECTION("done") {
        CHECK(failover.on(Event::kCommandDone) == Actions{Action::kOpenPrimary});
        CHECK(failover.state() == State::kPrimary);
    }
    SECTION("failed: clients go on where they were") {
        CHECK(failover.on(Event::kCommandFailed) == Actions{Action::kResume});
        CHECK(failover.serving() == FailoverTarget::kSecondary);
    }
    SECTION("the primary is gone again") {
        CHECK(failover.on(Event::kPrimaryDown) == Actions{Action::kStopCommand, Action::kResume});
        CHECK(failover.serving() == FailoverTarget::kSecondary);
    }
}

TEST_CASE("failover: a command that fails, or a primary that goes, leaves everything as it is") {
    Failover failover = on_secondary(kGate);
    static_cast<void>(failover.on(Event::kPrimaryUp));
    CHECK(failover.on(Event::kCommandFailed).empty());
    CHECK(failover.state() == State::kSecondary);
    static_cast<void>(failover.on(Event::kPrimaryUp));
    CHECK(failover.on(Event::kPrimaryDown) == Actions{Action::kStopCommand});
    CHECK(failover.state() == State::kSecondary);
}

TEST_CASE("failover: failback = auto is for two ways to the same cluster only") {
    Failover same = on_secondary(kSameCluster);
    CHECK(same.on(Event::kPrimaryUp) == Actions{Action::kCheckPrimary});
    FailoverRules two = kSameCluster;
    two.same_cluster = false;
    Failover other = on_secondary(two);
    CHECK(other.on(Event::kPrimaryUp).empty());
    FailoverRules no_command = kGate;
    no_command.has_command = false;
    Failover gate = on_secondary(no_command);
    CHECK(gate.on(Event::kPrimaryUp).empty());
}

namespace {

/// A pooler without sockets: transactions that run on the target that is served, and what the actions say.
/// It checks after each step what must hold in every history.
class World {
 public:
    explicit World(unsigned seed) : random_{seed} {
        rules_.failover_auto = coin();
        rules_.failback =
            std::array{FailbackMode::kManual, FailbackMode::kGate, FailbackMode::kAuto}[pick(3)];
        rules_.has_command = coin();
        rules_.same_cluster = coin();
        failover_.set_rules(rules_);
    }

    void turn() {
        if (pick(4) == 0 && failover_.serving() != FailoverTarget::kNone) begin_work();
        if (pick(3) == 0 && !work_.empty()) work_.pop_back();
        if (leaving_ && work_.empty() && coin()) {
            leaving_ = false;
            left_ = true;
            send(Event::kLeft);
        } else if (leaving_ && pick(8) == 0) {
            work_.clear();  // the bound is over: the rest is killed
        } else if (running_ && pick(3) == 0) {
            running_ = false;
            const bool good = coin();
            synced_ = good && failover_.serving() == FailoverTarget::kNone && work_.empty();
            send(good ? Event::kCommandDone : Event::kCommandFailed);
        } else if (checking_ && pick(3) == 0) {
            checking_ = false;
            const bool good = coin();
            checked_ = good;
            send(good ? Event::kCheckPassed : Event::kCheckFailed);
        } else {
            happen();
        }
        check();
    }
    [[nodiscard]] unsigned switches() const { return switches_; }

 private:
    [[nodiscard]] bool coin() { return pick(2) == 0; }
    [[nodiscard]] std::size_t pick(std::size_t of) { return random_() % of; }

    void begin_work() {
        const bool secondary = failover_.serving() == FailoverTarget::kSecondary;
        REQUIRE(secondary == target_secondary_);
        work_.push_back(secondary);
        synced_ = false;  // whoever writes makes the other side stale
    }
    void happen() {
        constexpr std::array kHappens{Event::kPrimaryDown, Event::kPrimaryUp, Event::kPrimaryRecovered,
                                      Event::kFailoverOrdered, Event::kFailbackOrdered};
        const Event event = kHappens[pick(kHappens.size())];
        by_health_ = failover_.accepts(event) ? false : by_health_;
        if (event == Event::kPrimaryUp && failover_.state() == State::kSecondary) by_health_ = true;
        if (event == Event::kPrimaryDown && failover_.state() == State::kPrimary) by_health_ = true;
        send(event);
    }
    void send(Event event) {
        for (const Action action : failover_.on(event)) obey(action);
    }
    void obey(Action action) {
        switch (action) {
            case Action::kCheckPrimary:
            case Action::kCheckSecondary:
                checking_ = true;
                checked_ = false;
                break;
            case Action::kLeave: leaving_ = true; break;
            case Action::kResume: leaving_ = false; break;
            case Action::kRunCommand:
                CHECK(rules_.has_command);
                running_ = true;
                break;
            case Action::kStopCommand: running_ = false; break;
            case Action::kOpenPrimary:
                CHECK((!rules_.has_command || synced_));
                open(false);
                // On its own only where nothing can be lost.
                CHECK((!by_health_ || (rules_.failback == FailbackMode::kGate && rules_.has_command) ||
                       (rules_.failback == FailbackMode::kAuto && rules_.same_cluster)));
                break;
            case Action::kOpenSecondary:
                open(true);
                CHECK((!by_health_ || rules_.failover_auto));
                break;
        }
    }
    void open(bool secondary) {
        CHECK(work_.empty());
        CHECK(left_);
        CHECK(checked_);
        CHECK(target_secondary_ != secondary);
        target_secondary_ = secondary;
        left_ = checked_ = synced_ = false;
        ++switches_;
    }
    void check() {
        for (const bool secondary : work_) CHECK(secondary == target_secondary_);
        if (failover_.serving() == FailoverTarget::kPrimary) CHECK_FALSE(target_secondary_);
        if (failover_.serving() == FailoverTarget::kSecondary) CHECK(target_secondary_);
        CHECK(failover_.on_secondary() == target_secondary_);
    }

    std::mt19937 random_;
    FailoverRules rules_;
    Failover failover_;
    std::vector<bool> work_;  ///< open transactions; true: on the secondary
    bool target_secondary_ = false;
    bool checking_ = false, checked_ = false;
    bool leaving_ = false, left_ = false;
    bool running_ = false, synced_ = false;
    bool by_health_ = false;  ///< nobody ordered what happens
    unsigned switches_ = 0;
};

}  // namespace

TEST_CASE("failover: in random histories there are never two targets with writers, nor one unchecked") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    unsigned switches = 0;
    for (unsigned history = 0; history < 400; ++history) {
        CAPTURE(history);
        World world{seed + history};
        for (int turn = 0; turn < 300; ++turn) world.turn();
        switches += world.switches();
    }
    CHECK(switches > 1000);
}
