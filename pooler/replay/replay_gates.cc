#include "pooler/replay/replay_gates.h"

#include <algorithm>

namespace pooler {

void ReplayGates::set_limit(std::size_t bytes) {
    const std::lock_guard lock{mutex_};
    limit_ = bytes;
}

ReplayGates::Ticket ReplayGates::issue(unsigned worker) {
    const std::lock_guard lock{mutex_};
    return {worker, ++last_};
}

/// Whoever is alone is let in, however large: else it would wait for nobody.
bool ReplayGates::fits(std::size_t bytes) const {
    return limit_ == 0 || inside_.empty() || used_ + bytes <= limit_;
}

void ReplayGates::let_in(const Waiting& next) {
    used_ += next.bytes;
    inside_[next.ticket.number] = next.bytes;
}

bool ReplayGates::admit(const Ticket& ticket, std::size_t bytes) {
    const std::lock_guard lock{mutex_};
    const bool now = waiting_.empty() && fits(bytes);
    if (now)
        let_in({ticket, bytes});
    else
        waiting_.push_back({ticket, bytes});
    return now;
}

bool ReplayGates::enter(const std::string& database, const Ticket& ticket) {
    const std::lock_guard lock{mutex_};
    std::deque<Ticket>& gate = gates_[database];
    gate.push_back(ticket);
    return gate.size() == 1;
}

std::vector<ReplayGates::Ticket> ReplayGates::leave(const std::string& database, const Ticket& ticket) {
    const std::lock_guard lock{mutex_};
    const auto same = [&ticket](const Ticket& other) { return other.number == ticket.number; };
    std::vector<Ticket> next;
    if (const auto found = gates_.find(database); found != gates_.end()) {
        std::deque<Ticket>& gate = found->second;
        const bool inside = !gate.empty() && same(gate.front());
        gate.erase(std::remove_if(gate.begin(), gate.end(), same), gate.end());
        if (gate.empty())
            gates_.erase(found);
        else if (inside)
            next.push_back(gate.front());
    }
    waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(),
                                  [&](const Waiting& one) { return same(one.ticket); }),
                   waiting_.end());
    if (const auto found = inside_.find(ticket.number); found != inside_.end()) {
        used_ -= found->second;
        inside_.erase(found);
    }
    while (!waiting_.empty() && fits(waiting_.front().bytes)) {
        let_in(waiting_.front());
        next.push_back(waiting_.front().ticket);
        waiting_.pop_front();
    }
    return next;
}

std::size_t ReplayGates::running() const {
    const std::lock_guard lock{mutex_};
    return inside_.size();
}

}  // namespace pooler
