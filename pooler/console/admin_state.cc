#include "pooler/console/admin_state.h"

#include <algorithm>
#include <utility>

namespace pooler {
namespace {

tl::unexpected<ConsoleError> error(std::string message) {
    return tl::make_unexpected(ConsoleError{std::move(message)});
}

tl::unexpected<ConsoleError> already_paused() { return error("already suspended/paused"); }
tl::unexpected<ConsoleError> is_shutting_down() { return error("pooler is shutting down"); }

/// PgBouncer's order: the name must exist, then it must not be the console's.
ConsoleResult<void> check_target(const std::string& database, const DatabaseNames& names,
                                 std::string_view action) {
    if (database == kConsoleDatabase) {
        return error("cannot " + std::string(action) + " admin db: " + database);
    }
    if (names.known.count(database) == 0) return error("no such database: " + database);
    return {};
}

}  // namespace

bool AdminState::handles(Verb verb) {
    switch (verb) {
        case Verb::kPause:
        case Verb::kResume:
        case Verb::kSuspend:
        case Verb::kDisable:
        case Verb::kEnable:
        case Verb::kReconnect:
        case Verb::kKill:
        case Verb::kWaitClose:
        case Verb::kShutdown: return true;
        case Verb::kEmpty:
        case Verb::kShow:
        case Verb::kSet:
        case Verb::kReload:
        case Verb::kKillClient:
        case Verb::kFailover:
        case Verb::kFailback:
        case Verb::kExplainRoute: break;
    }
    return false;
}

AdminStep AdminState::command(ConsoleId console, const Command& command, const DatabaseNames& names) {
    AdminStep step;
    const ConsoleResult<void> result = run(console, command, names, step);
    const bool exits = command.verb == Verb::kShutdown && command.shutdown == ShutdownKind::kNow;
    if (result && (exits || waits(console))) return step;
    step.answers.push_back({console, result});
    return step;
}

ConsoleResult<void> AdminState::run(ConsoleId console, const Command& command, const DatabaseNames& names,
                                    AdminStep& step) {
    switch (command.verb) {
        case Verb::kPause: return pause(console, command.database, names, step);
        case Verb::kResume: return resume(command.database, names, step);
        case Verb::kSuspend: return suspend(console, step);
        case Verb::kDisable: return set_disabled(true, command.database, names, step);
        case Verb::kEnable: return set_disabled(false, command.database, names, step);
        case Verb::kReconnect: return reconnect(command.database, names, step);
        case Verb::kKill: return kill(command.database, names, step);
        case Verb::kWaitClose: return wait_close(console, command.database, names);
        case Verb::kShutdown: return shutdown(command.shutdown, step);
        case Verb::kEmpty:
        case Verb::kShow:
        case Verb::kSet:
        case Verb::kReload:
        case Verb::kKillClient:
        case Verb::kFailover:
        case Verb::kFailback:
        case Verb::kExplainRoute: break;
    }
    return error("not a command of the administrative state");
}

ConsoleResult<void> AdminState::pause(ConsoleId console, const std::string& database,
                                      const DatabaseNames& names, AdminStep& step) {
    if (mode_ != PoolingMode::kActive) return already_paused();
    if (shutting_down()) return is_shutting_down();
    if (database.empty()) {
        pause_all(step);
        wait_for(console, Goal::kPausedAll, database);
        return {};
    }
    if (auto target = check_target(database, names, "pause"); !target) return target;
    databases_[database].paused = true;
    step.effects.push_back({AdminEffect::kPauseDatabase, database});
    wait_for(console, Goal::kPausedDatabase, database);
    return {};
}

ConsoleResult<void> AdminState::resume(const std::string& database, const DatabaseNames& names,
                                       AdminStep& step) {
    if (shutting_down()) return is_shutting_down();
    if (database.empty()) {
        if (mode_ == PoolingMode::kActive) return error("pooler is not paused/suspended");
        resume_all(step);
        return {};
    }
    if (database != kConsoleDatabase && names.known.count(database) == 0) {
        return error("no such database: " + database);
    }
    if (!paused(database)) return error("database " + database + " is not paused");
    databases_[database].paused = false;
    step.effects.push_back({AdminEffect::kResumeDatabase, database});
    fail_waiters(Goal::kPausedDatabase, database, {"database " + database + " was resumed"}, step);
    return {};
}

ConsoleResult<void> AdminState::suspend(ConsoleId console, AdminStep& step) {
    if (mode_ != PoolingMode::kActive) return already_paused();
    if (shutting_down()) return is_shutting_down();
    const bool any_paused = std::any_of(databases_.begin(), databases_.end(),
                                        [](const auto& entry) { return entry.second.paused; });
    if (any_paused) return error("cannot suspend with paused databases");
    enter(PoolingEvent::kSuspend);
    step.effects.push_back({AdminEffect::kSuspendAll, {}});
    wait_for(console, Goal::kSuspended, {});
    return {};
}

ConsoleResult<void> AdminState::kill(const std::string& database, const DatabaseNames& names,
                                     AdminStep& step) {
    if (mode_ != PoolingMode::kActive) return already_paused();
    if (database.empty()) {
        for (const std::string& name : names.with_pool) kill_one(name, step);
        return {};
    }
    if (auto target = check_target(database, names, "kill"); !target) return target;
    kill_one(database, step);
    return {};
}

void AdminState::kill_one(const std::string& database, AdminStep& step) {
    databases_[database].paused = true;
    step.effects.push_back({AdminEffect::kKillDatabase, database});
}

ConsoleResult<void> AdminState::set_disabled(bool disabled, const std::string& database,
                                             const DatabaseNames& names, AdminStep& step) {
    if (database.empty()) return error("a database is required");
    if (auto target = check_target(database, names, disabled ? "disable" : "enable"); !target) return target;
    databases_[database].disabled = disabled;
    step.effects.push_back(
        {disabled ? AdminEffect::kDisableDatabase : AdminEffect::kEnableDatabase, database});
    return {};
}

ConsoleResult<void> AdminState::reconnect(const std::string& database, const DatabaseNames& names,
                                          AdminStep& step) {
    if (!database.empty()) {
        if (auto target = check_target(database, names, "reconnect"); !target) return target;
    }
    step.effects.push_back({AdminEffect::kReconnect, database});
    return {};
}

ConsoleResult<void> AdminState::wait_close(ConsoleId console, const std::string& database,
                                           const DatabaseNames& names) {
    if (!database.empty()) {
        if (auto target = check_target(database, names, "wait in"); !target) return target;
    }
    wait_for(console, Goal::kClosed, database);
    return {};
}

ConsoleResult<void> AdminState::shutdown(ShutdownKind kind, AdminStep& step) {
    if (kind == ShutdownKind::kNow) {
        if (enter(LifecycleEvent::kNow)) step.effects.push_back({AdminEffect::kExit, {}});
        return {};
    }
    // Suspended connections are not read, so neither clients nor servers would ever end.
    if (mode_ == PoolingMode::kSuspended) return already_paused();
    switch (kind) {
        case ShutdownKind::kWaitForServers:
            if (!enter(LifecycleEvent::kWaitForServers)) return is_shutting_down();
            step.effects.push_back({AdminEffect::kStopListening, {}});
            if (mode_ == PoolingMode::kActive) pause_all(step);
            step.effects.push_back({AdminEffect::kRefuseWaiters, {}});
            return {};
        case ShutdownKind::kWaitForClients:
            if (!enter(LifecycleEvent::kWaitForClients)) return is_shutting_down();
            step.effects.push_back({AdminEffect::kStopListening, {}});
            return {};
        case ShutdownKind::kDrain:
            if (!enter(LifecycleEvent::kDrain)) return is_shutting_down();
            step.effects.push_back({AdminEffect::kNotReady, {}});
            step.effects.push_back({AdminEffect::kDrainClients, {}});
            return {};
        case ShutdownKind::kNow: break;
    }
    return {};
}

AdminStep AdminState::signal(AdminSignal signal) {
    AdminStep step;
    const bool stops = signal == AdminSignal::kTerminate || signal == AdminSignal::kInterrupt;
    if (stops && mode_ == PoolingMode::kSuspended) {
        if (enter(LifecycleEvent::kNow)) step.effects.push_back({AdminEffect::kExitWithError, {}});
        return step;
    }
    // Nobody is told of a refusal: as PgBouncer does, a signal that does not apply is ignored.
    ConsoleResult<void> ignored;
    switch (signal) {
        case AdminSignal::kTerminate:
            ignored = shutdown(shutting_down() ? ShutdownKind::kNow : on_terminate_, step);
            break;
        case AdminSignal::kInterrupt:
            ignored = shutdown(shutting_down() ? ShutdownKind::kNow : ShutdownKind::kWaitForServers, step);
            break;
        case AdminSignal::kQuit: ignored = shutdown(ShutdownKind::kNow, step); break;
        case AdminSignal::kUser1: ignored = pause(0, {}, {}, step); break;
        case AdminSignal::kUser2: ignored = resume({}, {}, step); break;
    }
    return step;
}

AdminStep AdminState::observe(const PoolerLoad& load) {
    AdminStep step;
    std::vector<Waiter> still_waiting;
    for (Waiter& waiter : waiters_) {
        if (reached(waiter, load)) {
            step.answers.push_back({waiter.console, {}});
        } else {
            still_waiting.push_back(std::move(waiter));
        }
    }
    waiters_ = std::move(still_waiting);
    if (load.accepting) return step;
    const bool over = (load.servers == 0 && enter(LifecycleEvent::kServersGone)) ||
                      (load.client_sockets == 0 && enter(LifecycleEvent::kClientsGone));
    if (over) step.effects.push_back({AdminEffect::kExit, {}});
    return step;
}

bool AdminState::reached(const Waiter& waiter, const PoolerLoad& load) {
    if (waiter.goal == Goal::kSuspended) return load.buffers_empty;
    const auto open = [&](const DatabaseLoad& database) {
        return waiter.goal == Goal::kClosed ? database.closing_servers : database.busy_servers;
    };
    if (!waiter.database.empty()) {
        const auto found = load.databases.find(waiter.database);
        return found == load.databases.end() || open(found->second) == 0;
    }
    return std::all_of(load.databases.begin(), load.databases.end(),
                       [&](const auto& entry) { return open(entry.second) == 0; });
}

AdminStep AdminState::console_gone(ConsoleId console) {
    AdminStep step;
    consoles_.erase(console);
    waiters_.erase(std::remove_if(waiters_.begin(), waiters_.end(),
                                  [&](const Waiter& waiter) { return waiter.console == console; }),
                   waiters_.end());
    if (consoles_.empty() && enter(PoolingEvent::kLastConsoleGone)) {
        step.effects.push_back({AdminEffect::kResumeAll, {}});
    }
    return step;
}

AdminStep AdminState::cancel(ConsoleId console) {
    AdminStep step;
    const auto found = std::find_if(waiters_.begin(), waiters_.end(),
                                    [&](const Waiter& waiter) { return waiter.console == console; });
    if (found == waiters_.end()) return step;
    const bool global = found->goal == Goal::kPausedAll || found->goal == Goal::kSuspended;
    waiters_.erase(found);
    step.answers.push_back(
        {console, tl::make_unexpected(ConsoleError{"canceling statement due to user request", "57014"})});
    if (global && !shutting_down()) resume_all(step);
    return step;
}

void AdminState::pause_all(AdminStep& step) {
    enter(PoolingEvent::kPause);
    step.effects.push_back({AdminEffect::kPauseAll, {}});
}

void AdminState::resume_all(AdminStep& step) {
    enter(PoolingEvent::kResume);
    step.effects.push_back({AdminEffect::kResumeAll, {}});
    const ConsoleError resumed{"pooler was resumed"};
    fail_waiters(Goal::kPausedAll, {}, resumed, step);
    fail_waiters(Goal::kSuspended, {}, resumed, step);
}

void AdminState::wait_for(ConsoleId console, Goal goal, const std::string& database) {
    if (console != 0) waiters_.push_back({console, goal, database});
}

/// PgBouncer lets a console whose pause was undone by somebody else wait for ever; here it is told.
void AdminState::fail_waiters(Goal goal, const std::string& database, const ConsoleError& error,
                              AdminStep& step) {
    const auto failed = std::stable_partition(waiters_.begin(), waiters_.end(), [&](const Waiter& waiter) {
        return waiter.goal != goal || waiter.database != database;
    });
    for (auto waiter = failed; waiter != waiters_.end(); ++waiter) {
        step.answers.push_back({waiter->console, tl::make_unexpected(error)});
    }
    waiters_.erase(failed, waiters_.end());
}

bool AdminState::waits(ConsoleId console) const {
    return std::any_of(waiters_.begin(), waiters_.end(),
                       [&](const Waiter& waiter) { return waiter.console == console; });
}

bool AdminState::paused(const std::string& database) const {
    const auto found = databases_.find(database);
    return found != databases_.end() && found->second.paused;
}

bool AdminState::disabled(const std::string& database) const {
    const auto found = databases_.find(database);
    return found != databases_.end() && found->second.disabled;
}

bool AdminState::hands_out_servers(const std::string& database) const {
    return mode_ == PoolingMode::kActive && !paused(database);
}

std::optional<std::string> AdminState::login_refusal(const std::string& database) const {
    if (disabled(database)) return "database \"" + database + "\" is disabled";
    if (shutting_down() && database != kConsoleDatabase) return "pooler is shutting down";
    return std::nullopt;
}

bool AdminState::enter(PoolingEvent event) {
    const auto to = next(mode_, event);
    if (to) mode_ = *to;
    return to.has_value();
}

bool AdminState::enter(LifecycleEvent event) {
    const auto to = next(lifecycle_, event);
    if (to) lifecycle_ = *to;
    return to.has_value();
}

}  // namespace pooler
