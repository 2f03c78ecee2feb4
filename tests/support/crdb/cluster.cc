// The thread of a fake cluster, its balancer and its clock.
#include "tests/support/crdb/cluster.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "tests/support/catch.h"

namespace support::crdb {

FakeCluster::FakeCluster(Options options) : options_(std::move(options)) {
    if (!options_.certificate.empty())
        tls_ = make_tls_context(options_.certificate, options_.key, options_.authority);
    wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (int id = 1; id <= options_.nodes; ++id) nodes_.push_back(std::make_unique<FakeNode>(*this, id));
    balancer_.open();
    thread_ = std::thread([this] { run(); });
}

FakeCluster::~FakeCluster() {
    stop_ = true;
    wake();
    thread_.join();
    nodes_.clear();
    ::close(wake_fd_);
}

Clock::time_point FakeCluster::now() const { return options_.manual_clock ? manual_now_ : Clock::now(); }

void FakeCluster::wake() const {
    const std::uint64_t one = 1;
    if (::write(wake_fd_, &one, sizeof one) < 0) return;  // full: the thread is awake anyway
}

void FakeCluster::advance_to(std::chrono::milliseconds since_start) {
    locked([&] {
        manual_now_ = std::max(manual_now_, start_ + since_start);
        turn();
    });
}

void FakeCluster::hold_cancels(CancelConnection connection) {
    locked([&] {
        cancels_held_ = true;
        cancel_connections_kept_ = connection == CancelConnection::kKeptOpen;
    });
}

void FakeCluster::deliver_cancels() {
    locked([&] { cancels_held_ = cancel_connections_kept_ = false; });
}

Rows FakeCluster::query(const std::string& sql) {
    std::unique_lock lock(mutex_);
    wake();
    const auto statements = parse_sql(sql);
    if (!statements) FAIL(sql << ": " << statements.error().message);
    Executor executor(*nodes_.front(), Facts{}, Variables{{}});
    Rows rows;
    for (const auto& statement : *statements) {
        auto result = executor.run(statement, {}, false, now());
        const auto end = Clock::now() + kDeadline;
        while (result.wait && Clock::now() < end) {
            lock.unlock();
            ::poll(nullptr, 0, 1);
            lock.lock();
            result = executor.run(statement, {}, false, now());
        }
        if (result.error) FAIL(statement.text << ": " << result.error->message);
        if (result.wait) FAIL(statement.text << ": a row is locked");
        rows.clear();
        for (const auto& row : result.rows) {
            rows.emplace_back();
            for (const auto& value : row) rows.back().push_back(value.value_or(kNull));
        }
    }
    return rows;
}

std::string FakeCluster::value(const std::string& sql) { return query(sql).at(0).at(0); }

void FakeCluster::balance() {
    for (;;) {
        auto socket = balancer_.accept();
        if (!socket.open()) return;
        for (std::size_t tried = 0; tried < nodes_.size(); ++tried) {
            auto& node = *nodes_[next_node_++ % nodes_.size()];
            if (!node.up_ || (options_.balancer_asks_health && !node.ready())) continue;
            node.adopt(std::move(socket), Door::kSql);
            break;
        }
    }
}

void FakeCluster::give_cancels() {
    if (cancels_held_) return;
    // A connection that was kept open is closed first.
    for (const auto& node : nodes_) {
        if (node->close_cancel_connections()) return wake();
    }
    for (const auto& key : std::exchange(cancels_, {})) {
        for (const auto& node : nodes_) {
            for (auto& connection : node->connections_) {
                if (connection.session && connection.session->logged_in() && connection.session->key() == key)
                    connection.session->cancel();
            }
        }
    }
}

void FakeCluster::tick_all() {
    std::uint64_t before = 0;
    do {
        before = store_.changes();
        for (const auto& node : nodes_) node->tick();
    } while (store_.changes() != before);  // a freed lock lets others go on
}

void FakeCluster::turn() {
    balance();
    for (const auto& node : nodes_) node->accept_all();
    // Cancels that came in before this turn: their connections are closed by now.
    give_cancels();
    for (const auto& node : nodes_) node->turn();
    tick_all();
    for (const auto& node : nodes_) node->turn();
}

int FakeCluster::watch(std::vector<pollfd>& entries) {
    constexpr int kBusyMs = 5;
    entries.assign({{wake_fd_, POLLIN, 0}, {balancer_.fd(), POLLIN, 0}});
    bool busy = !cancels_.empty() && !cancels_held_;
    for (const auto& node : nodes_) {
        for (const auto* listener : {&node->sql_, &node->combined_, &node->rpc_, &node->health_})
            entries.push_back({listener->fd(), POLLIN, 0});
        for (auto& connection : node->connections_) {
            const bool backlog =
                connection.session ? !connection.session->output().empty() : !connection.answer.empty();
            const int events = backlog ? POLLIN | POLLOUT : POLLIN;
            entries.push_back({connection.socket.fd(), static_cast<short>(events), 0});
        }
        busy = busy || node->busy();
    }
    if (options_.manual_clock && cancels_.empty()) return -1;
    return busy ? kBusyMs : -1;
}

void FakeCluster::run() {
    std::vector<pollfd> entries;
    while (!stop_) {
        int timeout_ms = 0;
        {
            const std::lock_guard lock(mutex_);
            turn();
            timeout_ms = watch(entries);
        }
        ::poll(entries.data(), entries.size(), timeout_ms);
        std::uint64_t ignored = 0;
        if (::read(wake_fd_, &ignored, sizeof ignored) < 0) continue;  // nobody woke us
    }
}

}  // namespace support::crdb
