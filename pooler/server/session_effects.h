// What an SQL text means for the session it runs in: which variables it sets, whether it may change some
// unseen, and whether it leaves something that only this one server connection has. Pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pooler/server/parameters.h"
#include "pooler/server/variable_tracker.h"
#include "pooler/sql/statement.h"

namespace pooler {

/// Why a session needs one and the same server; bits of a PinSet.
enum class PinReason : std::uint8_t {
    kTempObject = 1U << 0U,
    kHoldCursor = 1U << 1U,
    kSqlPrepare = 1U << 2U,
    kListen = 1U << 3U,
    kAdvisoryLock = 1U << 4U,
    kHiddenState = 1U << 5U,   ///< hidden_state = pin
    kUnknownState = 1U << 6U,  ///< variables are set, and nobody knows which
};

using PinSet = std::uint8_t;
[[nodiscard]] constexpr PinSet bit(PinReason reason) { return static_cast<PinSet>(reason); }

/// In words, with commas; empty for none.
[[nodiscard]] std::string describe(PinSet pins);

struct SessionEffects {
    std::shared_ptr<const VariableEffects> variables;  ///< null: none
    PinSet pins = 0;         ///< what it may leave behind, whether it succeeds or not
    bool may_unpin = false;  ///< it may have taken something of that away
    bool taints = false;     ///< it may set variables unseen
    bool restores = false;   ///< it resets variables: the client's start-up values are due again
};

struct EffectRules {
    const TrackedNames* tracked = nullptr;
    Dialect dialect = Dialect::kPostgres;
    std::string_view safe_functions;  ///< session_safe_functions: names with commas
};

/// False: for sessions the text is nothing. Most texts are.
[[nodiscard]] bool touches_session(const SqlScript& script);
[[nodiscard]] SessionEffects effects_of(const SqlScript& script, std::string_view text,
                                        const EffectRules& rules);
/// Of a text that cannot be read: it may do anything that is not seen.
[[nodiscard]] SessionEffects effects_of_unreadable();
/// Of a statement of which nobody knows what it is.
[[nodiscard]] SessionEffects effects_of_anything();

}  // namespace pooler
