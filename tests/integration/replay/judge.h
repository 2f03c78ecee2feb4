// The oracle of a run: says what is wrong between what a client was told and what the database holds. Pure;
// knows nothing of how the answers came about.
//
// It holds for any pooler: who cannot hide the loss of a connection must say so and claim nothing.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/replay/dialogue.h"
#include "tests/integration/replay/shape.h"

namespace replay {

struct LedgerRow {
    int item = 0;
    std::string value;
};

struct Case {
    const Script& script;
    const Observation& reference;  ///< undisturbed
    const Observation& seen;
    std::vector<LedgerRow> ledger;  ///< of this run, in the end
    bool struck = false;            ///< the connection was cut at all
    /// A cut is no excuse if a whole step before that of the first commit began after it. In the step before
    /// it the pooler may not know of the cut yet when it hands the commit on.
    bool must_survive = false;
    bool must_hide = false;  ///< nothing is an excuse
};

/// Sentences; empty if all is well.
[[nodiscard]] std::vector<std::string> faults_of(const Case& one);

/// Whether the client saw the whole undisturbed dialogue.
[[nodiscard]] bool complete(const Observation& seen, const Observation& reference);

/// What an error says of the transaction it ends.
enum class Verdict : std::uint8_t {
    kNotCommitted,  ///< certainly
    kUnknown,       ///< the connection is lost or the server does not know
    kOther,         ///< not what the loss of a connection may look like
};
[[nodiscard]] Verdict verdict_of(const std::string& sqlstate);

}  // namespace replay
