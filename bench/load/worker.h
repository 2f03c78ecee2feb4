// One thread of the load generator with its share of the clients: logs them in, waits for the common start,
// drives them to the limit of the run. Made by main, run() is called once on a thread of its own; ends by
// itself.
#pragma once

#include <barrier>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "bench/load/client.h"
#include "bench/load/histogram.h"
#include "bench/load/options.h"

namespace bench {

struct LoadResult {
    std::uint64_t transactions = 0;  ///< without an error
    std::uint64_t errors = 0;
    std::string first_error;
    std::uint64_t logins = 0;
    std::uint64_t resumed = 0;  ///< of the logins, those with an earlier TLS session
    std::uint64_t bytes_in = 0;
    Histogram latencies;  ///< of the transactions without an error
    LoadClock::time_point began = LoadClock::time_point::max();
    LoadClock::time_point ended = LoadClock::time_point::min();

    void merge(const LoadResult& other);
    [[nodiscard]] double seconds() const;
};

/// What one worker is asked to do.
struct WorkerShare {
    unsigned clients = 1;
    std::uint64_t transactions = 0;  ///< 0 = no limit
    unsigned logins_at_once = 1;
};

class Worker {
 public:
    using Start = std::barrier<>;

    /// `options`, `script`, `tls` and `start` outlive the worker. On the barrier, every worker arrives twice:
    /// when its clients are logged in (the end of that phase is when main announces idle connections), and
    /// when the run begins.
    Worker(const LoadOptions& options, const Script& script, WorkerShare share, Poller poller, Start& start,
           SSL_CTX* tls);

    void run();
    [[nodiscard]] const LoadResult& result() const { return result_; }

 private:
    void log_in();
    void start_login();
    void drive();
    void hold();
    void start_transaction(Client& client);
    void on_login_outcome(Outcome outcome, const Client& client);
    void on_run_outcome(Outcome outcome, Client& client);
    void finish_transaction(Outcome outcome, Client& client);
    void note_error(const Client& client);
    [[nodiscard]] bool may_start() const;
    [[nodiscard]] bool gave_up() const { return LoadClock::now() >= give_up_at_; }

    const LoadOptions& options_;
    WorkerShare share_;
    Poller poller_;
    Start& start_;
    std::deque<Client> clients_;  ///< a deque: clients never move
    std::vector<char> read_block_;
    LoadResult result_;

    std::size_t next_login_ = 0;
    std::size_t logins_open_ = 0;
    std::size_t busy_ = 0;       ///< clients with a transaction in progress
    std::uint64_t started_ = 0;  ///< transactions
    LoadClock::time_point stop_at_ = LoadClock::time_point::max();
    LoadClock::time_point give_up_at_;
};

}  // namespace bench
