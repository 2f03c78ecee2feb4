// Matches statements with orders.
#include "tests/support/crdb/fault.h"

namespace support::crdb {
namespace {

std::optional<Point> point_of(const Statement& statement) {
    constexpr std::string_view kRestart = "cockroach_restart";
    switch (statement.verb) {
        case Verb::kCommit: return Point::kCommit;
        case Verb::kRelease:
            if (statement.name.compare(0, kRestart.size(), kRestart) == 0) return Point::kRelease;
            return std::nullopt;
        case Verb::kBegin: return Point::kBegin;
        case Verb::kRollback:
        case Verb::kSavepoint:
        case Verb::kRollbackTo:
        case Verb::kSetTransaction: return std::nullopt;
        case Verb::kSelect:
        case Verb::kInsert:
        case Verb::kUpdate:
        case Verb::kDelete:
        case Verb::kSet:
        case Verb::kReset:
        case Verb::kShow:
        case Verb::kShowTransactionStatus:
        case Verb::kDiscardAll:
        case Verb::kPrepare:
        case Verb::kExecute:
        case Verb::kDeallocate:
        case Verb::kCopyIn:
        case Verb::kCreateTable:
        case Verb::kDropTable:
        case Verb::kAddColumn:
        case Verb::kCreateIndex:
        case Verb::kCancelQueries:
        case Verb::kCancelQuery:
        case Verb::kCancelSessions: break;
    }
    return Point::kStatement;
}

}  // namespace

Script::OrderRef Script::strike(const Statement& statement, bool committed) {
    const auto point = point_of(statement);
    if (!point) return nullptr;
    OrderRef struck;
    for (auto order = orders_.begin(); order != orders_.end();) {
        auto& fault = (*order)->fault;
        const bool meant = fault.point == *point && !(committed && fault.error) &&
                           statement.text.find(fault.containing) != std::string::npos;
        if (meant && --fault.nth <= 0 && !struck) {
            struck = *order;
            order = orders_.erase(order);
        } else {
            ++order;
        }
    }
    if (struck) holding_.push_back(struck);
    return struck;
}

void Script::release() {
    for (const auto& order : orders_) order->released = true;
    for (const auto& order : holding_) {
        if (const auto held = order.lock()) held->released = true;
    }
    holding_.clear();
}

}  // namespace support::crdb
