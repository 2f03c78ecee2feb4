// One door to all SHOW commands: what was gathered goes in, the table comes out. Pure function, any thread.
#pragma once

#include <string>
#include <string_view>

#include "conf/settings.h"
#include "pooler/console/admin_state.h"
#include "pooler/console/command.h"
#include "pooler/console/report.h"
#include "pooler/console/result_set.h"
#include "pooler/console/show_stats.h"

namespace pooler {

/// The PgBouncer whose console this is. Tools decide by it which columns to expect.
inline constexpr std::string_view kEmulatedVersion = "1.25.2";

/// What SHOW may read. `report` needs the sections of sections_for(command) only; `stats` only for the STATS
/// family.
struct ShowInput {
    const Report& report;
    const conf::Settings& settings;
    PoolingMode mode = PoolingMode::kActive;
    StatsView stats;
    std::string_view weir_version;
};

/// Totals and averages of a merged report, for ShowInput.
[[nodiscard]] StatsView stats_view(const Report& report, const StatsHistory& history, SteadyTime now);

/// The table of a SHOW whose columns_of() are not empty; for SHOW HELP and FDS a table without columns.
[[nodiscard]] ResultSet show(const Command& command, const ShowInput& input);

/// Show::kVariable alone, which needs no input.
[[nodiscard]] ResultSet show_variable(const Command& command);

/// `PgBouncer 1.25.2 (weir 0.1.0)`: exporters read the second word as a PgBouncer version.
[[nodiscard]] std::string version_text(std::string_view weir_version);

}  // namespace pooler
