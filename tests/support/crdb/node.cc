// What a test orders of a node, and what it may ask it.
#include "tests/support/crdb/node.h"

#include <algorithm>
#include <utility>

#include "tests/support/crdb/cluster.h"

namespace support::crdb {

FakeNode::FakeNode(FakeCluster& cluster, int id) : cluster_(cluster), id_(id) { listen(); }

FakeNode::~FakeNode() {
    for (auto& connection : connections_) {
        if (connection.session) connection.session->abandon();
    }
}

std::uint16_t FakeNode::port(Door door) const {
    if (door == Door::kSql) return sql_.port();
    return door == Door::kCombined ? combined_.port() : rpc_.port();
}

void FakeNode::order(Fault fault) {
    cluster_.locked([&] { script_.add(std::move(fault)); });
}

void FakeNode::fail_next(Point point, const std::string& containing, int nth) {
    Fault fault;
    fault.point = point;
    fault.containing = containing;
    fault.nth = nth;
    const bool statement = point == Point::kStatement;
    fault.error = errors::retry(statement ? errors::Reason::kWriteTooOld : errors::Reason::kSerializable);
    order(std::move(fault));
}

void FakeNode::hold_next(const std::string& text, bool applied) {
    Fault fault;
    fault.containing = text;
    fault.applied = applied;
    fault.hold = true;
    order(std::move(fault));
}

void FakeNode::release() {
    cluster_.locked([&] { script_.release(); });
}

std::size_t FakeNode::orders_waiting() {
    return cluster_.locked([&] { return script_.waiting(); });
}

void FakeNode::forget_orders() {
    cluster_.locked([&] { script_.forget(); });
}

void FakeNode::cut_after(std::size_t bytes, Cut how) {
    cluster_.locked([&] {
        cut_bytes_ = bytes;
        cut_how_ = how;
    });
}

void FakeNode::drain(DrainTimes times) {
    cluster_.locked([&] {
        drain_started_ = cluster_.now() + cluster_.options_.drain_delay;
        drain_times_ = times;
        for (auto& connection : connections_) {
            if (connection.session) connection.session->tick();
        }
    });
}

void FakeNode::hang_up(int connections) {
    cluster_.locked([&] {
        for (auto& connection : connections_) {
            if (connections == 0) return;
            if (!connection.session || !connection.session->logged_in()) continue;
            if (!connection.session->running_text().empty()) continue;
            connection.session->end(Cut::kFin);
            --connections;
        }
    });
}

void FakeNode::kill(Cut how) {
    cluster_.locked([&] {
        up_ = false;
        for (auto* listener : {&sql_, &combined_, &rpc_, &health_}) listener->shut();
        for (auto& connection : connections_) {
            if (connection.session) connection.session->abandon();
            connection.socket.close(how);
        }
        connections_.clear();
    });
}

void FakeNode::restart() {
    kill();
    cluster_.locked([&] {
        drain_started_.reset();
        up_ = true;
        listen();
    });
}

std::size_t FakeNode::connections() {
    return cluster_.locked([&] {
        return static_cast<std::size_t>(std::count_if(
            connections_.begin(), connections_.end(),
            [](const auto& connection) { return connection.session && connection.session->logged_in(); }));
    });
}

std::size_t FakeNode::accepted() {
    return cluster_.locked([&] { return accepted_; });
}

std::size_t FakeNode::running(const std::string& text) {
    return cluster_.locked([&] {
        return static_cast<std::size_t>(
            std::count_if(connections_.begin(), connections_.end(), [&text](const auto& connection) {
                if (!connection.session) return false;
                const auto running = connection.session->running_text();
                return !running.empty() && running.find(text) != std::string::npos;
            }));
    });
}

std::vector<std::string> FakeNode::statements() {
    return cluster_.locked([&] { return statements_; });
}

bool FakeNode::saw(const std::string& text) {
    return cluster_.locked([&] {
        return std::any_of(statements_.begin(), statements_.end(), [&text](const auto& statement) {
            return statement.find(text) != std::string::npos;
        });
    });
}

std::vector<std::string> FakeNode::variable(const std::string& name) {
    return cluster_.locked([&] {
        std::vector<std::string> values;
        for (const auto& connection : connections_) {
            if (connection.session && connection.session->variables() != nullptr)
                values.push_back(connection.session->variables()->value(name));
        }
        return values;
    });
}

std::size_t FakeNode::cancel_requests() {
    return cluster_.locked([&] { return cancel_requests_; });
}

}  // namespace support::crdb
