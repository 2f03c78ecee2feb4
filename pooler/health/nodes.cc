#include "pooler/health/nodes.h"

#include <algorithm>

namespace pooler {

bool Nodes::opened(const std::string& name, const std::string& host, Clock::time_point begun,
                   Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    Node& node = nodes_[name];
    if (node.facts.node.empty()) {
        node.facts.node = name;
        node.facts.changed = std::chrono::system_clock::now();
    }
    known_ = nodes_.size();
    node.host = host;
    node.last_seen = now;
    ++node.facts.connections;
    if (node.why == Why::kUp) return true;
    // A log-in that was under way before proves nothing.
    if (begun <= node.since) return false;
    // It is on its way out and still lets people in; whoever comes has found no other address.
    if (node.why == Why::kNotReady) return true;
    // Whoever leaves lets nobody in, so this one is back.
    mark(node, Why::kUp, {}, now);
    return true;
}

void Nodes::closed(const std::string& name, Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    const auto found = nodes_.find(name);
    if (found == nodes_.end() || found->second.facts.connections == 0) return;
    --found->second.facts.connections;
    found->second.last_seen = now;
}

bool Nodes::mark(Node& node, Why why, std::string_view reason, Clock::time_point now) {
    const bool was = node.facts.draining;
    node.why = why;
    node.facts.draining = why != Why::kUp;
    node.facts.reason = reason;
    node.since = now;
    if (was == node.facts.draining) return false;
    node.facts.changed = std::chrono::system_clock::now();
    if (node.facts.draining) ++node.facts.drains;
    draining_ += node.facts.draining ? 1 : -1;
    return node.facts.draining;
}

bool Nodes::leaving(const std::string& name, std::string_view reason, Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) return false;
    if (found->second.why == Why::kNotReady) return false;  // known from a better source
    return mark(found->second, Why::kSaidSo, reason, now);
}

bool Nodes::hung_up(const std::string& name, Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) return false;
    Node& node = found->second;
    const bool together = node.hung_up != Clock::time_point{} && now - node.hung_up <= kCloseTogether;
    node.hung_up = now;
    return together && node.why == Why::kUp && mark(node, Why::kSaidSo, "it closes idle connections", now);
}

void Nodes::ready(const std::string& host, bool is_ready, Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    Node* only = nullptr;
    for (auto& [name, node] : nodes_) {
        if (node.host != host) continue;
        if (only != nullptr) return;  // a load balancer: which of them has answered is not known
        only = &node;
    }
    if (only == nullptr || is_ready == (only->why != Why::kNotReady)) return;
    mark(*only, is_ready ? Why::kUp : Why::kNotReady, is_ready ? "" : "it is not ready", now);
}

void Nodes::forget_old(Clock::time_point now) {
    std::erase_if(nodes_, [&](const auto& item) {
        const Node& node = item.second;
        const bool old = node.facts.connections == 0 && now - node.last_seen >= kForgetAfter;
        if (old && node.facts.draining) --draining_;
        return old;
    });
    known_ = nodes_.size();
}

bool Nodes::give_up_one(const std::string& name, Clock::time_point now) {
    if (known_ < 2) return false;
    const std::lock_guard lock{mutex_};
    if (now < next_move_) return false;
    forget_old(now);
    const auto asked = nodes_.find(name);
    if (asked == nodes_.end()) return false;
    double total = 0;
    for (const auto& [key, node] : nodes_) total += static_cast<double>(node.facts.connections);
    const double share = total / static_cast<double>(nodes_.size());
    if (static_cast<double>(asked->second.facts.connections) < share + 1) return false;
    bool wanting = false;  // a node that is there has fewer
    bool absent = false;   // a node may be back, or not
    for (const auto& [key, node] : nodes_) {
        if (node.facts.connections == 0 || node.facts.draining)
            absent = true;
        else
            wanting = wanting || static_cast<double>(node.facts.connections) <= share - 1;
    }
    if (!wanting && !absent) return false;
    const auto pause = std::chrono::duration<double>{kSpreadTime} / std::max(total, 20.0);
    next_move_ = now + (wanting ? std::chrono::duration_cast<Clock::duration>(pause) : kTryPause);
    return true;
}

void Nodes::set_bad_hosts(Bad why, Hosts hosts) {
    const std::lock_guard lock{mutex_};
    bad_hosts_.at(static_cast<std::size_t>(why)) = std::move(hosts);
    any_bad_host_ = !bad_hosts_[0].empty() || !bad_hosts_[1].empty();
}

bool Nodes::avoid(const std::string& target, const std::string& host, Clock::time_point now) const {
    if (draining_ == 0 && !any_bad_host_) return false;
    const std::lock_guard lock{mutex_};
    for (const Hosts& bad : bad_hosts_)
        if (bad.contains({target, host})) return true;
    bool leaving = false;
    for (const auto& [name, node] : nodes_) {
        if (node.host != host) continue;
        if (!node.facts.draining || (node.why == Why::kSaidSo && now - node.since >= kAvoid)) return false;
        leaving = true;
    }
    return leaving;
}

std::vector<NodeFacts> Nodes::facts() const {
    const std::lock_guard lock{mutex_};
    std::vector<NodeFacts> found;
    for (const auto& [name, node] : nodes_) found.push_back(node.facts);
    return found;
}

}  // namespace pooler
