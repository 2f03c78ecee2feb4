// The rows that the contention programs work on, and what must hold of them whatever happens. In the test's
// thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/support/postgres.h"

namespace contention {

/// What the clients of one program believe, from its output.
struct Report {
    std::set<std::string> ok;  ///< transfers
    std::set<std::string> failed;
    std::set<std::string> unknown;
    std::map<std::string, int> codes;  ///< SQLSTATEs of what did not succeed
    double seconds = 0;

    [[nodiscard]] std::size_t transactions() const { return ok.size() + failed.size() + unknown.size(); }
    /// 40001 and 40P01.
    [[nodiscard]] int retryable() const;
};
/// Fails the test if the program did not come to its end. Lines of list-append transactions are counted, not
/// kept.
[[nodiscard]] Report report_of(const std::string& output);

class Bank {
 public:
    /// Makes accounts and lists, 10,000 of each, all reads by index.
    explicit Bank(support::Postgres& postgres);

    /// Balances as in the beginning, lists empty.
    void open();
    /// Sum and balances are those of the transfers that are there; these are what the clients believe.
    void check_transfers(const Report& report);
    /// The lists and what was read of them have a serial order.
    void check_lists(const std::string& output);

 private:
    support::Postgres& postgres_;
};

}  // namespace contention
