// Workers without a process around them: real threads, pools and sessions, clients on socket pairs that the
// test gives to the worker of its choice, and a server thread that answers at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/null_server/null_server.h"
#include "pooler/worker/worker.h"

namespace scale {

/// bench/null_server on a thread of its own.
class NullServerThread {
 public:
    explicit NullServerThread(bench::TlsContext tls = nullptr);
    ~NullServerThread();
    NullServerThread(const NullServerThread&) = delete;
    NullServerThread& operator=(const NullServerThread&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
    bench::Fd stop_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

struct Handovers {
    std::uint64_t count = 0;
    pooler::Microseconds longest_missed_wait{0};
    std::uint64_t servers = 0;  ///< that the workers hold
    std::uint64_t assignments = 0;
    std::uint64_t waiting = 0;
};

class Workers {
 public:
    /// One database with transaction pooling; `pool_size` servers for all workers together, with TLS if their
    /// authority is given (a PEM file).
    Workers(unsigned count, int pool_size, std::uint16_t server_port, const std::string& authority = "");
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// A connection that this worker has accepted; blocking on the test's side.
    [[nodiscard]] bench::Fd connect(unsigned worker);
    /// Runs this on the worker's thread, which does nothing else until it returns.
    void run_on(unsigned worker, std::function<void()> work) { workers_[worker]->post(std::move(work)); }
    /// What SHOW would tell, over all workers.
    [[nodiscard]] Handovers handovers();
    [[nodiscard]] pooler::SharedPool& pool();
    [[nodiscard]] int clients() const { return shared_.clients.used(); }

 private:
    struct NoConsole final : pooler::Control {
        void console_opened(std::uint64_t) override {}
        void console_gone(std::uint64_t) override {}
        void console_cancelled(std::uint64_t) override {}
        void report_node(std::string, std::string, std::string) override {}
        void report_trouble(std::string, std::string, std::string, std::string) override {}
        void run_command(unsigned, std::uint64_t, pooler::Command) override {}
    };

    NoConsole control_;
    pooler::TrackedNames tracked_;
    pooler::ProcessShared shared_;
    std::vector<std::unique_ptr<pooler::Worker>> workers_;
};

}  // namespace scale
