// The session of one client: start-up, login, and the walk over its requests to whichever server is linked.
// Owned by its worker; that worker's thread only. Ends in close(), which gives the server back and has the
// worker bury the session.
//
// client_session.cc: life cycle and replies; client_startup.cc: until it is logged in; client_auth.cc: how it
// proves who it is; client_request.cc: a handler per message; client_prepare.cc, client_deallocate.cc and
// client_shape.cc: prepared statements; client_block.cc: transactions that no server has; client_cancel.cc:
// cancel requests and servers that are lost before they were used; client_variables.cc: variables, and what
// only one server connection has; client_route.cc: reads on replicas; client_replay.cc, client_replay_end.cc
// and client_savepoint.cc: transactions that are run again; client_commit.cc: commits that are looked up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pooler/net/inbox.h"
#include "pooler/net/intrusive_list.h"
#include "pooler/net/socket.h"
#include "pooler/pool/pool.h"
#include "pooler/server/server_connection.h"
#include "pooler/server/session_effects.h"
#include "pooler/server/state_step.h"
#include "pooler/session/client_login.h"
#include "pooler/session/client_names.h"
#include "pooler/session/describe_notes.h"
#include "pooler/session/local_block.h"
#include "pooler/session/pending_login.h"
#include "pooler/session/portal_statements.h"
#include "pooler/session/prepared_names.h"
#include "pooler/session/replay_desk.h"
#include "pooler/session/routed_unit.h"
#include "pooler/session/session_environment.h"
#include "pooler/session/session_state.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/startup.h"

namespace pooler {

struct SessionListTag;

class ClientSession final : public Mortal,
                            public ListHook<SessionListTag>,
                            private SocketOwner,
                            private ServerUser,
                            private Waiter {
 public:
    using ListTag = SessionListTag;

    /// Takes the descriptor of an accepted connection.
    ClientSession(SessionEnvironment& environment, int descriptor, std::uint64_t id, bool unix_socket);
    ~ClientSession() override;

    /// Right after the start: the first packet may be there already. The session may be closed afterwards.
    void read_first() { on_readable(); }

    /// FATAL to the client, then close(). `sqlstate` as in ErrorResponse.
    void fail(std::string_view sqlstate, std::string_view message);
    void fail(std::string_view message) { fail("08P01", message); }
    void close(std::string_view reason);
    /// The same for a client that has left by itself: nothing is to be said to it.
    void close_left(std::string_view reason);

    /// The janitor passes by: login, idle and transaction deadlines.
    void check_deadlines(Clock::time_point now) override;
    /// A cancel request with this session's key (client_cancel.cc).
    void on_cancel_request(CancelTicket ticket);
    /// Draining: ends the session if it is at a transaction boundary; else at the next one.
    void end_at_boundary();
    void suspend(bool on);
    void send_console(std::string_view bytes);
    /// The secret of its user, or that there is none.
    void on_secret(const SecretAnswer& answer);
    /// What PAM or LDAP say of its password.
    void on_password_checked(const PasswordCheck& result);
    /// Whether a server takes its password.
    void on_proof(const ProofAnswer& answer);
    /// The keys its login waits for; nullopt: there are none.
    void on_login_keys(const std::optional<protocol::ScramKeys>& keys);
    /// It is the turn of its replay.
    void on_replay_turn();
    /// What another server says of its COMMIT, and that none does; see Inquirer.
    void on_witness_answered(const ServerRun* run, const OwnResult& result);
    void on_witness_lost();

    // --- for SHOW and the log
    [[nodiscard]] SessionState state() const { return state_; }
    /// What it sends may hold a password.
    [[nodiscard]] bool logging_in() const {
        return state_ == SessionState::kStartup || state_ == SessionState::kAuth;
    }
    [[nodiscard]] Hold hold() const { return hold_; }
    [[nodiscard]] std::uint64_t id() const { return id_; }
    [[nodiscard]] const std::string& user() const { return who_->user; }
    [[nodiscard]] const std::string& database_name() const { return who_->database; }
    [[nodiscard]] Pool* pool() const { return pool_; }
    [[nodiscard]] ServerConnection* server() const { return server_; }
    [[nodiscard]] const Socket& socket() const { return socket_; }
    [[nodiscard]] bool waiting() const { return static_cast<const ListHook<WaiterTag>&>(*this).linked(); }
    [[nodiscard]] std::chrono::system_clock::time_point connect_time() const { return connect_time_; }
    [[nodiscard]] Clock::time_point connected_at() const { return connected_at_; }
    [[nodiscard]] Clock::time_point last_request() const { return last_request_; }
    [[nodiscard]] Clock::time_point query_start() const { return query_start_; }
    [[nodiscard]] bool query_running() const { return query_running_; }
    [[nodiscard]] std::size_t prepared_statements() const { return names_ ? names_->size() : 0; }
    /// Of a session that has logged in.
    [[nodiscard]] const CancelKey& key() const { return key_; }
    [[nodiscard]] const ParameterSet& parameters() const { return parameters_; }
    /// Why it keeps its server outside transactions, as far as that is settled; 0: it does not.
    [[nodiscard]] PinSet pins() const { return announced_pins_; }
    [[nodiscard]] std::size_t input_bytes() const { return inbox_.bytes(); }
    [[nodiscard]] std::size_t body_left() const { return body_left_; }
    /// Kept of the transaction under way, to run it again.
    [[nodiscard]] std::size_t replay_log_bytes() const { return replay_ ? replay_->machine.log_bytes() : 0; }
    [[nodiscard]] bool over_unix_socket() const { return unix_socket_; }

    ClientSession* next_by_key = nullptr;  ///< of the session table

 private:
    /// How a handler is done with a message.
    struct Step {
        enum class Kind : std::uint8_t {
            kPass,   ///< forward it as it is, body included
            kDrop,   ///< skip it, body included
            kTaken,  ///< `bytes` are done with; `forward_rest` more of the body follow as they are
            kMore,   ///< the message must be complete first
            kHold,   ///< look again when hold_ is over
            kFault,  ///< close; fault_ says why
        };
        Kind kind = Kind::kPass;
        std::size_t bytes = 0;
        std::size_t forward_rest = 0;
    };

    // SocketOwner
    void on_readable() override;
    void on_drained() override;
    void on_secured(std::string_view error) override;
    // ServerUser
    void on_replies(OutBatch& batch, std::size_t bytes_read) override;
    void on_parameter(std::size_t index, std::string_view value, bool own) override;
    void on_requests_failed(const FailedRange& range) override;
    void on_deallocate_all(std::uint64_t sequence) override;
    void on_described(std::uint64_t sequence, std::optional<std::string_view> parameters,
                      std::optional<std::string_view> columns) override;
    [[nodiscard]] bool on_stale_plan(std::uint64_t sequence) override;
    [[nodiscard]] bool through_with_server() const override;
    [[nodiscard]] bool hides_loss() const override;
    [[nodiscard]] bool takes_error(const protocol::ErrorFields& fields) override;
    [[nodiscard]] bool reword_error(std::uint64_t sequence, std::string_view message, std::string_view body,
                                    std::string& out) override;
    void on_ready(protocol::TransactionStatus status) override;
    void on_prepared_for(const OwnResult& result) override;
    void on_turn_end() override;
    void on_server_drained() override;
    void on_server_lost(std::string_view reason) override;
    [[nodiscard]] const void* identity() const override { return this; }
    // Waiter
    void on_server(ServerConnection& server) override;
    void on_welcome() override;
    void on_wait_failed(const PoolError& error) override;
    void on_wait_check(Clock::time_point now) override;
    [[nodiscard]] WantedState wanted() const override;

    // until logged in (client_startup.cc)
    [[nodiscard]] std::size_t consume_startup(std::string_view data);
    [[nodiscard]] bool begins_with_tls();
    void start_tls();
    [[nodiscard]] bool on_startup_message(const protocol::StartupMessage& message);
    [[nodiscard]] bool take_parameters(const protocol::StartupMessage& message,
                                       std::vector<std::string_view>& unrecognised);
    void set_names(ClientNames names);
    [[nodiscard]] bool take_parameter(std::string_view name, std::string_view value);
    [[nodiscard]] bool take_options(std::string_view options);
    [[nodiscard]] bool take_variable(std::string_view name, std::string_view value);
    [[nodiscard]] bool check_admission();
    [[nodiscard]] bool is_admin() const;
    [[nodiscard]] bool count_for_user();
    [[nodiscard]] bool count_in_database(const conf::Database& database);
    [[nodiscard]] bool enter_pool();
    [[nodiscard]] bool enter_console(std::string& reply);
    void finish_login(const Welcome& welcome);
    void add_host_to_application_name();

    // who the client is (client_auth.cc)
    [[nodiscard]] bool start_login();
    [[nodiscard]] ConsoleAccess console_access() const;
    [[nodiscard]] LoginRule choose_rule() const;
    [[nodiscard]] bool identity_holds(const LoginRule& rule) const;
    [[nodiscard]] bool ask_for_secret(bool fresh);
    [[nodiscard]] bool take_secret(const SecretAnswer& answer);
    [[nodiscard]] bool start_dialogue(std::optional<std::string> secret);
    [[nodiscard]] bool refuse_login();
    [[nodiscard]] bool check_outside();
    [[nodiscard]] bool ask_server();
    [[nodiscard]] bool take_proof(const ProofAnswer& answer);
    [[nodiscard]] bool run_outside(std::shared_ptr<BlockingCall> call);
    void go_on_with_login(ClientLogin::Step step, std::string& reply);
    [[nodiscard]] std::size_t consume_auth(std::string_view data);
    [[nodiscard]] bool on_login_step(ClientLogin::Step step, std::string& reply);
    [[nodiscard]] bool on_authenticated(std::string reply);

    // requests (client_request.cc)
    [[nodiscard]] std::size_t consume(std::string_view data);
    [[nodiscard]] std::size_t consume_requests(std::string_view data);
    [[nodiscard]] std::size_t consume_console(std::string_view data);
    [[nodiscard]] std::size_t apply(const Step& step, std::string_view message, std::size_t total_bytes);
    [[nodiscard]] Step on_request(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] Step on_unlinked(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] Step on_query(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] Step on_sync();
    [[nodiscard]] Step on_execute(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] Step on_function_call();
    [[nodiscard]] Step on_copy_end();
    [[nodiscard]] Step on_flush();
    [[nodiscard]] bool take_server();
    void link(ServerConnection& server);
    void send_to_server();
    void answer_alone();
    [[nodiscard]] bool answers_due() const;
    [[nodiscard]] bool status_certain() const;
    void note_deallocate_all(std::string_view text);
    void note_request();
    void resume();
    void after_walk();
    [[nodiscard]] bool record(Request request, Delivery delivery = Delivery::kForward);
    [[nodiscard]] Step fault(std::string_view text);
    /// The same for what is no message; counted.
    [[nodiscard]] Step violation(std::string_view text);
    /// Why it must not wait for a server; nullptr: it may.
    [[nodiscard]] const char* queue_full();
    [[nodiscard]] bool count_waiting_bytes();
    void forget_waiting_bytes();
    void fail_login(LoginFault why, std::string_view message) { fail_login(why, "08P01", message); }
    void fail_login(LoginFault why, std::string_view sqlstate, std::string_view message);
    [[nodiscard]] Step wait_for_outcome();

    // prepared statements (client_prepare.cc, client_deallocate.cc)
    [[nodiscard]] Step on_parse(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] bool follows() const;
    [[nodiscard]] std::optional<Step> on_deallocate(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] PreparedNames& names();
    [[nodiscard]] PinSet refused_text(std::string_view text);
    [[nodiscard]] Step refuse_parse(const protocol::Parse& parse, PinSet pins, std::size_t total_bytes);
    [[nodiscard]] Step parse_untracked(const protocol::Parse& parse);
    [[nodiscard]] Step parse_named(const protocol::Parse& parse, std::size_t total_bytes);
    [[nodiscard]] Step parse_again(std::string_view name, const StatementRef& old, const StatementRef& wanted,
                                   std::size_t total_bytes);
    [[nodiscard]] Step on_bind(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] std::optional<Step> bind_deallocate(protocol::FrameHeader header,
                                                      const protocol::BindNames& bind,
                                                      const StatementRef& statement);
    [[nodiscard]] bool prepare_deallocate(const StatementRef& target);
    [[nodiscard]] std::optional<Step> execute_deallocate(std::string_view message, std::string_view portal);
    [[nodiscard]] std::optional<Step> rebind_deallocate(std::string_view portal,
                                                        const StatementRef& statement,
                                                        const StatementRef& target);
    [[nodiscard]] Step on_describe(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] Step on_close(protocol::FrameHeader header, std::string_view message);
    struct NameLookup {
        PreparedNames::Found known;
        std::string unknown;  ///< holds the server's name for what the client has not prepared
        Step instead;
    };
    /// The name to use on the server for the client's; prepares it there if need be. It lives as long as
    /// `lookup`. nullopt: `instead` says what to do.
    [[nodiscard]] std::optional<std::string_view> server_name_for(std::string_view name, NameLookup& lookup);
    [[nodiscard]] bool prepare_on_server(const StatementRef& statement);
    void prepare_unnamed(const StatementRef& statement);
    void make_room_for(const StatementRef& statement);
    void close_on_server(const StatementRef& statement);

    // their shapes, and the names in errors (client_shape.cc)
    [[nodiscard]] DescribeNotes& notes();
    [[nodiscard]] std::optional<Step> check_shape(std::string_view name, const PreparedNames::Found& known);
    [[nodiscard]] Step refuse_shape();
    [[nodiscard]] bool describes_ahead() const;
    void note_describe(std::string_view name, std::uint64_t bound_at);
    void note_unknown(std::string_view name, std::string_view server_name);

    // transaction blocks that no server has (client_block.cc)
    [[nodiscard]] Dialect dialect() const;
    [[nodiscard]] std::optional<Step> on_block_request(protocol::FrameHeader header,
                                                       std::string_view message);
    [[nodiscard]] std::optional<Step> on_block_batch(std::string_view first);
    [[nodiscard]] bool answer_block(std::string_view text, std::string_view replies, bool in_batch);
    void say_ready(std::string& replies);
    void begin_on_server(bool query);
    [[nodiscard]] bool begin_undecided() const;
    void note_failed_begin(const FailedRange& range);
    void end_failed_begin();
    [[nodiscard]] Step on_failed_block(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] Step query_failed_block(protocol::FrameHeader header, std::string_view message,
                                          std::string_view body);
    [[nodiscard]] Step leave_failed_block(const BlockRequest& request, protocol::FrameHeader header,
                                          std::string_view message);
    void end_failed_block(const BlockRequest& request, std::string& reply);
    [[nodiscard]] Step parse_failed_block(protocol::FrameHeader header, std::string_view body);
    [[nodiscard]] Step bind_failed_block(protocol::FrameHeader header, std::string_view body);
    [[nodiscard]] Step describe_failed_block(protocol::FrameHeader header, std::string_view body);
    [[nodiscard]] Step execute_failed_block(protocol::FrameHeader header);
    [[nodiscard]] Step close_failed_block(std::string_view body);

    // cancel and loss (client_cancel.cc)
    [[nodiscard]] Step refuse(protocol::FrameHeader header);
    [[nodiscard]] Step fail_request(protocol::FrameHeader header, std::string_view sqlstate,
                                    std::string_view text);
    void cancel_waiting();
    [[nodiscard]] bool works_for_client() const;
    [[nodiscard]] bool may_interrupt() const;
    void request_over();
    [[nodiscard]] bool take_another_server();

    // variables and pins (client_variables.cc)
    /// Requests up to this size are read for what they do to the session; larger ones may do anything.
    static constexpr std::size_t kMaxReadBytes = 256 * 1024;
    void keep_startup_values();
    [[nodiscard]] bool fit_server();
    void run_own(const StateChange& change);
    void on_pins_checked(const OwnResult& result);
    void adopt_state();
    void on_state_refused(StateStep step, const OwnResult& failed);
    void note_encoding();
    [[nodiscard]] const SqlScript& classified(std::string_view text);
    [[nodiscard]] SessionEffects effects_of_text(std::string_view text);
    [[nodiscard]] std::optional<SessionEffects> effects_of_query(protocol::FrameHeader header,
                                                                 std::string_view message);
    void note(const SessionEffects& effects);
    void note_hidden_state();
    void hold_for_restore();
    void note_portal(std::string_view portal, std::string_view statement);
    void note_execute(std::string_view portal);
    [[nodiscard]] PinSet refused(const SessionEffects& effects) const;
    [[nodiscard]] std::string_view refuse_text(PinSet pins);
    void restore();
    void part_with_server();
    void announce_pins();
    void mark_leftovers(ServerConnection& server, bool session_over);

    // reads on replicas (client_route.cc)
    [[nodiscard]] bool routed() const { return route_ && route_->replica; }
    [[nodiscard]] const Variables& wanted_variables() const {
        return routed() ? route_->variables : variables_;
    }
    void choose_source(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] std::optional<RouteReason> judge_unit(protocol::FrameHeader header,
                                                        std::string_view message);
    [[nodiscard]] std::optional<RouteReason> judge_batch(std::string_view bytes);
    [[nodiscard]] std::optional<RouteReason> judge_named(std::string_view name);
    [[nodiscard]] RouteReason judge_text(std::string_view text);
    [[nodiscard]] RouteReason judge_in_block(std::string_view text);
    [[nodiscard]] RouteWish route_wish() const;
    [[nodiscard]] bool waits_for_replica();
    void note_write(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] bool may_write_by(protocol::FrameHeader header, std::string_view message);
    void note_write_end();
    void note_miss(std::string_view message);
    void finish_failed_route();
    void retire_routed(std::string_view reason);
    void repeat_on_primary();
    [[nodiscard]] bool on_replica_lost();
    [[nodiscard]] bool end_lost_transaction();
    [[nodiscard]] bool tell_lost_requests(std::string& reply);
    void tell_parameters_again(std::string& reply);
    [[nodiscard]] bool out_of_patience(Clock::time_point now) const;
    void part_with_replica();
    [[nodiscard]] std::optional<Microseconds> routed_time() const;
    void keep_variables(const Variables& there);
    void keep_routed_variables();
    void end_route(std::optional<Microseconds> took);
    void go_on_behind_route();

    // transactions that are run again (client_replay.cc)
    void open_replay();
    void close_replay();
    [[nodiscard]] ReplayLimits replay_limits() const;
    [[nodiscard]] ServerTraits traits_of(const ServerConnection& server) const;
    [[nodiscard]] bool replaying() const { return replay_ != nullptr && replay_->machine.busy(); }
    /// The client still waits for what failed; later ones of its requests have not been sent again.
    [[nodiscard]] bool replay_may_end() const;
    [[nodiscard]] std::optional<Step> on_replay_request(protocol::FrameHeader header,
                                                        std::string_view message);
    [[nodiscard]] std::optional<Step> hold_at_gate(protocol::FrameHeader header, bool releases);
    [[nodiscard]] bool read_facts(protocol::FrameHeader header, std::string_view message);
    void note_replay_record(Request request);
    void note_replay_bytes(bool message, std::string_view bytes);
    void count_unfit(Unfit before);
    [[nodiscard]] bool answered_plainly() const;
    void filter_replies(OutBatch& batch);
    void deliver(std::string_view replies);
    void account_ends(unsigned transactions);
    [[nodiscard]] bool replay_turn();
    void restart_replay();
    void note_replay_start();
    void keep_failed_state();
    void go_back_to_begin();
    void schedule_replay();
    void wait_for_turn();
    void on_turn_timer();
    void on_replay_timer();
    void retry_pool();
    void feed_replay();
    void feed_some();
    void replay_progress();
    void end_feeding();
    void settle_replay();
    void note_replay_success();
    void note_fed();
    void check_replay_turn(Clock::time_point now);

    // by CockroachDB's savepoint (client_savepoint.cc)
    void begin_savepoint();
    [[nodiscard]] bool wants_savepoint() const;
    void open_savepoint(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] bool releases_savepoint(protocol::FrameHeader header, std::string_view message);
    void release_savepoint();
    [[nodiscard]] bool ride_along(std::string_view text);
    [[nodiscard]] bool batch_is_all() const;
    [[nodiscard]] bool note_failed_savepoint(const FailedRange& range);
    [[nodiscard]] bool release_undecided() const;
    [[nodiscard]] bool end_failed_release();
    [[nodiscard]] bool leads_back() const;
    void go_back_to_savepoint();
    void on_back_at_savepoint(const OwnResult& result);
    void begin_elsewhere();

    // commits that are looked up (client_commit.cc)
    [[nodiscard]] std::optional<Step> hold_for_xid(protocol::FrameHeader header, std::string_view message);
    [[nodiscard]] std::optional<std::string> answer_to_commit(protocol::FrameHeader header,
                                                              std::string_view message);
    [[nodiscard]] bool may_ask_for_xid() const;
    void on_xid(const OwnResult& result);
    [[nodiscard]] bool may_look_up() const;
    void begin_lookup();
    [[nodiscard]] bool looking_up() const;
    void look_up_in(std::chrono::milliseconds pause);
    void on_lookup_timer();
    void on_witness(ServerConnection& server);
    void stop_lookup();
    void end_lookup(CommitLookup::Verdict verdict);
    void tell_committed();

    // how it ends otherwise (client_replay_end.cc)
    void give_up_replay();
    void leave_server_of_replay();
    void return_to_failed_state(const Replayer::Outcome& outcome);
    void tell_outcome(const Replayer::Outcome& outcome);
    void tell_parameters(std::string& out);
    [[nodiscard]] std::string replay_error(const Replayer::Outcome& outcome) const;
    [[nodiscard]] bool on_replay_lost();
    [[nodiscard]] bool end_loss(bool aborted);
    [[nodiscard]] Step refuse_lost(protocol::FrameHeader header, std::string_view message);
    void cancel_replay();
    [[nodiscard]] bool wants_no_replay() const;
    void check_replay_clock(Clock::time_point now);
    void log_replay(std::string_view outcome);

    // life
    void enter(SessionEvent event);
    void unlink_server(bool session_over);
    void release_server(bool session_over);
    [[nodiscard]] bool ready_to_release() const;
    void leave_pool();
    void read_again();
    [[nodiscard]] bool at_rest() const;
    void account_end_of_query();
    void check_block_deadlines(Clock::time_point now);
    [[nodiscard]] IoContext& io() { return environment_->io(); }

    SessionEnvironment* environment_;
    Socket socket_;
    Inbox inbox_;
    std::uint64_t id_;
    SessionState state_ = SessionState::kStartup;
    Hold hold_ = Hold::kNone;
    Refusal refusal_ = Refusal::kNone;
    bool unix_socket_;
    bool client_left_ = false;
    bool first_bytes_seen_ = false;
    bool has_key_ = false;                     ///< key_ is registered
    bool tracking_ = false;                    ///< prepared statements are followed (not in session pooling)
    bool followed_ = false;                    ///< so is the rest of the session's state (likewise)
    bool odd_encoding_ = false;                ///< client_encoding is one in which a text cannot be read
    bool restore_due_ = false;                 ///< variables were reset that had start-up values
    bool pin_check_due_ = false;               ///< what pins the session may have come or gone
    StateStep state_step_ = StateStep::kNone;  ///< what our statement on the server is for; none: pins
    PinSet pins_ = 0;                          ///< what may pin it
    PinSet announced_pins_ = 0;                ///< what was found to, at the last end of a transaction
    bool body_forwarded_ = false;
    bool ready_seen_ = false;  ///< a ReadyForQuery has come since the last request
    bool query_running_ = false;
    bool in_transaction_ = false;
    bool notified_ = false;  ///< query_wait_notify was sent for this wait
    bool end_at_boundary_ = false;
    bool mid_reply_ = false;  ///< the client has got part of a message only
    bool cockroach_ = false;
    bool begin_with_query_ = false;  ///< BEGIN went in front of a simple Query
    bool begin_failed_ = false;      ///< and the ReadyForQuery behind it has not come yet
    bool handed_ = false;            ///< the linked server was sent something of the client's
    std::uint8_t lost_links_ = 0;    ///< servers that were lost before they got anything, in a row
    std::size_t body_left_ = 0;
    std::size_t waiting_bytes_ = 0;  ///< counted in the process's, while it waits for a server

    Pool* pool_ = nullptr;
    Pool* source_ = nullptr;  ///< where its servers come from: pool_, or a replica's for a while
    std::unique_ptr<RoutedUnit> route_;
    UserUsage* login_usage_ = nullptr;         ///< counts this client; null: not counted
    DatabaseUsage* database_usage_ = nullptr;  ///< likewise
    ServerConnection* server_ = nullptr;
    std::uint64_t batch_start_ = 0;  ///< requests from this number on share the next Sync
    std::uint64_t begin_first_ = 0;  ///< BEGIN as we sent it to this server: first request ...
    std::uint64_t begin_last_ = 0;   ///< ... and the one that decides; 0: none
    LocalBlock block_;
    StatementRef block_end_;  ///< in a failed block: the ROLLBACK that is bound
    ParameterSet parameters_;
    Variables variables_;  ///< what the server does not report; while linked, as of the last request's start
    ParameterSet startup_parameters_;
    Variables startup_variables_;
    std::uint64_t startup_bits_ = 0;  ///< which of startup_parameters_ the client gave
    unsigned own_cleaning_ = 0;       ///< statements of our own text, see StateChange
    unsigned own_tracked_ = 0;
    std::unique_ptr<ClientReplay> replay_;  ///< while a server is linked, or its transaction is run again
    std::unique_ptr<PortalStatements> portals_;
    std::unique_ptr<PreparedNames> names_;  ///< made with the first statement
    std::unique_ptr<DescribeNotes> notes_;  ///< likewise
    std::shared_ptr<const ClientNames> who_ = std::make_shared<const ClientNames>();
    std::unique_ptr<ClientLogin> login_;
    std::unique_ptr<PendingLogin> pending_;
    std::unique_ptr<ConsoleSession> console_;
    CancelKey key_{};
    std::unique_ptr<std::string> fault_;  ///< why the session is about to be closed

    std::chrono::system_clock::time_point connect_time_;
    Clock::time_point connected_at_;
    Clock::time_point last_request_;
    Clock::time_point query_start_;
    Clock::time_point transaction_start_;
};

}  // namespace pooler
