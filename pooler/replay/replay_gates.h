// Whose turn it is to run again, over all workers: a transaction is let in while what is being run again
// stays within the budget, and from its second failure on passes the gate of its database, one at a time, in
// order. One object of the process. Any thread; the one lock is taken by replays only, never by a query. What
// a worker may do it is told by a ticket, which it passes on to the worker of that ticket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace pooler {

class ReplayGates {
 public:
    /// Of one replay, from its first wait to its end.
    struct Ticket {
        unsigned worker = 0;
        std::uint64_t number = 0;  ///< never used again; 0: none
    };

    /// Bytes of all logs that are being run again; 0: no limit. A single one may be larger.
    void set_limit(std::size_t bytes);
    [[nodiscard]] Ticket issue(unsigned worker);
    /// True: it may be run again now. False: its turn comes.
    [[nodiscard]] bool admit(const Ticket& ticket, std::size_t bytes);
    /// The same for the gate of its database.
    [[nodiscard]] bool enter(const std::string& database, const Ticket& ticket);
    /// It is over, or waits no longer. Returns those whose turn it is now.
    [[nodiscard]] std::vector<Ticket> leave(const std::string& database, const Ticket& ticket);

    /// Let in and not over.
    [[nodiscard]] std::size_t running() const;

 private:
    struct Waiting {
        Ticket ticket;
        std::size_t bytes = 0;
    };
    [[nodiscard]] bool fits(std::size_t bytes) const;
    void let_in(const Waiting& next);

    mutable std::mutex mutex_;
    std::size_t limit_ = 0;
    std::uint64_t last_ = 0;
    std::size_t used_ = 0;
    std::map<std::uint64_t, std::size_t> inside_;  ///< ticket -> bytes
    std::deque<Waiting> waiting_;
    std::map<std::string, std::deque<Ticket>, std::less<>> gates_;  ///< the first is inside
};

}  // namespace pooler
