// One connection of the load generator: connects, logs in and runs the script's transactions in a closed
// loop, one at a time. Owned by a Worker and used on its thread only; a lost connection makes it dead.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "bench/load/script.h"
#include "bench/socket.h"
#include "bench/stream.h"
#include "bench/wire.h"

namespace bench {

using LoadClock = std::chrono::steady_clock;

/// What an event led to.
enum class Outcome {
    kNothing,
    kLoggedIn,  ///< ready for its first transaction
    kDone,      ///< a transaction is over, without an error
    kErred,     ///< a transaction is over, and the server reported an error in it
    kLost,      ///< the connection is gone or was refused; the client is dead until connect() is called again
};

/// How clients use TLS.
struct LoadTls {
    SSL_CTX* context = nullptr;  ///< null: not at all
    bool resume = false;         ///< offer the session of the connection before
};

class Client {
 public:
    Client(const Script& script, const Poller& poller, std::uint64_t tag, const LoadTls& tls)
        : script_(script), poller_(poller), tag_(tag), tls_(tls), turn_(tag) {}

    /// Starts to connect. kLost or kNothing.
    [[nodiscard]] Outcome connect(const Address& target);
    /// Starts one transaction of a client that is logged in; `began` is when its latency starts to count.
    void begin(LoadClock::time_point began);
    [[nodiscard]] Outcome on_event(std::uint32_t events, std::span<char> read_block);
    /// Says goodbye and closes.
    void disconnect();

    [[nodiscard]] bool logged_in() const { return state_ == State::kIdle; }
    /// Start of the current transaction, or of connecting if none has begun.
    [[nodiscard]] LoadClock::time_point began() const { return began_; }
    [[nodiscard]] std::uint64_t bytes_in() const { return bytes_in_; }
    /// Connections that went on with an earlier session.
    [[nodiscard]] std::uint64_t resumed() const { return resumed_; }
    /// The first error seen since the last call of connect().
    [[nodiscard]] const std::string& error() const { return error_; }

 private:
    enum class State { kDead, kConnecting, kAskingTls, kShaking, kLoggingIn, kPreparing, kIdle, kRunning };

    [[nodiscard]] Outcome on_connected();
    [[nodiscard]] Outcome on_tls_answer();
    [[nodiscard]] Outcome shake();
    [[nodiscard]] Outcome log_in();
    [[nodiscard]] Outcome on_readable(std::span<char> read_block);
    [[nodiscard]] bool on_message(char tag, std::string_view body, Outcome& outcome);
    [[nodiscard]] Outcome on_ready();
    [[nodiscard]] Outcome lose(std::string_view why);
    [[nodiscard]] const std::vector<std::string>& steps() const;
    void send(std::string_view bytes);
    void flush();

    const Script& script_;
    const Poller& poller_;
    std::uint64_t tag_;
    LoadTls tls_;
    TlsSession session_;
    Stream stream_;
    State state_ = State::kDead;
    StreamWalker walker_;
    std::string_view unsent_;  ///< into script_
    bool watches_output_ = false;
    std::size_t turn_;      ///< transactions begun, from a start of its own
    std::size_t step_ = 0;  ///< of the current transaction
    bool erred_ = false;    ///< in the current transaction
    LoadClock::time_point began_;
    std::uint64_t bytes_in_ = 0;
    std::uint64_t resumed_ = 0;
    std::string error_;
};

}  // namespace bench
