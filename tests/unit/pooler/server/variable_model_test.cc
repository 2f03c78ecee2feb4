// Random histories: a server that keeps a stack of old values for each variable, as PostgreSQL's source does,
// executes random pipelines of texts and batches; the tracker hears only what a pooler hears. At every idle
// point both must agree. For CockroachDB the server keeps what was set. The model works on effective values
// with SET LOCAL; the tracker on session values and copies: they have nothing in common.
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "pooler/server/variable_tracker.h"
#include "tests/support/catch.h"

using pooler::VariableEffect;
using pooler::VariableEffects;
using pooler::VariableTracker;
using protocol::TransactionStatus;
using Kind = VariableEffect::Kind;

namespace {

struct Step {
    enum class Verb {
        kSet,
        kSetLocal,
        kReset,
        kResetAll,
        kSave,
        kRelease,
        kBack,
        kBegin,
        kCommit,
        kRollback,
        kWork,
        kError
    };
    Verb verb = Verb::kWork;
    std::string name;
    std::string value;
};

/// One variable with what it goes back to, level by level.
class StackedVariable {
 public:
    using Value = std::optional<std::string>;

    void set(int level, const Value& value, bool local) {
        Entry& entry = entry_at(level);
        if (local) {
            if (!entry.local && entry.set) entry.masked = now_;
            entry.local = true;
        } else {
            entry.set = true;
            entry.local = false;
        }
        now_ = value;
    }
    /// The (sub)transaction at `level` ends; level 1 is the transaction itself.
    void end(int level, bool commits) {
        if (stack_.empty() || stack_.back().level < level) return;
        const Entry ended = stack_.back();
        stack_.pop_back();
        if (!commits) {
            now_ = ended.before;
        } else if (level == 1) {
            if (ended.local) now_ = ended.set ? ended.masked : ended.before;
        } else {
            merge(ended, level - 1);
        }
    }
    [[nodiscard]] const Value& now() const { return now_; }

 private:
    struct Entry {
        int level;
        bool set;
        bool local;
        Value before;
        Value masked;
    };
    Entry& entry_at(int level) {
        if (stack_.empty() || stack_.back().level < level)
            stack_.push_back({level, false, false, now_, std::nullopt});
        return stack_.back();
    }
    void merge(const Entry& ended, int level) {
        if (stack_.empty() || stack_.back().level < level) {
            stack_.push_back(ended);
            stack_.back().level = level;
            return;
        }
        Entry& below = stack_.back();
        if (!ended.local) {
            below.set = true;
            below.local = false;
            return;
        }
        if (ended.set) {
            below.set = true;
            below.masked = ended.masked;
        } else if (below.set && !below.local) {
            below.masked = ended.before;
        }
        below.local = true;
    }

    Value now_;
    std::vector<Entry> stack_;
};

class ServerModel {
 public:
    ServerModel(VariableTracker& tracker, bool undoes) : tracker_{&tracker}, undoes_{undoes} {}

    /// A text (or a batch up to its Sync), with the numbers of its requests: one for a text, one each in a
    /// batch and one for the Sync.
    void execute(const std::vector<Step>& steps, const std::vector<std::uint64_t>& numbers,
                 std::uint64_t ready) {
        bool error = false;
        for (std::size_t i = 0; i < steps.size() && !error; ++i) {
            const char* tag = run(steps[i]);
            error = tag == nullptr;
            if (!error) tracker_->on_command_complete(numbers[i], tag);
        }
        if (error) fail();
        if (!block_) end_all(!error);
        tracker_->on_ready(ready, status());
    }
    [[nodiscard]] TransactionStatus status() const {
        if (!block_) return TransactionStatus::kIdle;
        return failed_ ? TransactionStatus::kFailed : TransactionStatus::kInTransaction;
    }
    [[nodiscard]] const std::map<std::string, StackedVariable>& variables() const { return variables_; }

 private:
    void fail() {
        tracker_->on_error();
        if (block_) failed_ = true;
    }
    [[nodiscard]] int level() const { return 1 + static_cast<int>(savepoints_.size()); }

    /// The tag, or nullptr for an error.
    const char* run(const Step& step) {
        using Verb = Step::Verb;
        if (failed_ && step.verb != Verb::kBack && step.verb != Verb::kCommit && step.verb != Verb::kRollback)
            return nullptr;
        switch (step.verb) {
            case Verb::kSet: return assign(step.name, step.value, false);
            case Verb::kSetLocal: return assign(step.name, step.value, true);
            case Verb::kReset: assign(step.name, std::nullopt, false); return "RESET";
            case Verb::kResetAll:
                for (auto& item : variables_) assign(item.first, std::nullopt, false);
                return "RESET";
            case Verb::kSave:
                if (!block_) return nullptr;
                savepoints_.push_back(step.name);
                return "SAVEPOINT";
            case Verb::kRelease: return release(step.name);
            case Verb::kBack: return back(step.name);
            case Verb::kBegin: block_ = true; return "BEGIN";
            case Verb::kCommit: return end(!failed_);
            case Verb::kRollback: return end(false);
            case Verb::kWork: return "SELECT 1";
            case Verb::kError: return nullptr;
        }
        return nullptr;
    }
    const char* assign(const std::string& name, const StackedVariable::Value& value, bool local) {
        variables_[name].set(undoes_ ? level() : 1, value, local);
        return "SET";
    }
    [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const {
        for (std::size_t i = savepoints_.size(); i-- > 0;)
            if (savepoints_[i] == name) return i;
        return std::nullopt;
    }
    const char* release(const std::string& name) {
        const auto at = block_ ? find(name) : std::nullopt;
        if (!at) return nullptr;
        leave_levels(*at, true);
        return "RELEASE";
    }
    const char* back(const std::string& name) {
        const auto at = block_ ? find(name) : std::nullopt;
        if (!at) return nullptr;
        leave_levels(*at, false);
        savepoints_.push_back(name);
        failed_ = false;
        return "ROLLBACK";
    }
    void leave_levels(std::size_t remaining, bool commits) {
        while (savepoints_.size() > remaining) {
            if (undoes_)
                for (auto& item : variables_) item.second.end(level(), commits);
            savepoints_.pop_back();
        }
    }
    const char* end(bool commits) {
        end_all(commits);
        block_ = failed_ = false;
        return commits ? "COMMIT" : "ROLLBACK";
    }
    void end_all(bool commits) {
        leave_levels(0, commits);
        for (auto& item : variables_) item.second.end(1, commits || !undoes_);
    }

    VariableTracker* tracker_;
    bool undoes_;
    bool block_ = false;
    bool failed_ = false;
    std::vector<std::string> savepoints_;
    std::map<std::string, StackedVariable> variables_;
};

class Generator {
 public:
    explicit Generator(unsigned seed) : random_{seed} {}
    unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>{0, limit - 1}(random_); }

    Step step() {
        static constexpr Step::Verb kVerbs[] = {
            Step::Verb::kSet,     Step::Verb::kSet,      Step::Verb::kSet,     Step::Verb::kSetLocal,
            Step::Verb::kReset,   Step::Verb::kBegin,    Step::Verb::kBegin,   Step::Verb::kSave,
            Step::Verb::kSave,    Step::Verb::kBack,     Step::Verb::kRelease, Step::Verb::kCommit,
            Step::Verb::kCommit,  Step::Verb::kRollback, Step::Verb::kWork,    Step::Verb::kError,
            Step::Verb::kResetAll};
        Step step{kVerbs[below(std::size(kVerbs))], {}, {}};
        const bool savepoint = step.verb == Step::Verb::kSave || step.verb == Step::Verb::kBack ||
                               step.verb == Step::Verb::kRelease;
        step.name = std::string(1, static_cast<char>((savepoint ? 's' : 'a') + static_cast<int>(below(3))));
        step.value = "'" + std::to_string(below(4)) + "'";
        return step;
    }

 private:
    std::mt19937 random_;
};

VariableEffect effect_of(const Step& step) {
    switch (step.verb) {
        case Step::Verb::kSet: return {Kind::kSet, step.name, {step.value}, 0};
        case Step::Verb::kReset: return {Kind::kReset, step.name, {}, 0};
        case Step::Verb::kResetAll: return {Kind::kResetAll, {}, {}, 0};
        case Step::Verb::kSave: return {Kind::kSavepoint, step.name, {}, 0};
        case Step::Verb::kRelease: return {Kind::kRelease, step.name, {}, 0};
        case Step::Verb::kBack: return {Kind::kRollbackTo, step.name, {}, 0};
        case Step::Verb::kSetLocal:
        case Step::Verb::kBegin:
        case Step::Verb::kCommit:
        case Step::Verb::kRollback:
        case Step::Verb::kWork:
        case Step::Verb::kError: break;
    }
    return {};
}

/// Requests of one unit, recorded as a session would, for the server to execute later.
struct Unit {
    std::vector<Step> steps;
    std::vector<std::uint64_t> numbers;
    std::uint64_t ready = 0;
};

Unit send(VariableTracker& tracker, Generator& generator, std::uint64_t& sequence) {
    Unit unit;
    const bool text = generator.below(2) == 0;
    for (unsigned count = 1 + generator.below(4); count > 0; --count) unit.steps.push_back(generator.step());
    VariableEffects together;
    for (const Step& step : unit.steps) {
        if (text) {
            together.push_back(effect_of(step));
            unit.numbers.push_back(sequence + 1);
        } else {
            unit.numbers.push_back(++sequence);
            // A session records nothing for what changes nothing.
            if (effect_of(step).kind != Kind::kNone)
                tracker.record(sequence,
                               std::make_shared<const VariableEffects>(VariableEffects{effect_of(step)}));
        }
    }
    if (text) tracker.record(++sequence, std::make_shared<const VariableEffects>(std::move(together)));
    unit.ready = text ? sequence : ++sequence;
    return unit;
}

void check_agreement(const VariableTracker& tracker, const ServerModel& server) {
    REQUIRE(tracker.known());
    std::size_t set = 0;
    for (const auto& [name, variable] : server.variables()) {
        CAPTURE(name);
        const auto* known = tracker.state().variables.get(name);
        REQUIRE(variable.now().has_value() == (known != nullptr));
        if (known == nullptr) continue;
        REQUIRE(known->text == *variable.now());
        ++set;
    }
    REQUIRE(tracker.state().variables.size() == set);
}

void run_history(unsigned seed, bool undoes) {
    Generator generator{seed};
    VariableTracker tracker;
    tracker.begin(undoes);
    ServerModel server{tracker, undoes};
    std::uint64_t sequence = 0;
    for (int round = 0; round < 40; ++round) {
        std::vector<Unit> sent;
        for (unsigned depth = 1 + generator.below(3); depth > 0; --depth)
            sent.push_back(send(tracker, generator, sequence));
        for (const Unit& unit : sent) server.execute(unit.steps, unit.numbers, unit.ready);
        if (server.status() != TransactionStatus::kIdle) continue;
        REQUIRE(tracker.settled());
        check_agreement(tracker, server);
    }
}

}  // namespace

TEST_CASE("variable tracker: agrees with a server over random histories") {
    const char* more = std::getenv("WEIR_MODEL_SEEDS");
    const unsigned seeds = more == nullptr ? 400 : static_cast<unsigned>(std::strtoul(more, nullptr, 10));
    const unsigned first = std::random_device{}() % 1'000'000'000;
    for (unsigned seed = first; seed < first + seeds; ++seed) {
        INFO("seed " << seed);
        run_history(seed, true);
        run_history(seed, false);
    }
}
