// What the HTTP server is told: whether clients should come, and the figures of all workers.
#include "pooler/process/process.h"
#include "pooler/process/process_log.h"

namespace pooler {

namespace {

/// A worker that has not answered by then is left out of the figures.
constexpr std::chrono::milliseconds kWorkerPatience{1000};

}  // namespace

bool Process::apply_http(const conf::Configuration& configuration, std::string& error) {
    const std::string& where = configuration.settings.http_listen;
    const bool moves = where != http_listen_;
    if (const auto done = http_.apply(configuration); !done) {
        error = done.error();
        return false;
    }
    http_listen_ = where;
    if (moves) log_notice(where.empty() ? "HTTP: no longer listening" : "HTTP: listening on " + where);
    return true;
}

void Process::update_readiness() { http_.set_readiness(readiness()); }

Readiness Process::readiness() const {
    if (stopping_ || !ready_ || admin_.shutting_down()) return Readiness::kShuttingDown;
    if (admin_.mode() == PoolingMode::kSuspended) return Readiness::kSuspended;
    if (admin_.mode() == PoolingMode::kPaused) return Readiness::kPaused;
    bool all_paused = !configuration_->databases.empty();
    for (const auto& [name, database] : configuration_->databases)
        all_paused = all_paused && admin_.paused(name);
    if (all_paused) return Readiness::kPaused;
    return accepting_ ? Readiness::kReady : Readiness::kStarting;
}

/// One at a time; the HTTP threads that come meanwhile wait for the same.
void Process::start_snapshot() {
    if (stopping_) return;
    snapshot_ = gather(snapshot_sections(), [this](Report& report) { end_snapshot(report, 0); });
    snapshot_timer_.start(kWorkerPatience);
}

void Process::on_snapshot_late() {
    const auto gathering = std::move(snapshot_);
    if (!gathering) return;
    gathering->done = nullptr;
    end_snapshot(gathering->report, gathering->missing);
}

void Process::end_snapshot(Report& report, std::size_t silent) {
    snapshot_timer_.stop();
    snapshot_.reset();
    auto made = std::make_shared<Snapshot>();
    complete(report, snapshot_sections());
    made->report = std::move(report);
    made->time = std::chrono::system_clock::now();
    made->process = {.version = std::string{weir_version()},
                     .started = started_,
                     .readiness = readiness(),
                     .workers = workers_.size(),
                     .silent_workers = silent,
                     .client_sockets = static_cast<std::uint64_t>(std::max(0, shared_.clients.used())),
                     .max_client_conn = static_cast<std::uint64_t>(configuration_->settings.max_client_conn),
                     .replay_log_bytes = shared_.replay_logs.used(),
                     .waiting_bytes = shared_.waiting_bytes.load(),
                     .login_faults = {},
                     .log_lines_dropped = Log::dropped(),
                     .log_write_errors = Log::write_errors()};
    for (std::size_t i = 0; i < kLoginFaults; ++i) made->process.login_faults[i] = shared_.login_faults[i];
    http_.deliver(std::move(made));
}

}  // namespace pooler
