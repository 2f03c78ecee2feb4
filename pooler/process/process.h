// The process as a whole, on the main thread: it opens the listening sockets, starts the workers, takes
// signals, runs console commands over all workers, reloads, and ends. Made by main(); run() returns the exit
// code.
//
// process.cc: start, signals, end; process_admin.cc: console commands and what follows from them;
// process_explain.cc: EXPLAIN ROUTE;
// process_health.cc: health checks and failover; process_report.cc: what SHOW says of the process;
// process_http.cc: what the HTTP server is told.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "conf/configuration.h"
#include "conf/diff.h"
#include "pooler/console/admin_state.h"
#include "pooler/console/report.h"
#include "pooler/console/stats_history.h"
#include "pooler/health/event_log.h"
#include "pooler/metrics/http_service.h"
#include "pooler/net/handle.h"
#include "pooler/net/listen_socket.h"
#include "pooler/process/failover_desk.h"
#include "pooler/process/health_desk.h"
#include "pooler/process/options.h"
#include "pooler/process/pidfile.h"
#include "pooler/process/readiness_desk.h"
#include "pooler/worker/control.h"
#include "pooler/worker/mailbox.h"
#include "pooler/worker/worker.h"

namespace pooler {

class Process final : private Control, private HealthDeskOwner, private ReadinessOwner, private FailoverHost {
 public:
    Process(Options options, conf::Configuration configuration);
    ~Process();

    /// Takes the listening sockets, starts the workers, runs until a command or signal ends it. Exit code.
    [[nodiscard]] int run();

 private:
    using ConfigurationRef = std::shared_ptr<const conf::Configuration>;
    /// A report that workers still contribute to.
    struct Gathering {
        Report report;
        std::size_t missing = 0;
        std::function<void(Report&)> done;  ///< empty: nobody waits for it any more
    };

    // Control: any thread
    void console_opened(std::uint64_t session) override;
    void console_gone(std::uint64_t session) override;
    void console_cancelled(std::uint64_t session) override;
    void report_trouble(std::string database, std::string target, std::string host,
                        std::string reason) override;
    void report_node(std::string database, std::string node, std::string reason) override;
    void run_command(unsigned worker, std::uint64_t session, Command command) override;

    // HealthDeskOwner, ReadinessOwner, FailoverHost: process_health.cc
    void on_health(const Watched& watched, HealthChange change) override;
    void on_readiness(const std::string& database, const std::string& host, bool ready) override;
    void leave_target(const std::string& database, bool now) override;
    void open_target(const std::string& database, bool secondary) override;
    void resume_target(const std::string& database) override;
    [[nodiscard]] int connections_left(const std::string& database) const override;
    void answer_order(ConsoleId console, ConsoleResult<void> result) override;
    void note_event(std::string kind, const std::string& database, const std::string& text) override;
    void start_health();
    void try_again(const Watched& watched);
    /// Connections to it end, on all workers.
    void leave_host(const std::string& database, const std::string& target, const std::string& host,
                    bool dead, const std::string& reason);
    void complete_health(Report& report, const ReportSections& sections) const;

    /// Empty if there is nothing to listen on; the log says why.
    [[nodiscard]] std::vector<ListenSocket> open_sockets();
    void start_workers();
    void start_accepting(std::vector<ListenSocket> sockets);
    void watch_signals();
    void on_signal(int number);
    void on_tick();
    void drop_idle_auto_databases();
    void on_stats_period();
    void notify_service_manager(std::string_view state) const;
    void stop(int exit_code);
    void shut_down();

    void execute(std::uint64_t session, const Command& command);
    void execute_show(std::uint64_t session, const Command& command);
    void execute_set(std::uint64_t session, const Command& command);
    void execute_explain(std::uint64_t session, const Command& command);
    void set_auth_files(conf::Configuration& changed);
    void execute_reload(std::uint64_t session);
    void execute_kill_client(std::uint64_t session, std::uint64_t client);
    void answer(std::uint64_t session, CommandAnswer answer);
    void answer_behind_workers(std::uint64_t session);
    void apply(const AdminStep& step);
    void apply(const EffectOn& effect);
    void observe();
    void tell_suspend_progress(std::uint64_t full_buffers);
    void on_drain_timer();
    void drain_clients();
    void close_tcp_listeners();
    void on_tcp_closed();
    void refuse_logins_if_due();
    [[nodiscard]] DatabaseNames database_names(const Command& command) const;
    [[nodiscard]] bool reload(std::string& error);
    [[nodiscard]] bool make_tls();
    void watch_tls_files();
    void apply_changes(const conf::Changes& changes);
    void drop_database(const std::string& name);
    void reconnect(const std::string& database);
    void publish_configuration(ConfigurationRef configuration, TlsContexts::Ref tls);
    std::shared_ptr<Gathering> gather(const ReportSections& sections, std::function<void(Report&)> done);
    void complete(Report& report, const ReportSections& sections) const;
    /// False: http_listen cannot be used, `error` says why, and nothing has changed.
    [[nodiscard]] bool apply_http(const conf::Configuration& configuration, std::string& error);
    void update_readiness();
    [[nodiscard]] Readiness readiness() const;
    void start_snapshot();
    void on_snapshot_late();
    void end_snapshot(Report& report, std::size_t silent);
    /// Runs the call on the thread of the worker that accepts.
    template <class F>
    void on_acceptor(F call) {
        Worker* first = workers_.front().get();
        first->post([first, call] {
            if (Acceptor* acceptor = first->acceptor()) call(*acceptor);
        });
    }
    template <class F>
    void on_all_workers(F call) {
        for (const auto& worker : workers_) worker->post([target = worker.get(), call] { call(*target); });
    }

    Options options_;
    ConfigurationRef configuration_;
    TlsContexts::Ref tls_ = std::make_shared<const TlsContexts>();
    std::string tls_files_;  ///< as they were when last looked at
    TrackedNames tracked_;
    ProcessShared shared_;
    AdminState admin_;
    StatsHistory stats_history_;
    std::map<std::uint64_t, unsigned> consoles_;  ///< session -> worker, while a command of it runs
    std::set<std::uint64_t> consoles_open_;

    uv_loop_t loop_{};
    Mailbox mailbox_;
    Timer tick_;
    Timer stats_timer_;
    Timer drain_timer_;
    EventLog events_;
    std::unique_ptr<HealthDesk> health_;
    std::unique_ptr<ReadinessDesk> readiness_;
    std::unique_ptr<FailoverDesk> failover_;
    std::vector<std::unique_ptr<SignalWatch>> signals_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::map<std::string, Clock::time_point> auto_idle_since_;
    bool auto_databases_ = false;  ///< there is, or was, a "*" line
    bool load_requested_ = false;
    bool ready_ = true;                ///< what a load balancer is told
    bool accept_until_drain_ = false;  ///< drain_delay is running, or the listeners close after it
    bool drain_when_closed_ = false;   ///< clients are told to leave when the listeners are closed
    int listeners_closing_ = 0;        ///< orders to close them that are not done
    Clock::time_point suspended_since_;
    Clock::time_point suspend_told_;
    bool stopping_ = false;
    int exit_code_ = 0;
    Pidfile pidfile_;
    WallTime started_ = std::chrono::system_clock::now();
    bool accepting_ = false;
    std::shared_ptr<Gathering> snapshot_;  ///< for the HTTP threads, under way
    Timer snapshot_timer_;
    std::string http_listen_;  ///< as told in the log
    HttpService http_{[this] { mailbox_.post_call([this] { start_snapshot(); }); }};
};

/// Number of worker threads for a setting (0 = one per core).
[[nodiscard]] unsigned worker_count(int setting);

}  // namespace pooler
