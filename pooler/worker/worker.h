// A worker: one thread, one loop, and all that lives on it: client sessions, pools with their servers,
// resolver, statement table. Other threads reach it by post() only. Started and joined by the process.
//
// worker.cc: thread and environment of sessions and pools; worker_report.cc: what SHOW sees; worker_admin.cc:
// what the process asks for.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "conf/configuration.h"
#include "pooler/console/admin_state.h"
#include "pooler/console/report.h"
#include "pooler/net/intrusive_list.h"
#include "pooler/pool/lag_probe.h"
#include "pooler/pool/pool.h"
#include "pooler/session/client_session.h"
#include "pooler/session/proof_desk.h"
#include "pooler/session/replay_desk.h"
#include "pooler/session/secret_desk.h"
#include "pooler/session/session_environment.h"
#include "pooler/session/session_table.h"
#include "pooler/worker/acceptor.h"
#include "pooler/worker/cancel_router.h"
#include "pooler/worker/console_link.h"
#include "pooler/worker/control.h"
#include "pooler/worker/mailbox.h"

namespace pooler {

class Worker final : private PoolEnvironment,
                     private SessionEnvironment,
                     private ResolverObserver,
                     private ConsoleRegistry {
 public:
    using ConfigurationRef = std::shared_ptr<const conf::Configuration>;

    /// How often timeouts, lifetimes and sizes are looked at. Nothing else depends on it.
    static constexpr std::chrono::milliseconds kJanitorPeriod{333};

    Worker(unsigned index, ProcessShared& shared, Control& control, const TrackedNames& tracked,
           ConfigurationRef configuration, TlsContexts::Ref tls,
           std::chrono::milliseconds janitor_period = kJanitorPeriod);
    ~Worker();

    /// All workers of the process, this one included; set before start().
    void set_peers(std::vector<Worker*> peers) { peers_ = std::move(peers); }
    void start();
    /// Posts the end and waits for the thread. Connections are closed without a word.
    void stop();

    /// Any thread: `call` runs on the worker's thread.
    template <class F>
    void post(F call) {
        mailbox_.post_call(std::move(call));
    }
    /// Clients dealt to this worker and not gone yet; any thread.
    [[nodiscard]] int client_count() const { return client_count_.load(std::memory_order_relaxed); }
    /// The acceptor counts before it posts, so that the next client sees it.
    void reserve_client() { client_count_.fetch_add(1, std::memory_order_relaxed); }

    /// Any thread: it is the turn of a replay of this worker.
    void post_replay_turn(std::uint64_t ticket) {
        post([this, ticket] { replays_.on_turn(ticket); });
    }

    // --- on the worker's thread
    /// Makes this the worker that accepts.
    void listen(std::vector<ListenSocket> sockets);
    void accept(int descriptor, bool unix_socket);
    /// Of the worker that accepts; null on the others.
    [[nodiscard]] Acceptor* acceptor() { return acceptor_.get(); }
    void reconfigure(ConfigurationRef configuration, TlsContexts::Ref tls);
    /// Certificate files have changed; connections from now on use the new ones.
    void take_tls(TlsContexts::Ref tls) { tls_ = std::move(tls); }
    [[nodiscard]] Report report(const ReportSections& sections);
    [[nodiscard]] PoolerLoad load();
    /// Closes servers that are free; of one database, or of all if `database` is empty.
    void close_free_servers(const std::string& database, std::string_view reason);
    /// The pause is over: waiting clients are served.
    void serve_all();
    void kill_database(const std::string& database);
    /// A failover or failback begins: see Pool::leave_target().
    void leave_target(const std::string& database, bool now, std::string_view reason);
    /// The target of the database has changed.
    void retarget(const std::string& database);
    /// Waiting clients are served, and connections tried.
    void serve_database(const std::string& database);
    /// As Pool::leave_host(), for the pools of that target.
    void leave_host(const std::string& database, const std::string& target, const std::string& host,
                    bool dead, std::string_view reason);
    /// A log-in to that host, begun then, has gone well after others had not.
    void try_again(const std::string& database, const std::string& host, Clock::time_point begun);
    void leave_node(const std::string& database, const std::string& node);
    /// True if the client was here.
    [[nodiscard]] bool kill_client(std::uint64_t id);
    void drain_clients();
    void suspend_clients(bool on);
    /// SUSPEND takes too long: closes those whose buffers do not empty.
    void close_unflushed();
    [[nodiscard]] bool cancel_by_key(const CancelKey& key, const CancelTicket& ticket);
    void answer_console(std::uint64_t session, CommandAnswer answer);

 private:
    // PoolEnvironment and SessionEnvironment
    IoContext& io() override { return io_; }
    const conf::Configuration& configuration() const override { return *configuration_; }
    const TrackedNames& tracked() const override { return *tracked_; }
    Resolver& resolver() override { return *resolver_; }
    ScramKeyCache& key_cache() override { return key_cache_; }
    StatementTable& statements() override { return statements_; }
    ParameterCache& parameter_cache() override { return parameter_cache_; }
    SecretDesk& secrets() override { return *secrets_; }
    ProofDesk& proofs() override { return *proofs_; }
    VariableCache& variable_cache() override { return variable_cache_; }
    NamesCache& names_cache() override { return names_cache_; }
    StatementClassCache& statement_classes() override { return statement_classes_; }
    ReplayDesk& replays() override { return replays_; }
    std::uint32_t random_bits() override;
    ProcessShared& process() override { return *shared_; }
    const TlsContexts& tls() const override { return *tls_; }
    std::uint64_t next_id() override { return ++shared_->last_id; }
    bool globally_paused() const override { return shared_->paused; }
    void node_leaves(const std::string& database, const std::string& node, std::string_view reason) override;
    void report_trouble(const conf::Database& database, const std::string& host,
                        std::string_view reason) override {
        control_->report_trouble(database.name, database.target, host, std::string{reason});
    }
    void schedule_serve(Pool& pool) override;
    void post(unsigned worker, std::shared_ptr<SharedPool> pool, PoolMessage message) override;
    bool evict_idle(const SharedPool& for_pool, bool same_database) override;
    void log_server(const ServerConnection& server, const SharedPool& pool, std::string_view text,
                    bool warning) override;
    Pool& pool_for(const conf::Database& database, std::string_view server_user) override;
    std::unique_ptr<ConsoleSession> open_console(ClientSession& session, ConsoleAccess access,
                                                 const CancelKey& key, std::string& greeting) override;
    CancelKey register_key(ClientSession& session) override;
    void forget_key(const CancelKey& key) override;
    void route_cancel(std::string_view key, std::uint64_t session) override;
    void forward_cancel(Pool& pool, ServerConnection& server, CancelTicket ticket) override;
    void on_session_closed(ClientSession& session) override;
    void log_session(const ClientSession& session, std::string_view text, bool warning) override;
    // ResolverObserver, ConsoleRegistry
    void on_addresses_changed(std::string_view host, const std::vector<Address>& addresses) override;
    void console_closed(std::uint64_t session) override { consoles_.erase(session); }
    StatCounters& console_counters() override { return console_stats_; }

    void draw_random(char* into, std::size_t size);
    void end_cancel(std::uint64_t session);
    void report_clients(Report& report);
    void report_servers(Report& report) const;
    void report_memory(Report& report) const;
    void report_endpoints(Report& report) const;
    void report_replays(Report& report);
    void report_routes(Report& report) const;
    [[nodiscard]] PoolRow console_row() const;
    void close_loop();
    void after_io();
    void run_janitor();
    void shut_down();
    void on_pool_message(const std::shared_ptr<SharedPool>& pool, PoolMessage message);
    [[nodiscard]] conf::Database at_its_target(conf::Database database) const;
    [[nodiscard]] Pool& local_part(const std::shared_ptr<SharedPool>& shared, const conf::Database& database);
    void attach_replicas(Pool& pool, bool is_new);
    void forget_lags(const conf::Database& database);
    void open_lag_probes();
    void run_lag_probes();
    void drop_dead_pools();
    void open_forced_pools();
    void sweep_sessions(Clock::time_point now);

    unsigned index_;
    ProcessShared* shared_;
    Control* control_;
    const TrackedNames* tracked_;
    ConfigurationRef configuration_;
    TlsContexts::Ref tls_;
    std::vector<Worker*> peers_;
    std::atomic<int> client_count_{0};

    uv_loop_t loop_{};
    std::unique_ptr<PollCache> poll_cache_;
    IoContext io_;
    Mailbox mailbox_;
    Check check_;
    Timer janitor_;
    std::unique_ptr<Resolver> resolver_;
    ScramKeyCache key_cache_;
    StatementTable statements_;
    std::vector<Pool*> to_serve_;
    std::vector<Pool*> serving_;  ///< those of them whose turn it is; kept for its storage
    std::map<SharedPool*, std::unique_ptr<Pool>> pools_;
    std::map<std::string, std::unique_ptr<LagProbe>> lag_probes_;  ///< by database; of the first worker
    Timer lag_timer_;
    bool lag_timer_runs_ = false;
    std::unique_ptr<SecretDesk> secrets_;
    std::unique_ptr<ProofDesk> proofs_;
    ReplayDesk replays_;
    SessionTable sessions_;
    ParameterCache parameter_cache_;
    VariableCache variable_cache_;
    NamesCache names_cache_;
    StatementClassCache statement_classes_;
    std::unordered_map<std::uint64_t, ConsoleLink*> consoles_;
    StatCounters console_stats_;
    std::array<char, 1024> random_{};  ///< for keys; what is used up is not kept
    std::size_t random_used_ = sizeof random_;
    std::unique_ptr<CancelRouter> cancels_;
    /// By session: cancel requests of this worker's clients that are not over.
    std::map<std::uint64_t, std::shared_ptr<CancelProgress>> cancel_requests_;
    std::unique_ptr<Acceptor> acceptor_;
    bool stopping_ = false;
    bool ran_ = false;  ///< its loop is to be closed
    std::thread thread_;
};

}  // namespace pooler
