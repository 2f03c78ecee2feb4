// One worker's part of a pool: its servers for one (database, server user), in lists that are their states,
// and its waiting clients in order of arrival. Checkout and return, opening within the process-wide limits,
// handing idle servers to other workers. Owned by the worker's pool set; its thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conf/configuration.h"
#include "pooler/base/latency.h"
#include "pooler/net/intrusive_list.h"
#include "pooler/net/io_context.h"
#include "pooler/net/resolver.h"
#include "pooler/pool/inquirer.h"
#include "pooler/pool/pool_environment.h"
#include "pooler/pool/replica_set.h"
#include "pooler/pool/shared_pool.h"
#include "pooler/server/server_connection.h"

namespace pooler {

struct PoolError {
    std::string sqlstate;
    std::string message;
};

struct WaiterTag;

/// A client that needs a server, or (welcome_only) the pool's welcome to finish its login.
class Waiter : public ListHook<WaiterTag> {
 public:
    using ListTag = WaiterTag;
    virtual void on_server(ServerConnection& server) = 0;
    /// The pool has its welcome now; only for welcome_only waiters.
    virtual void on_welcome() = 0;
    virtual void on_wait_failed(const PoolError& error) = 0;
    /// The janitor passes by; the waiter may give up.
    virtual void on_wait_check(Clock::time_point now) = 0;
    /// What the server should be like.
    [[nodiscard]] virtual WantedState wanted() const = 0;

    Clock::time_point waiting_since;
    bool welcome_only = false;

 protected:
    ~Waiter() = default;
};

/// Counts for SHOW STATS. Written by the worker, read when a report is made on its thread.
struct PoolStats {
    std::uint64_t assignments = 0, transactions = 0, queries = 0, received = 0, sent = 0;
    PoolLatency latency;
    std::uint64_t client_parses = 0, server_parses = 0, binds = 0;
    std::uint64_t arrivals = 0;  ///< servers that came from other workers
    /// SHOW PREFIXES: round trips that a client waited for before its own request could go, and what they
    /// were.
    std::uint64_t prefix_waits = 0, state_changes = 0, state_resets = 0, restores = 0;
    std::uint64_t pin_checks = 0, pins = 0, refused_pins = 0;
    /// Servers found dead when a client was to use them, before anything of the client's was sent.
    std::uint64_t lost_links = 0;
    /// Times a server was asked for the shape of a statement before it was used there.
    std::uint64_t shape_checks = 0;
    std::uint64_t deferred_begins = 0;  ///< sent together with a first statement
    /// Attempts to open a server that failed: nobody answered, or the server said no.
    std::uint64_t unreachable = 0, login_refusals = 0;
    /// Bytes that are no message, or answers that nothing asked for. Each has ended its connection.
    std::uint64_t server_violations = 0, client_violations = 0;
    /// Clients that were turned away because as many, or as much, waits for a server already.
    std::uint64_t refused_waits = 0, refused_bytes = 0;
    /// The longest time a client waited here while another worker had an idle server of this pool.
    Microseconds longest_missed_wait{0};
};

class Pool final : private ServerHost {
 public:
    Pool(PoolEnvironment& environment, std::shared_ptr<SharedPool> shared, conf::Database database);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // --- checkout and return
    /// A server at once, if one is free and nobody waits; else nullptr: queue with wait().
    [[nodiscard]] ServerConnection* try_take(const WantedState& wanted);
    /// Queues. The answer always comes later, after the I/O callbacks.
    void wait(Waiter& waiter);
    void stop_waiting(Waiter& waiter);
    /// The client is unlinked. `session_over`: it will not come back to this server (session pooling: reset
    /// it). `message_cut_off`: the server has got part of a message whose rest will never come.
    void give_back(ServerConnection& server, bool session_over, bool message_cut_off);
    /// Closes it, for good.
    void retire(ServerConnection& server, std::string_view reason);
    /// Some worker's part has one that is logged in, as far as is known here: it is not hopeless.
    [[nodiscard]] bool has_servers() const { return shared_->servers.used() > static_cast<int>(logins_); }
    /// Why no server will come soon; nullopt while there is hope. `patient`: an outage is waited out.
    [[nodiscard]] std::optional<PoolError> hopeless(bool patient = false) const;
    /// The server refused this pool's user or secret a short while ago: a client that logs in now need not
    /// wait.
    [[nodiscard]] std::optional<PoolError> refused() const;
    /// With auth_type = passthrough no password is kept. Where keys from a SCRAM login do not stand in for
    /// it, servers are opened by clients that are logging in only; true if the next one should
    /// (pool_proof.cc).
    [[nodiscard]] bool wants_secret() const;
    /// A server on which a client has just proved its password: used if there is need and room, else closed.
    void take_proved(std::unique_ptr<ServerConnection> server);
    // --- questions beside the clients' work (pool_inquiry.cc)
    /// Asks a free server of this worker's part, or the next one that is given back. False: none of its
    /// servers may be asked. Only from where no list of servers is walked.
    [[nodiscard]] bool inquire(Inquirer& who);
    /// Asks this one, which `who` has got by waiting for a server.
    void inquire_of(ServerConnection& server, Inquirer& who) { put_question(server, who); }
    /// Other workers may have servers of it too.
    [[nodiscard]] bool spans_workers() const { return shared_->slots.size() > 1; }
    /// It has no answer coming any more.
    void stop_inquiring(Inquirer& who);

    /// Makes the attempt to connect that is due, if one is.
    void try_again() { static_cast<void>(open_one()); }

    // --- for connections beside the pool's own
    [[nodiscard]] LoginRequest login_request() const;

    // --- reads on replicas
    /// Null: this is no primary with replicas.
    [[nodiscard]] ReplicaSet* replicas() const { return replicas_.get(); }
    /// `counted`: there were no writes on this pool before, or they were counted.
    void set_replicas(std::unique_ptr<ReplicaSet> replicas, bool counted);
    /// Something that is not provably a read is about to be sent to the server; counts until end_write().
    void begin_write(ServerConnection& server);
    /// Its answer has come, or it will never come.
    void end_write(ServerConnection& server);

    // --- called by the worker
    void serve();
    void run_janitor(Clock::time_point now);
    void on_message(PoolMessage message);
    /// The configuration changed; `reconnect`: servers are to be replaced.
    void reconfigure(conf::Database database);
    /// Closes what is free and leads to this node, and the others when they are.
    void leave_node(const std::string& node);
    /// The same for an address. `dead`: nobody answers there, so that only what a client uses may go on.
    void leave_host(const std::string& host, bool dead, std::string_view reason);
    /// The server has answered a log-in that was begun then: older ones that still wait wait in vain.
    void renew_logins(const std::string& host, Clock::time_point begun);
    /// Closes every server that is not linked (PAUSE, SUSPEND).
    void close_free_servers(std::string_view reason);
    void close_all(std::string_view reason);
    /// Closes what is free, and the others when they are; `now`: all of them.
    void leave_target(bool now, std::string_view reason);
    /// `timed_out`: nobody knows whether the cancel may still arrive.
    void on_cancel_done(std::uint64_t server_id, bool timed_out);

    // --- what it is and has
    [[nodiscard]] const conf::Database& database() const { return database_; }
    [[nodiscard]] SharedPool& shared() { return *shared_; }
    [[nodiscard]] const SharedPool& shared() const { return *shared_; }
    [[nodiscard]] std::shared_ptr<SharedPool> shared_ref() const { return shared_; }
    [[nodiscard]] conf::PoolMode mode() const { return mode_; }
    [[nodiscard]] std::shared_ptr<const Welcome> welcome() const { return shared_->welcome(); }
    [[nodiscard]] bool paused() const;
    [[nodiscard]] const std::vector<std::unique_ptr<ServerConnection>>& servers() const { return all_; }
    [[nodiscard]] IntrusiveList<Waiter>& waiters() { return waiters_; }
    [[nodiscard]] std::size_t busy_servers() const;  ///< linked, tested or cleaning
    [[nodiscard]] std::size_t idle_servers() const { return idle_.size() + used_.size(); }

    PoolStats stats;
    std::size_t clients = 0;  ///< sessions logged in to this pool on this worker
    bool serve_scheduled = false;

 private:
    struct Opening;
    void on_login_done(ServerConnection& server) override;
    [[nodiscard]] bool asks_for_isolation(const ServerConnection& server) const;
    void go_to_work(ServerConnection& server);
    void on_login_failed(ServerConnection& server, const LoginFailure& failure) override;
    void on_own_query_done(ServerConnection& server, bool ok) override;
    void on_cleaned(ServerConnection& server) override;
    void on_lost(ServerConnection& server, std::string_view reason) override;

    // choosing and freeing
    [[nodiscard]] ServerConnection* pick(const WantedState& wanted);
    [[nodiscard]] bool check_one_used();
    void run_check(ServerConnection& server);
    [[nodiscard]] bool start_discard(ServerConnection& server);
    void settle(ServerConnection& server, bool session_over);
    void make_idle(ServerConnection& server);
    [[nodiscard]] bool outlived(const ServerConnection& server, Clock::time_point now) const;
    [[nodiscard]] std::string_view stale_reason(const ServerConnection& server, Clock::time_point now) const;
    void publish();
    void schedule_serve();

    // questions
    [[nodiscard]] bool asks_for_run(const ServerConnection& server) const;
    void put_question(ServerConnection& server, Inquirer& who);
    void on_inquired(ServerConnection& server, Inquirer& who);
    [[nodiscard]] bool answers_next(ServerConnection& server);
    void tell_inquirers(Inquirer* asked);

    // opening
    [[nodiscard]] bool open_one();
    [[nodiscard]] bool may_open(Clock::time_point now) const;
    [[nodiscard]] Microseconds pause_behind_failure() const;
    [[nodiscard]] bool take_reserve(Clock::time_point now);
    [[nodiscard]] bool reserve_budget(Clock::time_point now, bool& from_reserve);
    void release_budget();
    void start_connect(ServerConnection& server, const std::string& host);
    void connect_to(ServerConnection& server, const Address& address);
    void note_recovery(ServerConnection& server, const ServerLogin::Parameters& said);
    void prepare(ServerConnection& server);
    [[nodiscard]] std::string backoff_key() const;
    [[nodiscard]] std::optional<LoginFailure> held_back(Clock::time_point now) const;
    void note_login(const LoginFailure* failure);
    void ask_for_node(ServerConnection& server);
    void on_node_known(ServerConnection& server, bool ok);
    void begin_use(ServerConnection& server);
    void note_departure(ServerConnection& server);
    [[nodiscard]] const std::string& choose_host(const std::vector<std::string>& hosts);
    void fail_waiters(const PoolError& error);
    [[nodiscard]] bool lacks_secret() const;
    void forget_refused_proof(const LoginFailure& failure);
    void fail_without_secret();
    void welcome_waiters();
    void evict_for(bool database_full);

    // other workers
    void want_elsewhere();
    void offer_elsewhere();
    void hand_over(ServerConnection& server, unsigned worker, bool asked);
    [[nodiscard]] ServerConnection* spare();
    void wake_elsewhere();
    void post_to_waiting(PoolMessage::Kind kind);
    void refuse_waiters();
    void adopt(PoolMessage message);
    void note_missed_wait(const Waiter& waiter, Clock::time_point idle_since);
    void watch_for_missed_waits();

    // janitor
    void sweep_free(IntrusiveList<ServerConnection>& list, Clock::time_point now);
    void sweep_logins(Clock::time_point now);
    void sweep_users(Clock::time_point now);
    void sweep_surplus();
    void even_out(Clock::time_point now);
    void keep_minimum();

    [[nodiscard]] std::unique_ptr<ServerConnection> release_ownership(ServerConnection& server);

    PoolEnvironment* environment_;
    std::shared_ptr<SharedPool> shared_;
    conf::Database database_;
    std::unique_ptr<ReplicaSet> replicas_;
    conf::PoolMode mode_;
    std::vector<std::unique_ptr<ServerConnection>> all_;
    std::vector<std::unique_ptr<Opening>> openings_;
    IntrusiveList<ServerConnection> idle_;  ///< longest idle first
    IntrusiveList<ServerConnection> used_;
    IntrusiveList<Waiter> waiters_;
    IntrusiveList<Inquirer> inquirers_;  ///< whom no free server could be asked for yet
    std::size_t logins_ = 0;
    int wants_in_flight_ = 0;
    bool check_running_ = false;
    std::vector<bool> refused_;  ///< by worker: had nothing when asked, and knows since then that we wait
    Clock::time_point last_lifetime_close_;
    Clock::time_point last_evict_;
};

}  // namespace pooler
