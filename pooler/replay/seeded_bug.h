// Wrong decisions that a test can switch on, to see that the tests would notice them. Only a build that
// defines WEIR_SEEDED_BUGS has the switch; everywhere else all of this is the constant false.
#pragma once

#include <cstdint>

namespace pooler {

enum class SeededBug : std::uint8_t {
    kNone,
    kReplayAfterCommitSent,  ///< a lost connection is replayed though COMMIT was sent
    kDigestOffByOne,         ///< the first command's answer is not compared
    kPrefixNotCompared,      ///< the answers are taken for equal
    kLostMessage,            ///< one message in the log is left out
    kCommitNotHeld,          ///< COMMIT goes before the answers in front of it were compared
    kAutocommitTwice,        ///< a lost autocommit write is sent again
    kUnconfirmedBegin,       ///< a statement behind a BEGIN that is not answered counts as inside
    kBehindTheEnd,           ///< what stands behind COMMIT in the pipeline is sent again
    kHashNotCompared,        ///< only the numbers of bytes are compared
    kTailNotCompared,        ///< of a command that was shown in part nothing is compared
    kDeliverTwice,           ///< the part of a command that was shown is shown again
    kAmbiguousReplayed,      ///< 40003 is taken for 40001
    kBeginForgotten,         ///< it is run again without its BEGIN, if that was answered before it was sent
    kFinishedEarly,          ///< it is over when all is sent again, not when all has come again
    kUnitsNotHeld,           ///< a unit is sent before the answers to the one before it were compared
};

#ifdef WEIR_SEEDED_BUGS
inline SeededBug g_seeded_bug = SeededBug::kNone;
[[nodiscard]] inline bool seeded_bug(SeededBug bug) { return g_seeded_bug == bug; }
#else
[[nodiscard]] constexpr bool seeded_bug(SeededBug) { return false; }
#endif

}  // namespace pooler
