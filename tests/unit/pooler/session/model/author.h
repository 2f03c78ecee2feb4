// What a random client says next: one message of the protocol. It knows what its own server has answered so
// far, and leaves out the few things that a pooler cannot answer alike (each with its reason). Owned by a
// history.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace model {

class Author {
 public:
    Author(std::mt19937& random, int client, bool cockroach)
        : random_{&random}, client_{client}, cockroach_{cockroach} {}

    /// `failed`: its transaction has. `copying`: its server reads COPY data.
    [[nodiscard]] std::string next(bool failed, bool copying);

 private:
    [[nodiscard]] std::string copy_message();
    [[nodiscard]] std::string batch_message(bool failed);
    [[nodiscard]] std::string query();
    [[nodiscard]] std::string statement();
    [[nodiscard]] std::string parse_text();
    [[nodiscard]] std::string bind(const std::string& name);
    [[nodiscard]] std::string variable();
    [[nodiscard]] std::string value();
    [[nodiscard]] bool chance(unsigned percent) { return pick(100) < percent; }
    unsigned pick(unsigned count) { return static_cast<unsigned>((*random_)() % count); }

    std::mt19937* random_;
    int client_;
    bool cockroach_;
    bool batch_open_ = false;
    bool batch_resets_ = false;   ///< a RESET may stand in the batch
    bool unnamed_bound_ = false;  ///< in this batch
    bool hid_ = false;            ///< it has set something that no text shows
    std::string queued_;          ///< an Execute that follows its Bind
};

}  // namespace model
