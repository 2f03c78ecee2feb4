#include "pooler/replay/transaction_log.h"

#include "tests/support/catch.h"

using pooler::LogBudget;
using pooler::TransactionLog;
using Append = TransactionLog::Append;

TEST_CASE("transaction log: bytes stay in order; the front can go") {
    LogBudget budget;
    TransactionLog log{budget};
    CHECK(log.append("abc", 100) == Append::kKept);
    CHECK(log.append("def", 100) == Append::kKept);
    log.drop_front(2);
    CHECK(log.bytes() == "cdef");
    log.drop_front(10);
    CHECK(log.size() == 0);
}

TEST_CASE("transaction log: over its own limit it frees itself") {
    LogBudget budget;
    TransactionLog log{budget};
    CHECK(log.append("abcdef", 6) == Append::kKept);
    CHECK(log.append("g", 6) == Append::kTooLarge);
    CHECK(log.size() == 0);
    CHECK(log.append("g", 6) == Append::kKept);
}

TEST_CASE("transaction log: small logs share nothing; large ones fit the budget of the process or go") {
    LogBudget budget;
    budget.set_limit(64 * 1024);
    TransactionLog small{budget};
    CHECK(small.append(std::string(TransactionLog::kFreeBytes, 'x'), 1U << 20U) == Append::kKept);
    CHECK(budget.used() == 0);
    TransactionLog large{budget};
    CHECK(large.append(std::string(60000, 'x'), 1U << 20U) == Append::kKept);
    CHECK(budget.used() >= 60000 - TransactionLog::kFreeBytes);
    CHECK(budget.used() <= 64 * 1024);
    CHECK(small.append(std::string(20000, 'x'), 1U << 20U) == Append::kOverBudget);
    CHECK(small.size() == 0);
    large.clear();
    CHECK(budget.used() == 0);
    {
        TransactionLog gone{budget};
        CHECK(gone.append(std::string(30000, 'x'), 1U << 20U) == Append::kKept);
    }
    CHECK(budget.used() == 0);
}
