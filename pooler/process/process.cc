#include "pooler/process/process.h"

#include <openssl/rand.h>
#include <sched.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <cstring>

#include "pooler/process/process_log.h"

namespace pooler {

namespace {

/// How often the process looks around while a command or shutdown waits for something, and otherwise.
constexpr std::chrono::milliseconds kBusyTick{100};
constexpr std::chrono::milliseconds kTick{1000};

std::string random_secret() {
    std::string secret(32, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()), static_cast<int>(secret.size())) != 1)
        std::abort();
    return secret;
}

ListenOptions listen_options(const conf::Settings& settings) {
    ListenOptions options;
    for (const auto address : conf::listen_addresses(settings)) options.addresses.emplace_back(address);
    options.port = static_cast<std::uint16_t>(settings.listen_port);
    options.backlog = settings.listen_backlog;
    options.unix_socket_dir = settings.unix_socket_dir;
    options.unix_socket_mode = static_cast<unsigned>(settings.unix_socket_mode);
    options.unix_socket_group = settings.unix_socket_group;
    options.so_reuseport = settings.so_reuseport;
    options.tcp_defer_accept = settings.tcp_defer_accept;
    return options;
}

ShutdownKind terminate_kind(const conf::Settings& settings) {
    return settings.sigterm == conf::SigtermAction::kDrain ? ShutdownKind::kDrain
                                                           : ShutdownKind::kWaitForClients;
}

}  // namespace

unsigned worker_count(int setting) {
    if (setting > 0) return static_cast<unsigned>(setting);
    cpu_set_t usable;
    CPU_ZERO(&usable);
    if (sched_getaffinity(0, sizeof usable, &usable) != 0) return 1;
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&usable)));
}

Process::Process(Options options, conf::Configuration configuration)
    : options_{std::move(options)},
      configuration_{std::make_shared<const conf::Configuration>(std::move(configuration))},
      tracked_{conf::tracked_extra_parameters(configuration_->settings)},
      shared_{worker_count(configuration_->settings.workers)},
      admin_{terminate_kind(configuration_->settings)},
      stats_history_{std::chrono::steady_clock::now()} {
    shared_.secret = random_secret();
    uv_loop_init(&loop_);
    mailbox_.open(&loop_);
    tick_.open<&Process::on_tick>(&loop_, this);
    stats_timer_.open<&Process::on_stats_period>(&loop_, this);
    drain_timer_.open<&Process::on_drain_timer>(&loop_, this);
    snapshot_timer_.open<&Process::on_snapshot_late>(&loop_, this);
}

Process::~Process() {
    http_.stop();
    workers_.clear();
    failover_.reset();
    readiness_.reset();
    health_.reset();
    signals_.clear();
    tick_.close();
    stats_timer_.close();
    drain_timer_.close();
    snapshot_timer_.close();
    mailbox_.close();
    uv_run(&loop_, UV_RUN_DEFAULT);
    if (uv_loop_close(&loop_) != 0) log_fault("main event loop closed with open handles");
}

int Process::run() {
    for (const std::string& warning : configuration_->warnings) log_warning(warning);
    if (!make_tls()) return 1;
    auto sockets = open_sockets();
    if (sockets.empty()) return 1;
    if (std::string error; !apply_http(*configuration_, error)) {
        log_fault(error);
        return 1;
    }
    if (const std::string& path = configuration_->settings.pidfile; !path.empty())
        if (const auto written = pidfile_.write(path); !written) {
            log_fault(written.error());
            return 1;
        }
    start_health();
    start_workers();
    watch_signals();
    on_tick();
    const std::chrono::seconds period{configuration_->settings.stats_period};
    stats_timer_.start(period, period);
    log_notice("process up: weir " + std::string{weir_version()} + ", " + std::to_string(workers_.size()) +
               " workers");
    start_accepting(std::move(sockets));
    accepting_ = true;
    update_readiness();
    notify_service_manager("READY=1");
    uv_run(&loop_, UV_RUN_DEFAULT);
    return exit_code_;
}

bool Process::make_tls() {
    auto made = TlsContexts::make(*configuration_);
    if (!made) {
        log_fault(made.error());
        return false;
    }
    tls_ = *std::move(made);
    tls_files_ = tls_->fingerprint();
    return true;
}

/// Certificates that were renewed in place count without a RELOAD. One that cannot be used is reported, and
/// the old one stays until the next change.
void Process::watch_tls_files() {
    if (std::string now = tls_->fingerprint(); now != tls_files_)
        tls_files_ = std::move(now);
    else
        return;
    auto made = TlsContexts::make(*configuration_, tls_.get());
    if (!made)
        return log_fault("TLS files have changed and cannot be used, the old ones stay: " + made.error());
    tls_ = *std::move(made);
    health_->take_tls(tls_);
    readiness_->take_tls(tls_);
    log_notice("TLS files have changed and are used from now on");
    on_all_workers([shared = tls_](Worker& worker) { worker.take_tls(shared); });
}

std::vector<ListenSocket> Process::open_sockets() {
    auto opened = open_listen_sockets(listen_options(configuration_->settings));
    if (!opened) {
        log_fault(opened.error());
        return {};
    }
    for (const std::string& warning : opened->warnings) log_warning(warning);
    for (const ListenSocket& socket : opened->sockets)
        log_notice("listening on " + socket.address().to_text());
    return std::move(opened->sockets);
}

void Process::start_workers() {
    Control& control = *this;
    std::vector<Worker*> peers;
    for (unsigned i = 0; i < worker_count(configuration_->settings.workers); ++i) {
        workers_.push_back(std::make_unique<Worker>(i, shared_, control, tracked_, configuration_, tls_));
        peers.push_back(workers_.back().get());
    }
    for (const auto& worker : workers_) worker->set_peers(peers);
    for (const auto& worker : workers_) worker->start();
}

/// Last of all: whoever gets in finds a process that is ready.
void Process::start_accepting(std::vector<ListenSocket> sockets) {
    Worker* first = workers_.front().get();
    first->post([first, taken = std::move(sockets)]() mutable { first->listen(std::move(taken)); });
}

void Process::watch_signals() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) {
        signals_.push_back(std::make_unique<SignalWatch>());
        signals_.back()->open<&Process::on_signal>(&loop_, number, this);
    }
}

void Process::on_signal(int number) {
    if (number == SIGHUP) {
        const auto now = std::chrono::duration_cast<Microseconds>(Clock::now().time_since_epoch()).count();
        notify_service_manager("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now));
        std::string error;
        log_notice("got SIGHUP, re-reading config");
        if (!reload(error)) log_fault("reload failed, nothing has changed: " + error);
        return notify_service_manager("READY=1");
    }
    AdminSignal signal = AdminSignal::kQuit;
    if (number == SIGTERM) signal = AdminSignal::kTerminate;
    if (number == SIGINT) signal = AdminSignal::kInterrupt;
    if (number == SIGUSR1) signal = AdminSignal::kUser1;
    if (number == SIGUSR2) signal = AdminSignal::kUser2;
    log_notice(std::string{"got signal "} + strsignal(number));
    if (number == SIGTERM || number == SIGINT || number == SIGQUIT) notify_service_manager("STOPPING=1");
    apply(admin_.signal(signal));
}

/// Pools of databases that only the "*" line makes go when nobody has used them for autodb_idle_timeout.
void Process::drop_idle_auto_databases() {
    const auto limit = configuration_->settings.autodb_idle_timeout;
    const auto now = Clock::now();
    for (const auto& pool : shared_.pools.all()) {
        const std::string& name = pool->database;
        auto& usage = shared_.pools.databases.of(name);
        const bool kept = limit.count() == 0 || configuration_->databases.contains(name) || usage.paused ||
                          usage.clients.used() > 0 || usage.servers.used() > 0;
        if (kept) {
            auto_idle_since_.erase(name);
        } else if (now - auto_idle_since_.try_emplace(name, now).first->second >= limit) {
            auto_idle_since_.erase(name);
            drop_database(name);
        }
    }
}

void Process::on_tick() {
    watch_tls_files();
    auto_databases_ = auto_databases_ || configuration_->fallback;
    if (auto_databases_) drop_idle_auto_databases();
    const bool busy = admin_.anybody_waits() || admin_.shutting_down();
    if (busy) observe();
    if (busy || auto_databases_ || !tls_files_.empty())
        tick_.start(busy ? kBusyTick : kTick);
    else
        tick_.stop();  // nothing to look at: the process does not wake up for it
}

void Process::on_stats_period() {
    gather({.pools = true}, [this](Report& report) {
        stats_history_.end_period(std::chrono::steady_clock::now(), stats_by_database(report));
        const std::string line = stats_line(stats_history_.last_period());
        if (configuration_->settings.log_stats) log_notice(line);
        notify_service_manager("STATUS=" + line);
    });
}

void Process::notify_service_manager(std::string_view state) const {
    sd_notify(0, std::string{state}.c_str());
}

void Process::stop(int exit_code) {
    exit_code_ = exit_code;
    shut_down();
}

void Process::shut_down() {
    if (stopping_) return;
    stopping_ = true;
    log_notice("shutting down");
    http_.stop();
    for (const auto& worker : workers_) worker->stop();  // the first one closes the listening sockets
    uv_stop(&loop_);
}

}  // namespace pooler
