// Sockets and threads of the HTTP server. One thread watches all connections with poll(): it reads heads,
// writes answers and cuts off whoever is slow; a few others make the answers. None of them ever waits for a
// client. Owned by the process; stop() ends and joins them.
//
// A connection carries one request. There may be kMostConnections; for one more, the oldest that has not
// sent its request goes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pooler/metrics/http_engine.h"
#include "pooler/net/listen_socket.h"

namespace pooler {

/// How long a client may take; short ones serve tests.
struct HttpTimeouts {
    std::chrono::milliseconds head{5000};   ///< to send its request
    std::chrono::milliseconds body{10000};  ///< to take the answer
    std::chrono::milliseconds close{1000};  ///< to close after it has the answer
};

class HttpServer {
 public:
    static constexpr std::size_t kMostConnections = 64;
    static constexpr std::size_t kMostHeadBytes = 8192;
    static constexpr unsigned kThreads = 4;

    explicit HttpServer(HttpEngine::Answer answer, HttpTimeouts timeouts = {});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Main thread. From now on connections come from this socket; the one before is closed. One that is not
    /// open: from nowhere. Starts the threads when they are needed first.
    void listen(ListenSocket socket);
    /// Main thread. Connections are closed, threads joined.
    void stop();

 private:
    using Clock = std::chrono::steady_clock;
    enum class Phase { kHead, kAnswering, kWriting, kClosing };
    struct Connection {
        std::uint64_t id = 0;
        int descriptor = -1;
        bool local = false;
        Phase phase = Phase::kHead;
        Clock::time_point deadline;
        std::string head;
        std::string answer;
        std::size_t sent = 0;
    };
    struct Job {
        std::uint64_t id = 0;
        bool local = false;
        std::string text;  ///< head, then answer
    };
    using Place = std::list<Connection>::iterator;

    void start();
    void wake() const;
    // I/O thread
    void run();
    [[nodiscard]] bool take_changes();
    void accept_all();
    void make_room();
    void on_event(Place connection);
    [[nodiscard]] bool read_head(Connection& connection);
    [[nodiscard]] bool write_answer(Connection& connection);
    [[nodiscard]] bool discard(Connection& connection);
    void close(Place connection);
    void close_late(Clock::time_point now);
    [[nodiscard]] int poll_timeout(Clock::time_point now) const;
    // answering threads
    void answer_jobs();

    HttpEngine engine_;
    const HttpTimeouts timeouts_;
    int wake_ = -1;  ///< eventfd
    std::vector<std::thread> threads_;
    // I/O thread's
    ListenSocket listening_;
    std::list<Connection> connections_;  ///< oldest first
    std::uint64_t last_id_ = 0;

    std::mutex mutex_;
    std::condition_variable job_came_;
    std::deque<Job> jobs_;
    std::vector<Job> answered_;
    ListenSocket next_listening_;
    bool listening_changed_ = false;
    bool stopping_ = false;
};

}  // namespace pooler
