// The page /metrics: every figure there is, with bounded label sets. Pure but for the limits it keeps; the
// caller locks.
#pragma once

#include <string>

#include "pooler/metrics/exposition.h"
#include "pooler/metrics/series_limit.h"
#include "pooler/metrics/snapshot.h"

namespace pooler {

/// Names that get series of their own: pairs of database and user, and databases. The rest is `other`.
struct MetricsLimits {
    static constexpr std::size_t kMostNames = 1000;

    SeriesLimit pools{kMostNames};
    SeriesLimit databases{kMostNames};
};

/// Counters of the HTTP server itself.
struct HttpCounts {
    std::uint64_t answered = 0;      ///< requests, whatever the answer
    std::uint64_t unauthorized = 0;  ///< of these: refused for want of a token
    std::uint64_t unavailable = 0;   ///< of these: the figures did not come in time
};

[[nodiscard]] std::string metrics_page(const Snapshot& snapshot, const HttpCounts& http,
                                       MetricsLimits& limits, TextFormat format);

}  // namespace pooler
