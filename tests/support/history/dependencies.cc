#include "tests/support/history/dependencies.h"

#include <algorithm>
#include <deque>
#include <optional>

namespace support::history {

void Dependencies::add(std::size_t from, std::size_t to, Dependency kind) {
    if (from != to) edges_[from].push_back({from, to, kind});
}

/// Transactions by when a depth-first walk is done with them.
std::vector<std::size_t> Dependencies::order_of_ends() const {
    struct Visit {
        std::size_t node;
        std::size_t next;
    };
    std::vector<bool> seen(edges_.size());
    std::vector<std::size_t> done;
    for (std::size_t root = 0; root < edges_.size(); ++root) {
        if (seen[root]) continue;
        seen[root] = true;
        std::vector<Visit> path{{root, 0}};
        while (!path.empty()) {
            const std::size_t node = path.back().node;
            if (path.back().next == edges_[node].size()) {
                done.push_back(node);
                path.pop_back();
                continue;
            }
            const std::size_t to = edges_[node][path.back().next++].to;
            if (!seen[to]) seen[to] = true, path.push_back({to, 0});
        }
    }
    return done;
}

/// Breadth first back to the start; empty if there is no way.
Cycle Dependencies::shortest_from(std::size_t start) const {
    std::vector<std::optional<Step>> came(edges_.size());
    std::deque<std::size_t> open{start};
    while (!open.empty() && !came[start]) {
        const std::size_t node = open.front();
        open.pop_front();
        for (const auto& step : edges_[node]) {
            if (came[step.to]) continue;
            came[step.to] = step;
            open.push_back(step.to);
        }
    }
    Cycle cycle;
    if (!came[start]) return cycle;
    for (auto step = *came[start];; step = *came[step.from]) {
        cycle.push_back(step);
        if (step.from == start) break;
    }
    std::reverse(cycle.begin(), cycle.end());
    return cycle;
}

/// Kosaraju: a walk against the arrows from what was done last stays within its own set.
std::vector<Cycle> Dependencies::cycles() const {
    std::vector<std::vector<std::size_t>> back(edges_.size());
    for (const auto& steps : edges_)
        for (const auto& step : steps) back[step.to].push_back(step.from);
    const auto done = order_of_ends();
    std::vector<bool> taken(edges_.size());
    std::vector<Cycle> result;
    for (auto root = done.rbegin(); root != done.rend(); ++root) {
        if (taken[*root]) continue;
        taken[*root] = true;
        std::vector<std::size_t> open{*root};
        std::size_t members = 0;
        while (!open.empty()) {
            const std::size_t node = open.back();
            open.pop_back();
            ++members;
            for (const std::size_t from : back[node])
                if (!taken[from]) taken[from] = true, open.push_back(from);
        }
        if (members > 1) result.push_back(shortest_from(*root));
    }
    return result;
}

std::string dependency_name(Dependency kind) {
    switch (kind) {
        case Dependency::kWriteWrite: return "ww";
        case Dependency::kWriteRead: return "wr";
        case Dependency::kReadWrite: return "rw";
    }
    return "";
}

std::string cycle_name(const Cycle& cycle) {
    const auto count = [&](Dependency kind) {
        return std::count_if(cycle.begin(), cycle.end(),
                             [kind](const Step& step) { return step.kind == kind; });
    };
    if (count(Dependency::kReadWrite) > 1) return "G2";
    if (count(Dependency::kReadWrite) == 1) return "G-single";
    return count(Dependency::kWriteRead) > 0 ? "G1c" : "G0";
}

}  // namespace support::history
