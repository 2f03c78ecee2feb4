// Wrong decisions that a test can switch on, to see that the tests would notice them. Only a build with
// WEIR_SEEDED_BUGS (the presets for tests; never the release) has the switch; everywhere else all of this is
// the constant false. Set once, before any thread starts or by a test between two runs.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace pooler {

enum class SeededBug : std::uint8_t {
    kNone,
    // replay
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
    kReleaseNotHeld,         ///< the savepoint is released before the answers in front of it were compared
    kAnyWitness,             ///< a COMMIT is looked up on any server
    kYoungWitness,           ///< a COMMIT is looked up on a connection that may be from after a crash
    kStandbyForgotten,  ///< a COMMIT found on the primary counts, though a synchronous standby may lack it
    // what a server is expected to answer
    kSyncNotCounted,      ///< a Sync behind an error gets no entry
    kErrorEndsOne,        ///< an error ends its own request only, not the rest of the batch
    kAbandonedCommitted,  ///< a batch that its client never finished is ended with a plain Sync
    // prepared statements
    kHashTrusted,          ///< texts of equal length are taken for one
    kCloseForgotten,       ///< the client's name outlives its Close
    kFailedNameKept,       ///< the client's name outlives its failed Parse
    kFailedParseKept,      ///< the server is thought to have what it refused
    kEvictedNotClosed,     ///< what made room stays on the server
    kUnnamedTrusted,       ///< the unnamed statement found on a server is taken for the client's
    kDeallocateAllMissed,  ///< nobody notices DEALLOCATE ALL
    // session state
    kStateNotSet,        ///< a server keeps the variables of the client before
    kTaintForgotten,     ///< hidden state is not taken away
    kRollbackKeepsSet,   ///< SET outlives the ROLLBACK of its transaction
    kSavepointKeepsSet,  ///< SET outlives ROLLBACK TO
    kLocalStays,         ///< SET LOCAL counts as SET
    kStartupValueLost,   ///< RESET goes back to the server's value instead of the client's
    kBeginOptionsLost,   ///< a deferred BEGIN is sent without its options
};

#ifdef WEIR_SEEDED_BUGS
inline constexpr bool kSeedsBugs = true;
inline SeededBug g_seeded_bug = SeededBug::kNone;
[[nodiscard]] inline bool seeded_bug(SeededBug bug) { return g_seeded_bug == bug; }
inline void seed_bug(SeededBug bug) { g_seeded_bug = bug; }
#else
inline constexpr bool kSeedsBugs = false;
[[nodiscard]] constexpr bool seeded_bug(SeededBug) { return false; }
constexpr void seed_bug(SeededBug) {}
#endif

/// Those that the pooler as a whole can be started with, by name: WEIR_SEEDED_BUG=sync_not_counted.
inline constexpr std::array kSessionBugs{
    std::pair{std::string_view{"sync_not_counted"}, SeededBug::kSyncNotCounted},
    std::pair{std::string_view{"error_ends_one"}, SeededBug::kErrorEndsOne},
    std::pair{std::string_view{"abandoned_committed"}, SeededBug::kAbandonedCommitted},
    std::pair{std::string_view{"hash_trusted"}, SeededBug::kHashTrusted},
    std::pair{std::string_view{"close_forgotten"}, SeededBug::kCloseForgotten},
    std::pair{std::string_view{"failed_name_kept"}, SeededBug::kFailedNameKept},
    std::pair{std::string_view{"failed_parse_kept"}, SeededBug::kFailedParseKept},
    std::pair{std::string_view{"evicted_not_closed"}, SeededBug::kEvictedNotClosed},
    std::pair{std::string_view{"unnamed_trusted"}, SeededBug::kUnnamedTrusted},
    std::pair{std::string_view{"deallocate_all_missed"}, SeededBug::kDeallocateAllMissed},
    std::pair{std::string_view{"state_not_set"}, SeededBug::kStateNotSet},
    std::pair{std::string_view{"taint_forgotten"}, SeededBug::kTaintForgotten},
    std::pair{std::string_view{"rollback_keeps_set"}, SeededBug::kRollbackKeepsSet},
    std::pair{std::string_view{"savepoint_keeps_set"}, SeededBug::kSavepointKeepsSet},
    std::pair{std::string_view{"local_stays"}, SeededBug::kLocalStays},
    std::pair{std::string_view{"startup_value_lost"}, SeededBug::kStartupValueLost},
    std::pair{std::string_view{"begin_options_lost"}, SeededBug::kBeginOptionsLost},
};

}  // namespace pooler
