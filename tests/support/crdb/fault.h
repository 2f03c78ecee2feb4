// What a test orders to go wrong on a node, and the list of such orders. Everything under the cluster's lock.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/crdb/error.h"
#include "tests/support/crdb/statement.h"

namespace support::crdb {

enum class Point : std::uint8_t {
    kBegin,      ///< BEGIN or START TRANSACTION
    kStatement,  ///< anything but transaction control
    kCommit,     ///< COMMIT of an open transaction, or END
    kRelease,    ///< RELEASE of cockroach_restart
};

/// How a connection ends.
enum class Cut : std::uint8_t { kNone, kFin, kReset };

/// One order. It waits for the nth statement at its point whose text holds `containing`, strikes once and is
/// gone. Without `error` and `cut` the statement goes its way after the delay or the hold.
struct Fault {
    Point point = Point::kStatement;
    std::string containing{};
    int nth = 1;
    /// The statement takes effect first, and the delay, hold, error or cut takes the place of its answer.
    bool applied = false;
    std::optional<Error> error{};
    Cut cut = Cut::kNone;
    std::chrono::milliseconds delay{0};
    bool hold = false;  ///< until FakeNode::release()
    /// A drain meets its deadline here: 57P01 and the end follow the error at the session's next look, or are
    /// the only answer if there is none.
    bool drains = false;

    /// It takes the place of the statement's answer.
    [[nodiscard]] bool strikes() const { return error || cut != Cut::kNone || drains; }
};

class Script {
 public:
    struct Order {
        Fault fault;
        bool released = false;
    };
    using OrderRef = std::shared_ptr<Order>;

    void add(Fault fault) { orders_.push_back(std::make_shared<Order>(Order{std::move(fault), false})); }
    /// The order that strikes at this statement, or nullptr. Counts it for those that wait for a later one.
    /// `committed`: in CommitWait, where a node has nothing to complain of any more.
    [[nodiscard]] OrderRef strike(const Statement& statement, bool committed);
    /// Lets all statements go that are held, now and in orders still waiting.
    void release();
    /// Orders that have not struck yet.
    [[nodiscard]] std::size_t waiting() const { return orders_.size(); }
    void forget() { orders_.clear(); }

 private:
    std::list<OrderRef> orders_;
    std::list<std::weak_ptr<Order>> holding_;
};

}  // namespace support::crdb
