// Random client programs: what one client sends, step by step, made from a seed. A program's answers depend
// on nothing but the program: it works on a table of its own, and what it says of its session is the
// client's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/wire_message.h"

namespace model {

struct Step {
    enum class Kind : std::uint8_t {
        kSend,     ///< the answers to `answers` Queries or Syncs are read
        kAbandon,  ///< sends what can have no lasting effect and disconnects; then logs in again
        kCancel,   ///< cancels what it has sent until it is answered; without `bytes`, what does not run
    };
    Kind kind = Kind::kSend;
    std::string bytes;
    int answers = 0;
    std::uint32_t pieces = 0;  ///< sent in pieces of random sizes made from this; 0: at once
    std::string text;          ///< for a reader of the report
};

/// What a program sets by a function, unseen by whoever is between it and its server.
enum class Hidden : std::uint8_t {
    kAsked,  ///< and asks for later: it must be kept
    kLost,   ///< and never asks for: it may be lost
};

/// The table that client number `client` works on.
[[nodiscard]] std::string table_of(int client);
/// What it asks for at every login.
[[nodiscard]] support::wire::Parameters startup_of(int client);
[[nodiscard]] std::vector<Step> random_program(std::uint32_t seed, int client, int steps, Hidden hidden);

}  // namespace model
