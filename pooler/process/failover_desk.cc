#include "pooler/process/failover_desk.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>

#include "pooler/process/process_log.h"

namespace pooler {

namespace {

/// How often is looked whether the last connection is closed.
constexpr std::chrono::milliseconds kLook{10};

FailoverRules rules_of(const conf::Database& entry) {
    FailoverRules rules;
    rules.failover_auto = entry.failover == conf::FailoverChoice::kAuto;
    if (entry.failback == conf::FailbackChoice::kGate) rules.failback = FailbackMode::kGate;
    if (entry.failback == conf::FailbackChoice::kAuto) rules.failback = FailbackMode::kAuto;
    rules.has_command = entry.failback_command.has_value();
    rules.same_cluster = entry.same_cluster.value_or(false);
    return rules;
}

std::chrono::milliseconds in_milliseconds(conf::Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

}  // namespace

struct FailoverDesk::Pair {
    std::string database;
    conf::Database entry;
    Failover machine;
    std::unique_ptr<Probe> probe;
    std::size_t host = 0;  ///< being checked
    std::unique_ptr<CommandRun> command;
    std::optional<Clock::time_point> leaving_until;
    bool cut = false;              ///< the time to leave is over
    Clock::time_point not_before;  ///< next move by health, after one that failed
    std::string failure;           ///< of the last attempt
    std::string told;              ///< of a write check that failed, the last time it was said
    std::vector<ConsoleId> consoles;
    FailoverTimes times;
};

FailoverDesk::FailoverDesk(uv_loop_t* loop, FailoverHost& host, HealthDesk& health)
    : loop_{loop}, host_{&host}, health_{&health} {
    timer_.open<&FailoverDesk::on_timer>(loop_, this);
}

FailoverDesk::~FailoverDesk() { close(); }

void FailoverDesk::close() {
    pairs_.clear();
    timer_.close();
}

// --- configuration and memory

std::vector<std::string> FailoverDesk::remembered(const conf::Configuration& configuration) {
    std::vector<std::string> found;
    if (configuration.settings.failover_state_file.empty()) return found;
    std::ifstream file{configuration.settings.failover_state_file};
    for (std::string name; std::getline(file, name);) {
        const auto entry = configuration.databases.find(name);
        if (entry == configuration.databases.end() || !entry->second.secondary) {
            log_warning("failover_state_file names the database '" + name + "', which has no secondary");
            continue;
        }
        log_warning("database '" + name + "' is served by its secondary, as before the restart");
        found.push_back(name);
        auto pair = std::make_unique<Pair>();
        pair->database = name;
        pair->machine = Failover{rules_of(entry->second), true};
        pairs_[name] = std::move(pair);
    }
    return found;
}

void FailoverDesk::configure(ConfigurationRef configuration) {
    configuration_ = std::move(configuration);
    std::erase_if(pairs_, [this](const auto& item) {
        const auto entry = configuration_->databases.find(item.first);
        return entry == configuration_->databases.end() || !entry->second.secondary;
    });
    for (const auto& [name, entry] : configuration_->databases) {
        if (!entry.secondary) continue;
        auto& pair = pairs_[name];
        if (!pair) {
            pair = std::make_unique<Pair>();
            pair->database = name;
        }
        pair->entry = entry;
        pair->machine.set_rules(rules_of(entry));
        if (pair->machine.on_secondary())
            log_warning("database '" + name + "' stays with its secondary until FAILBACK");
    }
}

/// Of a database that is, or may soon be, served by its secondary, the secondary stays what it is: another
/// one would be a second target with writers.
std::string FailoverDesk::objection(const conf::Configuration& next) const {
    for (const auto& [name, pair] : pairs_) {
        if (pair->machine.state() == FailoverState::kPrimary) continue;
        const auto entry = next.databases.find(name);
        if (entry != next.databases.end() && entry->second.secondary == pair->entry.secondary &&
            (pair->machine.on_secondary() ||
             (entry->second.hosts == pair->entry.hosts && entry->second.port == pair->entry.port)))
            continue;
        return "database '" + name + "' is not with its primary (" +
               std::string{to_word(pair->machine.state())} +
               "): it cannot go, nor its secondary change, before FAILBACK";
    }
    return {};
}

/// The new file takes the place of the old one whole.
void FailoverDesk::write_state_file() {
    const std::string& path = configuration_->settings.failover_state_file;
    if (path.empty()) return;
    const std::string fresh = path + ".new";
    {
        std::ofstream file{fresh, std::ios::trunc};
        for (const auto& [name, pair] : pairs_)
            if (pair->machine.on_secondary()) file << name << '\n';
        file.flush();
        if (!file) return log_fault("failover_state_file " + fresh + " cannot be written");
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0)
        log_fault("failover_state_file " + path + " cannot be replaced");
}

FailoverTimes FailoverDesk::times(const std::string& database) const {
    const auto found = pairs_.find(database);
    return found == pairs_.end() ? FailoverTimes{} : found->second->times;
}

std::optional<FailoverState> FailoverDesk::state(const std::string& database) const {
    const auto found = pairs_.find(database);
    if (found == pairs_.end()) return std::nullopt;
    return found->second->machine.state();
}

// --- events

void FailoverDesk::on_health(const Watched& watched, HealthChange change) {
    const auto found = pairs_.find(watched.database);
    if (found == pairs_.end() || !watched.target.empty()) return;
    Pair& pair = *found->second;
    const HealthState group = health_->state_of(watched.database, watched.target);
    if (change == HealthChange::kLifeSign) send(pair, FailoverEvent::kPrimaryRecovered);
    if (group == HealthState::kUnknown) return;
    if (group == HealthState::kUp && pair.machine.state() == FailoverState::kPrimary) pair.told.clear();
    // Moves that failed are tried again, but not with every probe.
    const bool resting =
        pair.machine.serving() != FailoverTarget::kNone && IoContext::now() < pair.not_before;
    if (!resting || group == HealthState::kDown)
        send(pair, group == HealthState::kUp ? FailoverEvent::kPrimaryUp : FailoverEvent::kPrimaryDown);
}

void FailoverDesk::order(ConsoleId console, const std::string& database, bool failback) {
    const auto refuse = [&](std::string why) {
        host_->answer_order(console, tl::make_unexpected(ConsoleError{std::move(why)}));
    };
    const auto found = pairs_.find(database);
    if (database.empty()) return refuse("a database is required");
    if (found == pairs_.end()) return refuse("database '" + database + "' has no secondary");
    Pair& pair = *found->second;
    if (!configuration_->health_check_user(pair.entry))
        return refuse("no health_check_user to check the target with");
    const auto event = failback ? FailoverEvent::kFailbackOrdered : FailoverEvent::kFailoverOrdered;
    if (!pair.machine.accepts(event))
        return refuse("database '" + database + "' is in state '" +
                      std::string{to_word(pair.machine.state())} + "'");
    pair.consoles.push_back(console);
    send(pair, event);
}

void FailoverDesk::forget(ConsoleId console) {
    for (const auto& [name, pair] : pairs_) std::erase(pair->consoles, console);
}

void FailoverDesk::send(Pair& pair, FailoverEvent event) {
    const FailoverState before = pair.machine.state();
    const auto actions = pair.machine.on(event);
    if (pair.machine.state() == before) return;
    if (event == FailoverEvent::kPrimaryDown && pair.machine.state() == FailoverState::kSecondary)
        pair.failure = "the primary is down again";
    const bool again = !pair.told.empty() && pair.consoles.empty();
    if (!again)
        log_notice("database '" + pair.database + "': " + std::string{to_word(before)} + " -> " +
                   std::string{to_word(pair.machine.state())});
    for (const FailoverAction action : actions) obey(pair, action);
    const FailoverState now = pair.machine.state();
    if (now != FailoverState::kCheckingPrimary && now != FailoverState::kCheckingSecondary)
        pair.probe.reset();
    settle_orders(pair);
}

void FailoverDesk::obey(Pair& pair, FailoverAction action) {
    switch (action) {
        case FailoverAction::kCheckPrimary:
        case FailoverAction::kCheckSecondary: return check(pair, 0);
        case FailoverAction::kLeave:
            pair.leaving_until = IoContext::now() + configuration_->settings.failover_drain_timeout;
            pair.cut = false;
            host_->leave_target(pair.database, false);
            return timer_.start(std::chrono::milliseconds{0}, kLook);
        case FailoverAction::kOpenPrimary: return opened(pair, false);
        case FailoverAction::kOpenSecondary: return opened(pair, true);
        case FailoverAction::kResume:
            pair.leaving_until.reset();
            say(pair, "failback", "given up, the secondary goes on: " + pair.failure);
            return host_->resume_target(pair.database);
        case FailoverAction::kRunCommand: return run_command(pair);
        case FailoverAction::kStopCommand: pair.command.reset(); return;
    }
}

void FailoverDesk::opened(Pair& pair, bool secondary) {
    (secondary ? pair.times.failover : pair.times.failback) = std::chrono::system_clock::now();
    pair.not_before = {};
    write_state_file();
    host_->open_target(pair.database, secondary);
    say(pair, secondary ? "failover" : "failback",
        secondary ? "served by the secondary" : "served by the primary");
}

void FailoverDesk::say(Pair& pair, const std::string& kind, const std::string& text) {
    log_warning("database '" + pair.database + "': " + kind + ": " + text);
    host_->note_event(kind, pair.database, text);
}

/// An order has been carried out, or has failed, when the machine rests again.
void FailoverDesk::settle_orders(Pair& pair) {
    const FailoverState state = pair.machine.state();
    if (state != FailoverState::kPrimary && state != FailoverState::kSecondary) return;
    for (const ConsoleId console : std::exchange(pair.consoles, {})) {
        if (pair.failure.empty())
            host_->answer_order(console, {});
        else
            host_->answer_order(console, tl::make_unexpected(ConsoleError{pair.failure}));
    }
}

// --- write checks

conf::Database FailoverDesk::checked_target(const Pair& pair) const {
    const bool secondary = pair.machine.state() == FailoverState::kCheckingSecondary;
    return database_at_target(pair.entry, secondary ? conf::kSecondaryTarget : std::string_view{});
}

/// One host after the other: one that takes writes is enough.
void FailoverDesk::check(Pair& pair, std::size_t host) {
    const conf::Database target = checked_target(pair);
    const auto hosts = configuration_->hosts(target);
    if (host >= hosts.size()) return end_check(pair, "there is no host to check");
    pair.host = host;
    pair.failure.clear();
    ProbeOwner& owner = *this;
    pair.probe = std::make_unique<Probe>(
        health_->context(), owner,
        health_->request(target, hosts[host],
                         {configuration_->health_check_query(pair.entry), write_check_query(pair.entry)}));
    pair.probe->start();
}

void FailoverDesk::on_probe_done(Probe& probe, ProbeResult result) {
    const auto found = std::find_if(pairs_.begin(), pairs_.end(), [&probe](const auto& item) {
        return item.second->probe.get() == &probe;
    });
    if (found == pairs_.end()) return;
    Pair& pair = *found->second;
    pair.probe.reset();
    const auto failure = refuses_writes(result);
    if (!failure) return end_check(pair, {});
    const auto hosts = configuration_->hosts(checked_target(pair));
    if (pair.host + 1 < hosts.size()) return check(pair, pair.host + 1);
    end_check(pair, hosts[pair.host] + ": " + failure->message);
}

void FailoverDesk::end_check(Pair& pair, const std::string& failure) {
    const bool secondary = pair.machine.state() == FailoverState::kCheckingSecondary;
    pair.failure = failure;
    if (failure.empty()) {
        pair.told.clear();
        return send(pair, FailoverEvent::kCheckPassed);
    }
    pair.failure = std::string{secondary ? "the secondary" : "the primary"} + " cannot be used: " + failure;
    pair.not_before = IoContext::now() + configuration_->settings.health_check_retry;
    // During an outage it is tried with every probe: said again is only what is new.
    if (pair.told != pair.failure || !pair.consoles.empty())
        say(pair, secondary ? "failover" : "failback", pair.failure);
    pair.told = pair.failure;
    send(pair, FailoverEvent::kCheckFailed);
}

// --- from one target to the other

void FailoverDesk::on_timer() {
    bool leaving = false;
    for (const auto& [name, pair] : pairs_) {
        if (pair->leaving_until) look_at_leaving(*pair);
        leaving = leaving || pair->leaving_until;
    }
    if (!leaving) timer_.stop();
}

void FailoverDesk::look_at_leaving(Pair& pair) {
    const int left = host_->connections_left(pair.database);
    if (left == 0) {
        pair.leaving_until.reset();
        return send(pair, FailoverEvent::kLeft);
    }
    if (pair.cut || IoContext::now() < *pair.leaving_until) return;
    pair.cut = true;
    say(pair, "cut off", std::to_string(left) + " connections with transactions that did not end in time");
    host_->leave_target(pair.database, true);
}

// --- failback_command

/// With clients at work it may take long; while they wait it must not.
void FailoverDesk::run_command(Pair& pair) {
    const bool last = pair.machine.state() == FailoverState::kSettling;
    const auto& settings = configuration_->settings;
    CommandOwner& owner = *this;
    pair.failure.clear();
    pair.command = std::make_unique<CommandRun>(loop_, owner, "failback_command of '" + pair.database + "'");
    pair.command->start(
        pair.entry.failback_command.value_or("false"),
        {"WEIR_DATABASE=" + pair.database, std::string{"WEIR_STAGE="} + (last ? "last" : "sync")},
        in_milliseconds(last ? settings.failback_pause : settings.failback_command_timeout));
}

void FailoverDesk::on_command_done(CommandRun& run, std::string failure) {
    const auto found = std::find_if(pairs_.begin(), pairs_.end(),
                                    [&run](const auto& item) { return item.second->command.get() == &run; });
    if (found == pairs_.end()) return;
    Pair& pair = *found->second;
    pair.command.reset();
    if (failure.empty()) return send(pair, FailoverEvent::kCommandDone);
    pair.failure = "failback_command: " + std::move(failure);
    pair.not_before = IoContext::now() + configuration_->settings.health_check_interval;
    say(pair, "failback", pair.failure);
    send(pair, FailoverEvent::kCommandFailed);
}

}  // namespace pooler
