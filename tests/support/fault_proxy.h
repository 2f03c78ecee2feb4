// A TCP proxy with a saboteur: stands between a client and a server on 127.0.0.1 and breaks the traffic on
// demand.
//
// Runs in a thread of its own, which ends with the object. All members may be called from the test's thread;
// a change takes effect for open and new connections alike.
#pragma once

#include <poll.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
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
    /// Nothing passes on the connections that are open now, in either direction; until disarm().
    void freeze_all() { await(Task::kFreeze); }
    /// Nothing passes any more: open connections are frozen for good, first packets of new ones are lost.
    void black_hole();
    /// The end of it. Packets pass again, connections that were frozen stay so, as the way back of theirs is
    /// lost.
    void leave_black_hole();
    /// Cuts every open connection, with FIN or with RST.
    void close_all() { cut(Cut::kClose); }
    void reset_all() { cut(Cut::kReset); }

    /// Orders a strike on the connections that are open now, and takes back the one before: the first of them
    /// that gets there is struck, the others are let go. On return it counts. `next` strikes the connection
    /// that follows: the first of the others that gets there, or the first that is accepted from now on.
    void arm(const Strike& strike, const std::optional<Strike>& next = std::nullopt);
    /// Takes back a strike that has not happened, and lets go what was frozen.
    void disarm();
    [[nodiscard]] bool struck() const { return struck_; }
    /// The port from which the connection that was struck last leads to the target.
    [[nodiscard]] std::uint16_t struck_from() const { return struck_from_; }
    /// Connections whose one side was cut by a strike while the target has not closed the other yet.
    [[nodiscard]] int parting() const { return parting_; }
    /// New connections wait in the kernel's queue until told otherwise.
    void hold_new(bool held);

    /// Keeps what passes on the connections that are open now, from this moment on.
    void record();
    /// What record() has kept, of the first connection that has any; also when it is over by now.
    [[nodiscard]] std::string recorded(Direction direction);

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
        bool hold_new = false;
    };
    /// For the links, which only the thread touches: done before its next byte, awaited by who asks.
    enum class Task : std::uint8_t { kNone, kArm, kDisarm, kFreeze, kRecord, kGiveRecord };

    void cut(Cut how);
    void change(Fault& member, const Fault& fault);
    void wake() const;
    void await(Task task);
    /// Under the lock.
    void do_task();
    void give_record();
    void keep_record(ProxyLink& link);
    [[nodiscard]] static const std::string* record_of(ProxyLink& link, Direction direction);

    void run();
    [[nodiscard]] Orders take_orders();
    void accept_one(int listen_fd);
    [[nodiscard]] int watch(const Orders& orders, std::vector<pollfd>& entries);
    void pump_all(const Orders& orders);
    /// False when the link is over.
    bool pump(const Orders& orders, ProxyLink& link);
    /// False when nothing of the link is left.
    bool strike(ProxyLink& link);
    void spare_others(const ProxyLink& link);
    bool step(const Orders& orders, ProxyLink& link);

    const std::uint16_t target_port_;
    const std::uint16_t port_;
    int wake_fd_ = -1;
    std::mutex mutex_;  ///< guards orders_ and the task
    Orders orders_;
    Task task_ = Task::kNone;
    std::condition_variable task_done_;
    Strike strike_;
    std::optional<Strike> next_strike_;
    Direction record_of_ = Direction::kToTarget;
    std::string record_;
    std::array<std::string, 2> ended_record_;  ///< by direction, of a link that is over
    std::list<ProxyLink> links_;               ///< touched by the thread only
    std::vector<int> fillers_;                 ///< connections that fill the listener's queue
    std::atomic<bool> stop_{false};
    std::atomic<int> open_{0};
    std::atomic<int> parting_{0};
    std::atomic<bool> struck_{false};
    std::atomic<std::uint16_t> struck_from_{0};
    std::atomic<int> accepted_{0};
    std::atomic<std::uint64_t> bytes_to_target_{0};
    std::atomic<std::uint64_t> bytes_from_target_{0};
    std::thread thread_;
};

}  // namespace support
