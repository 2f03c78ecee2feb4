// A TCP proxy with a saboteur: stands between a client and a server on 127.0.0.1 and breaks the traffic on
// demand.
//
// Runs in a thread of its own, which ends with the object. All members may be called from the test's thread;
// a change takes effect for open and new connections alike.
#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/proxy_link.h"

namespace support {

class FaultProxy {
 public:
    explicit FaultProxy(std::uint16_t target_port);
    ~FaultProxy();
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// From the side that connected to the proxy towards the target, and back.
    void to_target(const Fault& fault);
    void from_target(const Fault& fault);
    /// Both directions work again.
    void heal();

    /// New connections are refused by the kernel; open ones stay.
    void refuse();
    void accept_again();
    /// Cuts every open connection, with FIN or with RST.
    void close_all() { cut(Cut::kClose); }
    void reset_all() { cut(Cut::kReset); }

    [[nodiscard]] int open_connections() const { return open_; }
    [[nodiscard]] int accepted() const { return accepted_; }
    [[nodiscard]] std::uint64_t bytes_to_target() const { return bytes_to_target_; }
    [[nodiscard]] std::uint64_t bytes_from_target() const { return bytes_from_target_; }

 private:
    enum class Cut { kNone, kClose, kReset };
    struct Orders {
        Fault to_target;
        Fault from_target;
        Cut cut = Cut::kNone;
        int listen_fd = -1;
    };

    void cut(Cut how);
    void change(Fault& member, const Fault& fault);
    void wake() const;

    void run();
    [[nodiscard]] Orders take_orders();
    void accept_one(int listen_fd);
    [[nodiscard]] int watch(const Orders& orders, std::vector<pollfd>& entries);
    void pump_all(const Orders& orders);
    /// False when the link is over.
    bool pump(const Orders& orders, ProxyLink& link);

    const std::uint16_t target_port_;
    const std::uint16_t port_;
    int wake_fd_ = -1;
    std::mutex mutex_;  ///< guards orders_
    Orders orders_;
    std::list<ProxyLink> links_;  ///< touched by the thread only
    std::atomic<bool> stop_{false};
    std::atomic<int> open_{0};
    std::atomic<int> accepted_{0};
    std::atomic<std::uint64_t> bytes_to_target_{0};
    std::atomic<std::uint64_t> bytes_from_target_{0};
    std::thread thread_;
};

}  // namespace support
