// Console commands over all workers, and the effects of the administrative state.
#include <utility>

#include "conf/load.h"
#include "conf/setting_table.h"
#include "pooler/console/show.h"
#include "pooler/process/process.h"
#include "pooler/process/process_log.h"

namespace pooler {

namespace {

/// Whatever changes the process is told in the log; looking is not.
void log_command(const Command& command) {
    if (command.verb == Verb::kShow || command.verb == Verb::kSet || command.verb == Verb::kEmpty ||
        command.verb == Verb::kExplainRoute)
        return;
    const std::string name = command.database.empty() ? "" : " '" + command.database + "'";
    log_notice(command_tag(command) + name + " command issued");
}

}  // namespace

void Process::console_opened(std::uint64_t session) {
    mailbox_.post_call([this, session] {
        consoles_open_.insert(session);
        admin_.console_opened(session);
    });
}

void Process::console_gone(std::uint64_t session) {
    mailbox_.post_call([this, session] {
        consoles_.erase(session);
        consoles_open_.erase(session);
        failover_->forget(session);
        apply(admin_.console_gone(session));
    });
}

void Process::console_cancelled(std::uint64_t session) {
    mailbox_.post_call([this, session] { apply(admin_.cancel(session)); });
}

void Process::run_command(unsigned worker, std::uint64_t session, Command command) {
    mailbox_.post_call([this, worker, session, command = std::move(command)] {
        consoles_[session] = worker;
        execute(session, command);
    });
}

void Process::answer(std::uint64_t session, CommandAnswer answer) {
    const auto found = consoles_.find(session);
    if (found == consoles_.end()) return;
    Worker* worker = workers_[found->second].get();
    worker->post([worker, session, answer = std::move(answer)]() mutable {
        worker->answer_console(session, std::move(answer));
    });
}

void Process::execute(std::uint64_t session, const Command& command) {
    log_command(command);
    if (AdminState::handles(command.verb))
        return apply(admin_.command(session, command, database_names(command)));
    switch (command.verb) {
        case Verb::kShow: return execute_show(session, command);
        case Verb::kSet: return execute_set(session, command);
        case Verb::kReload: return execute_reload(session);
        case Verb::kKillClient: return execute_kill_client(session, command.client_id.value_or(0));
        case Verb::kFailover: return failover_->order(session, command.database, false);
        case Verb::kFailback: return failover_->order(session, command.database, true);
        case Verb::kExplainRoute: return execute_explain(session, command);
        case Verb::kDisable:
        case Verb::kEmpty:
        case Verb::kEnable:
        case Verb::kKill:
        case Verb::kPause:
        case Verb::kReconnect:
        case Verb::kResume:
        case Verb::kShutdown:
        case Verb::kSuspend:
        case Verb::kWaitClose: break;
    }
    answer(session, answer_done());
}

void Process::execute_show(std::uint64_t session, const Command& command) {
    const ReportSections sections = sections_for(command);
    gather(sections, [this, session, command, sections](Report& report) {
        complete(report, sections);
        const auto now = std::chrono::steady_clock::now();
        const ShowInput input{.report = report,
                              .settings = configuration_->settings,
                              .mode = admin_.mode(),
                              .stats = stats_view(report, stats_history_, now),
                              .weir_version = weir_version()};
        answer(session, answer_rows(show(command, input)));
    });
}

void Process::execute_set(std::uint64_t session, const Command& command) {
    if (command.ignored) return answer(session, answer_done());
    auto changed = std::make_shared<conf::Configuration>(*configuration_);
    const auto applied = conf::apply_set(*changed, command.key, command.value);
    if (!applied) return answer(session, answer_error({"SET failed: " + applied.error().text}));
    if (!*applied) return answer(session, answer_done());
    if (command.key.starts_with("auth_") && command.key.ends_with("_file")) set_auth_files(*changed);
    auto tls = TlsContexts::make(*changed, tls_.get());
    if (!tls) return answer(session, answer_error({"SET failed: " + tls.error()}));
    if (std::string error; !apply_http(*changed, error))
        return answer(session, answer_error({"SET failed: " + error}));
    publish_configuration(std::move(changed), *std::move(tls));
    answer_behind_workers(session);
}

/// What workers are posted they do in this order: behind it all of them have what was published before.
void Process::answer_behind_workers(std::uint64_t session) {
    auto missing = std::make_shared<std::size_t>(workers_.size());
    on_all_workers([this, session, missing](Worker& /*worker*/) {
        mailbox_.post_call([this, session, missing] {
            if (--*missing == 0) answer(session, answer_done());
        });
    });
}

/// SET has named another userlist, HBA file or ident map.
void Process::set_auth_files(conf::Configuration& changed) {
    const std::size_t known = changed.warnings.size();
    conf::read_auth_files(changed);
    for (std::size_t i = known; i < changed.warnings.size(); ++i) log_warning(changed.warnings[i]);
}

void Process::execute_reload(std::uint64_t session) {
    std::string error;
    if (reload(error)) return answer_behind_workers(session);
    log_fault("reload failed, nothing has changed: " + error);
    answer(session,
           answer_error({"RELOAD failed, see logs for more details", std::string{kSqlstateConfigFile}}));
}

void Process::execute_kill_client(std::uint64_t session, std::uint64_t client) {
    struct Search {
        std::size_t missing;
        bool found = false;
    };
    auto search = std::make_shared<Search>(Search{workers_.size()});
    on_all_workers([this, session, client, search](Worker& worker) {
        const bool here = worker.kill_client(client);
        mailbox_.post_call([this, session, search, here] {
            search->found = search->found || here;
            if (--search->missing > 0) return;
            answer(session, search->found ? answer_done() : answer_error({"client not found"}));
        });
    });
}

std::shared_ptr<Process::Gathering> Process::gather(const ReportSections& sections,
                                                    std::function<void(Report&)> done) {
    auto gathering = std::make_shared<Gathering>();
    gathering->missing = workers_.size();
    gathering->done = std::move(done);
    on_all_workers([this, sections, gathering](Worker& worker) {
        mailbox_.post_call([gathering, part = worker.report(sections)]() mutable {
            if (!gathering->done) return;
            merge(gathering->report, std::move(part));
            if (--gathering->missing == 0) gathering->done(gathering->report);
        });
    });
    return gathering;
}

// --- the administrative state

void Process::apply(const AdminStep& step) {
    for (const EffectOn& effect : step.effects)
        if (effect.effect == AdminEffect::kDrainClients) accept_until_drain_ = true;
    for (const EffectOn& effect : step.effects) apply(effect);
    refuse_logins_if_due();
    update_readiness();
    for (const AdminAnswer& end : step.answers)
        answer(end.console, end.result ? answer_done() : answer_error(end.result.error()));
    if (admin_.anybody_waits() || admin_.shutting_down()) on_tick();
}

void Process::apply(const EffectOn& effect) {
    const std::string database = effect.database;
    switch (effect.effect) {
        case AdminEffect::kPauseAll:
            shared_.paused = true;
            return on_all_workers([](Worker& worker) { worker.close_free_servers({}, "pause mode"); });
        case AdminEffect::kResumeAll:
            shared_.paused = false;
            shared_.suspended = false;
            on_acceptor([](Acceptor& acceptor) { acceptor.resume(); });
            return on_all_workers([](Worker& worker) {
                worker.suspend_clients(false);
                worker.serve_all();
            });
        case AdminEffect::kSuspendAll:
            shared_.suspended = true;
            suspended_since_ = Clock::now();
            on_acceptor([](Acceptor& acceptor) { acceptor.suspend(); });
            return on_all_workers([](Worker& worker) { worker.suspend_clients(true); });
        case AdminEffect::kPauseDatabase:
            shared_.pools.databases.of(database).paused = true;
            return on_all_workers(
                [database](Worker& worker) { worker.close_free_servers(database, "pause mode"); });
        case AdminEffect::kResumeDatabase:
            shared_.pools.databases.of(database).paused = false;
            return on_all_workers([](Worker& worker) { worker.serve_all(); });
        case AdminEffect::kKillDatabase:
            shared_.pools.databases.of(database).paused = true;
            return drop_database(database);
        case AdminEffect::kDisableDatabase: shared_.pools.databases.of(database).disabled = true; return;
        case AdminEffect::kEnableDatabase: shared_.pools.databases.of(database).disabled = false; return;
        case AdminEffect::kReconnect: return reconnect(database);
        case AdminEffect::kStopListening: return close_tcp_listeners();
        case AdminEffect::kNotReady: ready_ = false; return;
        case AdminEffect::kRefuseWaiters: shared_.refuse_waiters = true; return;
        case AdminEffect::kDrainClients:
            return drain_timer_.start(
                std::chrono::ceil<std::chrono::milliseconds>(configuration_->settings.drain_delay));
        case AdminEffect::kExit: return stop(0);
        case AdminEffect::kExitWithError: return stop(1);
    }
}

void Process::close_tcp_listeners() {
    ++listeners_closing_;
    on_acceptor([this](Acceptor& acceptor) {
        acceptor.close_tcp([this] { mailbox_.post_call([this] { on_tcp_closed(); }); });
    });
}

void Process::on_tcp_closed() {
    --listeners_closing_;
    refuse_logins_if_due();
    if (std::exchange(drain_when_closed_, false)) drain_clients();
}

/// A client that comes while the listeners close is served: told to connect again, it could meet this process
/// again. One for which there is no server is not.
void Process::refuse_logins_if_due() {
    const bool welcome = accept_until_drain_ || (listeners_closing_ > 0 && !shared_.refuse_waiters);
    shared_.refuse_logins = admin_.shutting_down() && !welcome;
}

/// The load balancer has had its time to notice; or those who had to leave have had theirs.
void Process::on_drain_timer() {
    if (shared_.draining) {
        log_warning("drain_timeout: leaving with clients connected");
        return stop(0);
    }
    drain_when_closed_ = true;
    close_tcp_listeners();
}

/// Nobody new comes, so who leaves now finds another pooler when it connects again.
void Process::drain_clients() {
    accept_until_drain_ = false;
    refuse_logins_if_due();
    shared_.draining = true;
    on_all_workers([](Worker& worker) { worker.drain_clients(); });
    const auto timeout = configuration_->settings.drain_timeout;
    if (timeout.count() > 0) drain_timer_.start(std::chrono::ceil<std::chrono::milliseconds>(timeout));
}

/// Asks all workers how much is left and lets the state draw its conclusions.
void Process::observe() {
    if (load_requested_ || stopping_) return;
    load_requested_ = true;
    const auto patience = configuration_->settings.suspend_timeout;
    if (shared_.suspended && admin_.anybody_waits() && patience.count() > 0 &&
        Clock::now() - suspended_since_ >= patience)
        on_all_workers([](Worker& worker) { worker.close_unflushed(); });
    struct Sum {
        PoolerLoad load;
        std::size_t missing = 0;
    };
    auto sum = std::make_shared<Sum>();
    sum->missing = workers_.size();
    sum->load.buffers_empty = true;
    sum->load.accepting = accept_until_drain_ || listeners_closing_ > 0;
    on_all_workers([this, sum](Worker& worker) {
        mailbox_.post_call([this, sum, part = worker.load()] {
            sum->load.servers += part.servers;
            sum->load.client_sockets += part.client_sockets;
            sum->load.buffers_empty = sum->load.buffers_empty && part.buffers_empty;
            sum->load.full_buffers += part.full_buffers;
            for (const auto& [name, load] : part.databases) {
                sum->load.databases[name].busy_servers += load.busy_servers;
                sum->load.databases[name].closing_servers += load.closing_servers;
            }
            if (--sum->missing > 0 || stopping_) return;
            load_requested_ = false;
            tell_suspend_progress(sum->load.full_buffers);
            const AdminStep step = admin_.observe(sum->load);
            for (const EffectOn& effect : step.effects) apply(effect);
            update_readiness();
            for (const AdminAnswer& end : step.answers)
                answer(end.console, end.result ? answer_done() : answer_error(end.result.error()));
        });
    });
}

/// While SUSPEND waits: how much it waits for, once a second.
void Process::tell_suspend_progress(std::uint64_t full_buffers) {
    constexpr std::chrono::seconds kPause{1};
    const auto now = Clock::now();
    if (!shared_.suspended || !admin_.anybody_waits() || full_buffers == 0 || now - suspend_told_ < kPause)
        return;
    suspend_told_ = now;
    log_notice("SUSPEND waits for " + std::to_string(full_buffers) + " connections with unsent data");
}

DatabaseNames Process::database_names(const Command& command) const {
    DatabaseNames names;
    const std::string& asked = command.database;
    const bool makes_one = command.verb != Verb::kEnable && command.verb != Verb::kResume;
    // The "*" line makes a database of any name, but not one only to enable or resume it.
    if (!asked.empty() && configuration_->find_database(asked) &&
        (makes_one || admin_.paused(asked) || admin_.disabled(asked)))
        names.known.insert(asked);
    for (const auto& [name, database] : configuration_->databases) names.known.insert(name);
    for (const auto& pool : shared_.pools.all()) {
        names.known.insert(pool->database);
        names.with_pool.insert(pool->database);
    }
    return names;
}

void Process::drop_database(const std::string& name) {
    shared_.pools.remove(name);
    shared_.pools.databases.of(name).registered = false;
    on_all_workers([name](Worker& worker) { worker.kill_database(name); });
}

/// Servers that exist now are closed when they are free; the next login waits for what a new server says.
void Process::reconnect(const std::string& database) {
    for (const auto& pool : shared_.pools.all()) {
        if (!database.empty() && pool->database != database) continue;
        ++pool->generation;
        pool->set_welcome(nullptr);
    }
    on_all_workers(
        [database](Worker& worker) { worker.close_free_servers(database, "RECONNECT command issued"); });
}

// --- reload

bool Process::reload(std::string& error) {
    auto result = conf::reload(*configuration_);
    if (!result) {
        error = result.error().text;
        return false;
    }
    error = failover_->objection(*result->configuration);
    if (!error.empty()) return false;
    auto tls = TlsContexts::make(*result->configuration, tls_.get());
    if (!tls) {
        error = tls.error();
        return false;
    }
    if (!apply_http(*result->configuration, error)) return false;
    for (const std::string& warning : result->configuration->warnings) log_warning(warning);
    publish_configuration(result->configuration, *std::move(tls));
    apply_changes(result->changes);
    note_event("reload", "", "the configuration was read again");
    return true;
}

void Process::publish_configuration(ConfigurationRef configuration, TlsContexts::Ref tls) {
    configuration_ = std::move(configuration);
    shared_.secrets.clear();
    for (const auto& pool : shared_.pools.all()) pool->forget_proof();
    tls_ = std::move(tls);
    tls_files_ = tls_->fingerprint();
    if (const auto reopened = Log::reopen(log_options(configuration_->settings, options_)); !reopened)
        log_fault(reopened.error());
    update_readiness();
    on_all_workers(
        [shared = configuration_, tls_now = tls_](Worker& worker) { worker.reconfigure(shared, tls_now); });
    health_->configure(configuration_, tls_);
    readiness_->configure(configuration_, tls_);
    failover_->configure(configuration_);
    on_tick();
}

void Process::apply_changes(const conf::Changes& changes) {
    for (const auto& change : changes.settings)
        log_notice("setting " + change.name + " changed from " + change.before + " to " + change.after);
    for (const auto& change : changes.needs_restart)
        log_warning("setting " + change.name + " keeps its value " + change.before + " until a restart");
    for (const std::string& name : changes.databases_removed) {
        drop_database(name);
        admin_.forget_database(name);
        shared_.pools.databases.of(name).paused = false;
        shared_.pools.databases.of(name).disabled = false;
    }
    for (const std::string& name : changes.databases_to_reconnect) reconnect(name);
    if (changes.server_tls_changed) reconnect({});
    if (!changes.fallback_changed) return;
    for (const auto& pool : shared_.pools.all())
        if (!configuration_->databases.contains(pool->database)) reconnect(pool->database);
}

}  // namespace pooler
