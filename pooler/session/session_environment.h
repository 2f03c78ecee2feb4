// What a client session needs of its worker and of the process. Implemented by the worker; called on its
// thread only.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "conf/configuration.h"
#include "pooler/base/login_fault.h"
#include "pooler/net/io_context.h"
#include "pooler/pool/budget.h"
#include "pooler/pool/pool.h"
#include "pooler/pool/tls_contexts.h"
#include "pooler/replay/replay_gates.h"
#include "pooler/replay/transaction_log.h"
#include "pooler/server/key_cache.h"
#include "pooler/server/parameters.h"
#include "pooler/server/statement.h"
#include "pooler/server/variables.h"
#include "pooler/session/client_names.h"
#include "pooler/session/secret_cache.h"
#include "pooler/sql/statement_cache.h"

namespace pooler {

class ClientSession;
class ProofDesk;
class ReplayDesk;
class SecretDesk;

/// Process id and secret as a client sees them: random, all 8 bytes.
using CancelKey = std::array<char, 8>;

/// What SHOW CLIENTS tells of a cancel request; the worker that forwards it need not be its client's.
struct CancelProgress {
    std::atomic<bool> forwarded{false};  ///< the connection that it goes on by is open
};

/// Keeps the connection of a cancel request's client open: the last copy to go has it closed, from any
/// thread. Clients wait for that close before they send more: nothing of theirs may be hit by a cancel that
/// is late.
using CancelTicket = std::shared_ptr<CancelProgress>;

/// What all workers share about the process as a whole. Written by the main thread (flags) and all workers
/// (counters).
struct ProcessShared {
    explicit ProcessShared(unsigned workers) : pools{workers} {}

    PoolRegistry pools;
    Counter clients;                        ///< every client socket
    std::atomic<std::uint64_t> last_id{0};  ///< of clients and servers, never used again
    std::atomic<bool> paused{false};        ///< no server is handed out
    std::atomic<bool> suspended{false};     ///< nothing is read
    std::atomic<bool> refuse_logins{
        false};  ///< a shutdown is on its way: only consoles on the Unix socket get in
    std::atomic<bool> refuse_waiters{false};    ///< SHUTDOWN WAIT_FOR_SERVERS
    std::atomic<bool> draining{false};          ///< sessions end with 57P01 at their transaction boundary
    std::string secret;                         ///< random, for what must not be guessed from outside
    BlockingPool blocking;                      ///< for calls that must not hold up a loop
    SecretCache secrets;                        ///< what auth_query returned
    ReplayGates replay_gates;                   ///< whose turn it is to be run again
    LogBudget replay_logs;                      ///< bytes of the transactions that can be replayed
    std::atomic<std::size_t> waiting_bytes{0};  ///< of requests whose clients wait for a server
    std::array<std::atomic<std::uint64_t>, kLoginFaults> login_faults{};  ///< by LoginFault
};

/// The console behind a session. Messages after login go to it; it answers through
/// ClientSession::send_console().
class ConsoleSession {
 public:
    virtual ~ConsoleSession() = default;
    /// One whole message. False: close the connection after what was sent.
    [[nodiscard]] virtual bool on_message(char type, std::string_view body) = 0;
    virtual void on_cancel() = 0;
};

enum class ConsoleAccess : std::uint8_t { kNone, kStats, kAdmin };

class SessionEnvironment {
 public:
    [[nodiscard]] virtual IoContext& io() = 0;
    [[nodiscard]] virtual const conf::Configuration& configuration() const = 0;
    [[nodiscard]] virtual const TrackedNames& tracked() const = 0;
    [[nodiscard]] virtual ScramKeyCache& key_cache() = 0;
    [[nodiscard]] virtual StatementTable& statements() = 0;
    [[nodiscard]] virtual ParameterCache& parameter_cache() = 0;
    [[nodiscard]] virtual SecretDesk& secrets() = 0;
    [[nodiscard]] virtual ProofDesk& proofs() = 0;
    [[nodiscard]] virtual VariableCache& variable_cache() = 0;
    [[nodiscard]] virtual NamesCache& names_cache() = 0;
    [[nodiscard]] virtual StatementClassCache& statement_classes() = 0;
    [[nodiscard]] virtual ReplayDesk& replays() = 0;
    /// Random bits for waiting times.
    [[nodiscard]] virtual std::uint32_t random_bits() = 0;
    [[nodiscard]] virtual ProcessShared& process() = 0;
    [[nodiscard]] virtual const TlsContexts& tls() const = 0;

    /// The worker's part of the pool, made if need be.
    [[nodiscard]] virtual Pool& pool_for(const conf::Database& database, std::string_view server_user) = 0;
    /// `greeting` gets what the console says after AuthenticationOk, up to ReadyForQuery.
    [[nodiscard]] virtual std::unique_ptr<ConsoleSession> open_console(ClientSession& session,
                                                                       ConsoleAccess access,
                                                                       const CancelKey& key,
                                                                       std::string& greeting) = 0;
    [[nodiscard]] virtual CancelKey register_key(ClientSession& session) = 0;
    virtual void forget_key(const CancelKey& key) = 0;
    /// A CancelRequest came in on this worker; its session may be on any.
    virtual void route_cancel(std::string_view key, std::uint64_t session) = 0;
    /// Asks the server's host to cancel what runs there.
    virtual void forward_cancel(Pool& pool, ServerConnection& server, CancelTicket ticket) = 0;
    /// The session is closed; it is buried by this call.
    virtual void on_session_closed(ClientSession& session) = 0;
    virtual void log_session(const ClientSession& session, std::string_view text, bool warning) = 0;

 protected:
    ~SessionEnvironment() = default;
};

}  // namespace pooler
