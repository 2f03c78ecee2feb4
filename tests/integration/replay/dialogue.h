// Plays the steps of a shape over one connection and keeps what came back. In the test's thread; ends with
// the last step, with the connection, or with the first answer that an undisturbed run does not give.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/replay/shape.h"
#include "tests/support/wire_client.h"

namespace replay {

/// What a client saw. Messages are without notices and parameter changes, the run's id is replaced by one
/// text for all runs, and rows (id, item, value) are without their value, which `told` keeps.
struct Observation {
    support::wire::Messages messages;
    std::vector<std::size_t> step_of;  ///< of each message
    bool closed = false;
    std::string partial;          ///< the beginning of a message that did not arrive whole
    std::size_t steps_begun = 0;  ///< steps of which a byte was sent
    std::optional<std::size_t>
        struck_before_step;                ///< the first step before which the connection was known to be cut
    std::multimap<int, std::string> told;  ///< values by item
    std::optional<char> recovered;         ///< transaction status after the client's ROLLBACK, if it sent one
};

/// What the player needs from around it.
struct Surroundings {
    std::uint16_t cancel_port = 0;
    std::function<bool()> struck;
    std::function<bool(const std::string& run)> running;
};

class Player {
 public:
    /// `reference`: of an undisturbed run; nullptr: everything is right.
    Player(const Script& script, support::WireClient& client, Surroundings surroundings,
           const Observation* reference);

    [[nodiscard]] Observation play();

 private:
    /// False at the end of the dialogue.
    bool run_step(std::size_t index);
    bool read_answer(std::size_t index);
    void keep(std::size_t index, support::wire::Message message);
    [[nodiscard]] bool deviates() const;
    void recover();
    void await_running();
    void cancel();
    void cancel_until_answered(std::size_t index);

    const Script& script_;
    support::WireClient& client_;
    Surroundings surroundings_;
    const Observation* reference_;
    Observation seen_;
};

/// How many messages, from the first on, are the same.
[[nodiscard]] std::size_t common_prefix(const Observation& a, const Observation& b);

}  // namespace replay
