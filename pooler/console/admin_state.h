// The administrative state of the whole process: paused, suspended, shutting down, and which databases are
// paused or disabled; also who on the console waits for which of this to be reached. A pure machine:
// commands, signals and observations go in; effects for the workers and answers for the consoles come out. It
// lives on one thread, the one that runs console commands, and as long as the process.
//
// Every switch of state goes through the two tables below. What the workers must know (may servers be handed
// out, may clients log in) is published from here by the effects; nothing else decides it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/console/command.h"

namespace pooler {

//   Active --Pause--> Paused --Resume--> Active
//   Active --Suspend--> Suspended --Resume, LastConsoleGone--> Active
enum class PoolingMode {
    kActive,
    kPaused,     ///< no server is handed out; servers close as they become free
    kSuspended,  ///< nothing is read or accepted
};

enum class PoolingEvent { kPause, kSuspend, kResume, kLastConsoleGone };

struct PoolingTransition {
    PoolingMode from;
    PoolingEvent on;
    PoolingMode to;
};

inline constexpr std::array kPoolingTransitions{
    PoolingTransition{PoolingMode::kActive, PoolingEvent::kPause, PoolingMode::kPaused},
    PoolingTransition{PoolingMode::kActive, PoolingEvent::kSuspend, PoolingMode::kSuspended},
    PoolingTransition{PoolingMode::kPaused, PoolingEvent::kResume, PoolingMode::kActive},
    PoolingTransition{PoolingMode::kSuspended, PoolingEvent::kResume, PoolingMode::kActive},
    PoolingTransition{PoolingMode::kSuspended, PoolingEvent::kLastConsoleGone, PoolingMode::kActive},
};

//   Running --WaitForClients--> WaitingForClients --.
//      |----Drain-------------> Draining -----------|--ClientsGone--> Stopped
//      |                            |   '--WaitForServers--.
//      '----WaitForServers----------+-------------> WaitingForServers --ServersGone--> Stopped
//   any but Stopped --Now--> Stopped
enum class Lifecycle {
    kRunning,
    kWaitingForServers,  ///< paused for good; ends with the last server connection
    kWaitingForClients,  ///< serving; ends with the last client socket, consoles included
    kDraining,  ///< clients are closed at their transaction boundary; ends with the last client socket
    kStopped,
};

enum class LifecycleEvent { kWaitForServers, kWaitForClients, kDrain, kNow, kServersGone, kClientsGone };

struct LifecycleTransition {
    Lifecycle from;
    LifecycleEvent on;
    Lifecycle to;
};

inline constexpr std::array kLifecycleTransitions{
    LifecycleTransition{Lifecycle::kRunning, LifecycleEvent::kWaitForServers, Lifecycle::kWaitingForServers},
    LifecycleTransition{Lifecycle::kRunning, LifecycleEvent::kWaitForClients, Lifecycle::kWaitingForClients},
    LifecycleTransition{Lifecycle::kRunning, LifecycleEvent::kDrain, Lifecycle::kDraining},
    LifecycleTransition{Lifecycle::kRunning, LifecycleEvent::kNow, Lifecycle::kStopped},
    LifecycleTransition{Lifecycle::kWaitingForClients, LifecycleEvent::kDrain, Lifecycle::kDraining},
    LifecycleTransition{Lifecycle::kWaitingForClients, LifecycleEvent::kWaitForServers,
                        Lifecycle::kWaitingForServers},
    LifecycleTransition{Lifecycle::kDraining, LifecycleEvent::kWaitForServers, Lifecycle::kWaitingForServers},
    LifecycleTransition{Lifecycle::kWaitingForServers, LifecycleEvent::kNow, Lifecycle::kStopped},
    LifecycleTransition{Lifecycle::kWaitingForClients, LifecycleEvent::kNow, Lifecycle::kStopped},
    LifecycleTransition{Lifecycle::kDraining, LifecycleEvent::kNow, Lifecycle::kStopped},
    LifecycleTransition{Lifecycle::kWaitingForServers, LifecycleEvent::kServersGone, Lifecycle::kStopped},
    LifecycleTransition{Lifecycle::kWaitingForClients, LifecycleEvent::kClientsGone, Lifecycle::kStopped},
    LifecycleTransition{Lifecycle::kDraining, LifecycleEvent::kClientsGone, Lifecycle::kStopped},
};

[[nodiscard]] constexpr std::optional<PoolingMode> next(PoolingMode from, PoolingEvent on) {
    for (const auto& t : kPoolingTransitions) {
        if (t.from == from && t.on == on) return t.to;
    }
    return std::nullopt;
}

[[nodiscard]] constexpr std::optional<Lifecycle> next(Lifecycle from, LifecycleEvent on) {
    for (const auto& t : kLifecycleTransitions) {
        if (t.from == from && t.on == on) return t.to;
    }
    return std::nullopt;
}

static_assert(next(PoolingMode::kActive, PoolingEvent::kPause) == PoolingMode::kPaused);
static_assert(!next(PoolingMode::kPaused, PoolingEvent::kSuspend));
static_assert(!next(PoolingMode::kPaused, PoolingEvent::kLastConsoleGone));
static_assert(!next(Lifecycle::kStopped, LifecycleEvent::kNow));

/// Identity of a console session: the `id` of SHOW CLIENTS. 0 stands for a signal, which nobody waits for.
using ConsoleId = std::uint64_t;

/// The databases a command may name, taken when it arrives. The console's own name is in neither.
struct DatabaseNames {
    std::set<std::string> known;      ///< configured, or automatic and present (or makeable)
    std::set<std::string> with_pool;  ///< those KILL without a name applies to
};

/// What the workers must do next, in the order given.
enum class AdminEffect {
    kPauseAll,  ///< hand out no server; close idle, used and connecting ones; close active ones when released
    kResumeAll,   ///< undo kPauseAll or kSuspendAll; databases paused by name stay paused
    kSuspendAll,  ///< stop accepting and reading, write out what is buffered; suspend_timeout runs from here
    kPauseDatabase,  ///< as kPauseAll for one database
    kResumeDatabase,
    kKillDatabase,     ///< close all its clients and servers with `database removed`, forget its pools and
                       ///< numbers
    kDisableDatabase,  ///< refuse new logins
    kEnableDatabase,
    kReconnect,  ///< servers of the database (empty name: of all) get close_needed; cached parameters dropped
    kStopListening,  ///< close the TCP listeners; the Unix socket stays
    kNotReady,       ///< readiness turns to 503; listeners close when the delay of the settings is over
    kRefuseWaiters,  ///< clients that wait or start to wait for a server: FATAL `server shutting down`
    kDrainClients,   ///< close each client with 57P01 at its transaction boundary
    kExit,           ///< stop now, exit code 0
    kExitWithError,  ///< stop now, exit code 1
};

struct EffectOn {
    AdminEffect effect;
    std::string database;  ///< empty where the effect is on everything

    friend bool operator==(const EffectOn&, const EffectOn&) = default;
};

/// The end of a console command: CommandComplete with the command's tag, or the error.
struct AdminAnswer {
    ConsoleId console = 0;
    ConsoleResult<void> result;
};

/// A console whose command got no answer here waits for one in a later step.
struct AdminStep {
    std::vector<EffectOn> effects;
    std::vector<AdminAnswer> answers;
};

/// What the workers see at the moment, summed. Fed to observe() after each step and then on every janitor
/// pass while anybody waits or a shutdown runs; events in between may be missed without harm.
struct DatabaseLoad {
    std::uint64_t busy_servers = 0;     ///< active or tested
    std::uint64_t closing_servers = 0;  ///< with close_needed
};

struct PoolerLoad {
    std::map<std::string, DatabaseLoad> databases;  ///< those with servers
    std::uint64_t servers = 0;                      ///< connections, also logging in
    std::uint64_t client_sockets = 0;               ///< all, consoles included
    bool buffers_empty = false;                     ///< nothing read but not passed on (SUSPEND)
    bool accepting = false;  ///< listeners that are to close are still open: clients may be on their way
    std::uint64_t full_buffers = 0;  ///< connections of which that is not true
};

enum class AdminSignal { kTerminate, kInterrupt, kQuit, kUser1, kUser2 };

class AdminState {
 public:
    /// `on_terminate`: what SIGTERM means; PgBouncer waits for clients.
    explicit AdminState(ShutdownKind on_terminate = ShutdownKind::kWaitForClients)
        : on_terminate_(on_terminate) {}

    /// True for the verbs command() takes: PAUSE, RESUME, SUSPEND, KILL, DISABLE, ENABLE, RECONNECT,
    /// WAIT_CLOSE and SHUTDOWN. The others need no state.
    [[nodiscard]] static bool handles(Verb verb);

    /// Runs a command of a console whose rights were checked. SHUTDOWN is not answered: the connection just
    /// closes.
    [[nodiscard]] AdminStep command(ConsoleId console, const Command& command, const DatabaseNames& names);

    /// SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2 as PgBouncer reads them.
    [[nodiscard]] AdminStep signal(AdminSignal signal);

    [[nodiscard]] AdminStep observe(const PoolerLoad& load);

    void console_opened(ConsoleId console) { consoles_.insert(console); }

    /// Its pause stays in force; with the last console gone a suspended pooler resumes.
    [[nodiscard]] AdminStep console_gone(ConsoleId console);

    /// A cancel request with the console's key: its command ends with 57014, a global pause or suspend is
    /// undone.
    [[nodiscard]] AdminStep cancel(ConsoleId console);

    /// A RELOAD removed the database, or an automatic one went idle.
    void forget_database(const std::string& name) { databases_.erase(name); }

    [[nodiscard]] PoolingMode mode() const { return mode_; }
    [[nodiscard]] Lifecycle lifecycle() const { return lifecycle_; }
    [[nodiscard]] bool shutting_down() const { return lifecycle_ != Lifecycle::kRunning; }
    [[nodiscard]] bool paused(const std::string& database) const;
    [[nodiscard]] bool disabled(const std::string& database) const;
    /// False if the database's clients must wait: global mode or its own pause.
    [[nodiscard]] bool hands_out_servers(const std::string& database) const;
    [[nodiscard]] bool anybody_waits() const { return !waiters_.empty(); }

    /// Text of the FATAL a login to `database` gets after authentication; none if it may go on.
    [[nodiscard]] std::optional<std::string> login_refusal(const std::string& database) const;

 private:
    enum class Goal { kPausedAll, kPausedDatabase, kSuspended, kClosed };

    struct Waiter {
        ConsoleId console;
        Goal goal;
        std::string database;  ///< empty = all
    };

    struct DatabaseSwitches {
        bool paused = false;
        bool disabled = false;
    };

    ConsoleResult<void> pause(ConsoleId console, const std::string& database, const DatabaseNames& names,
                              AdminStep& step);
    ConsoleResult<void> resume(const std::string& database, const DatabaseNames& names, AdminStep& step);
    ConsoleResult<void> suspend(ConsoleId console, AdminStep& step);
    ConsoleResult<void> kill(const std::string& database, const DatabaseNames& names, AdminStep& step);
    ConsoleResult<void> set_disabled(bool disabled, const std::string& database, const DatabaseNames& names,
                                     AdminStep& step);
    ConsoleResult<void> reconnect(const std::string& database, const DatabaseNames& names, AdminStep& step);
    ConsoleResult<void> wait_close(ConsoleId console, const std::string& database,
                                   const DatabaseNames& names);
    ConsoleResult<void> shutdown(ShutdownKind kind, AdminStep& step);
    ConsoleResult<void> run(ConsoleId console, const Command& command, const DatabaseNames& names,
                            AdminStep& step);

    void kill_one(const std::string& database, AdminStep& step);
    void resume_all(AdminStep& step);
    void pause_all(AdminStep& step);
    void wait_for(ConsoleId console, Goal goal, const std::string& database);
    void fail_waiters(Goal goal, const std::string& database, const ConsoleError& error, AdminStep& step);
    [[nodiscard]] bool waits(ConsoleId console) const;
    [[nodiscard]] static bool reached(const Waiter& waiter, const PoolerLoad& load);
    bool enter(PoolingEvent event);
    bool enter(LifecycleEvent event);

    PoolingMode mode_ = PoolingMode::kActive;
    Lifecycle lifecycle_ = Lifecycle::kRunning;
    ShutdownKind on_terminate_;
    std::map<std::string, DatabaseSwitches> databases_;
    std::set<ConsoleId> consoles_;
    std::vector<Waiter> waiters_;
};

}  // namespace pooler
