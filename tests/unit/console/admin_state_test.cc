#include "pooler/console/admin_state.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace pooler;

namespace {

const DatabaseNames kNames{{"db1", "db2", "q.d"}, {"db1", "db2"}};
constexpr ConsoleId kAlice = 11;
constexpr ConsoleId kBob = 12;

/// What a step did, as text: "effect[:database] ..." and "console=ok" or "console=error".
std::string text_of(AdminEffect effect) {
    switch (effect) {
        case AdminEffect::kPauseAll: return "pause_all";
        case AdminEffect::kResumeAll: return "resume_all";
        case AdminEffect::kSuspendAll: return "suspend_all";
        case AdminEffect::kPauseDatabase: return "pause";
        case AdminEffect::kResumeDatabase: return "resume";
        case AdminEffect::kKillDatabase: return "kill";
        case AdminEffect::kDisableDatabase: return "disable";
        case AdminEffect::kEnableDatabase: return "enable";
        case AdminEffect::kReconnect: return "reconnect";
        case AdminEffect::kStopListening: return "stop_listening";
        case AdminEffect::kNotReady: return "not_ready";
        case AdminEffect::kRefuseWaiters: return "refuse_waiters";
        case AdminEffect::kDrainClients: return "drain";
        case AdminEffect::kExit: return "exit";
        case AdminEffect::kExitWithError: return "exit_with_error";
    }
    return "?";
}

std::string text_of(const AdminStep& step) {
    std::string text;
    const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " | ") + word; };
    for (const EffectOn& effect : step.effects) {
        add(text_of(effect.effect) + (effect.database.empty() ? "" : ":" + effect.database));
    }
    for (const AdminAnswer& answer : step.answers) {
        add(std::to_string(answer.console) + "=" + (answer.result ? "ok" : answer.result.error().message));
    }
    return text;
}

/// Runs commands of one console against a machine.
struct Harness {
    AdminState state;

    std::string run(const std::string& text, ConsoleId console = kAlice) {
        const auto command = parse_command(text);
        REQUIRE(command);
        REQUIRE(AdminState::handles(command->verb));
        return text_of(state.command(console, *command, kNames));
    }
    std::string see(const PoolerLoad& load) { return text_of(state.observe(load)); }
};

PoolerLoad busy(const std::string& database) {
    PoolerLoad load;
    load.databases[database] = {1, 1};
    load.servers = 1;
    load.client_sockets = 2;
    return load;
}

PoolerLoad calm() {
    PoolerLoad load;
    load.databases["db1"] = {0, 0};
    load.servers = 1;
    load.client_sockets = 2;
    load.buffers_empty = true;
    return load;
}

struct Step {
    std::string command;
    std::string outcome;
};

void play(const std::vector<Step>& steps) {
    Harness h;
    for (const Step& step : steps) {
        INFO(step.command);
        CHECK(h.run(step.command) == step.outcome);
        (void)h.see(calm());  // whoever waits is answered between the steps
    }
}

}  // namespace

TEST_CASE("admin state: pooling modes follow and refuse as the table says") {
    using M = PoolingMode;
    using E = PoolingEvent;
    CHECK(next(M::kActive, E::kPause) == M::kPaused);
    CHECK(next(M::kActive, E::kSuspend) == M::kSuspended);
    CHECK(next(M::kPaused, E::kResume) == M::kActive);
    CHECK(next(M::kSuspended, E::kResume) == M::kActive);
    CHECK(next(M::kSuspended, E::kLastConsoleGone) == M::kActive);
    for (const auto& [from, on] : std::vector<std::pair<M, E>>{{M::kActive, E::kResume},
                                                               {M::kActive, E::kLastConsoleGone},
                                                               {M::kPaused, E::kPause},
                                                               {M::kPaused, E::kSuspend},
                                                               {M::kPaused, E::kLastConsoleGone},
                                                               {M::kSuspended, E::kPause},
                                                               {M::kSuspended, E::kSuspend}}) {
        CHECK_FALSE(next(from, on));
    }
}

TEST_CASE("admin state: the life cycle only goes towards the end") {
    using L = Lifecycle;
    using E = LifecycleEvent;
    const std::vector<std::tuple<L, E, L>> follow{
        {L::kRunning, E::kWaitForServers, L::kWaitingForServers},
        {L::kRunning, E::kWaitForClients, L::kWaitingForClients},
        {L::kRunning, E::kDrain, L::kDraining},
        {L::kRunning, E::kNow, L::kStopped},
        {L::kWaitingForClients, E::kDrain, L::kDraining},
        {L::kWaitingForClients, E::kWaitForServers, L::kWaitingForServers},
        {L::kWaitingForClients, E::kClientsGone, L::kStopped},
        {L::kWaitingForClients, E::kNow, L::kStopped},
        {L::kDraining, E::kWaitForServers, L::kWaitingForServers},
        {L::kDraining, E::kClientsGone, L::kStopped},
        {L::kDraining, E::kNow, L::kStopped},
        {L::kWaitingForServers, E::kServersGone, L::kStopped},
        {L::kWaitingForServers, E::kNow, L::kStopped},
    };
    std::size_t allowed = 0;
    for (const L from :
         {L::kRunning, L::kWaitingForServers, L::kWaitingForClients, L::kDraining, L::kStopped}) {
        for (const E on :
             {E::kWaitForServers, E::kWaitForClients, E::kDrain, E::kNow, E::kServersGone, E::kClientsGone}) {
            allowed += next(from, on) ? 1U : 0U;
        }
    }
    CHECK(allowed == follow.size());  // everything else is refused
    for (const auto& [from, on, to] : follow) CHECK(next(from, on) == to);
}

TEST_CASE("admin state: every command answers as PgBouncer does") {
    SECTION("nothing is paused") {
        play({{"RESUME", "11=pooler is not paused/suspended"},
              {"RESUME db1", "11=database db1 is not paused"},
              {"RESUME pgbouncer", "11=database pgbouncer is not paused"},
              {"RESUME nodb", "11=no such database: nodb"},
              {"PAUSE nodb", "11=no such database: nodb"},
              {"KILL nodb", "11=no such database: nodb"},
              {"RECONNECT nodb", "11=no such database: nodb"},
              {"WAIT_CLOSE nodb", "11=no such database: nodb"},
              {"DISABLE nodb", "11=no such database: nodb"},
              {"ENABLE nodb", "11=no such database: nodb"},
              {"ENABLE", "11=a database is required"}});
    }
    SECTION("the console's database is no target") {
        play({{"PAUSE pgbouncer", "11=cannot pause admin db: pgbouncer"},
              {"KILL pgbouncer", "11=cannot kill admin db: pgbouncer"},
              {"RECONNECT pgbouncer", "11=cannot reconnect admin db: pgbouncer"},
              {"WAIT_CLOSE pgbouncer", "11=cannot wait in admin db: pgbouncer"},
              {"DISABLE pgbouncer", "11=cannot disable admin db: pgbouncer"},
              {"ENABLE pgbouncer", "11=cannot enable admin db: pgbouncer"}});
    }
    SECTION("paused") {
        play({{"PAUSE", "pause_all"},
              {"PAUSE", "11=already suspended/paused"},
              {"PAUSE db1", "11=already suspended/paused"},
              {"PAUSE nodb", "11=already suspended/paused"},
              {"SUSPEND", "11=already suspended/paused"},
              {"KILL", "11=already suspended/paused"},
              {"KILL db1", "11=already suspended/paused"},
              {"RESUME db1", "11=database db1 is not paused"},
              {"RECONNECT", "reconnect | 11=ok"},
              {"DISABLE db1", "disable:db1 | 11=ok"},
              {"RESUME", "resume_all | 11=ok"},
              {"RESUME", "11=pooler is not paused/suspended"}});
    }
    SECTION("one database paused") {
        play({{"PAUSE db1", "pause:db1"},
              {"PAUSE db1", "pause:db1"},
              {"SUSPEND", "11=cannot suspend with paused databases"},
              {"RESUME", "11=pooler is not paused/suspended"},
              {"PAUSE", "pause_all"},
              {"RESUME", "resume_all | 11=ok"},
              {"RESUME db1", "resume:db1 | 11=ok"},
              {"RESUME db1", "11=database db1 is not paused"}});
    }
    SECTION("killed") {
        play({{"KILL db1", "kill:db1 | 11=ok"},
              {"RESUME", "11=pooler is not paused/suspended"},
              {"RESUME db1", "resume:db1 | 11=ok"},
              {"KILL", "kill:db1 | kill:db2 | 11=ok"},
              {"RESUME \"q.d\"", "11=database q.d is not paused"},
              {"RESUME db1", "resume:db1 | 11=ok"},
              {"RESUME db2", "resume:db2 | 11=ok"}});
    }
    SECTION("suspended") {
        play({{"SUSPEND", "suspend_all"},
              {"PAUSE", "11=already suspended/paused"},
              {"SHUTDOWN WAIT_FOR_CLIENTS", "11=already suspended/paused"},
              {"RESUME", "resume_all | 11=ok"}});
    }
}

TEST_CASE(
    "admin state: PAUSE is answered when no server is busy, and RESUME keeps databases paused by name") {
    Harness h;
    CHECK(h.run("PAUSE db2") == "pause:db2");
    CHECK(h.see(busy("db1")) == "11=ok");
    CHECK(h.run("PAUSE") == "pause_all");
    CHECK(h.state.mode() == PoolingMode::kPaused);
    CHECK(h.see(busy("db1")).empty());
    CHECK(h.see(calm()) == "11=ok");
    CHECK(h.see(calm()).empty());
    CHECK(h.run("RESUME") == "resume_all | 11=ok");
    CHECK(h.state.hands_out_servers("db1"));
    CHECK_FALSE(h.state.hands_out_servers("db2"));
}

TEST_CASE("admin state: WAIT_CLOSE waits for close_needed servers of its database only") {
    Harness h;
    CHECK(h.run("WAIT_CLOSE db1", kAlice).empty());
    CHECK(h.run("WAIT_CLOSE", kBob).empty());
    CHECK(h.see(busy("db2")) == "11=ok");
    PoolerLoad load = busy("db2");
    load.databases["db2"].closing_servers = 0;  // still busy, which WAIT_CLOSE does not mind
    CHECK(h.see(load) == "12=ok");
}

TEST_CASE("admin state: SUSPEND is answered when all buffers are empty") {
    Harness h;
    h.state.console_opened(kAlice);
    CHECK(h.run("SUSPEND") == "suspend_all");
    CHECK(h.see(busy("db1")).empty());
    CHECK(h.see(calm()) == "11=ok");
    CHECK_FALSE(h.state.hands_out_servers("db1"));
}

TEST_CASE("admin state: a console that leaves keeps its pause in force") {
    Harness h;
    h.state.console_opened(kAlice);
    CHECK(h.run("PAUSE") == "pause_all");
    CHECK(text_of(h.state.console_gone(kAlice)).empty());
    CHECK(h.state.mode() == PoolingMode::kPaused);
    CHECK(h.see(calm()).empty());  // nobody to answer
}

TEST_CASE("admin state: with the last console gone a suspended pooler resumes") {
    Harness h;
    h.state.console_opened(kAlice);
    h.state.console_opened(kBob);
    CHECK(h.run("SUSPEND") == "suspend_all");
    CHECK(text_of(h.state.console_gone(kAlice)).empty());
    CHECK(h.state.mode() == PoolingMode::kSuspended);
    CHECK(text_of(h.state.console_gone(kBob)) == "resume_all");
    CHECK(h.state.mode() == PoolingMode::kActive);
}

TEST_CASE("admin state: a cancel undoes a global pause, not that of a database") {
    Harness h;
    CHECK(h.run("PAUSE") == "pause_all");
    CHECK(text_of(h.state.cancel(kBob)).empty());  // waits for nothing
    const AdminStep step = h.state.cancel(kAlice);
    CHECK(text_of(step) == "resume_all | 11=canceling statement due to user request");
    CHECK(step.answers.at(0).result.error().sqlstate == "57014");
    CHECK(h.state.mode() == PoolingMode::kActive);

    CHECK(h.run("PAUSE db1") == "pause:db1");
    CHECK(text_of(h.state.cancel(kAlice)) == "11=canceling statement due to user request");
    CHECK(h.state.paused("db1"));
}

TEST_CASE("admin state: whoever waits for a pause that another console undoes is told") {
    Harness h;
    CHECK(h.run("PAUSE", kAlice) == "pause_all");
    CHECK(h.run("RESUME", kBob) == "resume_all | 11=pooler was resumed | 12=ok");
    CHECK(h.run("PAUSE db1", kAlice) == "pause:db1");
    CHECK(h.run("RESUME db1", kBob) == "resume:db1 | 11=database db1 was resumed | 12=ok");
    CHECK_FALSE(h.state.anybody_waits());
}

TEST_CASE("admin state: KILL answers a console that waits for PAUSE of the same database") {
    Harness h;
    CHECK(h.run("PAUSE db1", kAlice) == "pause:db1");
    CHECK(h.see(busy("db1")).empty());
    CHECK(h.run("KILL db1", kBob) == "kill:db1 | 12=ok");
    CHECK(h.see(PoolerLoad{}) == "11=ok");
}

TEST_CASE("admin state: SHUTDOWN WAIT_FOR_SERVERS pauses, refuses waiters and ends with the last server") {
    Harness h;
    CHECK(h.run("SHUTDOWN WAIT_FOR_SERVERS") == "stop_listening | pause_all | refuse_waiters | 11=ok");
    CHECK(h.run("RESUME") == "11=pooler is shutting down");
    CHECK(h.run("SHUTDOWN WAIT_FOR_CLIENTS") == "11=pooler is shutting down");
    CHECK(h.run("SHUTDOWN WAIT_FOR_SERVERS") == "11=pooler is shutting down");
    CHECK(h.see(busy("db1")).empty());
    PoolerLoad load;
    load.client_sockets = 5;
    CHECK(h.see(load) == "exit");
    CHECK(h.see(load).empty());  // once
}

TEST_CASE("admin state: SHUTDOWN WAIT_FOR_CLIENTS goes on serving and ends with the last client socket") {
    Harness h;
    CHECK(h.run("SHUTDOWN WAIT_FOR_CLIENTS") == "stop_listening | 11=ok");
    CHECK(h.state.hands_out_servers("db1"));
    CHECK(h.run("PAUSE") == "11=pooler is shutting down");
    CHECK(h.run("RESUME db1") == "11=pooler is shutting down");
    CHECK(h.run("SUSPEND") == "11=pooler is shutting down");
    PoolerLoad load;
    load.client_sockets = 1;  // no server, one console
    CHECK(h.see(load).empty());
    load.client_sockets = 0;
    load.servers = 3;
    load.accepting = true;  // somebody may be on the way
    CHECK(h.see(load).empty());
    load.accepting = false;
    CHECK(h.see(load) == "exit");
    CHECK(h.state.lifecycle() == Lifecycle::kStopped);
}

TEST_CASE("admin state: SHUTDOWN DRAIN closes clients at their boundary") {
    Harness h;
    CHECK(h.run("SHUTDOWN DRAIN") == "not_ready | drain | 11=ok");
    CHECK(h.run("SHUTDOWN DRAIN") == "11=pooler is shutting down");
    CHECK(h.see(PoolerLoad{}) == "exit");
}

TEST_CASE("admin state: SHUTDOWN is not answered and ends at once") {
    Harness h;
    CHECK(h.run("SHUTDOWN") == "exit");
    CHECK(h.run("SHUTDOWN").empty());
}

TEST_CASE("admin state: a paused pooler that shuts down is not paused twice") {
    Harness h;
    CHECK(h.run("PAUSE") == "pause_all");
    CHECK(h.run("SHUTDOWN WAIT_FOR_SERVERS", kBob) == "stop_listening | refuse_waiters | 12=ok");
    CHECK(text_of(h.state.cancel(kAlice)) == "11=canceling statement due to user request");
    CHECK(h.state.mode() == PoolingMode::kPaused);
}

TEST_CASE("admin state: signals do what PgBouncer's do") {
    struct Case {
        std::string before;
        std::vector<AdminSignal> signals;
        std::string last;
    };
    using S = AdminSignal;
    const std::vector<Case> cases{
        {"", {S::kTerminate}, "stop_listening"},
        {"", {S::kInterrupt}, "stop_listening | pause_all | refuse_waiters"},
        {"", {S::kTerminate, S::kTerminate}, "exit"},
        {"", {S::kTerminate, S::kInterrupt}, "exit"},
        {"", {S::kInterrupt, S::kTerminate}, "exit"},
        {"", {S::kQuit}, "exit"},
        {"", {S::kUser1}, "pause_all"},
        {"", {S::kUser1, S::kUser1}, ""},
        {"", {S::kUser1, S::kUser2}, "resume_all"},
        {"", {S::kUser2}, ""},
        {"", {S::kInterrupt, S::kUser2}, ""},
        {"SUSPEND", {S::kUser1}, ""},
        {"SUSPEND", {S::kUser2}, "resume_all | 11=pooler was resumed"},
        {"SUSPEND", {S::kTerminate}, "exit_with_error"},
        {"SUSPEND", {S::kInterrupt}, "exit_with_error"},
        {"SUSPEND", {S::kQuit}, "exit"},
        {"PAUSE db1", {S::kUser2}, ""},
    };
    for (const Case& c : cases) {
        Harness h;
        if (!c.before.empty()) (void)h.run(c.before);
        std::string last;
        for (const S signal : c.signals) last = text_of(h.state.signal(signal));
        INFO(c.before << " and " << c.signals.size() << " signals");
        CHECK(last == c.last);
    }
    AdminState drains(ShutdownKind::kDrain);
    CHECK(text_of(drains.signal(S::kTerminate)) == "not_ready | drain");
}

TEST_CASE("admin state: logins are refused to disabled databases and while shutting down") {
    Harness h;
    CHECK_FALSE(h.state.login_refusal("db1"));
    CHECK(h.run("DISABLE db1") == "disable:db1 | 11=ok");
    CHECK(h.state.login_refusal("db1") == "database \"db1\" is disabled");
    CHECK_FALSE(h.state.login_refusal("db2"));
    CHECK(h.run("ENABLE db1") == "enable:db1 | 11=ok");
    CHECK_FALSE(h.state.login_refusal("db1"));
    CHECK(h.run("SHUTDOWN WAIT_FOR_CLIENTS") == "stop_listening | 11=ok");
    CHECK(h.state.login_refusal("db1") == "pooler is shutting down");
    CHECK_FALSE(h.state.login_refusal("pgbouncer"));
}

TEST_CASE("admin state: a database that is removed starts afresh") {
    Harness h;
    CHECK(h.run("PAUSE db1") == "pause:db1");
    CHECK(h.see(calm()) == "11=ok");
    CHECK(h.run("DISABLE db1") == "disable:db1 | 11=ok");
    h.state.forget_database("db1");
    CHECK_FALSE(h.state.paused("db1"));
    CHECK_FALSE(h.state.disabled("db1"));
}
