// One connection to a database server: its login, its ledger, what is known of its session, and the walk over
// its replies. Owned by a pool; used by one client session at a time; lives on its worker's thread, or moves
// to another worker whole, while it is idle. Ends in close(), after which its pool buries it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/base/server_run.h"
#include "pooler/net/address.h"
#include "pooler/net/inbox.h"
#include "pooler/net/intrusive_list.h"
#include "pooler/net/io_context.h"
#include "pooler/net/socket.h"
#include "pooler/server/cockroach_version.h"
#include "pooler/server/derive_keys.h"
#include "pooler/server/ledger.h"
#include "pooler/server/parameters.h"
#include "pooler/server/server_login.h"
#include "pooler/server/server_statements.h"
#include "pooler/server/tls_request.h"
#include "pooler/server/variable_tracker.h"
#include "protocol/error_notice.h"
#include "protocol/frame.h"

namespace pooler {

class Inquirer;
class ServerConnection;
struct OwnResult;

/// Whoever a server works for: a client session. Called on the worker's thread.
class ServerUser {
 public:
    /// If the server closes now, the client will not hear of what it said last.
    [[nodiscard]] virtual bool hides_loss() const { return false; }
    /// What one read brought for the client, in order; called once per read, before on_turn_end().
    virtual void on_replies(OutBatch& batch, std::size_t bytes_read) = 0;
    /// The server reports the value of tracked variable `index`. `own`: in answer to a SET of ours.
    virtual void on_parameter(std::size_t index, std::string_view value, bool own) = 0;
    /// Requests of a batch failed or were skipped.
    virtual void on_requests_failed(const FailedRange& range) = 0;
    /// The answer to a Describe: the bodies of ParameterDescription (of a statement only) and RowDescription
    /// (nullopt for NoData).
    virtual void on_described(std::uint64_t /*sequence*/, std::optional<std::string_view> /*parameters*/,
                              std::optional<std::string_view> /*columns*/) {}
    /// The server refuses the plan it has. True if the user has seen to it that the statement is parsed anew
    /// everywhere; else the connection is of no use to others.
    [[nodiscard]] virtual bool on_stale_plan(std::uint64_t /*sequence*/) { return false; }
    /// True if the user sees to it: its client is not to see the error.
    [[nodiscard]] virtual bool takes_error(const protocol::ErrorFields& /*fields*/) { return false; }
    /// True if the client gets `out` instead of this error.
    [[nodiscard]] virtual bool reword_error(std::uint64_t /*sequence*/, std::string_view /*message*/,
                                            std::string_view /*body*/, std::string& /*out*/) {
        return false;
    }
    /// Nothing ties the user to this connection any more: it will be given back as it is.
    [[nodiscard]] virtual bool through_with_server() const { return false; }
    /// Everything prepared by requests up to `sequence` is gone.
    virtual void on_deallocate_all(std::uint64_t sequence) = 0;
    /// A ReadyForQuery for the client.
    virtual void on_ready(protocol::TransactionStatus status) = 0;
    /// Our own statement beside the client's work has ended.
    virtual void on_prepared_for(const OwnResult& result) = 0;
    /// The replies of a read have been handed on: the moment to give the server back.
    virtual void on_turn_end() = 0;
    /// What was sent to the server has left: more may be read from the client.
    virtual void on_server_drained() = 0;
    /// The janitor passes by: deadlines of what runs on the server. The user may unlink.
    virtual void check_deadlines(Clock::time_point now) = 0;
    /// The connection is lost or unusable; it is unlinked already.
    virtual void on_server_lost(std::string_view reason) = 0;
    /// Identity of the user, for SHOW.
    [[nodiscard]] virtual const void* identity() const = 0;

 protected:
    ~ServerUser() = default;
};

/// The pool, as its servers see it.
class ServerHost {
 public:
    virtual void on_login_done(ServerConnection& server) = 0;
    /// `failure` names the reason; the server is closed.
    virtual void on_login_failed(ServerConnection& server, const LoginFailure& failure) = 0;
    /// A statement of ours on an unlinked server has ended.
    virtual void on_own_query_done(ServerConnection& server, bool ok) = 0;
    /// The work of a client that left has been undone: the server is clean.
    virtual void on_cleaned(ServerConnection& server) = 0;
    /// Closed by the peer or for a violation.
    virtual void on_lost(ServerConnection& server, std::string_view reason) = 0;

 protected:
    ~ServerHost() = default;
};

enum class ServerState : std::uint8_t {
    kLogin,     ///< resolving, connecting, logging in
    kIdle,      ///< free for the next client
    kUsed,      ///< free, but idle for so long that it is checked first
    kActive,    ///< linked to a client session
    kTested,    ///< a reset or check query of ours runs
    kCleaning,  ///< its client left in the middle: being brought back to a clean state
    kClosed,
};

/// What a client wants to find on its server.
struct WantedState {
    const ParameterSet* parameters = nullptr;
    const Variables* variables = nullptr;
    std::uint64_t session = 0;  ///< what this session itself left behind does not disturb it
};

/// ServerConnection::taint(): by nobody who could come back.
inline constexpr std::uint64_t kTaintedForAll = UINT64_MAX;

/// How our own statement went.
struct OwnResult {
    unsigned completed = 0;  ///< statements of its text that succeeded
    std::uint64_t rows = 0;  ///< of the last of them, if it was a SELECT
    std::string sqlstate;    ///< empty if all went well
    std::string message;
    std::vector<std::optional<std::string>> row;  ///< the first one, if ask() wanted it
};

struct ServerListTag;

class ServerConnection final : public Mortal,
                               public ListHook<ServerListTag>,
                               private SocketOwner,
                               private KeysWaiter {
 public:
    using ListTag = ServerListTag;

    ServerConnection(IoContext& io, ServerHost& host, const TrackedNames& tracked, std::uint64_t id);
    ~ServerConnection() override;

    /// Starts to connect and log in. The host hears how it ends, never from inside this call.
    void connect(const Address& address, LoginRequest request, TlsPlan tls, ScramKeyCache& keys);
    void close();

    /// Links a client session; the server must be idle.
    void link(ServerUser& user);
    /// Ends the link. What is outstanding stays outstanding.
    void unlink();
    [[nodiscard]] ServerUser* user() const { return user_; }

    /// Sends what a session put together; a dead connection shows by on_server_lost() later.
    void send(OutBatch& batch);
    /// Runs a statement of ours whose reply nobody sees: on_prepared_for() if linked, else
    /// on_own_query_done().
    void run_own_query(std::string_view text);
    /// The same; own_result() will have the first row.
    void ask(std::string_view text);
    /// The client left: ends its COPY and batch, rolls back. on_cleaned() or on_lost() follows.
    /// False if the server cannot be saved (a message was cut off).
    [[nodiscard]] bool start_cleaning(bool message_cut_off);
    /// The next step of cleaning, if nothing is outstanding any more.
    void go_on_cleaning();

    /// Clean: nothing outstanding, no transaction, nothing half sent.
    [[nodiscard]] bool reusable() const;
    /// Of an idle server: it has closed, or said why it will. A system call.
    [[nodiscard]] bool lost_while_idle() const;
    /// Hands the descriptor over; the object moves to another worker and is adopted there.
    [[nodiscard]] int leave_worker();
    void join_worker(IoContext& io, ServerHost& host, int descriptor);
    /// Another owner on the same worker.
    void change_host(ServerHost& host) { host_ = &host; }

    void enter(ServerState state);
    [[nodiscard]] ServerState state() const { return state_; }
    [[nodiscard]] Ledger& ledger() { return ledger_; }
    [[nodiscard]] ServerStatements& statements() { return statements_; }
    [[nodiscard]] std::size_t statement_count() const { return statements_.size(); }
    [[nodiscard]] const ParameterSet& parameters() const { return parameters_; }
    /// The next ReadyForQuery that the client gets says this, whatever the server says.
    void show_next(protocol::TransactionStatus status) { shown_next_ = status; }
    void adopt_parameters(const ParameterSet& values) { parameters_.adopt(values); }
    [[nodiscard]] VariableTracker& variables() { return variables_; }
    /// The request last sent (or whoever leaves) may have set variables here unseen: a reset comes before
    /// anybody else than this session.
    void taint(std::uint64_t session) {
        tainted_for_ = session;
        tainted_at_ = io_->last_sequence;
    }
    void forget_taint() { tainted_for_ = 0; }
    [[nodiscard]] std::uint64_t tainted_for() const { return tainted_for_; }
    [[nodiscard]] bool tainted_by_other(std::uint64_t session) const {
        return tainted_for_ != 0 && tainted_for_ != session;
    }
    /// It needs no statement of ours before a client that wants this.
    [[nodiscard]] bool fits(const WantedState& wanted) const {
        return !tainted_by_other(wanted.session) && variables_.state().variables == *wanted.variables &&
               parameters_.fits(*wanted.parameters);
    }
    [[nodiscard]] const OwnResult& own_result() const { return own_result_; }
    [[nodiscard]] protocol::TransactionStatus transaction_status() const { return status_; }
    [[nodiscard]] Socket& socket() { return socket_; }
    [[nodiscard]] const Socket& socket() const { return socket_; }
    [[nodiscard]] const std::string& backend_key() const { return backend_key_; }
    [[nodiscard]] const Address& address() const { return address_; }
    /// How it was connected, whatever the configuration says by now.
    [[nodiscard]] const TlsPlan& tls_plan() const { return tls_plan_; }
    [[nodiscard]] ServerLogin& login() { return *login_; }
    void forget_login() { login_.reset(); }
    [[nodiscard]] std::uint64_t id() const { return id_; }
    [[nodiscard]] std::uint64_t body_left() const { return body_left_; }
    /// The client has got part of a message: nothing of ours may follow before the rest.
    [[nodiscard]] bool mid_reply() const { return body_left_ > 0 && body_forwarded_; }
    /// A cancel was sent: true again once the statement has ended with 57014.
    void expect_cancel() {
        cancel_hit_ = false;
        cancel_expected_ = true;
    }
    [[nodiscard]] bool cancel_hit() const { return cancel_hit_; }

    // Bookkeeping of the pool.
    std::uint64_t generation = 0;
    bool close_needed = false;
    bool connect_query_running = false;
    bool node_query_running = false;
    bool cockroach = false;  ///< it cancels after it has closed the cancel connection
    CommitProof commit_proof = CommitProof::kAlways;
    bool in_recovery = false;      ///< a standby, as it said at its login, and not read-only by a default
    bool serializable = false;     ///< its transactions are, unless they say otherwise; as far as asked
    bool isolation_asked = false;  ///< the answer is under way
    std::shared_ptr<const ServerRun> run;  ///< null: not asked, or it does not say
    bool run_asked = false;                ///< the answer is under way
    Inquirer* inquirer = nullptr;          ///< whose question it answers while nobody uses it
    bool from_elsewhere = false;           ///< came from another worker and was not used here yet
    bool discard_needed = false;           ///< a session that ended left here what only this connection has
    bool whole_notices = false;            ///< notices go to the client whole or not at all
    bool notifies = false;                 ///< its user listens: notifications are passed on
    std::uint8_t pins = 0;                 ///< why its user keeps it, a PinSet
    unsigned cancels_in_flight = 0;
    bool writing = false;          ///< what was sent may write and is not known to have ended
    bool violated = false;         ///< what it sent fitted nothing: the end of it
    bool shutting_down = false;    ///< it said that its node goes away, to us or to its client
    bool cancel_unproven = false;  ///< a cancel was sent that may still come, unless cancel_hit()
    std::string endpoint;          ///< the host as configured
    std::string node;              ///< which node of a cluster it is, as the node says; empty: not known
    Clock::time_point created;
    Clock::time_point last_used;
    Clock::time_point last_reply;
    Clock::time_point state_since;
    Microseconds lifetime{0};  ///< with its own jitter
    std::chrono::system_clock::time_point connect_time;
    std::chrono::system_clock::time_point request_time;

 private:
    void on_readable() override;
    void on_drained() override;
    void on_connected(int error) override;
    void on_keys(const std::optional<protocol::ScramKeys>& keys) override;
    void on_secured(std::string_view error) override;

    void on_tls_step(TlsRequest::Step step);
    void start_login();
    std::size_t walk(std::string_view data);
    enum class LastWords : std::uint8_t { kNo, kPerhaps, kYes };
    [[nodiscard]] LastWords last_words(std::string_view data, std::size_t bytes) const;
    bool on_message(protocol::FrameHeader header, std::string_view body);
    bool on_login_message(protocol::FrameHeader header, std::string_view body);
    void on_login_step(ServerLogin::Step step, std::string_view reply);
    bool on_reply(protocol::BackendType type, std::string_view body);
    void on_parameter_status(std::string_view body, const Verdict& verdict);
    bool on_error_response(std::string_view body, const Verdict& verdict);
    bool on_ready_for_query(std::string_view body, const Verdict& verdict);
    [[nodiscard]] protocol::TransactionStatus shown_status();
    void on_command_complete(std::string_view body, const Verdict& verdict);
    void on_description(protocol::BackendType type, std::string_view body, const Verdict& verdict);
    void judge_session(const protocol::ErrorFields& fields, std::uint64_t sequence);
    void keep_row(std::string_view body);
    void end_copy_of_nobody();
    void emit_answers();
    void end_of_turn(std::size_t bytes_read);
    bool violation(std::string_view what);
    void lose(std::string_view reason);
    void fail_login(const LoginFailure& failure);

    IoContext* io_;
    ServerHost* host_;
    const TrackedNames* tracked_;
    std::uint64_t id_;
    Socket socket_;
    Inbox inbox_;
    ServerUser* user_ = nullptr;
    ServerState state_ = ServerState::kLogin;
    Ledger ledger_;
    ServerStatements statements_;
    ParameterSet parameters_;
    VariableTracker variables_;
    std::uint64_t tainted_for_ = 0;            ///< 0: nobody has set anything unseen
    std::uint64_t tainted_at_ = 0;             ///< the request that did
    std::unique_ptr<TlsRequest> tls_request_;  ///< until TLS or its absence is settled
    std::optional<ServerLogin> login_;
    std::shared_ptr<DeriveKeysCall> derivation_;  ///< while the login waits for keys
    protocol::TransactionStatus status_ = protocol::TransactionStatus::kIdle;
    std::size_t body_left_ = 0;
    bool body_forwarded_ = false;
    bool own_running_ = false;
    bool own_done_ = false;
    bool keep_row_ = false;
    bool rollback_sent_ = false;
    bool cancel_hit_ = false;
    bool cancel_expected_ = false;  ///< one was sent for what its present user had it do
    std::optional<protocol::TransactionStatus> shown_next_;
    std::size_t cleaning_bytes_ = 0;  ///< read and dropped since the client left
    std::optional<std::string> described_parameters_;
    OwnResult own_result_;
    std::string fatal_;  ///< text of a FATAL error the server sent before it closed
    std::string backend_key_;
    Address address_;
    TlsPlan tls_plan_;
};

/// Writes the reply to a request that is answered without the server: Parse, Close, or a DEALLOCATE as a
/// Query, or as the Execute in front of a Sync.
void encode_answer(std::string& out, Request request, protocol::TransactionStatus status);

}  // namespace pooler
