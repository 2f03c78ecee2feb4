// The parts of /metrics, each writing its families. Names in the report are already bounded, UTF-8, and no
// two rows have the same.
#pragma once

#include "pooler/metrics/exposition.h"
#include "pooler/metrics/snapshot.h"

namespace pooler {

void write_pools(Exposition& page, const Report& report);
void write_databases(Exposition& page, const Report& report);
void write_endpoints(Exposition& page, const Report& report);
void write_routes(Exposition& page, const Report& report);
void write_replays(Exposition& page, const Report& report);
void write_process(Exposition& page, const Snapshot& snapshot);

}  // namespace pooler
