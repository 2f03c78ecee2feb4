// The nodes behind the addresses of one database, told apart by the number a node gives itself: how many
// connections each has, which are leaving, and which should give one up so that they are spread evenly again.
// A pure model with a lock: any thread, at the opening and closing of connections and in periodic sweeps,
// never on the path of a query.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pooler/net/io_context.h"

namespace pooler {

//   Up --57P01, idle connections closed, not ready--> Draining --a log-in begun since then, or ready--> Up
//   Either --no connection for kForgetAfter--> forgotten
struct NodeFacts {
    std::string node;
    bool draining = false;
    std::string reason;  ///< why it counts as draining
    std::uint64_t connections = 0;
    std::uint64_t drains = 0;
    std::chrono::system_clock::time_point changed;  ///< when `draining` changed
};

class Nodes {
 public:
    /// A node without connections is remembered this long: so long it is tried whether it is back.
    static constexpr std::chrono::minutes kForgetAfter{10};
    /// Pause between two connections that are given up to see whether a node is back.
    static constexpr std::chrono::seconds kTryPause{2};
    /// Connections that are more than their node's share move within about this time.
    static constexpr std::chrono::seconds kSpreadTime{10};
    /// Two idle connections that are closed by the node within this time say that it goes away; one may have
    /// been idle for too long.
    static constexpr std::chrono::seconds kCloseTogether{1};
    /// An address whose only node is draining gets no new connection for this long.
    static constexpr std::chrono::seconds kAvoid{10};

    /// A log-in is complete that was begun at `begun`, by way of `host`. False: the node is leaving, the
    /// connection should not be kept.
    [[nodiscard]] bool opened(const std::string& node, const std::string& host, Clock::time_point begun,
                              Clock::time_point now);
    void closed(const std::string& node, Clock::time_point now);
    /// True if that is new: the idle connections to it are to be closed.
    [[nodiscard]] bool leaving(const std::string& node, std::string_view reason, Clock::time_point now);
    /// The node has closed an idle connection without a word. True as leaving().
    [[nodiscard]] bool hung_up(const std::string& node, Clock::time_point now);
    /// What the readiness check of an address says. It counts for the node behind it if there is only one.
    void ready(const std::string& host, bool is_ready, Clock::time_point now);

    /// Whether an idle connection to this node should be given up now, for a node that has fewer. At most one
    /// caller is told so in each short while.
    [[nodiscard]] bool give_up_one(const std::string& node, Clock::time_point now);
    /// Addresses to be avoided, as (target, host); they take the place of those before for the same reason.
    using Hosts = std::set<std::pair<std::string, std::string>>;
    enum class Bad : std::uint8_t { kDown, kNotReady };
    void set_bad_hosts(Bad why, Hosts hosts);
    /// New connections of this target should rather go to another address.
    [[nodiscard]] bool avoid(const std::string& target, const std::string& host, Clock::time_point now) const;

    [[nodiscard]] std::vector<NodeFacts> facts() const;  ///< in the order of their names

 private:
    enum class Why : std::uint8_t { kUp, kSaidSo, kNotReady };
    struct Node {
        NodeFacts facts;
        Why why = Why::kUp;
        std::string host;  ///< by way of which it was reached last
        Clock::time_point since;
        Clock::time_point last_seen;
        Clock::time_point hung_up;
    };
    bool mark(Node& node, Why why, std::string_view reason, Clock::time_point now);
    void forget_old(Clock::time_point now);

    mutable std::mutex mutex_;
    std::map<std::string, Node> nodes_;
    std::array<Hosts, 2> bad_hosts_;  ///< by Bad
    std::atomic<int> draining_{0};
    std::atomic<bool> any_bad_host_{false};
    std::atomic<std::size_t> known_{0};
    Clock::time_point next_move_;
};

}  // namespace pooler
