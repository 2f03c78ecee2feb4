// The states of a client session. A pure table, so that every legal step can be seen and tested.
//
//   kStartup --kCancelRead--> kCancel
//   kStartup --kStartupRead--> kAuth --kAuthenticated--> kWelcome --kWelcomed--> kReady
//      |                                     '-----kConsoleReady----> kConsole
//   any but kClosed --kClose--> kClosed
//
// kReady says nothing about a server: whether one is linked is server(), what the session waits for is Hold.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace pooler {

enum class SessionState : std::uint8_t {
    kStartup,  ///< reading untagged packets
    kCancel,   ///< a cancel request: stays until it is known what became of it
    kAuth,     ///< proving who it is
    kWelcome,  ///< waits until the pool's first server has said what clients are to be told
    kReady,    ///< logged in
    kConsole,  ///< logged in to the console
    kClosed,
};

enum class SessionEvent : std::uint8_t {
    kCancelRead,
    kStartupRead,
    kAuthenticated,
    kWelcomed,
    kConsoleReady,
    kClose
};

struct SessionTransition {
    SessionState from;
    SessionEvent on;
    SessionState to;
};

inline constexpr std::array kSessionTransitions{
    SessionTransition{SessionState::kStartup, SessionEvent::kCancelRead, SessionState::kCancel},
    SessionTransition{SessionState::kStartup, SessionEvent::kStartupRead, SessionState::kAuth},
    SessionTransition{SessionState::kAuth, SessionEvent::kAuthenticated, SessionState::kWelcome},
    SessionTransition{SessionState::kAuth, SessionEvent::kConsoleReady, SessionState::kConsole},
    SessionTransition{SessionState::kWelcome, SessionEvent::kWelcomed, SessionState::kReady},
    SessionTransition{SessionState::kStartup, SessionEvent::kClose, SessionState::kClosed},
    SessionTransition{SessionState::kCancel, SessionEvent::kClose, SessionState::kClosed},
    SessionTransition{SessionState::kAuth, SessionEvent::kClose, SessionState::kClosed},
    SessionTransition{SessionState::kWelcome, SessionEvent::kClose, SessionState::kClosed},
    SessionTransition{SessionState::kReady, SessionEvent::kClose, SessionState::kClosed},
    SessionTransition{SessionState::kConsole, SessionEvent::kClose, SessionState::kClosed},
};

[[nodiscard]] constexpr std::optional<SessionState> next(SessionState from, SessionEvent on) {
    for (const auto& step : kSessionTransitions)
        if (step.from == from && step.on == on) return step.to;
    return std::nullopt;
}

static_assert(next(SessionState::kWelcome, SessionEvent::kWelcomed) == SessionState::kReady);
static_assert(!next(SessionState::kClosed, SessionEvent::kClose));
static_assert(!next(SessionState::kStartup, SessionEvent::kAuthenticated));

/// Why a session does not look at what its client sends next.
enum class Hold : std::uint8_t {
    kNone,
    kForLogin,    ///< its login waits for auth_query, PAM, LDAP or keys
    kForServer,   ///< queued in the pool
    kForState,    ///< the server is given the client's session variables first
    kForOutcome,  ///< the request depends on how an earlier batch ends
    kForShape,    ///< the server is asked what the rows of a statement look like
    kForRestore,  ///< variables were reset: when that is done, the client's start-up values come back
    kForOwn,      ///< a statement of ours runs between two requests of the client
    kForReplay,   ///< its transaction is run again
    kForXid,      ///< which transaction its COMMIT ends is asked first
    kForVerdict,  ///< what became of its COMMIT is looked up
    kForRoute,    ///< what a replica was asked is answered first
};

/// What becomes of requests after a cancel ended a wait.
enum class Refusal : std::uint8_t {
    kNone,
    kCancelled,  ///< the next one is answered with 57014
    kSkipping,   ///< it was part of a batch: everything up to the Sync is skipped
    kLost,       ///< the transaction's server was lost meanwhile: the next one is answered with 40001
};

}  // namespace pooler
