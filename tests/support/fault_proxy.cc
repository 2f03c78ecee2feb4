#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "tests/support/catch.h"
#include "tests/support/free_port.h"

namespace support {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int open_listener(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto address = loopback(port);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, SOMAXCONN) != 0) {
        ::close(fd);
        FAIL("the fault proxy cannot listen on port " << port);
    }
    return fd;
}

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
}

/// Its own, of this side.
std::uint16_t port_of(int fd) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
}

}  // namespace

FaultProxy::FaultProxy(std::uint16_t target_port) : target_port_(target_port), port_(free_port()) {
    wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    orders_.listen_fd = open_listener(port_);
    thread_ = std::thread([this] { run(); });
}

FaultProxy::~FaultProxy() {
    stop_ = true;
    wake();
    thread_.join();
    for (const int fd : fillers_) ::close(fd);
    if (orders_.listen_fd >= 0) ::close(orders_.listen_fd);
    ::close(wake_fd_);
}

void FaultProxy::wake() const {
    const std::uint64_t one = 1;
    if (::write(wake_fd_, &one, sizeof one) < 0) return;  // full: the thread is awake anyway
}

void FaultProxy::change(Fault& member, const Fault& fault) {
    {
        const std::lock_guard lock(mutex_);
        member = fault;
    }
    wake();
}

void FaultProxy::to_target(const Fault& fault) { change(orders_.to_target, fault); }
void FaultProxy::from_target(const Fault& fault) { change(orders_.from_target, fault); }

void FaultProxy::heal() {
    to_target({});
    from_target({});
}

void FaultProxy::refuse() {
    const std::lock_guard lock(mutex_);
    if (orders_.listen_fd >= 0) ::close(std::exchange(orders_.listen_fd, -1));
    wake();
}

void FaultProxy::accept_again() {
    const std::lock_guard lock(mutex_);
    if (orders_.listen_fd < 0) orders_.listen_fd = open_listener(port_);
    wake();
}

void FaultProxy::hold_new(bool held) {
    {
        const std::lock_guard lock(mutex_);
        orders_.hold_new = held;
    }
    wake();
}

void FaultProxy::await(Task task) {
    std::unique_lock lock(mutex_);
    task_ = task;
    wake();
    task_done_.wait(lock, [this] { return task_ == Task::kNone; });
}

void FaultProxy::arm(const Strike& strike, const std::optional<Strike>& next) {
    {
        const std::lock_guard lock(mutex_);
        strike_ = strike;
        next_strike_ = next;
    }
    await(Task::kArm);
}

/// The kernel drops the first packet of a connection when the queue of the listener is full. A queue of
/// length 0 holds one; the filler that finds it full tells so by not being connected.
void FaultProxy::black_hole() {
    hold_new(true);
    freeze_all();
    const std::lock_guard lock(mutex_);
    ::listen(orders_.listen_fd, 0);
    const auto address = loopback(port_);
    constexpr int kFillers = 3;
    for (int i = 0; i < kFillers; ++i) {
        fillers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        // In progress, or never.
        static_cast<void>(
            ::connect(fillers_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    }
}

void FaultProxy::leave_black_hole() {
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : std::exchange(fillers_, {})) ::close(fd);
        ::listen(orders_.listen_fd, SOMAXCONN);
    }
    hold_new(false);
}

void FaultProxy::disarm() { await(Task::kDisarm); }
void FaultProxy::record() { await(Task::kRecord); }

std::string FaultProxy::recorded(Direction direction) {
    {
        const std::lock_guard lock(mutex_);
        record_of_ = direction;
    }
    await(Task::kGiveRecord);
    const std::lock_guard lock(mutex_);
    return record_;
}

void FaultProxy::do_task() {
    if (task_ == Task::kNone) return;
    if (task_ == Task::kArm) struck_ = false;
    if (task_ == Task::kDisarm) next_strike_.reset();
    if (task_ == Task::kGiveRecord) give_record();
    if (task_ == Task::kRecord) ended_record_ = {};
    for (auto& link : links_) {
        if (link.parted()) continue;
        if (task_ == Task::kArm) link.arm(strike_, true);
        if (task_ == Task::kDisarm) link.disarm(), link.freeze(false);
        if (task_ == Task::kFreeze) link.freeze(true);
        if (task_ == Task::kRecord) link.to_target().record(), link.from_target().record();
    }
    task_ = Task::kNone;
    task_done_.notify_all();
}

void FaultProxy::give_record() {
    record_ = ended_record_[static_cast<std::size_t>(record_of_)];
    if (!record_.empty()) return;
    for (auto& link : links_)
        if (const std::string* kept = record_of(link, record_of_)) {
            record_ = *kept;
            return;
        }
}

/// Null: nothing has passed.
const std::string* FaultProxy::record_of(ProxyLink& link, Direction direction) {
    const auto& kept =
        direction == Direction::kToTarget ? link.to_target().recorded() : link.from_target().recorded();
    return kept && !kept->empty() ? &*kept : nullptr;
}

/// The link is over. Of several the first counts.
void FaultProxy::keep_record(ProxyLink& link) {
    for (const Direction direction : {Direction::kToTarget, Direction::kFromTarget}) {
        std::string& kept = ended_record_[static_cast<std::size_t>(direction)];
        const std::string* record = record_of(link, direction);
        if (kept.empty() && record != nullptr) kept = *record;
    }
}

void FaultProxy::cut(Cut how) {
    {
        const std::lock_guard lock(mutex_);
        orders_.cut = how;
    }
    wake();
    if (!eventually([this] { return open_ == 0; })) FAIL("the fault proxy did not cut its connections");
}

FaultProxy::Orders FaultProxy::take_orders() {
    const std::lock_guard lock(mutex_);
    auto orders = orders_;
    orders_.cut = Cut::kNone;
    do_task();
    if (orders.hold_new) orders.listen_fd = -1;
    if (orders.listen_fd >= 0)
        accept_one(orders.listen_fd);  // under the lock: refuse() may close the listener
    return orders;
}

void FaultProxy::accept_one(int listen_fd) {
    const int client = ::accept4(listen_fd, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int target = connect_to(target_port_);
    if (target < 0) {
        ::close(client);
        return;
    }
    auto& link = links_.emplace_back(client, target);
    if (next_strike_) link.arm(*next_strike_, false);
    next_strike_.reset();
    ++accepted_;
    ++open_;
}

int FaultProxy::watch(const Orders& orders, std::vector<pollfd>& entries) {
    entries.assign({{wake_fd_, POLLIN, 0}, {orders.listen_fd, POLLIN, 0}});
    auto next = Clock::time_point::max();
    for (auto& link : links_) {
        if (link.frozen()) continue;
        pollfd client{link.client(), 0, 0};
        pollfd target{link.target(), 0, 0};
        if (link.parted()) {
            target.events = POLLIN;
            entries.push_back(target);
            continue;
        }
        next = std::min(next, link.to_target().want(orders.to_target, client, target));
        next = std::min(next, link.from_target().want(orders.from_target, target, client));
        for (auto& entry : {client, target}) {
            if (entry.events != 0) entries.push_back(entry);
        }
    }
    return next == Clock::time_point::max() ? -1 : remaining_ms(next) + 1;
}

bool FaultProxy::pump(const Orders& orders, ProxyLink& link) {
    const auto there = link.to_target().pump(orders.to_target, bytes_to_target_);
    const auto back = link.from_target().pump(orders.from_target, bytes_from_target_);
    if (there == ProxyStream::Step::kStruck || back == ProxyStream::Step::kStruck) return strike(link);
    const bool reset = there == ProxyStream::Step::kReset || back == ProxyStream::Step::kReset;
    if (reset) link.reset_on_close();
    const bool closed = there == ProxyStream::Step::kClose || back == ProxyStream::Step::kClose;
    return !reset && !closed && !(link.to_target().ended() && link.from_target().ended());
}

/// One of the connections that share a strike is struck: the others wait for the next strike, if there is
/// one.
void FaultProxy::spare_others(const ProxyLink& link) {
    const std::lock_guard lock(mutex_);
    const auto next = next_strike_;
    for (auto& other : links_) {
        if (&other == &link || !other.shares_strike()) continue;
        other.disarm();
        if (!next) continue;
        other.arm(*next, true);
        next_strike_.reset();
    }
}

/// Says so first: whoever sees the end of the connection finds it said.
bool FaultProxy::strike(ProxyLink& link) {
    if (link.shares_strike()) spare_others(link);
    struck_from_ = port_of(link.target());
    if (link.strike()->how == Strike::How::kFreeze) {
        link.freeze(true);
        struck_ = true;
        return true;
    }
    ++parting_;
    --open_;
    struck_ = true;
    link.part();
    return true;
}

bool FaultProxy::step(const Orders& orders, ProxyLink& link) {
    if (link.parted()) return !link.target_gone();
    if (orders.cut != Cut::kNone) return false;
    return link.frozen() || pump(orders, link);
}

void FaultProxy::pump_all(const Orders& orders) {
    for (auto link = links_.begin(); link != links_.end();) {
        if (orders.cut == Cut::kReset && !link->parted()) link->reset_on_close();
        if (step(orders, *link)) {
            ++link;
            continue;
        }
        --(link->parted() ? parting_ : open_);
        keep_record(*link);
        link = links_.erase(link);
    }
}

void FaultProxy::run() {
    std::vector<pollfd> entries;
    while (!stop_) {
        const auto orders = take_orders();
        pump_all(orders);
        const int timeout_ms = watch(orders, entries);
        ::poll(entries.data(), entries.size(), timeout_ms);
        std::uint64_t ignored = 0;
        if (::read(wake_fd_, &ignored, sizeof ignored) < 0) continue;  // nobody woke us
    }
}

}  // namespace support
