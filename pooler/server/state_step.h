// What must run on a server before a client may use it: one step after the other, each awaited, until the
// server is what the client wants. Pure but for reading the server.
#pragma once

#include <cstdint>
#include <string_view>

#include "pooler/server/server_connection.h"

namespace pooler {

enum class StateStep : std::uint8_t {
    kNone,      ///< it fits
    kReset,     ///< takes away what another session may have left unseen
    kReported,  ///< sets parameters that the server reports; more follows
    kChange,    ///< sets and resets whatever differs
};

/// The next step and, in `change`, its SQL. `connect_query` runs again after a reset.
[[nodiscard]] StateStep next_state_step(ServerConnection& server, const WantedState& wanted,
                                        const TrackedNames& tracked, std::string_view connect_query,
                                        StateChange& change);
/// The step's SQL has succeeded.
void finish_state_step(ServerConnection& server, StateStep step);

}  // namespace pooler
