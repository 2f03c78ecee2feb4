#include "tests/integration/replay/arena.h"

#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <thread>

#include "tests/support/catch.h"

namespace replay {
namespace {

using support::Clock;
using support::Direction;
using support::Strike;
using support::WireClient;

/// As eventually(), but looked at more often: a run waits for few milliseconds, and there are many runs.
template <class Condition>
bool soon(Condition&& condition) {
    const auto end = Clock::now() + support::kDeadline;
    while (!condition()) {
        if (Clock::now() >= end) return false;
        ::poll(nullptr, 0, 1);
    }
    return true;
}

/// Does what must happen between a strike and the pooler's next connection.
class Watcher {
 public:
    Watcher(support::FaultProxy& proxy, Base& base, const Shape& shape, const Blow& blow,
            const std::string& run)
        : proxy_(proxy), base_(base), run_(run), disturb_(shape.disturbed), terminate_(blow.terminate) {
        if (!disturb_ && !terminate_) return;
        if (disturb_) proxy_.hold_new(true);
        thread_ = std::thread([this] { watch(); });
    }
    ~Watcher() {
        if (!thread_.joinable()) return;
        over_ = true;
        thread_.join();
        if (proxy_.struck() && !acted_) act();
        proxy_.hold_new(false);
    }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

 private:
    void watch() {
        while (!over_ && !proxy_.struck()) ::poll(nullptr, 0, 1);
        if (proxy_.struck()) act();
    }
    void act() {
        acted_ = true;
        if (terminate_) {
            base_.terminate(proxy_.struck_from());
            proxy_.disarm();
        }
        if (disturb_) base_.disturb(run_);
        proxy_.hold_new(false);
    }

    support::FaultProxy& proxy_;
    Base& base_;
    const std::string run_;
    const bool disturb_;
    const bool terminate_;
    std::atomic<bool> over_{false};
    std::atomic<bool> acted_{false};
    std::thread thread_;
};

/// Shapes each COMMIT of which is a request of its own, behind writes in a transaction that can be replayed
/// and has changed nothing of its session: as long as there is a witness, its outcome is never in doubt.
bool commits_are_known(const Shape& shape) {
    static constexpr std::string_view kKnown[] = {
        "one insert",
        "insert returning",
        "statements that read their own writes",
        "blind updates",
        "lock first",
        "read, modify, write",
        "two transactions",
        "extended",
        "extended with parameters",
        "described",
        "named statement over two transactions",
        "savepoint rolled back",
        "COPY in",
        "cursor that is written through",
    };
    return std::find(std::begin(kKnown), std::end(kKnown), shape.name) != std::end(kKnown);
}

support::WeirConfig settings(support::WeirConfig config, std::uint16_t port, Hiding hiding) {
    config.database(port).set("default_pool_size", hiding == Hiding::kLookups ? "2" : "1");
    config.set("workers", "1");
    config.set("server_login_retry", "0.1");  // a login that was struck shall not fail the runs behind it
    if (hiding != Hiding::kNone) config.set("transaction_replay", "1");
    if (hiding == Hiding::kLookups) config.set("commit_resolution", "xid");
    return config;
}

/// What a client may be told when the connection was lost before its request.
bool honest_loss(const support::wire::Messages& answer) {
    const auto state = support::wire::sqlstate(answer);
    return state.empty() ? answer.empty() : verdict_of(state) != Verdict::kOther;
}

std::string text_of(const Strike& strike, bool terminate) {
    static constexpr const char* kHow[] = {"close", "reset", "freeze"};
    std::ostringstream out;
    out << (strike.direction == Direction::kToTarget ? "to" : "from") << ',' << strike.after_bytes << ','
        << (terminate ? "terminate" : kHow[static_cast<int>(strike.how)]) << ','
        << (strike.at_next_byte ? "next" : "now");
    return out.str();
}

std::optional<Strike> strike_from(const std::string& text, bool& terminate) {
    std::string parts[4];
    std::istringstream in(text);
    for (auto& part : parts)
        if (!std::getline(in, part, ',')) return std::nullopt;
    Strike strike;
    strike.direction = parts[0] == "to" ? Direction::kToTarget : Direction::kFromTarget;
    strike.after_bytes = std::strtoull(parts[1].c_str(), nullptr, 10);
    terminate = parts[2] == "terminate";
    strike.how = terminate             ? Strike::How::kFreeze
                 : parts[2] == "reset" ? Strike::How::kReset
                                       : Strike::How::kClose;
    strike.at_next_byte = parts[3] == "next";
    return strike;
}

/// For a reader of a report: the messages of each step, and how it ended.
std::string summary(const Observation& seen) {
    std::string text;
    for (std::size_t i = 0; i < seen.messages.size(); ++i) {
        if (i == 0 || seen.step_of[i] != seen.step_of[i - 1])
            text += " " + std::to_string(seen.step_of[i]) + ":";
        text += seen.messages[i].type;
        if (seen.messages[i].type != 'E') continue;
        const auto fields = support::wire::error_fields(seen.messages[i]);
        for (const char field : {'C', 'M', 'D'})
            if (fields.contains(field)) text += (field == 'C' ? "(" : " ") + fields.at(field);
        text += ")";
    }
    if (!seen.partial.empty()) text += " partly " + seen.partial.substr(0, 1);
    if (seen.recovered) text += std::string(" ROLLBACK:") + (*seen.recovered == 0 ? '-' : *seen.recovered);
    return text + (seen.closed ? " closed" : " open");
}

}  // namespace

std::string Blow::text() const {
    const auto first = text_of(strike, terminate);
    return again ? first + "+" + text_of(*again, false) : first;
}

std::optional<Blow> Blow::parse(const std::string& text) {
    const auto plus = text.find('+');
    Blow blow;
    const auto strike = strike_from(text.substr(0, plus), blow.terminate);
    if (!strike) return std::nullopt;
    blow.strike = *strike;
    if (plus == std::string::npos) return blow;
    bool ignored = false;
    blow.again = strike_from(text.substr(plus + 1), ignored);
    if (!blow.again) return std::nullopt;
    return blow;
}

Arena::Arena(Base& base, support::WeirConfig config, Hiding hiding)
    : base_(base),
      hiding_(hiding),
      proxy_(base.port()),
      weir_(std::make_unique<support::Weir>(settings(std::move(config), proxy_.port(), hiding))) {}

int Arena::counted(const std::string& column) {
    int sum = 0;
    for (const auto& row : weir_->show("REPLAYS")) sum += std::stoi(row.at(column));
    return sum;
}

std::string Arena::next_run() {
    static unsigned number = 0;  // over all arenas of the process: they share the ledger
    auto run = run_id(++number);
    base_.prepare(run);
    return run;
}

Observation Arena::play(const Script& script, std::uint16_t port, const Observation* reference,
                        Ordered ordered) {
    auto login = base_.direct();
    login.port = port;
    auto client = WireClient::logged_in(login);
    Surroundings around;
    around.cancel_port = port;
    around.struck = [this] { return proxy_.struck(); };
    around.running = [this](const std::string& run) { return base_.running(run); };
    const bool orders = ordered != Ordered::kNothing;
    if (orders) base_.order(ordered, script.run());
    auto seen = Player(script, client, around, reference).play();
    orders_happened_ = !orders || base_.forget_orders();
    return seen;
}

Reference Arena::reference(const Shape& shape) {
    INFO("shape: " << shape.name);
    const auto direct_script = script_of(shape, next_run());
    const auto direct = play(direct_script, base_.direct().port, nullptr,
                             shape.only_replayed() ? Ordered::kNothing : shape.ordered);
    CHECK(faults_of({direct_script, direct, direct, base_.ledger(direct_script.run())}).empty());
    proxy_.close_all();
    proxy_.disarm();
    CHECK(check_clean(true).empty());
    proxy_.record();
    const auto script = script_of(shape, next_run());
    Reference made;
    made.seen = play(script, weir_->port(), nullptr, shape.ordered);
    CHECK(orders_happened_);
    made.to_server = proxy_.recorded(Direction::kToTarget);
    made.from_server = proxy_.recorded(Direction::kFromTarget);
    const auto wrong = faults_of({script, direct, made.seen, base_.ledger(script.run())});
    for (const auto& fault : wrong) FAIL_CHECK("undisturbed, other than on a direct connection: " << fault);
    return made;
}

Arena::Result Arena::run(const Shape& shape, const Reference& reference, const Blow& blow) {
    Result result;
    result.faults = check_clean(true);
    const auto script = script_of(shape, next_run());
    proxy_.arm(blow.strike, blow.again);
    Observation seen;
    {
        const Watcher watcher(proxy_, base_, shape, blow, script.run());
        seen = play(script, weir_->port(), &reference.seen, shape.ordered);
    }
    result.struck = proxy_.struck();
    settle();
    const bool known = looks_up() && commits_are_known(shape);
    // Cut again and again a replay may give up, honestly.
    const auto expect = blow.again ? Expect::kHonesty : known ? Expect::kNothingSeen : Expect::kSurvival;
    judge(shape, reference, script, seen, expect, result);
    return result;
}

Arena::Result Arena::run(const Shape& shape, const Reference& reference, const Trouble& trouble) {
    Result result;
    result.faults = check_clean(true);
    const auto script = script_of(shape, next_run());
    proxy_.arm({support::Strike::How::kClose, Direction::kToTarget, UINT32_MAX, false});  // never struck
    trouble.arm();
    const auto seen = play(script, weir_->port(), &reference.seen);
    result.struck = trouble.struck();
    settle();
    const auto expect = result.struck && trouble.hidden ? Expect::kNothingSeen : Expect::kHonesty;
    judge(shape, reference, script, seen, expect, result);
    return result;
}

void Arena::judge(const Shape& shape, const Reference& reference, const Script& script,
                  const Observation& seen, Expect expect, Result& result) {
    result.whole = complete(seen, reference.seen);
    const bool expected = replays() && shape.survives;
    const Case one{script,
                   reference.seen,
                   seen,
                   base_.ledger(script.run()),
                   result.struck,
                   expected && expect == Expect::kSurvival,
                   expected && expect == Expect::kNothingSeen};
    const auto more = faults_of(one);
    result.faults.insert(result.faults.end(), more.begin(), more.end());
    result.dialogue = summary(seen);
}

/// Once nothing more can happen to the run's rows.
void Arena::settle() {
    proxy_.disarm();
    if (!soon([this] { return proxy_.parting() == 0; }))
        FAIL("a server does not notice that its client is gone");
}

support::WireClient Arena::connect() {
    auto login = base_.direct();
    login.port = weir_->port();
    return WireClient::logged_in(login);
}

std::optional<std::string> Arena::find_clean(WireClient& client, bool struck) {
    const auto answer = client.exchange(support::wire::query(base_.clean_question()));
    const auto rows = support::wire::rows(answer);
    if (struck && honest_loss(answer)) return std::nullopt;
    if (support::wire::transaction_status(answer) == 'I' && rows == support::Rows{base_.clean_answer()})
        return "";
    std::string text = "the next client finds another's session:";
    for (const auto& value : rows.empty() ? support::Row{support::wire::error_text(answer)} : rows[0])
        text += " " + value;
    return text;
}

/// Each connection is looked at while a client in a transaction keeps the other one.
std::optional<std::string> Arena::find_both_clean(bool struck) {
    auto first = connect();
    auto second = connect();
    const auto says = [](WireClient& client, const char* sql, char status) {
        return support::wire::transaction_status(client.exchange(support::wire::query(sql))) == status;
    };
    const auto keeps = [&](WireClient& client) {
        return says(client, "BEGIN", 'T') && says(client, "SELECT 1", 'T');
    };
    if (!keeps(first)) return std::nullopt;
    if (const auto found = find_clean(second, struck); found != "") return found;
    if (!keeps(second) || !says(first, "COMMIT", 'I')) return std::nullopt;
    if (const auto found = find_clean(first, struck); found != "") return found;
    return says(second, "COMMIT", 'I') ? std::optional<std::string>{""} : std::nullopt;
}

std::vector<std::string> Arena::check_clean(bool struck) {
    constexpr int kTries = 3;
    for (int i = 0; i < kTries; ++i) {
        std::optional<std::string> found;
        if (looks_up()) {
            found = find_both_clean(struck);
        } else {
            auto client = connect();
            found = find_clean(client, struck);
        }
        if (found) return found->empty() ? std::vector<std::string>{} : std::vector{*found};
    }
    return {"the next clients are not served"};
}

}  // namespace replay
