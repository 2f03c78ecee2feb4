// Plays the client's side of a recording against the fake cluster and compares every answer with what the
// real node said. Lives for one recording; test's thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/crdb/cluster.h"
#include "tests/support/wire_client.h"
#include "tests/wire/recording.h"

namespace recording {

/// What the file does not say itself: how the cluster was when the recording began, and what was done to it.
struct Scene {
    std::string file;
    std::string tables{};  ///< statements that make and fill them
    support::crdb::Options options{};
    support::crdb::DrainTimes drain{};
    /// SIGTERM where the file has no line for it; needs the manual clock.
    std::optional<std::chrono::milliseconds> sigterm_at{};
    /// [b] is on another node.
    bool other_node = false;
    bool combined_port = false;
    /// Statement that takes effect while its answer stays away.
    std::string hold_answer_of{};
    /// Where clients connect instead of the nodes, given the port of the cluster: a pooler in between. It is
    /// on its own in that case when what one client sent reaches a node before what another one sends next.
    std::function<std::uint16_t(std::uint16_t)> in_front{};
};

class Player {
 public:
    Player(const Scene& scene, std::vector<Step> steps);
    /// Stops at the first difference, with a failed check.
    void play();

 private:
    void send_from(std::size_t& at);
    void expect(const Step& step);
    void on_event(const Step& step);
    void on_closed(const Step& step);
    void on_http(const Step& step);
    void log_in(const std::string& connection);
    /// Everything sent has been read by the node; then the clock goes on to the step's time.
    void advance(const Step& step);
    void settle();
    void terminate_node();
    [[nodiscard]] support::WireClient& client(const std::string& connection);
    [[nodiscard]] std::uint16_t port_of(const std::string& connection);
    [[nodiscard]] std::string http_get(const std::string& path);

    const Scene& scene_;
    const std::vector<Step> steps_;
    support::crdb::FakeCluster cluster_;
    std::map<std::string, support::WireClient> clients_;
    std::uint16_t front_port_ = 0;
    std::uint64_t sent_bytes_ = 0;
    bool terminated_ = false;
};

}  // namespace recording
