// A CockroachDB cluster that a test scripts: nodes that share their rows, behind one address. See README.md
// here.
//
// One thread of its own serves all of it and ends with the object; all members may be called from the test's
// thread. Sockets on 127.0.0.1 only.
#pragma once

#include <poll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/crdb/node.h"
#include "tests/support/crdb/options.h"
#include "tests/support/crdb/store.h"

namespace support::crdb {

class FakeCluster {
 public:
    explicit FakeCluster(Options options = {});
    ~FakeCluster();
    FakeCluster(const FakeCluster&) = delete;
    FakeCluster& operator=(const FakeCluster&) = delete;

    /// The one address: new connections go to the nodes in turn.
    [[nodiscard]] std::uint16_t port() const { return balancer_.port(); }
    /// Numbered from 1, as SHOW node_id says.
    [[nodiscard]] FakeNode& node(int id) { return *nodes_.at(static_cast<std::size_t>(id) - 1); }

    /// Runs statements beside all nodes, each committed at once; rows of the last one. Fails the test on an
    /// error.
    Rows query(const std::string& sql);
    /// First column of the only row.
    std::string value(const std::string& sql);

    /// CancelRequests have no effect until deliver_cancels(). Their connections are closed at once, as a node
    /// does it, or kept open until then and closed before the cancel acts, as after a delay on the way.
    enum class CancelConnection : std::uint8_t { kClosed, kKeptOpen };
    void hold_cancels(CancelConnection connection = CancelConnection::kClosed);
    void deliver_cancels();

    /// With Options::manual_clock: time since the start. Everything due until then has happened on return.
    void advance_to(std::chrono::milliseconds since_start);
    /// Bytes all clients have sent to all nodes so far.
    [[nodiscard]] std::uint64_t received_bytes() const { return received_bytes_; }

 private:
    friend class FakeNode;

    /// Runs `work` under the lock and has the thread look at what came of it.
    template <class Work>
    auto locked(Work&& work) {
        const std::lock_guard lock(mutex_);
        wake();
        return work();
    }
    [[nodiscard]] Clock::time_point now() const;
    void wake() const;
    void run();
    void turn();
    void tick_all();
    void balance();
    void give_cancels();
    [[nodiscard]] int watch(std::vector<pollfd>& entries);

    const Options options_;
    std::shared_ptr<SSL_CTX> tls_;  ///< of secure nodes with a certificate
    const Clock::time_point start_ = Clock::now();
    std::mutex mutex_;  ///< guards everything below but the atomics
    Clock::time_point manual_now_ = start_;
    Store store_;
    Listener balancer_;
    std::vector<std::unique_ptr<FakeNode>> nodes_;
    std::size_t next_node_ = 0;
    std::uint64_t next_session_ = 0;
    bool cancels_held_ = false;
    bool cancel_connections_kept_ = false;
    std::vector<std::string> cancels_;  ///< keys
    int wake_fd_ = -1;
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> received_bytes_{0};
    std::thread thread_;
};

}  // namespace support::crdb
