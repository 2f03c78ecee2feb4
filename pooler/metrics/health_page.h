// The page /health: JSON about each database and its endpoints. Pure; any thread.
#pragma once

#include <string>

#include "pooler/metrics/snapshot.h"

namespace pooler {

/// healthy: all is well. degraded: clients are served, but something is not as it should be. down: no
/// database can be used.
enum class Overall { kHealthy, kDegraded, kDown };

struct HealthPage {
    Overall health = Overall::kDown;
    std::string json;
};

[[nodiscard]] HealthPage health_page(const Snapshot& snapshot);

}  // namespace pooler
